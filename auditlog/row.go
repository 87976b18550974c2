package auditlog

import (
	"cmp"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"

	"github.com/eventgen/eventgen/auditlog/internal/block"
	"github.com/eventgen/eventgen/auditlog/internal/database"
)

// Hash is a SHA-256 digest. Its text form is hexadecimal.
type Hash [sha256.Size]byte

// String returns the hexadecimal form.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// MarshalText returns the hexadecimal form.
func (h Hash) MarshalText() ([]byte, error) { return []byte(h.String()), nil }

// UnmarshalText reads the hexadecimal form.
func (h *Hash) UnmarshalText(text []byte) error {
	if len(text) != hex.EncodedLen(len(h)) {
		return fmt.Errorf("auditlog: a hash has %d hexadecimal digits", hex.EncodedLen(len(h)))
	}
	_, err := hex.Decode(h[:], text)
	return err
}

// Head is the last row of a chain, or any other place in it.
type Head struct {
	Writer string `json:"writer"`
	Seq    int64  `json:"seq"`
	Hash   Hash   `json:"hash"`
}

// The kinds of rows. All but events are acts: the store's own records, with an envelope in properties.
const (
	kindEvent     = "event"
	kindStart     = "start"     // the first row of a chain: names the chain before it
	kindStop      = "stop"      // the last row of a chain whose store was closed
	kindGap       = "gap"       // events that are missing
	kindErasure   = "erasure"   // rows that were emptied
	kindRetention = "retention" // rows that were removed
)

// columnNames are the columns of audit_logs in the order of row.values and row.targets.
const columnNames = "id, kind, uuid, event, timestamp_us, written_us, method, route, status, result, error_code, " +
	"duration_ms, sample_weight, distinct_id, request_id, user_id, user_role, org_id, path, ip, user_agent, properties, " +
	"salt, digest, prev_hash, hash"

// columnCount is the number of columns of audit_logs.
const columnCount = 26

// row is one row of audit_logs. Facts stay for as long as the row does; the personal part can be erased.
type row struct {
	writer string // the name of the chain, which is not in the table
	chain  int64  // its number
	seq    int64  // the place in it
	kind   string
	facts
	personal
	digest   []byte // of the personal part
	previous []byte // hash of the row before
	hash     []byte
}

type facts struct {
	uuid                             database.UUID
	event                            sql.NullString
	timestamp, written               int64 // microseconds since 1970, UTC
	method, route, result, errorCode sql.NullString
	status                           sql.NullInt64
	duration                         sql.NullFloat64
	weight                           float64
}

type personal struct {
	distinctID, requestID, userID, userRole, orgID, path, ip, userAgent, properties sql.NullString

	salt []byte // random; without it, the digest cannot be compared with a guess
}

// values appends the row for an INSERT, in types that database/sql need not convert.
func (r *row) values(to []any) []any {
	return append(
		to, r.id(), r.kind, []byte(r.uuid), textOrNil(r.event), r.timestamp, r.written, textOrNil(r.method), textOrNil(r.route),
		wholeOrNil(r.status), textOrNil(r.result), textOrNil(r.errorCode), floatOrNil(r.duration), r.weight,
		textOrNil(r.distinctID), textOrNil(r.requestID), textOrNil(r.userID), textOrNil(r.userRole), textOrNil(r.orgID),
		textOrNil(r.path), textOrNil(r.ip), textOrNil(r.userAgent), textOrNil(r.properties),
		r.salt, r.digest, r.previous, r.hash,
	)
}

func (r *row) id() int64 { return database.ID(r.chain, r.seq) }

// rowID scans the id of a row.
type rowID row

// Scan implements sql.Scanner.
func (r *rowID) Scan(source any) error {
	id, ok := source.(int64)
	if !ok {
		return fmt.Errorf("an id cannot be a %T", source)
	}
	r.chain, r.seq = database.Place(id)
	return nil
}

func textOrNil(s sql.NullString) any {
	if !s.Valid {
		return nil
	}
	return s.String
}

func wholeOrNil(n sql.NullInt64) any {
	if !n.Valid {
		return nil
	}
	return n.Int64
}

