package httpaudit_test

import (
	"context"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/eventgen/eventgen/httpaudit"
)

// traced returns a request that belongs to a trace.
func traced(target, traceID string) *http.Request {
	r := get(target)
	r.Header.Set("Traceparent", "00-"+traceID+"-00f067aa0ba902b7-01")
	return r
}

// oracle decides by the text of OpenTelemetry's specification, in big numbers: keep if R >= T, where R is the number that the
// last 56 bits of the trace id are, and T = (1-p)·2^56.
func oracle(traceID string, p float64) bool {
	r, ok := new(big.Int).SetString(traceID[18:], 16)
	if !ok {
		panic(traceID)
	}
	one := new(big.Float).SetMantExp(big.NewFloat(1), 56)
	t, _ := new(big.Float).Mul(new(big.Float).Sub(big.NewFloat(1), big.NewFloat(p)), one).Int(nil)
	return r.Cmp(t) >= 0
}

func sampled(rate float64) httpaudit.Option {
	return httpaudit.WithRules(httpaudit.Rule{Action: httpaudit.Sample, Rate: rate})
}

// TestTraceDecides compares two instances of the middleware, a destination of its own rate, and the specification.
func TestTraceDecides(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	for _, rate := range []float64{0, 1e-9, 0.01, 0.25, 0.5, 0.999, 1} {
		var a, b, c notes
		h := http.HandlerFunc(nothing)
		first, second := httpaudit.Middleware(a.record, sampled(rate))(h), httpaudit.Middleware(b.record, sampled(rate))(h)
		third := httpaudit.Middleware(httpaudit.Select(c.record, httpaudit.Rule{Action: httpaudit.Sample, Rate: rate}))(h)
		want := 0
		for i := range 2000 {
			id := fmt.Sprintf("%016x%016x", random.Uint64(), random.Uint64())
			if i == 0 {
				id = "0af7651916cd43dd84ffffffffffffff" // the highest randomness is kept at every rate but 0
			}
			if oracle(id, rate) {
				want++
			}
			for _, service := range []http.Handler{first, second, third} {
				service.ServeHTTP(httptest.NewRecorder(), traced("/", id))
			}
			if len(a.list) != want || len(b.list) != want || len(c.list) != want {
				t.Fatalf("rate %v, trace %s: kept %d, %d and %d, want %d", rate, id, len(a.list), len(b.list), len(c.list), want)
			}
		}
	}
}

func TestRequestIDDecidesWithoutTrace(t *testing.T) {
	t.Parallel()
	var a, b notes
	ids := map[string]int{}
	for i, n := range []*notes{&a, &b} {
		h := httpaudit.Middleware(n.record, proxies(), sampled(0.5))(http.HandlerFunc(nothing))
		for j := range 1000 {
			r := get("/")
			r.RemoteAddr = "10.0.0.1:1"
			r.Header.Set("X-Request-ID", fmt.Sprint("req-", j))
			r.Header.Set("Traceparent", []string{"", "broken"}[i]) // no trace either way
			h.ServeHTTP(httptest.NewRecorder(), r)
		}
		for _, q := range n.list {
			ids[q.RequestID]++
		}
	}
	for id, times := range ids {
		if times != 2 {
			t.Errorf("%s was kept %d times", id, times)
		}
	}
	if len(a.list) < 430 || len(a.list) > 570 { // 4.4σ
		t.Errorf("kept %d of 1000 at 0.5", len(a.list))
	}
}

