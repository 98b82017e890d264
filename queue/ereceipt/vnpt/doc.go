// Package vnpt is the shape of the messages of VNPT's receipt and invoice
// service: SOAP 1.1 requests to issue, look up and cancel a receipt, and the
// "OK:…" or "ERR:n" inside its answers. It sends nothing: an adapter posts a
// Message and hands the answer back.
//
// Sources: how public one-stop and accounting systems call the service
// (ImportAndPublishInv, cancelInv, listInvByCusFkey under the name space
// http://tempuri.org/) and their tables of its errors. The service's own paper
// was not read: names of elements that differ between its editions are fields
// of Service. The package is PURE.
package vnpt
