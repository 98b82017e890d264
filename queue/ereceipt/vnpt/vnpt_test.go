package vnpt_test

import (
	"encoding/xml"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"motcua/assets/i18n"
	"motcua/queue/ereceipt"
	"motcua/queue/ereceipt/vnpt"
)

var (
	service = vnpt.Service{
		Account: "signer", AccountPassword: "p<1>", User: "caller", UserPassword: "p&2", Pattern: "01BLP0-001", Serial: "BI-26T", OfficerElement: "Extra1",
	}
	key     = ereceipt.Key{Dossier: "H26.138-261123-0007", Fee: "trich-luc-ho-tich"}
	request = ereceipt.Request{
		Key: key, Agency: "UBND phường Ba Đình", AgencyTaxCode: "0100000001", Payer: "Nguyễn <Thị> & Tuyết", PayerAddress: "Số 5, \"ngõ\" 12",
		FeeName: "Phí cấp bản sao trích lục hộ tịch", Amount: 90000, Method: ereceipt.Cash, Day: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC), Officer: "Lê Văn Ba",
	}
	receipt = ereceipt.Receipt{Key: key, Pattern: "01BLP0-001", Serial: "BI-26T", Number: "0000123", State: ereceipt.Issued}
)

// TestIssueMessage reads the message as the service would.
func TestIssueMessage(t *testing.T) {
	t.Parallel()
	m, err := service.Issue(request)
	if err != nil {
		t.Fatal(err)
	}
	if m.Path != "PublishService.asmx" || m.Action != "http://tempuri.org/ImportAndPublishInv" {
		t.Errorf("goes to %s as %s", m.Path, m.Action)
	}
	var envelope struct {
		XMLName xml.Name `xml:"http://schemas.xmlsoap.org/soap/envelope/ Envelope"`
		Call    struct {
			Account  string `xml:"http://tempuri.org/ Account"`
			ACpass   string `xml:"ACpass"`
			Data     string `xml:"xmlInvData"`
			User     string `xml:"username"`
			Password string `xml:"password"`
			Pattern  string `xml:"pattern"`
			Serial   string `xml:"serial"`
			Convert  string `xml:"convert"`
		} `xml:"Body>ImportAndPublishInv"`
	}
	if err := xml.Unmarshal(m.Body, &envelope); err != nil {
		t.Fatal(err)
	}
	c := envelope.Call
	if c.Account != "signer" || c.ACpass != "p<1>" || c.User != "caller" || c.Password != "p&2" || c.Pattern != "01BLP0-001" || c.Serial != "BI-26T" || c.Convert != "0" {
		t.Errorf("got %+v", c)
	}
	var got struct {
		Key     string `xml:"Inv>key"`
		Code    string `xml:"Inv>Invoice>CusCode"`
		Day     string `xml:"Inv>Invoice>ArisingDate"`
		Name    string `xml:"Inv>Invoice>CusName"`
		Address string `xml:"Inv>Invoice>CusAddress"`
		Method  string `xml:"Inv>Invoice>PaymentMethod"`
		Product string `xml:"Inv>Invoice>Products>Product>ProdName"`
		Amount  string `xml:"Inv>Invoice>Amount"`
		InWords string `xml:"Inv>Invoice>AmountInWords"`
		FeeName string `xml:"Inv>Invoice>Extra"`
		Officer string `xml:"Inv>Invoice>Extra1"`
	}
	if err := xml.Unmarshal([]byte(c.Data), &got); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"H26.138-261123-0007/trich-luc-ho-tich", "H26.138-261123-0007", "23/11/2026", request.Payer, request.PayerAddress, "TM",
		request.FeeName, "90000", "Chín mươi nghìn đồng", request.FeeName, "Lê Văn Ba",
	}
	have := []string{got.Key, got.Code, got.Day, got.Name, got.Address, got.Method, got.Product, got.Amount, got.InWords, got.FeeName, got.Officer}
	if diff := cmp.Diff(want, have); diff != "" {
		t.Error(diff)
	}
	old := service
	old.PasswordElement = "pass"
	if m, err := old.Issue(request); err != nil || !strings.Contains(string(m.Body), "<pass>p&amp;2</pass>") {
		t.Errorf("the old edition: %v", err)
	}
	old.PasswordElement = "pass><x"
	if _, err := old.Issue(request); err == nil {
		t.Error("a name that is none is written")
	}
	if _, err := service.Issue(ereceipt.Request{}); !errors.Is(err, ereceipt.ErrRequest) {
		t.Errorf("an empty request: %v", err)
	}
	if s := fmt.Sprintf("%v %s %+v", service, service, service); strings.Contains(s, "p<1>") || strings.Contains(s, "p&2") {
		t.Errorf("passwords are printed: %s", s)
	}
}