func floatOrNil(f sql.NullFloat64) any {
	if !f.Valid {
		return nil
	}
	return f.Float64
}

// targets returns where Scan puts a row, all but the name of its chain. The slices are good until the next row is scanned.
func (r *row) targets() []any {
	return []any{
		(*rowID)(r), &r.kind, &r.uuid, &r.event, &r.timestamp, &r.written, &r.method, &r.route, &r.status, &r.result,
		&r.errorCode, &r.duration, &r.weight, &r.distinctID, &r.requestID, &r.userID, &r.userRole, &r.orgID, &r.path, &r.ip,
		&r.userAgent, &r.properties,
		(*sql.RawBytes)(&r.salt), (*sql.RawBytes)(&r.digest), (*sql.RawBytes)(&r.previous), (*sql.RawBytes)(&r.hash),
	}
}

// request returns what a block keeps of the row, nil if it is no request.
func (r *row) request() *block.Request {
	if r.kind != kindEvent || !r.status.Valid {
		return nil
	}
	return &block.Request{
		Time: r.timestamp, Duration: r.duration, Weight: r.weight, Status: r.status.Int64,
		Result: r.result.String, Event: r.event.String, Route: cmp.Or(r.route.String, r.path.String),
		Role: r.userRole.String, Org: r.orgID.String, User: r.userID.String,
	}
}

// What is hashed begins with one of these, so that no hash of one kind is one of the other.
const (
	payloadDomain = "auditlog payload 1\x00"
	rowDomain     = "auditlog row 1\x00"
)

// hasher computes the hashes of rows in a buffer that it keeps. The encoding is unambiguous: the fields have a fixed order, and
// each begins with its length plus one, or is a single 0 for NULL; numbers have eight bytes, big end first.
type hasher struct {
	buffer []byte
}

// digest is the hash of the personal part with its salt.
func (h *hasher) digest(r *row) Hash {
	b := append(h.buffer[:0], payloadDomain...)
	b = appendBytes(b, r.salt)
	for _, s := range r.personal.fields() {
		b = appendText(b, *s)
	}
	h.buffer = b
	return sha256.Sum256(b)
}

func (p *personal) fields() [9]*sql.NullString {
	return [...]*sql.NullString{
		&p.distinctID, &p.requestID, &p.userID, &p.userRole, &p.orgID, &p.path, &p.ip, &p.userAgent, &p.properties,
	}
}

// row is the hash of the row, with that of the row before and the digest of the personal part in it.
func (h *hasher) row(r *row) Hash {
	b := append(h.buffer[:0], rowDomain...)
	b = appendBytes(b, r.previous)
	b = appendString(b, r.writer)
	b = appendInteger(b, r.seq)
	b = appendString(b, r.kind)
	b = appendBytes(b, r.uuid)
	b = appendText(b, r.event)
	b = appendInteger(b, r.timestamp)
	b = appendInteger(b, r.written)
	for _, s := range [...]*sql.NullString{&r.method, &r.route, &r.result, &r.errorCode} {
		b = appendText(b, *s)
	}
	b = appendNumber(b, uint64(r.status.Int64), r.status.Valid)
	b = appendNumber(b, math.Float64bits(r.duration.Float64), r.duration.Valid)
	b = appendNumber(b, math.Float64bits(r.weight), true)
	b = appendBytes(b, r.digest)
	h.buffer = b
	return sha256.Sum256(b)
}

func appendString(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))+1), s...)
}

func appendText(b []byte, s sql.NullString) []byte {
	if !s.Valid {
		return append(b, 0)
	}
	return appendString(b, s.String)
}

// appendBytes takes nil for NULL; an empty value that is not nil has a length.
func appendBytes(b, value []byte) []byte {
	if value == nil {
		return append(b, 0)
	}
	return append(binary.AppendUvarint(b, uint64(len(value))+1), value...)
}

func appendInteger(b []byte, n int64) []byte { return appendNumber(b, uint64(n), true) }

func appendNumber(b []byte, bits uint64, valid bool) []byte {
	if !valid {
		return append(b, 0)
	}
	return binary.BigEndian.AppendUint64(append(b, 9), bits)
}