func TestMalformedTraceparent(t *testing.T) {
	t.Parallel()
	const low, high = "00000000000000010000000000000001", "000000000000000100ffffffffffffff"
	keeps := func(value ...string) int {
		kept := 0
		for range 200 { // by a random id, if not by the trace
			var n notes
			r := get("/")
			r.Header["Traceparent"] = value
			httpaudit.Middleware(n.record, sampled(0.5))(http.HandlerFunc(nothing)).ServeHTTP(httptest.NewRecorder(), r)
			kept += len(n.list)
		}
		return kept
	}
	for value, want := range map[string]int{
		"00-" + low + "-00f067aa0ba902b7-01":        0,
		"00-" + high + "-00f067aa0ba902b7-00":       200,
		"cc-" + low + "-00f067aa0ba902b7-01":        0,
		"cc-" + high + "-00f067aa0ba902b7-01-later": 200,
	} {
		if got := keeps(value); got != want {
			t.Errorf("%s: kept %d of 200, want %d", value, got, want)
		}
	}
	for _, value := range []string{
		"", "00", "00-" + low, "00-" + low + "-00f067aa0ba902b7-0", "00-" + low + "-00f067aa0ba902b7-01-later",
		"cc-" + low + "-00f067aa0ba902b7-01later", "ff-" + low + "-00f067aa0ba902b7-01", "0x-" + low + "-00f067aa0ba902b7-01",
		"00-00000000000000000000000000000000-00f067aa0ba902b7-01", "00-" + low + "-0000000000000000-01",
		"00-" + low + "-00F067AA0BA902B7-01", "00-0000000000000001000000000000000g-00f067aa0ba902b7-01",
		"00_" + low + "-00f067aa0ba902b7-01", "00-" + low + "_00f067aa0ba902b7-01", "00-" + low + "-00f067aa0ba902b7_01",
	} {
		if got := keeps(value); got == 0 || got == 200 {
			t.Errorf("%q decided, kept %d of 200", value, got)
		}
	}
	if got := keeps("00-"+low+"-00f067aa0ba902b7-01", "00-"+low+"-00f067aa0ba902b7-01"); got == 0 {
		t.Error("two headers decided")
	}
}

func TestFailuresAndSlowRequestsAreKept(t *testing.T) {
	t.Parallel()
	none := httpaudit.Rule{Action: httpaudit.Sample, Rate: 0}
	for name, test := range map[string]struct {
		handler http.HandlerFunc
		slow    time.Duration
		want    int
	}{
		"200":    {nothing, 0, 0},
		"302":    {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(302) }, 0, 0},
		"404":    {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(404) }, 0, 1},
		"500":    {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) }, 0, 1},
		"panic":  {func(http.ResponseWriter, *http.Request) { panic(1) }, 0, 1},
		"abort":  {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(200); panic(http.ErrAbortHandler) }, 0, 1},
		"1s":     {func(http.ResponseWriter, *http.Request) { <-time.After(time.Second) }, 0, 1},
		"0.999s": {func(http.ResponseWriter, *http.Request) { <-time.After(999 * time.Millisecond) }, 0, 0},
		"2s/3s":  {func(http.ResponseWriter, *http.Request) { <-time.After(2 * time.Second) }, 3 * time.Second, 0},
		"1h":     {func(http.ResponseWriter, *http.Request) { <-time.After(time.Hour) }, 3 * time.Second, 1},
	} {
		synctest.Test(t, func(t *testing.T) {
			rule := none
			rule.Slow = test.slow
			var n notes
			func() {
				defer func() { _ = recover() }()
				httpaudit.Middleware(n.record, httpaudit.WithRules(rule))(test.handler).ServeHTTP(httptest.NewRecorder(), get("/"))
			}()
			if len(n.list) != test.want {
				t.Errorf("%s: recorded %d, want %d", name, len(n.list), test.want)
			}
			if len(n.list) == 1 && n.list[0].SampleWeight != 1 {
				t.Errorf("%s: weight %v", name, n.list[0].SampleWeight)
			}
		})
	}
}

