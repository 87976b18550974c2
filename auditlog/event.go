package auditlog

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"errors"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/eventgen/eventgen/runtime"
)

// maxColumn bounds what a column other than properties holds, in bytes: PostgreSQL cannot index values beyond some 2,700.
const maxColumn = 1024

// errUnencodable means that the properties of a message are no JSON object in UTF-8.
var errUnencodable = errors.New("auditlog: properties are no JSON object")

// eventRow makes a row of a message, without its place in the chain.
func (m mapping) eventRow(message *runtime.Message) (*row, error) {
	p, ok := m.split(message.Properties)
	if !ok {
		return nil, errUnencodable
	}
	r := &row{kind: kindEvent}
	r.uuid = some(message.UUID.String())
	r.event = some(clean(message.Event))
	r.timestamp = message.Timestamp.UnixMicro()
	r.distinctID = some(clean(message.DistinctID))
	r.properties = some(string(message.Properties))
	r.requestID, r.userID, r.userRole, r.orgID = p.text(requestID), p.text(userID), p.text(userRole), p.text(orgID)
	r.method, r.route, r.path = p.text(method), p.text(route), p.text(path)
	r.result, r.errorCode = p.text(result), p.text(errorCode)
	r.ip, r.userAgent = p.text(ip), p.text(userAgent)
	r.status = p.integer(status)
	r.duration = p.number(duration)
	r.weight = 1
	if w := p.number(sampleWeight); w.Valid && w.Float64 > 0 {
		r.weight = w.Float64
	}
	return r, nil
}

func some(s string) sql.NullString { return sql.NullString{String: s, Valid: true} }

// clean makes text fit for a column. PostgreSQL refuses the character NUL; the properties, which are JSON, hold it as an escape.
func clean(s string) string {
	if strings.IndexByte(s, 0) >= 0 {
		s = strings.ReplaceAll(s, "\x00", "\uFFFD")
	}
	s = strings.ToValidUTF8(s, "\uFFFD")
	if len(s) <= maxColumn {
		return s
	}
	end := maxColumn
	for !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end]
}

func (p *properties) text(c column) sql.NullString {
	raw := p[c]
	if len(raw) < 2 || raw[0] != '"' {
		return sql.NullString{}
	}
	inner := raw[1 : len(raw)-1]
	if plain(inner) {
		return some(clean(string(inner)))
	}
	var s string
	if json.Unmarshal(raw, &s) != nil {
		return sql.NullString{}
	}
	return some(clean(s))
}

// plain reports whether the inside of a JSON string stands for itself.
func plain(inner []byte) bool { return bytes.IndexByte(inner, '\\') < 0 }

func (p *properties) number(c column) sql.NullFloat64 {
	f, err := strconv.ParseFloat(string(p[c]), 64) // of what JSON has, it takes numbers alone
	if err != nil {
		return sql.NullFloat64{}
	}
	return sql.NullFloat64{Float64: f + 0, Valid: true} // -0 becomes 0, which some driver might make of it
}

// integer takes numbers without a fraction.
func (p *properties) integer(c column) sql.NullInt64 {
	f := p.number(c)
	if !f.Valid || f.Float64 != math.Trunc(f.Float64) || math.Abs(f.Float64) > runtime.MaxInteger {
		return sql.NullInt64{}
	}
	return sql.NullInt64{Int64: int64(f.Float64), Valid: true}
}
