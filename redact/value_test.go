package redact_test

import (
	"encoding/json"
	"encoding/xml"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/eventgen/eventgen/redact"
)

func TestStringReveals(t *testing.T) {
	t.Parallel()
	for _, v := range []string{"", "j", "jane@example.com", "\xff\x00", strings.Repeat("é", 1<<16)} {
		s := redact.Raw(v)
		if s.Reveal() != v || s.IsZero() != (v == "") {
			t.Errorf("%.20q: reveals %.20q, zero %v", v, s.Reveal(), s.IsZero())
		}
	}
	var zero redact.String
	if zero.Reveal() != "" || !zero.IsZero() || !zero.Equal(redact.Raw("")) {
		t.Error("the zero String is not the empty string")
	}
}

func TestStringEqual(t *testing.T) {
	t.Parallel()
	a, b := redact.Raw("jane"), redact.Raw(strings.Clone("jane"))
	if !a.Equal(b) || a.Equal(redact.Raw("jan")) || a.Equal(redact.Raw("jans")) || a.Equal(redact.String{}) {
		t.Error("Equal does not compare the bytes")
	}
	if reflect.DeepEqual(a, redact.Raw("jans")) {
		t.Error("DeepEqual takes different strings for equal")
	}
}

// A substring of a large string must stay valid whatever happens to the large one: the address keeps it alive.
func TestStringOfSubstring(t *testing.T) {
	t.Parallel()
	var kept []redact.String
	for i := range 100 {
		large := strings.Repeat(string(rune('a'+i%26)), 1<<16)
		kept = append(kept, redact.Raw(large[1<<15:1<<15+8]))
	}
	for i, s := range kept {
		if want := strings.Repeat(string(rune('a'+i%26)), 8); s.Reveal() != want {
			t.Fatalf("%q, want %q", s.Reveal(), want)
		}
	}
}

func TestClassifiedTypesAreNotComparable(t *testing.T) {
	t.Parallel()
	for _, v := range []any{redact.String{}, redact.Value[int64]{}, redact.Keys{}} {
		if reflect.TypeOf(v).Comparable() {
			t.Errorf("%T can be compared with == and be a map key", v)
		}
	}
}

func TestValueReveals(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 5, 3, 1, 2, 3, 4, time.UTC)
	if redact.Wrap(int64(7)).Reveal() != 7 || !redact.Wrap(true).Reveal() || redact.Wrap(at).Reveal() != at {
		t.Error("Wrap changes the value")
	}
	var zero redact.Value[float64]
	if zero.Reveal() != 0 || !zero.Equal(redact.Wrap(0.0)) {
		t.Error("the zero Value does not hold zero")
	}
}

func TestValueEqual(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 5, 3, 1, 2, 3, 4, time.UTC)
	elsewhere := redact.Wrap(at.In(time.FixedZone("", 3600)))
	if !redact.Wrap(at).Equal(elsewhere) || redact.Wrap(at).Equal(redact.Wrap(at.Add(1))) {
		t.Error("times are not compared by their Equal method")
	}
	if !redact.Wrap([]string{"a"}).Equal(redact.Wrap([]string{"a"})) || redact.Wrap(math.NaN()).Equal(redact.Wrap(math.NaN())) {
		t.Error("other values are not compared by DeepEqual")
	}
	if !redact.Wrap[any](1).Equal(redact.Wrap[any](1)) || redact.Wrap[any](1).Equal(redact.Wrap[any]([]int{1})) {
		t.Error("values of any are not compared by DeepEqual")
	}
}

type request struct {
	Email redact.String           `json:"email" xml:"email"`
	Age   redact.Value[int64]     `json:"age" xml:"-"`
	Born  redact.Value[time.Time] `json:"born" xml:"-"`
}

func TestDecoding(t *testing.T) {
	t.Parallel()
	var r request
	const body = `{"email": "jane\u0040example.com", "age": 41, "born": "1985-05-03T00:00:00Z"}`
	if err := json.Unmarshal([]byte(body), &r); err != nil {
		t.Fatal(err)
	}
	if r.Email.Reveal() != "jane@example.com" || r.Age.Reveal() != 41 || r.Born.Reveal().Year() != 1985 {
		t.Errorf("decoded %s, %d, %s", r.Email.Reveal(), r.Age.Reveal(), r.Born.Reveal())
	}
	if err := json.Unmarshal([]byte(`{"email": null, "age": null, "born": null}`), &r); err != nil || r.Age.Reveal() != 41 {
		t.Errorf("null decoded as %d, %v", r.Age.Reveal(), err)
	}
	if err := xml.Unmarshal([]byte("<r><email>j@x.example</email></r>"), &r); err != nil || r.Email.Reveal() != "j@x.example" {
		t.Errorf("decoded %s, %v from XML", r.Email.Reveal(), err)
	}
}

func TestDecodingErrorsDoNotQuoteTheValue(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		`{"email": 471147114711}`, `{"email": ["471147114711"]}`, `{"email": {"a": 471147114711}}`,
		`{"age": "471147114711"}`, `{"age": 4711471147114711471147114711}`, `{"age": 4711.4711}`, `{"age": {"a": 4711}}`,
		`{"born": "4711-47-11"}`, `{"born": 4711}`,
	} {
		err := json.Unmarshal([]byte(body), new(request))
		if err == nil || strings.Contains(err.Error(), "4711") {
			t.Errorf("%s: %v", body, err)
		}
	}
}

// What an encoder has hidden must not come back as if it were a value.
func TestDecodingRefusesThePlaceholder(t *testing.T) {
	t.Parallel()
	encoded, err := json.Marshal(request{Email: redact.Raw("jane@example.com")})
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(encoded, new(request)); err == nil {
		t.Errorf("%s was decoded", encoded)
	}
	for _, target := range []any{new(redact.String), new(redact.Value[string]), new(redact.Value[any])} {
		if err := json.Unmarshal([]byte(`"[redacted]"`), target); err == nil {
			t.Errorf("%T took the placeholder", target)
		}
	}
}
