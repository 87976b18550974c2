package eventstest_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/eventgen/eventgen/eventstest"
	"github.com/eventgen/eventgen/redact"
	"github.com/eventgen/eventgen/runtime"
)

// tracker is what the cases below track with. Errors surface through the recorder.
type tracker struct {
	client *runtime.Client
}

func (k tracker) paid(id string, count runtime.Opt[int64]) {
	_ = trackPaid(context.Background(), k.client, "u1", paid{ID: id, Count: count})
}

func (k tracker) ordered(e ordered) { _ = trackOrdered(context.Background(), k.client, "u1", e) }

// other returns an order that differs from sample in every property.
func other() ordered {
	return ordered{
		ID: "o2", Channel: channelShop, Contact: redact.Raw("secret2@example.com"), Count: runtime.Null[int64](),
		At:     time.Date(2026, 3, 2, 10, 0, 0, 5000, time.UTC),
		Lines:  []line{{SKU: "z", Tags: runtime.Some([]string{})}, {SKU: "b", Tags: runtime.Some([]string{"x"})}},
		Prices: map[string]float64{"EUR": 9, "USD": 8},
		Ages:   map[string]redact.Value[int64]{"secret name": redact.Wrap[int64](42), "secret two": redact.Wrap[int64](1)},
		Where:  place{City: "Bern"},
		Extra:  runtime.Some[any]([]any{nil, "x"}),
	}
}

// TestMisses holds the failure texts as a test shows them, one case a miss.
func TestMisses(t *testing.T) {
	t.Parallel()
	few := sample()
	few.Lines, few.Count, few.Paid = nil, runtime.Int(3), runtime.Some(false)
	for name, c := range map[string]struct {
		track func(tracker)
		ask   func(testing.TB, *eventstest.Recorder)
		want  string
	}{
		"One of nothing": {
			track: func(tracker) {},
			ask:   one,
			want:  `eventstest: want one eventstest_test.ordered, got none: nothing was tracked`,
		},
		"One of none": {
			track: func(k tracker) {
				k.paid("o1", runtime.Int(7))
				k.paid("o2", runtime.Int(8))
				_ = k.client.Alias(context.Background(), "u1", "u2")
				_ = k.client.TrackMap(context.Background(), "u1", "paid", map[string]any{"id": "o3"})
			},
			ask: one,
			want: `
eventstest: want one eventstest_test.ordered, got none; tracked were:
    2 × eventstest_test.paid
    1 × $create_alias
    1 × paid
    the nearest is eventstest_test.paid{ID: "o1", Count: 7}, which has no Channel, Contact, Note, Paid, At, Lines, Prices, Ages, Where, Extra`,
		},
		"One of a refused one": {
			track: func(k tracker) {
				k.paid("o1", runtime.Int(7))
				k.ordered(ordered{ID: "o1", Contact: redact.Raw("secret"), Where: place{City: "Bern"}})
			},
			ask: one,
			want: `
eventstest: want one eventstest_test.ordered, got none; tracked were:
    1 × eventstest_test.paid
    1 × eventstest_test.ordered, refused: runtime: invalid event "ordered": channel: required (zero enum); at: required (zero time)
    the nearest is eventstest_test.ordered{ID: "o1", Channel: invalid(0), Contact: [redacted], At: 0001-01-01T00:00:00Z, Lines: [], Prices: {}, Ages: {}, Where: {City: "Bern"}}`,
		},
		"One of three": {
			track: func(k tracker) {
				k.ordered(sample())
				k.ordered(sample())
				k.ordered(few)
			},
			ask: one,
			want: `
eventstest: want one eventstest_test.ordered, got 3:
    #1 eventstest_test.ordered{ID: "o1", Channel: web, Contact: [redacted], Note: [redacted], Count: 2, At: 2026-03-01T10:00:00Z, Lines: [{SKU: "a", Tags: ["new"]}, {SKU: "b"}], Prices: {"EUR": 9.5, "GBP": 8}, Ages: {*: [redacted]}, Where: {City: "Berlin"}, Extra: {"k": 1}}
    #2 equals #1
    #3 differs from #1 in Count: 3, Paid: false, Lines: []`,
		},
		"None of many": {
			track: func(k tracker) {
				for i := range 12 {
					k.paid("o1", runtime.Int(i%2))
				}
			},
			ask: func(t testing.TB, r *eventstest.Recorder) { eventstest.None[paid](t, r) },
			want: `
eventstest: want no eventstest_test.paid, got 12:
    #1 eventstest_test.paid{ID: "o1", Count: 0}
    #2 differs from #1 in Count: 1
    #3 equals #1
    #4 differs from #1 in Count: 1
    #5 equals #1
    #6 differs from #1 in Count: 1
    #7 equals #1
    #8 differs from #1 in Count: 1
    #9 equals #1
    #10 differs from #1 in Count: 1
    and 2 more`,
		},
		"Want another": {
			track: func(k tracker) {
				k.ordered(other())
				k.ordered(few)
			},
			ask: func(t testing.TB, r *eventstest.Recorder) { eventstest.Want(t, r, sample()) },
			want: `
eventstest: no eventstest_test.ordered is the wanted one; the nearest of 2 differs in:
    Count  got 3, want 2
    Paid   got false, want unset
    Lines  got [], want [{SKU: "a", Tags: ["new"]}, {SKU: "b"}]`,
		},
		"Want all different": {
			track: func(k tracker) { k.ordered(other()) },
			ask:   func(t testing.TB, r *eventstest.Recorder) { eventstest.Want(t, r, sample()) },
			want: `
eventstest: no eventstest_test.ordered is the wanted one; the nearest of 1 differs in:
    ID             got "o2", want "o1"
    Channel        got shop, want web
    Contact        got [redacted], want another
    Note           got unset, want [redacted]
    Count          got null, want 2
    At             got 2026-03-02T10:00:00.000005Z, want 2026-03-01T10:00:00Z
    Lines[0].SKU   got "z", want "a"
    Lines[0].Tags  got [], want ["new"]
    Lines[1].Tags  got ["x"], want unset
    Prices["EUR"]  got 9, want 9.5
    Prices["GBP"]  got no such key, want 8
    Prices["USD"]  got 8, want no such key
    Ages[*]        got [redacted], want another
    Ages[*]        got [redacted], want no such key
    Where.City     got "Bern", want "Berlin"
    Extra          got [nil, "x"], want {"k": 1}`,
		},
		"Want of TrackMap": {
			track: func(k tracker) {
				_ = k.client.TrackMap(context.Background(), "u1", "paid", map[string]any{"id": "secret"})
				_ = k.client.TrackMap(context.Background(), "u1", "paid", map[string]any{"id": "secret2", "count": 2})
			},
			ask: func(t testing.TB, r *eventstest.Recorder) {
				eventstest.Want(t, r, map[string]any{"id": "o1"})
				eventstest.One[map[string]any](t, r)
			},
			want: `
eventstest: no map[string]interface {} is the wanted one; the nearest of 2 differs in:
    ["id"]  got [redacted], want another
eventstest: want one map[string]interface {}, got 2:
    #1 {"id": [redacted]}
    #2 differs from #1 in ["count"]: [redacted], ["id"]: [redacted]`,
		},
		"Want of none": {
			track: func(k tracker) { k.paid("o1", runtime.Null[int64]()) },
			ask: func(t testing.TB, r *eventstest.Recorder) {
				eventstest.Want(t, r, paid{ID: "o2"})
				eventstest.Want(t, r, place{City: strings.Repeat("é", 200)})
			},
			want: `
eventstest: want eventstest_test.paid{ID: "o2"}, got none; tracked were:
    1 × eventstest_test.paid, refused: runtime: invalid event "paid": count: type (null is not allowed)
    the nearest is eventstest_test.paid{ID: "o1", Count: null}
eventstest: want eventstest_test.place{City: "` + strings.Repeat("é", 135) + `…, got none; tracked were:
    1 × eventstest_test.paid, refused: runtime: invalid event "paid": count: type (null is not allowed)`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			failures := run(func(t *fakeT) {
				client, rec := eventstest.New(t, registry, eventstest.Lenient(), eventstest.With(runtime.WithSchemas(acceptAll{})))
				c.track(tracker{client})
				c.ask(t, rec)
			})
			got := strings.Join(failures, "\n")
			if diff := cmp.Diff(strings.TrimPrefix(c.want, "\n"), got); diff != "" {
				t.Errorf("failure text (-want +got):\n%s", diff)
			}
			if strings.Contains(got, "secret") {
				t.Errorf("a classified value shows:\n%s", got)
			}
		})
	}
}

