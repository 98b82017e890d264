package session

import (
	"slices"

	"motcua/queue/catalogue"
	"motcua/queue/refusal"
)

// grouped opens the catalogue: its groups, or its only group.
func (t *step) grouped() {
	groups := t.Groups()
	t.Page, t.Group, t.Code = 0, "", ""
	switch len(groups) {
	case 0:
		t.show(Notice{Tone: Calm, Icon: "files", Title: say("kiosk.no-procedures.title"), Body: say("kiosk.no-procedures.body")})
	case 1:
		t.Group = groups[0].ID
		t.open(Procedures)
	default:
		t.open(Groups)
	}
}

// choose opens a group or a procedure.
func (t *step) choose(in Tap) {
	switch {
	case in.Action == PickGroup && t.Screen == Groups && slices.ContainsFunc(t.Groups(), func(g Group) bool { return g.ID == in.Arg }):
		t.Group, t.Page = in.Arg, 0
		t.open(Procedures)
	case in.Action == PickProcedure && t.Screen == Procedures:
		t.Code, t.listPage = in.Arg, t.Page
		if _, ok := t.Chosen(); !ok {
			t.refused(nil, Replied{Refusal: refusal.New("procedure-unknown", "procedure", in.Arg)})
			return
		}
		t.Page = 0
		t.open(Procedure)
	}
}

// Group is a part of the catalogue as citizens look for it.
type Group struct {
	ID    string // service id, or the domain where the office has no service for it
	Icon  string
	Name  Say
	Hint  Say
	Count int
}

// Groups lists the parts of the catalogue that have procedures: by the
// office's services, in their order, then by domain.
func (s State) Groups() []Group {
	var list []Group
	count := map[string]int{}
	for _, p := range s.Catalogue {
		count[s.groupOf(p)]++
	}
	if s.Queue != nil {
		for _, v := range s.Queue.Config.Services {
			if n := count[v.ID]; n > 0 {
				list = append(list, Group{ID: v.ID, Icon: v.Icon, Name: raw(s.in(v.Name)), Hint: raw(s.in(v.Hint)), Count: n})
				delete(count, v.ID)
			}
		}
	}
	rest := make([]string, 0, len(count))
	for id := range count {
		rest = append(rest, id)
	}
	slices.Sort(rest)
	for _, id := range rest {
		list = append(list, Group{ID: id, Icon: "files", Name: raw(id), Count: count[id]})
	}
	return list
}

func (s State) groupOf(p catalogue.Procedure) string {
	if s.Queue != nil {
		if _, ok := s.Queue.Config.Service(p.Service); ok {
			return p.Service
		}
	}
	return p.Domain
}

// inGroup lists the procedures of the chosen group.
func (s State) inGroup() []catalogue.Procedure {
	var list []catalogue.Procedure
	for _, p := range s.Catalogue {
		if s.groupOf(p) == s.Group {
			list = append(list, p)
		}
	}
	return list
}

// Chosen is the procedure on the screen.
func (s State) Chosen() (catalogue.Procedure, bool) {
	i := slices.IndexFunc(s.Catalogue, func(p catalogue.Procedure) bool { return p.Code == s.Code })
	if i < 0 {
		return catalogue.Procedure{}, false
	}
	return s.Catalogue[i], true
}

// Paged reports that the present screen may have several pages.
func (s State) Paged() bool {
	return s.Screen == Services || s.Screen == Groups || s.Screen == Procedures || s.Screen == Procedure
}

// Pages is how many pages the present screen has.
func (s State) Pages() int {
	n, per := 0, 1
	switch s.Screen {
	case Services:
		n, per = len(s.services()), s.room().Services
	case Groups:
		n, per = len(s.Groups()), s.room().Services
	case Procedures:
		n, per = len(s.inGroup()), s.room().Procedures
	case Procedure:
		if p, ok := s.Chosen(); ok {
			n, per = len(p.Papers), s.room().Papers
		}
	}
	return max(1, (n+per-1)/per)
}

// page cuts the present page out of a list.
func page[T any](list []T, n, per int) []T {
	from := min(n*per, len(list))
	return list[from:min(from+per, len(list))]
}
