package table

import (
	"slices"
	"strconv"
	"strings"

	"motcua/queue/catalogue"
	"motcua/queue/money"
	"motcua/queue/worktime"
)

// sameDay is how a table writes a procedure that is done on the day.
const sameDay = "Trong ngày"

// columns are all columns of the template, in its order.
func columns() []column {
	list := []column{
		{key: "code", head: "Mã thủ tục", write: func(p *catalogue.Procedure) string { return p.Code }},
		text("name", "Tên thủ tục", func(p *catalogue.Procedure) *string { return &p.Name }),
		text("name_en", "Tên tiếng Anh", func(p *catalogue.Procedure) *string { return &p.NameEN }),
		text("domain", "Lĩnh vực", func(p *catalogue.Procedure) *string { return &p.Domain }),
		text("service", "Dịch vụ xếp hàng", func(p *catalogue.Procedure) *string { return &p.Service }),
		text("level", "Cấp thực hiện", func(p *catalogue.Procedure) *string { return &p.Level }),
		text("decision", "Quyết định công bố", func(p *catalogue.Procedure) *string { return &p.Decision }),
		date("from", "Hiệu lực từ", func(p *catalogue.Procedure) *string { return &p.From }),
		date("to", "Hết hiệu lực", func(p *catalogue.Procedure) *string { return &p.To }),
	}
	list = append(list, timeColumns()...)
	list = append(list, feeColumns()...)
	for _, c := range []struct{ kind, head string }{{catalogue.ChannelOnline, "trực tuyến"}, {catalogue.ChannelPost, "bưu chính"}} {
		list = append(list, channelColumns(c.kind, c.head)...)
	}
	return append(list,
		column{key: "papers", head: "Thành phần hồ sơ, mỗi dòng: tên | bản chính | bản sao | bắt buộc | ghi chú", write: writePapers, read: readPapers, field: catalogue.FieldPapers},
		column{key: "steps", head: "Các bước, mỗi dòng: tên | người làm | số giờ", write: writeSteps, read: readSteps, field: catalogue.FieldSteps},
		column{key: "results", head: "Kết quả, mỗi dòng: tên | mã", write: writeResults, read: readResults, field: catalogue.FieldResult},
		column{key: "legal", head: "Căn cứ pháp lý, mỗi dòng một số hiệu", write: func(p *catalogue.Procedure) string { return strings.Join(p.Legal, "\n") }, read: readLegal},
		text("source", "Nguồn", func(p *catalogue.Procedure) *string { return &p.Source }),
		column{key: "open", head: "Còn để ngỏ (chỉ đọc)", write: writeOpen},
	)
}

// text is a column of plain words.
func text(key, head string, of func(*catalogue.Procedure) *string) column {
	c := column{
		key: key, head: head,
		write: func(p *catalogue.Procedure) string { return *of(p) },
		read: func(p *catalogue.Procedure, cell string) bool {
			if cell == Clear {
				cell = ""
			}
			*of(p) = cell
			return true
		},
	}
	if key == "service" {
		c.field = catalogue.FieldService
	}
	return c
}

func date(key, head string, of func(*catalogue.Procedure) *string) column {
	return column{
		key: key, head: head,
		write: func(p *catalogue.Procedure) string { return *of(p) },
		read: func(p *catalogue.Procedure, cell string) bool {
			day, ok := readDate(cell)
			*of(p) = day
			return ok
		},
	}
}

func timeColumns() []column {
	return []column{
		{
			key: "time", head: "Thời hạn trực tiếp", field: catalogue.FieldTime,
			write: func(p *catalogue.Procedure) string { return catalogue.FormatTime(p.Time) },
			read: func(p *catalogue.Procedure, cell string) bool {
				d, ok := readTime(cell)
				if ok {
					p.Time = d
				}
				return ok
			},
		},
		{
			key: "model", head: "Cách tính: ngày hoặc giờ",
			write: func(p *catalogue.Procedure) string {
				return map[string]string{worktime.ByDay: "ngày", worktime.ByHour: "giờ"}[p.Time.Model]
			},
			read: func(p *catalogue.Procedure, cell string) bool {
				model, ok := map[string]string{"ngay": worktime.ByDay, "gio": worktime.ByHour}[catalogue.Fold(cell)]
				p.Time.Model = model
				return ok
			},
		},
		{
			key: "cut_off", head: "Mốc nhận trong ngày",
			write: func(p *catalogue.Procedure) string { return clock(p.Time.CutOff) },
			read: func(p *catalogue.Procedure, cell string) bool {
				minutes, ok := readClock(cell)
				p.Time.CutOff = minutes
				return ok && p.Time.Unit == worktime.SameDay
			},
		},
	}
}

