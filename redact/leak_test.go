package redact_test

import (
	"bytes"
	"database/sql/driver"
	"encoding/binary"
	"encoding/gob"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	htmltemplate "html/template"
	"io"
	"log"
	"log/slog"
	"os"
	"os/exec"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"text/template"
	"time"

	"github.com/eventgen/eventgen/redact"
)

// The secrets are looked for in the output of every printer and encoder, in any form that a verb gives them.
const (
	secretText   = "Zq7#Marker~9Xw"
	secretNumber = int64(8412063975317)
)

// traces returns what a string, a number or a time looks like when it leaks: every window of four bytes of a text, each in
// raw, hexadecimal, decimal and quoted form, and a number in each base. All of them are long, since addresses must not
// match by chance.
func traces() []string {
	var all []string
	for i := range len(secretText) - 3 {
		window := secretText[i : i+4]
		plain := hex.EncodeToString([]byte(window))
		spaced := fmt.Sprintf("% x", window)
		all = append(
			all, window, plain, spaced, strings.ToUpper(plain), strings.ToUpper(spaced),
			fmt.Sprintf("%# x", window), fmt.Sprintf("%# X", window), strings.Trim(fmt.Sprint([]byte(window)), "[]"),
			strings.Trim(fmt.Sprintf("%o", []byte(window)), "[]"), strings.Trim(fmt.Sprintf("%b", []byte(window)), "[]"),
			strings.Trim(fmt.Sprintf("%q", []rune(window)), "[]"), strings.Trim(fmt.Sprintf("%U", []byte(window)), "[]"),
			strings.Trim(fmt.Sprintf("%#v", []byte(window)), "[]byte{}"),
		)
	}
	for base := 2; base <= 16; base++ {
		all = append(all, strconv.FormatInt(secretNumber, base))
	}
	return append(all, strings.ToUpper(strconv.FormatInt(secretNumber, 16)), "8.41206")
}

func leaked(output string, traces []string) (string, bool) {
	for _, trace := range traces {
		if strings.Contains(output, trace) {
			return trace, true
		}
	}
	return "", false
}

// containers puts a value into every kind of place that printers and encoders treat differently.
func containers[T any](v T) map[string]any {
	type exported struct{ V T }
	type unexported struct{ v T }
	type pointers struct {
		V *T
		v *T
	}
	type interfaces struct {
		V any
		v any
	}
	type collections struct {
		S []T
		M map[string]T
		s []T
		m map[string]T
		a [2]T
	}
	type nested struct {
		E exported
		u unexported
		p *unexported
		c collections
	}
	p := &v
	c := collections{[]T{v}, map[string]T{"k": v}, []T{v}, map[string]T{"k": v}, [2]T{v, v}}
	n := nested{exported{v}, unexported{v}, &unexported{v}, c}
	return map[string]any{
		"direct": v, "pointer": p, "pointer to pointer": &p,
		"exported": exported{v}, "pointer to exported": &exported{v},
		"unexported": unexported{v}, "pointer to unexported": &unexported{v},
		"pointers": pointers{p, p}, "interfaces": interfaces{v, v}, "pointers in interfaces": interfaces{p, p},
		"slice": []T{v}, "array": [1]T{v}, "map": map[string]T{"k": v}, "slice of any": []any{v, p},
		"slice of unexported": []unexported{{v}}, "map of unexported": map[string]unexported{"k": {v}},
		"map with pointer key": map[*T]bool{p: true},
		"collections":          c, "nested": n, "pointer to nested": &n, "slice of nested": []*nested{&n},
		"embedding": struct{ exported }{exported{v}}, "embedding unexported": struct{ unexported }{unexported{v}},
		"error": failure[T]{v}, "wrapped error": fmt.Errorf("outer: %w", failure[T]{v}), "error pointer": &failure[T]{v},
		"joined errors": errors.Join(failure[T]{v}, failure[T]{v}),
		"error by verb": fmt.Errorf(anyVerbs, v, v, unexported{v}, p),
		"function":      func() T { return v }, "attribute": slog.Any("k", v), "reflected": reflect.ValueOf(v),
	}
}

