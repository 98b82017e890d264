package vnpt

import (
	"encoding/xml"
	"fmt"
	"log/slog"
	"regexp"
	"strconv"
	"strings"

	"motcua/queue/ereceipt"
)

// Service is an office's account with the provider.
type Service struct {
	Account, AccountPassword string // who signs
	User, UserPassword       string // who may call the service
	Pattern, Serial          string // "01BLP0-001", "BI-26T"
	// PasswordElement is what ImportAndPublishInv calls the user's password:
	// "password", or "pass" in the edition before Circular 78/2021/TT-BTC.
	// Empty is "password".
	PasswordElement string
	// OfficerElement is the extra element that the receipt's template prints
	// as who took the money; empty leaves the name out.
	OfficerElement string
}

// String and LogValue keep the passwords out of logs.
func (s Service) String() string { return "vnpt " + s.Pattern + " " + s.Serial }

// LogValue is String for package slog.
func (s Service) LogValue() slog.Value { return slog.StringValue(s.String()) }

// Message is one request to be posted as text/xml in UTF-8.
type Message struct {
	Path   string // below the service's address: "PublishService.asmx"
	Action string // the header SOAPAction
	Body   []byte // personal data and passwords: never logged
}

var elementName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9]{0,30}$`)

// Issue asks for a receipt. The provider's key is Key.String, so that the same
// request twice makes one receipt.
func (s Service) Issue(r ereceipt.Request) (Message, error) {
	if err := r.Check(); err != nil {
		return Message{}, err
	}
	password := s.PasswordElement
	if password == "" {
		password = "password"
	}
	if !elementName.MatchString(password) || s.OfficerElement != "" && !elementName.MatchString(s.OfficerElement) {
		return Message{}, fmt.Errorf("vnpt: %q or %q is no name of an element", password, s.OfficerElement)
	}
	return message("PublishService.asmx", "ImportAndPublishInv", []pair{
		{"Account", s.Account},
		{"ACpass", s.AccountPassword},
		{"xmlInvData", s.invoice(r)},
		{"username", s.User},
		{password, s.UserPassword},
		{"pattern", s.Pattern},
		{"serial", s.Serial},
		{"convert", "0"},
	}), nil
}

// Status asks for the receipt of a key.
func (s Service) Status(key ereceipt.Key) Message {
	return message("PortalService.asmx", "listInvByCusFkey", []pair{
		{"key", key.String()}, {"fromDate", ""}, {"toDate", ""}, {"userName", s.User}, {"userPass", s.UserPassword},
	})
}

// Cancel asks to void the receipt of a key. The service takes no reason: the
// office's record keeps it.
func (s Service) Cancel(key ereceipt.Key) Message {
	return message("BusinessService.asmx", "cancelInv", []pair{
		{"Account", s.Account}, {"ACpass", s.AccountPassword}, {"fkey", key.String()}, {"userName", s.User}, {"userPass", s.UserPassword},
	})
}

// invoice is the receipt's own XML, which travels inside as text.
func (s Service) invoice(r ereceipt.Request) string {
	amount := strconv.FormatInt(r.Amount, 10)
	var b strings.Builder
	b.WriteString("<Invoices><Inv>")
	write(&b, pair{"key", r.Key.String()})
	b.WriteString("<Invoice>")
	for _, p := range []pair{
		{"CusCode", r.Key.Dossier},
		{"ArisingDate", r.Day.Format("02/01/2006")},
		{"CusName", r.Payer},
		{"CusAddress", r.PayerAddress},
		{"CusTaxCode", r.PayerTaxCode},
		{"PaymentMethod", r.Method},
	} {
		write(&b, p)
	}
	b.WriteString("<Products><Product>")
	for _, p := range []pair{{"ProdName", r.FeeName}, {"ProdQuantity", "1"}, {"ProdPrice", amount}, {"Amount", amount}} {
		write(&b, p)
	}
	b.WriteString("</Product></Products>")
	for _, p := range []pair{{"Total", amount}, {"Amount", amount}, {"AmountInWords", r.Words()}, {"Extra", r.FeeName}} {
		write(&b, p)
	}
	if s.OfficerElement != "" {
		write(&b, pair{s.OfficerElement, r.Officer})
	}
	b.WriteString("</Invoice></Inv></Invoices>")
	return b.String()
}

const (
	space     = "http://tempuri.org/"
	soapSpace = "http://schemas.xmlsoap.org/soap/envelope/"
)

type pair struct{ name, value string }

func write(b *strings.Builder, p pair) {
	b.WriteString("<" + p.name + ">")
	// A Builder takes everything, and EscapeText replaces what XML has not.
	_ = xml.EscapeText(b, []byte(p.value))
	b.WriteString("</" + p.name + ">")
}

func message(path, action string, pairs []pair) Message {
	var b strings.Builder
	b.WriteString(xml.Header + `<soap:Envelope xmlns:soap="` + soapSpace + `"><soap:Body><` + action + ` xmlns="` + space + `">`)
	for _, p := range pairs {
		write(&b, p)
	}
	b.WriteString("</" + action + "></soap:Body></soap:Envelope>")
	return Message{Path: path, Action: space + action, Body: []byte(b.String())}
}
