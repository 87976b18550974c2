package auditlog

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/eventgen/eventgen/runtime"
)

func TestAPropertyMayFillSeveralColumns(t *testing.T) {
	t.Parallel()
	m := newMapping(Columns{Route: "path", Path: "path"})
	p, ok := m.split([]byte(`{"path":"/a","route":"/b"}`))
	if !ok || p.values[route] != `"/a"` || p.values[path] != `"/a"` || p.values[userID] != "" || string(p.rest) != `{"route":"/b"}` {
		t.Errorf("got %q, %v", p, ok)
	}
}

// TestTheRest has all that no column says exactly as it was.
func TestTheRest(t *testing.T) {
	t.Parallel()
	m := newMapping(DefaultColumns())
	long := `{"userId":"` + strings.Repeat("x", maxColumn+1) + `"}`
	for object, want := range map[string]string{
		long: long, // the column is cut
		`{}`: `{}`,
		` { "requestId" : "r" , "statusCode" : 200 , "duration_ms" : 1.5 , "sample_weight" : 2 } `: `{}`,
		`{"userId":"u","other":{"userId":"inner"},"n":1}`:                                          `{"other":{"userId":"inner"},"n":1}`,
		`{"na\u006de" : "x"}`:                            `{"na\u006de" : "x"}`,
		`{"userId":null,"path":7,"statusCode":"200"}`:    `{"userId":null,"path":7,"statusCode":"200"}`,
		`{"userId":"\u0000"}`:                            `{"userId":"\u0000"}`, // the column has another character
		`{"duration_ms":0.12345678901234567}`:            `{"duration_ms":0.12345678901234567}`,
		`{"duration_ms":1e400,"statusCode":200.5}`:       `{"duration_ms":1e400,"statusCode":200.5}`,
		`{"sample_weight":0}`:                            `{"sample_weight":0}`, // the column has 1
		`{"userId":"first","userId":"second","other":1}`: `{"userId":"first","userId":"second","other":1}`,
	} {
		if p, ok := m.split([]byte(object)); !ok || string(p.rest) != want {
			t.Errorf("%s leaves %s, want %s", object, p.rest, want)
		}
	}
}

// FuzzRow holds that the columns of a row and its properties together are what the event had, whatever that was.
func FuzzRow(f *testing.F) {
	m := newMapping(DefaultColumns())
	for _, seed := range []string{
		`{}`, string(request(31).Properties), `{"userId":"\ud83d","statusCode":-0,"duration_ms":1e3,"x":[1,{"y":null}]}`,
		`{"statusCode":9007199254740993,"sample_weight":-1,"duration_ms":123456789012345678}`, `{"userId":"a","userId":1}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, object []byte) {
		r, err := m.eventRow(&runtime.Message{Properties: object})
		if err != nil {
			return
		}
		got, want := map[string]any{}, map[string]any{}
		fillFromColumns(got, r)
		if json.Unmarshal(object, &want) != nil {
			return // a number that float64 does not hold
		}
		if err := json.Unmarshal([]byte(r.properties.String), &got); err != nil { // over what the columns say
			t.Fatalf("%s left %s: %v", object, r.properties.String, err)
		}
		for name := range got {
			if _, ok := want[name]; !ok {
				delete(got, name) // a column that is never NULL
			}
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s became %v", object, got)
		}
	})
}

// fillFromColumns adds what the columns of a row say, under the names of the properties.
func fillFromColumns(to map[string]any, r *row) {
	names := DefaultColumns()
	for name, column := range map[string]any{
		names.RequestID: textOrNil(r.requestID), names.UserID: textOrNil(r.userID), names.UserRole: textOrNil(r.userRole),
		names.OrgID: textOrNil(r.orgID), names.Method: textOrNil(r.method), names.Route: textOrNil(r.route), names.Path: textOrNil(r.path),
		names.Result: textOrNil(r.result), names.ErrorCode: textOrNil(r.errorCode), names.IP: textOrNil(r.ip),
		names.UserAgent: textOrNil(r.userAgent), names.Duration: floatOrNil(r.duration), names.SampleWeight: r.weight,
	} {
		if column != nil {
			to[name] = column
		}
	}
	if r.status.Valid {
		to[names.Status] = float64(r.status.Int64)
	}
}
