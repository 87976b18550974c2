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
			p.keep(member)
		}
	})
	if twice {
		p.rest = object
		return p, ok
	}
	p.rest = append(p.rest, '}')
	if len(p.rest) == 1 {
		p.rest = []byte("{}")
	}
	return p, ok
}

// keep adds a member to the rest.
func (p *properties) keep(member string) {
	if len(p.rest) == 0 {
		p.rest = append(p.rest, '{')
	} else {
		p.rest = append(p.rest, ',')
	}
	p.rest = append(p.rest, member...)
}

// exactDigits is how many digits a number of eight bytes holds whatever they are.
const exactDigits = 15

// holds reports whether a column says all that a value does, so that the value need not be kept beside it.
func (c column) holds(value string) bool {
	switch c {
	case status:
		_, ok := integer(value)
		return ok && len(value) <= exactDigits
	case sampleWeight:
		w, ok := number(value)
		return ok && w > 0 && len(value) <= exactDigits
	case duration:
		_, ok := number(value)
		return ok && len(value) <= exactDigits
	default:
		return plain(value) && len(value) <= maxColumn
	}
}
