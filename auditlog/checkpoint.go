package auditlog

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/eventgen/eventgen/auditlog/internal/database"
)

// Checkpoint says how far each chain went at some time. Kept where nobody who can write to the database reaches it, it proves
// that what it covers is still there: see [VerifyOptions]. Its JSON form is the form for export.
type Checkpoint struct {
	Format string    `json:"format"`
	Number int64     `json:"number"` // from 1, in the order of making
	Time   time.Time `json:"time"`
	Rows   int64     `json:"rows"`   // of all chains, with those that retention has removed
	Chains []Head    `json:"chains"` // all chains, in the order of their names
	// Previous is the hash of the checkpoint before this one.
	Previous *Hash `json:"previous,omitempty"`
	// PublicKey and Signature are missing where the store had no key.
	PublicKey []byte `json:"public_key,omitempty"`
	Signature []byte `json:"signature,omitempty"`
}

const checkpointFormat = "auditlog checkpoint 1"

// The errors about checkpoints.
var (
	// ErrSignature means that a checkpoint has no signature that is good for the key.
	ErrSignature = errors.New("auditlog: the checkpoint is not signed with this key")
	// ErrRewritten means that the store will not make a checkpoint: the log no longer has what the one before says. Verify
	// tells where.
	ErrRewritten = errors.New("auditlog: the log does not continue its last checkpoint")
)

// errCheckpoint means that a text is no checkpoint.
var errCheckpoint = errors.New("auditlog: not a checkpoint")

// ParseCheckpoint reads the JSON form. It does not check the signature; Verify does.
func ParseCheckpoint(text []byte) (Checkpoint, error) {
	var c Checkpoint
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields() // nothing may ride along that is not signed
	if err := decoder.Decode(&c); err != nil {
		return Checkpoint{}, fmt.Errorf("%w: %w", errCheckpoint, err)
	}
	if c.Format != checkpointFormat {
		return Checkpoint{}, fmt.Errorf("%w: unknown format", errCheckpoint)
	}
	return c, nil
}

// Check returns nil if the checkpoint has a signature that is good for the key, else ErrSignature.
func (c Checkpoint) Check(key ed25519.PublicKey) error {
	message, err := c.message()
	if err != nil || len(key) != ed25519.PublicKeySize || !ed25519.Verify(key, message, c.Signature) {
		return ErrSignature
	}
	return nil
}

// message is what the signature covers: the JSON form without it.
func (c Checkpoint) message() ([]byte, error) {
	c.Signature = nil
	return json.Marshal(c)
}

// hash is what the next checkpoint names this one by.
func (c Checkpoint) hash() (*Hash, error) {
	text, err := json.Marshal(c)
	h := Hash(sha256.Sum256(text))
	return &h, err
}

// head returns how far a chain went, Seq 0 if it is not there.
func (c *Checkpoint) head(writer string) Head {
	for _, h := range c.Chains {
		if h.Writer == writer {
			return h
		}
	}
	return Head{}
}

// Checkpoint makes a checkpoint of all chains, keeps it in the database, and returns it for export. It is signed if the store
// has a key. The error is ErrRewritten if the log has lost or changed the end of a chain that the last checkpoint names.
func (s *Store) Checkpoint(ctx context.Context) (Checkpoint, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.usable(); err != nil {
		return Checkpoint{}, err
	}
	c, err := s.checkpoint(ctx)
	if err != nil {
		return Checkpoint{}, failed("checkpoint", err)
	}
	return c, nil
}

func (s *Store) checkpoint(ctx context.Context) (Checkpoint, error) {
	c := Checkpoint{Format: checkpointFormat, Number: 1, Time: s.now().UTC().Truncate(time.Microsecond)}
	err := s.inTx(ctx, s.db.Exclusive, func(tx *database.Tx) error {
		if err := s.fill(ctx, tx, &c); err != nil {
			return err
		}
		if err := c.sign(s.options.Key); err != nil {
			return err
		}
		text, err := json.Marshal(c)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "INSERT INTO audit_checkpoints (number, body) VALUES ($1, $2)", c.Number, string(text))
		return err
	})
	if err != nil {
		return Checkpoint{}, err
	}
	s.upkeep.checkpoint, s.upkeep.unsigned = s.now(), false
	return c, nil
}