func TestOtherMessages(t *testing.T) {
	t.Parallel()
	for action, m := range map[string]vnpt.Message{"listInvByCusFkey": service.Status(key), "cancelInv": service.Cancel(key)} {
		var any struct{}
		if err := xml.Unmarshal(m.Body, &any); err != nil || m.Action != "http://tempuri.org/"+action ||
			!strings.Contains(string(m.Body), "key>"+key.String()+"<") {
			t.Errorf("%s: %s %s (%v)", action, m.Action, m.Body, err)
		}
	}
}

func answer(action, text string) []byte {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text))
	return []byte(`<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><` +
		action + `Response xmlns="http://tempuri.org/"><` + action + `Result>` + b.String() + `</` + action + `Result></` + action + `Response></soap:Body></soap:Envelope>`)
}

func TestIssued(t *testing.T) {
	t.Parallel()
	k := key.String()
	for _, text := range []string{
		"OK:01BLP0-001;BI-26T-" + k + "_123", "OK:01BLP0-001;BI-26T-123_" + k, "OK:01BLP0-001;BI-26T-other_9," + k + "_0000123", "OK:01BLP0-001;BI-26T;123",
	} {
		if got, err := service.Issued(answer("ImportAndPublishInv", text), key); got != receipt || err != nil {
			t.Errorf("%s: got %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{
		"", "OK:", "OK:02BLP0-001;BI-26T-" + k + "_123", "OK:01BLP0-001;BI-27T-" + k + "_123", "OK:01BLP0-001;BI-26T-other_123",
		"OK:01BLP0-001;BI-26T-" + k + "_", "OK:01BLP0-001;BI-26T-" + k + "_0", "OK:01BLP0-001;BI-26T-" + k + "_-1", "OK:01BLP0-001;BI-26T-" + k + "_12a",
	} {
		if got, err := service.Issued(answer("ImportAndPublishInv", text), key); !errors.Is(err, vnpt.ErrAnswer) {
			t.Errorf("%q: got %+v, %v", text, got, err)
		}
	}
	for name, raw := range map[string][]byte{
		"nothing": nil, "no XML": []byte("502 Bad Gateway <html"), "another action": answer("cancelInv", "OK:"),
		"a fault":  []byte("<e><Fault><faultcode>x</faultcode></Fault></e>"),
		"too long": make([]byte, 1<<20+1),
	} {
		if _, err := service.Issued(raw, key); !errors.Is(err, vnpt.ErrAnswer) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestErrors(t *testing.T) {
	t.Parallel()
	texts, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	issue := func(a []byte) error { _, err := service.Issued(a, key); return err }
	status := func(a []byte) error { _, err := service.Found(a, key); return err }
	cancel := func(a []byte) error { _, err := service.Cancelled(a, receipt); return err }
	for _, c := range []struct {
		action, text string
		read         func([]byte) error
		is           error
		code         int
	}{
		{"ImportAndPublishInv", "ERR:1", issue, ereceipt.ErrRejected, 1},
		{"ImportAndPublishInv", "ERR:3", issue, ereceipt.ErrRejected, 3},
		{"ImportAndPublishInv", "ERR:5", issue, nil, 5},
		{"ImportAndPublishInv", "ERR:6", issue, ereceipt.ErrExhausted, 6},
		{"ImportAndPublishInv", "ERR:7", issue, ereceipt.ErrRejected, 7},
		{"ImportAndPublishInv", "ERR:10", issue, ereceipt.ErrExhausted, 10},
		{"ImportAndPublishInv", "ERR:13 duplicate", issue, ereceipt.ErrTaken, 13},
		{"ImportAndPublishInv", "ERR:20", issue, ereceipt.ErrRejected, 20},
		{"ImportAndPublishInv", "ERR:21", issue, nil, 21},
		{"ImportAndPublishInv", "ERR:29", issue, ereceipt.ErrRejected, 29},
		{"ImportAndPublishInv", "ERR:30", issue, ereceipt.ErrRejected, 30},
		{"ImportAndPublishInv", "ERR:", issue, nil, 0},
		{"ImportAndPublishInv", "ERR:777", issue, nil, 777},
		{"listInvByCusFkey", "ERR:1", status, ereceipt.ErrRejected, 1},
		{"listInvByCusFkey", "ERR:4", status, ereceipt.ErrUnknown, 4},
		{"listInvByCusFkey", "ERR:7", status, ereceipt.ErrRejected, 7},
		{"cancelInv", "ERR:1", cancel, ereceipt.ErrRejected, 1},
		{"cancelInv", "ERR:2", cancel, ereceipt.ErrUnknown, 2},
		{"cancelInv", "ERR:9", cancel, ereceipt.ErrRejected, 9},
	} {
		err := c.read(answer(c.action, c.text))
		e, ok := errors.AsType[*vnpt.Error](err)
		if !ok || e.Code != c.code || errors.Unwrap(e) != c.is {
			t.Errorf("%s %s: got %v", c.action, c.text, err)
			continue
		}
		for _, lang := range i18n.Languages {
			name, args := e.Text()
			if s := texts.Get(lang, name, args...); strings.ContainsAny(s, "⟦{") {
				t.Errorf("%s %s in %s: %q", c.action, c.text, lang, s)
			}
		}
	}
}

func TestFoundAndCancelled(t *testing.T) {
	t.Parallel()
	item := func(key, number, status string) string {
		return "<Item><index>1</index><pattern>01BLP0-001</pattern><serial>BI-26T</serial><invNum>" + number + "</invNum><status>" + status + "</status><fkey>" + key + "</fkey></Item>"
	}
	void := receipt
	void.State = ereceipt.Cancelled
	for name, c := range map[string]struct {
		text string
		want ereceipt.Receipt
		err  error
	}{
		"signed":      {"<Data>" + item("x", "1", "1") + item(key.String(), "0000123", "1") + "</Data>", receipt, nil},
		"cancelled":   {"<Data>" + item(key.String(), "123", "5") + "</Data>", void, nil},
		"not signed":  {"<Data>" + item(key.String(), "123", "0") + "</Data>", ereceipt.Receipt{}, ereceipt.ErrUnknown},
		"none":        {"<Data></Data>", ereceipt.Receipt{}, ereceipt.ErrUnknown},
		"another's":   {"<Data>" + item("x", "1", "1") + "</Data>", ereceipt.Receipt{}, ereceipt.ErrUnknown},
		"no number":   {"<Data>" + item(key.String(), "", "1") + "</Data>", ereceipt.Receipt{}, vnpt.ErrAnswer},
		"not even so": {"hello", ereceipt.Receipt{}, vnpt.ErrAnswer},
	} {
		if got, err := service.Found(answer("listInvByCusFkey", c.text), key); got != c.want || !errors.Is(err, c.err) {
			t.Errorf("%s: got %+v, %v", name, got, err)
		}
	}
	for _, text := range []string{"OK:", "ERR:8"} {
		if got, err := service.Cancelled(answer("cancelInv", text), receipt); got != void || err != nil {
			t.Errorf("%s: got %+v, %v", text, got, err)
		}
	}
	if _, err := service.Cancelled(answer("cancelInv", "well"), receipt); !errors.Is(err, vnpt.ErrAnswer) {
		t.Errorf("got %v", err)
	}
}

func FuzzAnswer(f *testing.F) {
	f.Add(answer("ImportAndPublishInv", "OK:01BLP0-001;BI-26T-"+key.String()+"_123"))
	f.Add(answer("listInvByCusFkey", "<Data><Item></Item></Data>"))
	f.Add(answer("cancelInv", "ERR:99999999999999999999"))
	f.Add([]byte("<ImportAndPublishInvResult><a>ERR:1</a>"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if r, err := service.Issued(raw, key); err == nil && (r.Key != key || len(r.Number) < 7) {
			t.Fatalf("got %+v", r)
		}
		_, _ = service.Found(raw, key)
		_, _ = service.Cancelled(raw, receipt)
	})
}
