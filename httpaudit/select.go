package httpaudit

import "context"

// Select returns a function that passes to record the requests that the rules keep, so that each destination may have rules
// of its own. It counts what it leaves out nowhere; the middleware sees it as recorded.
//
//	toPostHog := httpaudit.Select(track, httpaudit.Rule{Action: httpaudit.Sample, Rate: 0.05})
//	audit := httpaudit.Middleware(func(ctx context.Context, r httpaudit.Request) error {
//		return errors.Join(toTable(ctx, r), toPostHog(ctx, r))
//	})
//
// The choice is made by the trace or, without one, by the id of the request, so that all destinations and services with
// the same rate choose the same requests.
func Select(record func(context.Context, Request) error, list ...Rule) func(context.Context, Request) error {
	chosen := newRules(list)
	return func(ctx context.Context, q Request) error {
		var path string
		var t trace
		if x := exchangeOf(ctx); x != nil {
			path, t = x.path, x.trace
		}
		q.SampleWeight = max(q.SampleWeight, 1)
		if !chosen.decide(&q, path, t) {
			return nil
		}
		return record(ctx, q)
	}
}
