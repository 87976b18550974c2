package auditlog

import (
	"slices"

	"github.com/eventgen/eventgen/auditlog/internal/members"
)

// column is a column that a property fills.
type column uint8

const (
	requestID column = iota
	userID
	userRole
	orgID
	method
	route
	path
	status
	result
	errorCode
	duration
	ip
	userAgent
	sampleWeight
	propertyColumns
)

// properties are what an event has, as JSON.
type properties struct {
	values [propertyColumns]string // of those that fill a column; empty where there is none
	rest   []byte                  // an object of those that no column holds
}

// mapping tells which columns a property fills.
type mapping map[string][]column

func newMapping(c Columns) mapping {
	m := mapping{}
	names := [propertyColumns]string{
		c.RequestID, c.UserID, c.UserRole, c.OrgID, c.Method, c.Route, c.Path, c.Status, c.Result, c.ErrorCode, c.Duration, c.IP,
		c.UserAgent, c.SampleWeight,
	}
	for i, name := range names {
		if name != "" {
			m[name] = append(m[name], column(i))
		}
	}
	return m
}

// split finds the values in a JSON object. It reports whether the text is an object in UTF-8. Where the name of a column occurs twice,
// the column has the last value, and the rest has all.
func (m mapping) split(object []byte) (p properties, ok bool) {
	twice := false
	ok = members.Each(object, func(name, value, member string) {
		columns := m[name]
		for _, c := range columns {
			twice = twice || p.values[c] != ""
			p.values[c] = value
		}
		if !slices.ContainsFunc(columns, func(c column) bool { return c.holds(value) }) {
			p.rest = append(append(p.rest, ','), member...)
		}
	})
	if twice {
		p.rest = object
		return p, ok
	}
	if len(p.rest) == 0 {
		p.rest = []byte{','}
	}
	p.rest[0] = '{'
	p.rest = append(p.rest, '}')
	return p, ok
}

// exactDigits is how many digits a number of eight bytes holds whatever they are.
const exactDigits = 15

// holds reports whether a column says all that a value does, so that the value need not be kept beside it.
func (c column) holds(value string) bool {
	n, ok := number(value)
	switch c {
	case status:
		_, ok = integer(value)
	case sampleWeight:
		ok = ok && n > 0
	case duration:
	default:
		return plain(value) && len(value) <= maxColumn
	}
	return ok && len(value) <= exactDigits
}
