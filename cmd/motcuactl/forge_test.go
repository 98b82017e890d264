package main

import (
	"encoding/binary"
	"encoding/json"
	"hash/crc32"

	bolt "go.etcd.io/bbolt"

	"motcua/queue/chain"
)

// putHead writes the journal's head with its checksum.
func putHead(tx *bolt.Tx, head chain.Head) error {
	raw, err := json.Marshal(head)
	if err != nil {
		return err
	}
	framed := binary.BigEndian.AppendUint32(nil, crc32.Checksum(append([]byte("head"), raw...), crc32.MakeTable(crc32.Castagnoli)))
	return tx.Bucket([]byte("meta")).Put([]byte("head"), append(framed, raw...))
}
