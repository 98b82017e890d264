package day

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"time"

	"motcua/queue"
	"motcua/queue/catalogue"
	"motcua/queue/dossier"
	"motcua/queue/office"
	"motcua/queue/refusal"
)

// officerAt is one officer of the script at one counter.
type officerAt struct {
	*player
	caller  *office.Caller
	officer string
	counter string
	r       *rand.Rand
}

// do sends a command; false when it was refused or the day ended.
func (o *officerAt) do(ctx context.Context, c queue.Command, reply *office.Reply) bool {
	got, err := o.caller.Do(ctx, o.officer, o.counter, c)
	if no, refused := refusal.Of(err); refused && no.Code != "queue-empty" {
		o.tally.refused(no.Code)
	}
	if err != nil {
		if !errors.Is(err, refusal.New("queue-empty")) && ctx.Err() == nil {
			slog.Info("day: not done", "command", c.Name(), "counter", o.counter, "err", err)
		}
		return false
	}
	if reply != nil {
		*reply = got
	}
	return true
}

// serve is one citizen at the counter, from the call to the rating.
func (o *officerAt) serve(ctx context.Context, t queue.Ticket) {
	o.pause(ctx, 15*time.Second)
	switch o.r.IntN(20) {
	case 0: // called, nobody came
		o.pause(ctx, 40*time.Second)
		if o.do(ctx, queue.MarkAbsent{}, nil) {
			o.tally.add(&o.tally.Absent)
		}
		return
	case 1:
		o.pause(ctx, 25*time.Second)
		o.do(ctx, queue.Recall{}, nil)
	}
	o.do(ctx, queue.StartService{}, nil)
	service, _ := o.Config.Service(t.Service)
	mean := time.Duration(max(60, service.Pace)) * time.Second
	o.pause(ctx, spread(o.r, mean))
	if service.Returns {
		o.handOut(ctx)
	} else if o.r.IntN(3) > 0 {
		o.takeIn(ctx, t)
	}
	if o.do(ctx, queue.FinishTicket{}, nil) {
		o.tally.add(&o.tally.Served)
	}
	if o.r.IntN(3) == 0 && o.do(ctx, queue.RateTicket{Ticket: t.ID, Level: o.level()}, nil) {
		o.tally.add(&o.tally.Ratings)
	}
}

// level draws a rating: most people are content, some are not.
func (o *officerAt) level() int {
	return []int{5, 5, 5, 5, 4, 4, 4, 4, 4, 3, 3, 2, 1}[o.r.IntN(13)]
}

// takeIn receives a dossier of the ticket's service with every paper present,
// and lets the desks behind work on some earlier one.
func (o *officerAt) takeIn(ctx context.Context, t queue.Ticket) {
	all, err := o.Client.Procedures(ctx, "")
	if err != nil {
		return
	}
	var fit []catalogue.Procedure
	for _, p := range all {
		if p.Service == t.Service {
			fit = append(fit, p)
		}
	}
	if len(fit) == 0 || len(o.People) == 0 {
		return
	}
	p := fit[o.r.IntN(len(fit))]
	receive := dossier.Receive{Procedure: p.Code, Ticket: t.ID, Handover: dossier.AtCounter}
	for _, paper := range p.Papers {
		receive.Papers = append(receive.Papers, dossier.Paper{
			Name: paper.Name, Original: paper.Original, Copies: paper.Copies, Required: paper.Required, Present: true,
		})
	}
	select {
	case person := <-o.people:
		receive.Applicant = &person
	case <-ctx.Done():
		return
	}
	var reply office.Reply
	if !o.do(ctx, receive, &reply) || reply.Dossier == nil {
		return
	}
	o.tally.add(&o.tally.Dossiers)
	code := reply.Dossier.Code
	o.do(ctx, dossier.Advance{Code: code, Unit: p.Domain, Note: "Đang thẩm tra hồ sơ"}, nil)
	if o.r.IntN(2) == 0 {
		o.do(ctx, dossier.MarkReady{Code: code, Unit: p.Domain}, nil)
	}
}

// handOut returns one result that is ready, and the citizen rates it.
func (o *officerAt) handOut(ctx context.Context) {
	ready, err := o.Client.Dossiers(ctx, office.DossierQuery{Status: dossier.Ready, Limit: 20})
	if err != nil || len(ready) == 0 {
		return
	}
	code := ready[o.r.IntN(len(ready))].Code
	if !o.do(ctx, dossier.Return{Code: code}, nil) {
		return // another counter was quicker
	}
	o.tally.add(&o.tally.Returned)
	if o.do(ctx, dossier.Rate{Code: code, Level: o.level()}, nil) {
		o.tally.add(&o.tally.Ratings)
	}
}