// anyVerbs is a variable because vet has an opinion about %s and types that are no strings.
var anyVerbs = "outer: %v, %s, %+v, %#v"

// failure is an error that mentions a value.
type failure[T any] struct{ v T }

func (f failure[T]) Error() string { return fmt.Sprintf("failed for %v: %+v", f.v, struct{ v T }{f.v}) }

// printers are the ways out of the process.
func printers() map[string]func(v any) string {
	all := map[string]func(v any) string{
		"Print":    func(v any) string { return fmt.Sprint(v) + fmt.Sprintln(v) },
		"Errorf":   func(v any) string { return fmt.Errorf("%w %v", errors.New("e"), v).Error() },
		"log":      func(v any) string { return written(func(w io.Writer) { log.New(w, "", 0).Print(v) }) },
		"dump":     func(v any) string { return written(func(w io.Writer) { dump(w, reflect.ValueOf(v), 0) }) },
		"json":     func(v any) string { return encoded(json.Marshal(v)) },
		"xml":      func(v any) string { return encoded(xml.Marshal(v)) },
		"xml attr": func(v any) string { return encoded(xml.Marshal(attribute{v})) },
		"gob": func(v any) string {
			return written(func(w io.Writer) { fmt.Fprint(w, gob.NewEncoder(w).Encode(v)) })
		},
		"binary": func(v any) string {
			return written(func(w io.Writer) { fmt.Fprint(w, binary.Write(w, binary.LittleEndian, v)) })
		},
		"sql": func(v any) string { return fmt.Sprint(driver.DefaultParameterConverter.ConvertValue(v)) },
		"slog text": func(v any) string {
			return written(func(w io.Writer) { logged(slog.NewTextHandler(w, nil), v) })
		},
		"slog json": func(v any) string {
			return written(func(w io.Writer) { logged(slog.NewJSONHandler(w, nil), v) })
		},
		"text/template": func(v any) string {
			t := template.Must(template.New("").Parse(`{{.}} {{printf "%v %s %+v" . . .}} {{print .}} {{html .}} {{js .}}`))
			return written(func(w io.Writer) { fmt.Fprint(w, t.Execute(w, v)) })
		},
		"html/template": func(v any) string {
			t := htmltemplate.Must(htmltemplate.New("").Parse(
				`<a title="{{.}}" href="/{{.}}?{{.}}" onclick="f({{.}})" style="color: {{.}}">{{.}}</a><script>var x = {{.}}</script>`))
			return written(func(w io.Writer) { fmt.Fprint(w, t.Execute(w, v)) })
		},
	}
	for _, flags := range []string{"", "+", "#", "-", " ", "0", "+#", "# ", "40", "-40.3", ".2", "[1]"} {
		for verb := rune('A'); verb <= 'z'; verb++ {
			format := "%" + flags + string(verb)
			all[format] = func(v any) string { return fmt.Sprintf(format, v) }
		}
	}
	for _, format := range []string{"%!", "%é", "%d %d", "%[2]v", "%*d", "%.*s"} {
		all[format] = func(v any) string { return fmt.Sprintf(format, v) }
	}
	return all
}

type attribute struct {
	V any `xml:"v,attr"`
}

func written(f func(io.Writer)) string {
	var b bytes.Buffer
	f(&b)
	return b.String()
}

func encoded(b []byte, err error) string { return fmt.Sprint(string(b), err) }

func logged(h slog.Handler, v any) {
	slog.New(h).With("with", v).WithGroup("group").Info("message", "k", v, slog.Group("g", "k", v), slog.Any("list", []any{v}))
	slog.New(h).Info(fmt.Sprint(v), v)
}

