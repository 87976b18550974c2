package auditlog

import (
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
	r.uuid = message.UUID[:]
	r.event = some(clean(message.Event))
	r.timestamp = message.Timestamp.UnixMicro()
	r.distinctID = some(clean(message.DistinctID))
	r.properties = some(string(p.rest))
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

// text returns a column of text, NULL unless the property is a string.
func (p *properties) text(c column) sql.NullString {
	value := p.values[c]
	if plain(value) {
		return some(clean(value[1 : len(value)-1]))
	}
	var s string
	if len(value) == 0 || value[0] != '"' || json.Unmarshal([]byte(value), &s) != nil {
		return sql.NullString{}
	}
	return some(clean(s))
}

// plain reports whether a JSON value is a string whose inside stands for itself.
func plain(value string) bool {
	return len(value) >= 2 && value[0] == '"' && strings.IndexByte(value, '\\') < 0
}

func (p *properties) number(c column) sql.NullFloat64 {
	f, ok := number(p.values[c])
	return sql.NullFloat64{Float64: f, Valid: ok}
}

// number returns a JSON number.
func number(value string) (float64, bool) {
	f, err := strconv.ParseFloat(value, 64) // of what JSON has, it takes numbers alone
	return f + 0, err == nil                // -0 becomes 0, which some driver might make of it
}

func (p *properties) integer(c column) sql.NullInt64 {
	n, ok := integer(p.values[c])
	return sql.NullInt64{Int64: n, Valid: ok}
}

// integer returns a JSON number that has no fraction.
func integer(value string) (int64, bool) {
	f, ok := number(value)
	if !ok || f != math.Trunc(f) || math.Abs(f) > runtime.MaxInteger {
		return 0, false
	}
	return int64(f), true
}
