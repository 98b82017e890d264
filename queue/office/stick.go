package office

import (
	"crypto/ed25519"
	"path/filepath"

	"motcua/queue/chain"
)

// Checkpoint signs the end of the record as it is now, for who carries a part of
// it away.
func (o *Office) Checkpoint() chain.Checkpoint {
	return chain.Checkpoint{
		Office: o.State().Config.Office, Head: o.journal.Head(), At: o.cfg.Now(),
	}.Sign(o.secret.signing())
}

// SigningKey reads the key that an office signs checkpoints with from its data
// folder, for tools that work while the office does not. The error wraps
// ErrKey.
func SigningKey(dir string) (ed25519.PrivateKey, error) {
	s, err := openSecret(filepath.Join(dir, KeyFile), nil, false)
	if err != nil {
		return nil, err
	}
	return s.signing(), nil
}