func one(t testing.TB, r *eventstest.Recorder) { eventstest.One[ordered](t, r) }

// TestWantEqual tracks what is spelled otherwise but is the same event.
func TestWantEqual(t *testing.T) {
	t.Parallel()
	client, rec := eventstest.New(t, registry)
	same := sample()
	same.Contact = redact.Raw(strings.Clone(same.Contact.Reveal()))
	same.At = same.At.In(time.FixedZone("", 3600))
	same.Ages = map[string]redact.Value[int64]{"secret name": redact.Wrap[int64](41)}
	same.Prices = map[string]float64{"GBP": 8, "EUR": 9.5}
	empty := sample()
	empty.Lines, empty.Prices, empty.Ages = nil, nil, nil
	tracker{client}.ordered(same)
	tracker{client}.ordered(empty)
	eventstest.Want(t, rec, sample())
	empty.Lines, empty.Prices = []line{}, map[string]float64{}
	eventstest.Want(t, rec, empty)
	eventstest.Want[any](t, rec, sample())
}

func TestWantOfAnyType(t *testing.T) {
	t.Parallel()
	failures := run(func(t *fakeT) {
		client, rec := eventstest.New(t, registry)
		tracker{client}.paid("o1", runtime.Int(1))
		eventstest.Want[any](t, rec, sample())
		eventstest.Want[any](t, rec, nil)
		eventstest.One[error](t, rec)
	})
	want := []string{
		"eventstest: no interface {} is the wanted one; the nearest of 1 differs in:\n" +
			"    type  got eventstest_test.paid, want eventstest_test.ordered",
		"eventstest: no interface {} is the wanted one; the nearest of 1 differs in:\n" +
			"    type  got eventstest_test.paid, want nil",
		"eventstest: want one error, got none; tracked were:\n    1 × eventstest_test.paid",
	}
	if diff := cmp.Diff(want, failures); diff != "" {
		t.Errorf("failures (-want +got):\n%s", diff)
	}
}
