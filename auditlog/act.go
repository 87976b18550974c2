package auditlog

import (
	"crypto/ed25519"
	"encoding/binary"
	"encoding/json"
	"errors"
)

// envelope is what properties hold in the rows that the store writes of its own accord.
type envelope struct {
	Body      json.RawMessage `json:"body"`
	Signature []byte          `json:"signature,omitempty"`
}

const actDomain = "auditlog act 1\x00"

// act adds a record of the store itself, signed if there is a key.
func (t *txn) act(kind string, body any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	e := envelope{Body: text}
	if key := t.store.options.Key; key != nil {
		e.Signature = ed25519.Sign(key, actMessage(t.head.Writer, t.head.Seq+1, kind, text))
	}
	properties, err := json.Marshal(e)
	if err != nil {
		return err
	}
	r := &row{kind: kind}
	r.timestamp, r.weight, r.properties = t.store.now().UnixMicro(), 1, some(string(properties))
	t.append(r)
	return nil
}

// actMessage is what the signature of a record covers: with its place, so that it cannot be used at another.
func actMessage(writer string, seq int64, kind string, body []byte) []byte {
	b := append([]byte(actDomain), 0)
	b = appendString(b, writer)
	b = binary.BigEndian.AppendUint64(b, uint64(seq))
	b = appendString(b, kind)
	return append(b, body...)
}

var errEnvelope = errors.New("not readable")

// open returns the body of a record, and whether it has a signature that is good for the key.
func openEnvelope(r *row, public ed25519.PublicKey, body any) (signed bool, err error) {
	var e envelope
	if json.Unmarshal([]byte(r.properties.String), &e) != nil || json.Unmarshal(e.Body, body) != nil {
		return false, errEnvelope
	}
	if public == nil {
		return false, nil
	}
	return ed25519.Verify(public, actMessage(r.writer, r.seq, r.kind, e.Body), e.Signature), nil
}
