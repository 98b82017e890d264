package journal

import (
	"bytes"
	"encoding/json"
	"fmt"

	"motcua/queue"
	"motcua/queue/chain"
	"motcua/queue/device"
)

// deviceDocument is the document of one enrolled device. Devices are read from
// the records and stand among the documents so that a file of format 1 needs no
// new bucket: a rebuild writes each of them again.
const deviceDocument = "device/"

// Device returns an enrolled device; ok is false when the name never was.
func (v View) Device(name string) (d device.Device, ok bool, err error) {
	ok, err = getJSON(v.tx.Bucket(bucketDocuments), join(deviceDocument+name), &d)
	return d, ok, err
}

// Devices returns every device that was ever enrolled, by name, those that were
// shut out included.
func (v View) Devices() ([]device.Device, error) {
	var list []device.Device
	c := v.tx.Bucket(bucketDocuments).Cursor()
	prefix := []byte(deviceDocument)
	for k, framed := c.Seek(prefix); bytes.HasPrefix(k, prefix); k, framed = c.Next() {
		raw, err := unframe(k, framed)
		if err != nil {
			return nil, err
		}
		var d device.Device
		if err := json.Unmarshal(raw, &d); err != nil {
			return nil, fmt.Errorf("device %q: %w (%w)", k, ErrDamaged, err)
		}
		list = append(list, d)
	}
	return list, nil
}

// projectDevice keeps the list of devices up to date with one record.
func (tx *Tx) projectDevice(e queue.Event, r chain.Record) error {
	name, ok := device.Subject(e)
	if !ok {
		return nil
	}
	before, _, err := tx.Device(name)
	if err != nil {
		return err
	}
	return putJSON(tx.tx.Bucket(bucketDocuments), join(deviceDocument+name), device.Apply(before, e, r.At, r.By))
}