// fill reads the heads, and checks that they continue the last checkpoint.
func (s *Store) fill(ctx context.Context, tx *database.Tx, c *Checkpoint) error {
	last, err := latest(ctx, tx)
	if err != nil {
		return err
	}
	if c.Chains, err = readHeads(ctx, tx); err != nil {
		return err
	}
	for _, h := range c.Chains {
		c.Rows += h.Seq
	}
	if last == nil {
		return nil
	}
	c.Number = last.Number + 1
	if c.Previous, err = last.hash(); err != nil {
		return err
	}
	return c.continues(ctx, tx, last)
}

// continues returns ErrRewritten unless each chain of an earlier checkpoint is there and as long at least.
func (c *Checkpoint) continues(ctx context.Context, tx *database.Tx, last *Checkpoint) error {
	chains, err := readChains(ctx, tx)
	if err != nil {
		return err
	}
	now := make(map[string]Head, len(c.Chains))
	for _, h := range c.Chains {
		now[h.Writer] = h
	}
	for _, before := range last.Chains {
		h := now[before.Writer]
		if h.Seq > before.Seq {
			if h, err = readPlace(ctx, tx, numberOf(chains, before.Writer), before); err != nil {
				return err
			}
		}
		if h != before {
			return ErrRewritten
		}
	}
	return nil
}

// readPlace returns the row at a place of a chain; one that retention has removed is taken as given.
func readPlace(ctx context.Context, tx *database.Tx, chain int64, place Head) (Head, error) {
	var hash []byte
	err := tx.QueryRowContext(ctx, "SELECT hash FROM audit_logs WHERE id = $1", database.ID(chain, place.Seq)).Scan(&hash)
	if errors.Is(err, sql.ErrNoRows) {
		return readAnchored(ctx, tx, place)
	}
	found := Head{Writer: place.Writer, Seq: place.Seq}
	copy(found.Hash[:], hash)
	return found, err
}

func readAnchored(ctx context.Context, tx *database.Tx, place Head) (Head, error) {
	acts, err := readActs(ctx, tx, nil)
	if err != nil || acts.anchors[place.Writer].Seq < place.Seq {
		return Head{}, err
	}
	return place, nil
}

func (c *Checkpoint) sign(key ed25519.PrivateKey) error {
	if key == nil {
		return nil
	}
	c.PublicKey = PublicKey(key)
	message, err := c.message()
	c.Signature = ed25519.Sign(key, message)
	return err
}

// Latest returns the last checkpoint that is kept in the database, or nil if there is none.
func (s *Store) Latest(ctx context.Context) (*Checkpoint, error) { return latest(ctx, s.db) }

func latest(ctx context.Context, q rowQuerier) (*Checkpoint, error) {
	var text string
	err := q.QueryRowContext(ctx, "SELECT body FROM audit_checkpoints ORDER BY number DESC LIMIT 1").Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	c, err := ParseCheckpoint([]byte(text))
	return &c, err
}

// readHeads returns the heads of all chains in the order of their names. That of a chain which retention has removed as a
// whole is its last row.
func readHeads(ctx context.Context, q querier) ([]Head, error) {
	acts, err := readActs(ctx, q, nil)
	if err != nil {
		return nil, err
	}
	var heads []Head
	query := "SELECT c.writer, COALESCE(l.id, 0), l.hash FROM audit_chains c LEFT JOIN audit_logs l ON " +
		"l.id = (SELECT max(id) FROM audit_logs WHERE " + database.InChain("id", "c.number") + ") ORDER BY c.writer"
	err = database.Each(q.QueryContext(ctx, query))(func(scan database.Scan) error {
		var h Head
		var r row
		var hash []byte
		if err := scan(&h.Writer, (*rowID)(&r), &hash); err != nil {
			return err
		}
		h.Seq = r.seq
		copy(h.Hash[:], hash)
		if h.Seq == 0 {
			h = acts.anchors[h.Writer]
		}
		if h.Seq > 0 {
			heads = append(heads, h)
		}
		return nil
	})
	return heads, err
}