func feeColumns() []column {
	return []column{
		{
			key: "fee", head: "Phí, lệ phí trực tiếp (đồng)", field: catalogue.FieldFee,
			write: func(p *catalogue.Procedure) string { return writeFee(p.Fee) },
			read:  func(p *catalogue.Procedure, cell string) bool { return readFee(&p.Fee, cell) },
		},
		text("per", "Tính cho", func(p *catalogue.Procedure) *string { return &p.Fee.Per }),
		{
			key: "fee_kind", head: "Loại: phí hoặc lệ phí",
			write: func(p *catalogue.Procedure) string {
				return map[string]string{catalogue.FeeKindCharge: "phí", catalogue.FeeKindFee: "lệ phí"}[p.Fee.Kind]
			},
			read: func(p *catalogue.Procedure, cell string) bool {
				kind, ok := map[string]string{"phi": catalogue.FeeKindCharge, "le phi": catalogue.FeeKindFee}[catalogue.Fold(cell)]
				p.Fee.Kind = kind
				return ok
			},
		},
		text("fee_note", "Ghi chú về phí", func(p *catalogue.Procedure) *string { return &p.Fee.Note }),
		{
			key: "local", head: "Do HĐND quyết định: có hoặc không",
			write: func(p *catalogue.Procedure) string { return map[bool]string{true: "có"}[p.Fee.Local] },
			read: func(p *catalogue.Procedure, cell string) bool {
				local, ok := map[string]bool{"co": true, "khong": false}[catalogue.Fold(cell)]
				p.Fee.Local = local
				return ok
			},
		},
		date("fee_until", "Mức phí áp dụng đến", func(p *catalogue.Procedure) *string { return &p.Fee.Until }),
	}
}

// channelColumns are time and fee of a channel of its own. They stand for its
// only row; several rows, by case, are left to the record.
func channelColumns(kind, head string) []column {
	only := func(p *catalogue.Procedure) (c catalogue.Channel, one bool) {
		rows := p.By(kind)
		if len(rows) != 1 {
			return c, false
		}
		return rows[0], true
	}
	put := func(p *catalogue.Procedure, change func(*catalogue.Channel) bool) bool {
		c, one := only(p)
		if !one {
			if len(p.By(kind)) > 1 {
				return false
			}
			c = catalogue.Channel{Kind: kind, Time: p.Time, Fee: p.Fee}
		}
		if !change(&c) {
			return false
		}
		p.Channels = append(slices.DeleteFunc(slices.Clone(p.Channels), func(c catalogue.Channel) bool { return c.Kind == kind }), c)
		return true
	}
	return []column{
		{
			key: kind + "_time", head: "Thời hạn " + head,
			write: func(p *catalogue.Procedure) string { c, _ := only(p); return catalogue.FormatTime(c.Time) },
			read: func(p *catalogue.Procedure, cell string) bool {
				return put(p, func(c *catalogue.Channel) (ok bool) { c.Time, ok = readTime(cell); return ok })
			},
		},
		{
			key: kind + "_fee", head: "Phí, lệ phí " + head + " (đồng)",
			write: func(p *catalogue.Procedure) string {
				if c, one := only(p); one {
					return writeFee(c.Fee)
				}
				return ""
			},
			read: func(p *catalogue.Procedure, cell string) bool {
				return put(p, func(c *catalogue.Channel) bool { return readFee(&c.Fee, cell) })
			},
		},
	}
}

func writeFee(f catalogue.Fee) string {
	if f.Open {
		return ""
	}
	return strconv.FormatInt(f.Amount, 10)
}

func readFee(f *catalogue.Fee, cell string) bool {
	amount, err := money.Parse(cell)
	if catalogue.Fold(cell) == "mien phi" {
		amount, err = 0, nil
	}
	if err == nil {
		f.Amount, f.Open = amount, false
	}
	return err == nil
}

func writeOpen(p *catalogue.Procedure) string {
	var lines []string
	for _, o := range p.Open {
		lines = append(lines, strings.TrimSpace(o.Field+": "+o.Why+" "+o.Text))
	}
	return strings.Join(lines, "\n")
}