// TestWeightedCounts simulates a million requests with rates that differ by route: the sums of weights are estimates of the
// true counts, and have to be within three standard deviations.
func TestWeightedCounts(t *testing.T) {
	t.Parallel()
	requests := 1_000_000
	if raceEnabled {
		requests = 100_000
	}
	rates := map[string]float64{"/a": 1, "/b": 0.5, "/c": 0.1, "/d": 0.01}
	var list []httpaudit.Rule
	for route, rate := range rates {
		list = append(list, httpaudit.Rule{Route: route, Action: httpaudit.Sample, Rate: rate})
	}
	truth, sum, kept := map[string]float64{}, map[string]float64{}, 0
	record := func(_ context.Context, q httpaudit.Request) error {
		sum[fmt.Sprint(q.Route, q.Status)] += q.SampleWeight
		kept++
		return nil
	}
	random := rand.New(rand.NewPCG(3, 4))
	routes, statuses := []string{"/a", "/b", "/c", "/d"}, []int{200, 200, 200, 200, 200, 302, 404, 503}
	var route string
	var status int
	h := httpaudit.Middleware(record, httpaudit.WithRules(list...))(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		httpaudit.SetRoute(r.Context(), route)
		w.WriteHeader(status)
	}))
	r, w := get("/"), discard{http.Header{}}
	for i := range requests {
		route, status = routes[random.IntN(len(routes))], statuses[random.IntN(len(statuses))]
		truth[fmt.Sprint(route, status)]++
		delete(r.Header, "Traceparent")
		if i%2 == 0 {
			r.Header.Set("Traceparent", fmt.Sprintf("00-%016x%016x-00f067aa0ba902b7-01", random.Uint64(), random.Uint64()))
		}
		h.ServeHTTP(w, r)
	}
	for key, want := range truth {
		p := rates[key[:2]]
		if key[2] >= '4' {
			p = 1
		}
		sigma := math.Sqrt(want * (1 - p) / p)
		if math.Abs(sum[key]-want) > 3*sigma+1e-6*want {
			t.Errorf("%s: weights sum up to %.0f, truth is %.0f, σ %.0f", key, sum[key], want, sigma)
		}
	}
	t.Logf("%d of %d recorded", kept, requests)
}

// discard is a response writer without a response.
type discard struct{ header http.Header }

func (d discard) Header() http.Header         { return d.header }
func (d discard) Write(b []byte) (int, error) { return len(b), nil }
func (d discard) WriteHeader(int)             {}

// TestWeights are those that one expects of a rate.
func TestWeights(t *testing.T) {
	t.Parallel()
	for rate, want := range map[float64]float64{1: 1, 0.5: 2, 0.25: 4, 0.2: 5, 0.1: 10, 0.05: 20, 0.02: 50, 0.01: 100, 0.001: 1000} {
		var n notes
		h := httpaudit.Middleware(n.record, sampled(rate))(http.HandlerFunc(nothing))
		h.ServeHTTP(httptest.NewRecorder(), traced("/", "0af7651916cd43dd84ffffffffffffff"))
		if q := n.one(t); q.SampleWeight != want {
			t.Errorf("rate %v: weight %v, want %v", rate, q.SampleWeight, want)
		}
	}
}

// TestLowestRateDecides has two rates on the way of one request: the sample is that of the lower, and so is the weight.
func TestLowestRateDecides(t *testing.T) {
	t.Parallel()
	for _, rates := range [][2]float64{{0.5, 0.25}, {0.25, 0.5}} {
		var n notes
		record := httpaudit.Select(n.record, httpaudit.Rule{Action: httpaudit.Sample, Rate: rates[1]})
		h := httpaudit.Middleware(record, sampled(rates[0]))(http.HandlerFunc(nothing))
		for i := range 256 { // evenly spread
			h.ServeHTTP(httptest.NewRecorder(), traced("/", fmt.Sprintf("000000000000000100%02x000000000000", i)))
		}
		if len(n.list) != 64 || n.list[0].SampleWeight != 4 {
			t.Errorf("%v: kept %d with weight %v", rates, len(n.list), n.list[0].SampleWeight)
		}
	}
}

func TestSelectOutsideTheMiddleware(t *testing.T) {
	t.Parallel()
	var n notes
	record := httpaudit.Select(n.record, httpaudit.Rule{Route: "/x", Action: httpaudit.Exclude})
	for _, route := range []string{"/x", "/y"} {
		if err := record(t.Context(), httpaudit.Request{Route: route}); err != nil {
			t.Error(err)
		}
	}
	if q := n.one(t); q.Route != "/y" || q.SampleWeight != 1 {
		t.Errorf("got %+v", q)
	}
}