// dump prints whatever reflection can reach without unsafe, through pointers, interfaces and unexported fields.
func dump(w io.Writer, v reflect.Value, depth int) {
	if depth > 12 {
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fmt.Fprintf(w, " %s:", v.Type().Field(i).Name)
			dump(w, v.Field(i), depth+1)
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			dump(w, v.Index(i), depth+1)
		}
	case reflect.Map:
		for i := v.MapRange(); i.Next(); {
			dump(w, i.Key(), depth+1)
			dump(w, i.Value(), depth+1)
		}
	case reflect.Pointer, reflect.Interface:
		dump(w, v.Elem(), depth+1)
	case reflect.String: // v itself would print by its methods
		fmt.Fprint(w, " ", v.String())
	default:
		fmt.Fprint(w, " ", v)
	}
}

// sweep returns every place and printer that show a trace of the value.
func sweep(places map[string]any) []string {
	var found []string
	look := traces()
	for name, printer := range printers() {
		for place, v := range places {
			if trace, ok := leaked(printer(v), look); ok {
				found = append(found, fmt.Sprintf("%s of %s: %s", name, place, trace))
			}
		}
	}
	slices.Sort(found)
	return found
}

func TestLeakMatrix(t *testing.T) {
	t.Parallel()
	at := time.Unix(0, 0).Add(time.Duration(secretNumber))
	for name, places := range map[string]map[string]any{
		"String":          containers(redact.Raw(secretText)),
		"Value[string]":   containers(redact.Wrap(secretText)),
		"Value[int64]":    containers(redact.Wrap(secretNumber)),
		"Value[float64]":  containers(redact.Wrap(float64(secretNumber))),
		"Value[Time]":     containers(redact.Wrap(at)),
		"Value[[]string]": containers(redact.Wrap([]string{secretText})),
		"Value[any]":      containers(redact.Wrap[any](map[string]any{"k": secretText})),
		"Value[String]":   containers(redact.Wrap(redact.Raw(secretText))),
		"Keys":            containers(secretKeys(t)),
		"Engine":          containers(secretEngine(t)),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, leak := range sweep(places) {
				t.Error(leak)
			}
		})
	}
}

