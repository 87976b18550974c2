// Package validate compares the check of one event: the generated Validate, hand-written ifs, JSON Schema by
// santhosh-tekuri/jsonschema/v5, go-playground/validator and protovalidate, each with the constraints of api_request and the
// same payload. TestVerdicts asks that all take the payload and refuse broken ones; TestOverhead gates the target.
package validate

import (
	"fmt"
	"unicode/utf8"

	protovalidate "buf.build/go/protovalidate"
	"github.com/go-playground/validator/v10"
	googleproto "google.golang.org/protobuf/proto"

	"github.com/eventgen/eventgen/bench/measure"
	"github.com/eventgen/eventgen/bench/validate/proto"
	"github.com/eventgen/eventgen/bench/workload"
	"github.com/eventgen/eventgen/generated/events"
	"github.com/eventgen/eventgen/runtime"
)

//go:generate go run ./protogen

const (
	ours       = "eventgen Validate"
	jsonSchema = "jsonschema v5, a decoded map"
	floor      = "floor: hand-written ifs on the same struct"
)

// Comparisons returns the comparison for event M.
func Comparisons() []measure.Comparison {
	c := measure.Comparison{Name: "Validate, event M", Floor: []string{floor}, Targets: []measure.Target{{
		What: "jsonschema v5 / Validate, event M", Of: []string{jsonSchema}, Over: []string{ours}, Limit: 100, AtLeast: true,
	}, {
		What: "allocations of Validate, event M", Metric: measure.Allocs, Of: []string{ours}, Limit: 0.5,
	}}}
	for _, v := range validators() {
		c.Cases = append(c.Cases, measure.Case{Name: v.name, Open: func() (*measure.Run, error) {
			check, err := v.open(payload{status: 200, role: "admin"})
			if err != nil {
				return nil, err
			}
			return &measure.Run{Do: func(n int) error {
				for range n {
					if err := check(); err != nil {
						return err
					}
				}
				return nil
			}}, nil
		}})
	}
	return []measure.Comparison{c}
}

// payload is what differs between payloads.
type payload struct {
	status int
	role   string
}

// contestant checks a payload that it brought into its own form before.
type contestant struct {
	name string
	open func(payload) (check func() error, err error)
}

func validators() []contestant {
	return []contestant{
		{ours, generated},
		{jsonSchema, schema},
		{"go-playground/validator, a tagged struct", playground},
		{"protovalidate, a message", protobuf},
		{floor, byHand},
	}
}

func request(p payload) events.APIRequest {
	e := workload.M()
	e.StatusCode, e.UserRole = int64(p.status), runtime.Some(p.role)
	return e
}

func generated(p payload) (func() error, error) {
	e := request(p)
	return e.Validate, nil
}

// tagged is event M as go-playground/validator wants it.
type tagged struct {
	RequestID    string   `validate:"required,max=128"`
	UserID       *string  `validate:"omitempty,max=200"`
	UserRole     *string  `validate:"omitempty,max=64"`
	OrgID        *string  `validate:"omitempty,max=200"`
	Method       string   `validate:"required,max=32"`
	Path         string   `validate:"required,max=1024"`
	Route        *string  `validate:"omitempty,max=1024"`
	StatusCode   int64    `validate:"min=100,max=599"`
	Result       string   `validate:"required,oneof=success failure"`
	ErrorCode    *string  `validate:"omitempty,max=128"`
	DurationMs   float64  `validate:"min=0"`
	UserAgent    *string  `validate:"omitempty,max=256"`
	IP           *string  `validate:"omitempty,ip"`
	SampleWeight *float64 `validate:"omitempty,min=1"`
}

func playground(p payload) (func() error, error) {
	v := validator.New(validator.WithRequiredStructEnabled())
	e := tagged{
		RequestID: workload.ID, UserID: new(workload.Account), UserRole: &p.role, OrgID: new("org_77"), Method: "GET",
		Path: workload.Route, Route: new(workload.Route), StatusCode: int64(p.status), Result: "success", DurationMs: 12.75,
		UserAgent: new(workload.UserAgent), IP: new(workload.Address), SampleWeight: new(1.0),
	}
	return func() error { return v.Struct(&e) }, nil
}

func protobuf(p payload) (func() error, error) {
	m := &proto.Request{
		RequestId: workload.ID, UserId: new(workload.Account), UserRole: &p.role, OrgId: new("org_77"), Method: "GET",
		Path: workload.Route, Route: new(workload.Route), StatusCode: int64(p.status), Result: "success", DurationMs: 12.75,
		UserAgent: new(workload.UserAgent), Ip: new(workload.Address), SampleWeight: new(1.0),
	}
	v, err := protovalidate.New(protovalidate.WithMessages(m), protovalidate.WithFailFast())
	if err != nil {
		return nil, err
	}
	return func() error { return v.Validate(googleproto.Message(m)) }, nil
}

// byHand is the least that the checks cost: what one would write for this one struct, with texts checked for UTF-8.
func byHand(p payload) (func() error, error) {
	e := request(p)
	return func() error {
		switch {
		case !text(e.RequestID, 1, 128), !text(e.UserID.Value.Reveal(), 0, 200), !text(e.UserRole.Value, 0, 64),
			!text(e.OrgID.Value, 0, 200), !text(e.Method, 1, 32), !text(e.Path, 1, 1024), !text(e.Route.Value, 0, 1024),
			!text(e.ErrorCode.Value, 0, 128), !text(e.UserAgent.Value.Reveal(), 0, 256):
			return fmt.Errorf("a text")
		case e.StatusCode < 100 || e.StatusCode > 599, e.DurationMs < 0, e.SampleWeight.Value < 1:
			return fmt.Errorf("a number")
		case e.Result == 0 || e.Result > events.APIRequestResultFailure:
			return fmt.Errorf("result")
		case !dottedQuad(e.IP.Value.Reveal()):
			return fmt.Errorf("ip")
		}
		return nil
	}, nil
}

func text(s string, least, most int) bool {
	return len(s) >= least && (len(s) <= most || utf8.RuneCountInString(s) <= most) && utf8.ValidString(s)
}

// dottedQuad is enough for the payload.
func dottedQuad(s string) bool {
	dots, number, digits := 0, 0, 0
	for i := range len(s) {
		switch c := s[i]; {
		case c == '.' && digits > 0:
			dots, number, digits = dots+1, 0, 0
		case c >= '0' && c <= '9' && number <= 25:
			number, digits = number*10+int(c-'0'), digits+1
		default:
			return false
		}
		if number > 255 {
			return false
		}
	}
	return dots == 3 && digits > 0
}
