package auditlog

import (
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

// properties are the values of those properties that fill a column, as JSON; nil where there is none.
type properties [propertyColumns][]byte

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

// split finds the values in a JSON object, the last where a name occurs twice. It reports whether the text is an object in UTF-8.
func (m mapping) split(object []byte) (p properties, ok bool) {
	ok = members.Each(object, func(name, value []byte) {
		for _, c := range m[string(name)] {
			p[c] = value
		}
	})
	return p, ok
}