// secretKeys returns keys whose secret is the text that is looked for.
func secretKeys(t *testing.T) redact.Keys {
	t.Helper()
	keys, err := redact.ParseKeys("k1:" + encodeKey(strings.Repeat(secretText, 3)))
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

// secretEngine returns an engine and a rule that have used the key.
func secretEngine(t *testing.T) any {
	t.Helper()
	policy := redact.Policy{{Category: email, Strategies: all(redact.Hash)}}
	engine, err := redact.NewEngine(policy, secretKeys(t))
	if err != nil {
		t.Fatal(err)
	}
	r := engine.Rule(email, redact.Log, redact.Drop, false)
	r.AppendString(nil, secretText)
	return struct {
		E *redact.Engine
		R *redact.Rule
	}{engine, r}
}

// naive hides itself as well as methods can: the sweep has to find what methods cannot prevent.
type naive string

func (naive) Format(f fmt.State, _ rune)   { _, _ = io.WriteString(f, "[redacted]") }
func (naive) String() string               { return "[redacted]" }
func (naive) LogValue() slog.Value         { return slog.StringValue("[redacted]") }
func (naive) MarshalText() ([]byte, error) { return []byte("[redacted]"), nil }

func TestLeakMatrixFindsLeaks(t *testing.T) {
	t.Parallel()
	found := strings.Join(sweep(containers(naive(secretText))), "\n")
	for _, want := range []string{
		"%v of unexported", "%+v of nested", "%#v of collections", "%x of unexported", "%d of unexported", "%q of nested",
		"gob of direct", "dump of direct", "slog text of unexported", "text/template of nested", "sql of direct",
		"Print of wrapped error", "log of error by verb",
	} {
		if !strings.Contains(found, want) {
			t.Errorf("the sweep does not find %s", want)
		}
	}
	numbers := strings.Join(sweep(containers(secretNumber)), "\n")
	for _, want := range []string{
		"%d of direct", "%x of slice", "%b of direct", "%o of map", "%X of nested", "json of exported",
	} {
		if !strings.Contains(numbers, want) {
			t.Errorf("the sweep does not find the number in %s", want)
		}
	}
}

// Inside an unexported field, where no method can run, an address and a length are all that fmt finds.
func TestUnexportedFieldsShowAddressesOnly(t *testing.T) {
	t.Parallel()
	type holder struct {
		s redact.String
		v redact.Value[int64]
	}
	got := fmt.Sprintf("%+v", holder{redact.Raw("seventeen letters"), redact.Wrap(int64(5))})
	if !strings.Contains(got, "size:17") || strings.Count(got, "0x") != 2 {
		t.Errorf("%s: want two addresses and the length 17", got)
	}
}

func TestShowsPlaceholder(t *testing.T) {
	t.Parallel()
	s, v := redact.Raw(secretText), redact.Wrap(secretNumber)
	for name, got := range map[string]string{
		"Sprint": fmt.Sprint(s, v), "%q": fmt.Sprintf("%q %08.3x", s, &v), "%#v": fmt.Sprintf("%#v %d", s, v),
		"json": encoded(json.Marshal([]any{s, v})), "xml": encoded(xml.Marshal([]any{s, v})),
		"GoString": s.GoString() + v.GoString(),
		"slog":     written(func(w io.Writer) { slog.New(slog.NewTextHandler(w, nil)).Info("", "s", s, "v", v) }),
		"slog json": written(func(w io.Writer) {
			slog.New(slog.NewJSONHandler(w, nil)).Info("", "s", s, "v", struct{ V any }{v})
		}),
		"slices": fmt.Sprintf("%v %+v", []redact.String{s}, map[string]redact.Value[int64]{"k": v}),
	} {
		if strings.Count(got, "[redacted]") != 2 {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// Gob writes the placeholder and reads nothing back; neither may panic.
func TestGobRoundTripFails(t *testing.T) {
	t.Parallel()
	type message struct {
		Name string
		S    redact.String
		V    redact.Value[int64]
	}
	var b bytes.Buffer
	if err := gob.NewEncoder(&b).Encode(message{"n", redact.Raw(secretText), redact.Wrap(secretNumber)}); err != nil {
		t.Fatal(err)
	}
	if strings.Count(b.String(), "[redacted]") != 2 {
		t.Errorf("encoded %q", b.String())
	}
	if err := gob.NewDecoder(&b).Decode(new(message)); err == nil {
		t.Error("gob decoded what was redacted")
	}
}

// panicEnv makes the test binary panic with the value of that name instead of running tests.
const panicEnv = "REDACT_TEST_PANIC"

func panics() map[string]any {
	s, v := redact.Raw(secretText), redact.Wrap(secretNumber)
	return map[string]any{
		"string": s, "value": v, "pointer": &s, "error": failure[redact.String]{s}, "struct": struct{ s redact.String }{s},
		"wrapped": fmt.Errorf("outer: %w", failure[redact.Value[int64]]{v}), "text": fmt.Sprintf("%v %+v", s, []any{v}),
	}
}

func TestPanicText(t *testing.T) {
	t.Parallel()
	if name := os.Getenv(panicEnv); name != "" {
		panic(panics()[name])
	}
	for name := range panics() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestPanicText$")
			cmd.Env = append(os.Environ(), panicEnv+"="+name, "GOTRACEBACK=all")
			output, err := cmd.CombinedOutput()
			if err == nil || !strings.Contains(string(output), "panic: ") {
				t.Fatalf("no panic: %v\n%s", err, output)
			}
			if trace, ok := leaked(string(output), traces()); ok {
				t.Errorf("%q in\n%s", trace, output)
			}
		})
	}
}
