package posthogsink_test

import (
	"strings"
	"testing"
	"time"

	"github.com/eventgen/eventgen/eventstest"
	"github.com/eventgen/eventgen/runtime"
	"github.com/eventgen/eventgen/sink/posthogsink"
)

func TestSendJudgesEveryAnswer(t *testing.T) {
	reply := func(status int) eventstest.Reply { return eventstest.Reply{Status: status} }
	after := func(status int, value string) eventstest.Reply {
		return eventstest.Reply{Status: status, RetryAfter: value}
	}
	body := func(status int, text string) eventstest.Reply { return eventstest.Reply{Status: status, Body: text} }
	fault := func(f eventstest.Fault) eventstest.Reply { return eventstest.Reply{Fault: f, Stored: true} }
	fails := func(as runtime.Failure, status int, reason string) *runtime.SendError {
		return &runtime.SendError{Failure: as, Status: status, Reason: reason}
	}
	later := func(status int, after time.Duration, reason string) *runtime.SendError {
		return &runtime.SendError{Status: status, RetryAfter: after, Reason: reason}
	}
	const quotaCutOff = `{"status":1,"quota_limited":["ev`
	const page = "<!doctype html><title>Hotel Wi-Fi</title>"
	tests := []struct {
		name  string
		reply eventstest.Reply
		want  *runtime.SendError // nil: delivered
		hint  string
	}{
		{"200", eventstest.Reply{}, nil, ""},
		{"202", body(202, "ok"), nil, ""},
		{"204", reply(204), nil, ""},
		{"200 garbage", body(200, "\x00\xff\x1f\x8b{"), nil, ""},
		{"200 empty list of limits", body(200, `{"status":1,"quota_limited":[]}`), nil, ""},
		{"200 quota", body(200, eventstest.QuotaLimited), fails(runtime.Paused, 200, "quota_limited"), "quota"},
		{"200 quota cut off", body(200, quotaCutOff), fails(runtime.Paused, 200, "quota_limited"), "quota"},
		{"200 page", body(200, page), fails(runtime.Paused, 200, "not_posthog"), "web page"},
		{"300", reply(300), fails(runtime.Paused, 300, "redirect"), ""},
		{"304", reply(304), fails(runtime.Paused, 304, "redirect"), ""},
		{"400", reply(400), fails(runtime.Poisoned, 400, "http_400"), ""},
		{"401", reply(401), fails(runtime.Paused, 401, "http_401"), "another host"},
		{"402", reply(402), fails(runtime.Paused, 402, "http_402"), "quota"},
		{"403", reply(403), fails(runtime.Paused, 403, "http_403"), "project API key"},
		{"404", reply(404), fails(runtime.Paused, 404, "http_404"), "eu.i.posthog.com"},
		{"405", reply(405), fails(runtime.Paused, 405, "http_405"), "eu.i.posthog.com"},
		{"407", reply(407), fails(runtime.Paused, 407, "http_407"), "proxy"},
		{"408", reply(408), later(408, 0, "http_408"), ""},
		{"413", reply(413), fails(runtime.TooLarge, 413, "http_413"), ""},
		{"415", reply(415), fails(runtime.Poisoned, 415, "http_415"), ""},
		{"422", reply(422), fails(runtime.Poisoned, 422, "http_422"), ""},
		{"429", after(429, "7"), later(429, 7*time.Second, "http_429"), ""},
		{"429 a day", after(429, "86400"), later(429, 24*time.Hour, "http_429"), ""},
		{"500", reply(500), later(500, 0, "http_500"), ""},
		{"501", reply(501), later(501, 0, "http_501"), ""},
		{"503", after(503, " 1 "), later(503, time.Second, "http_503"), ""},
		{"503 a day", after(503, "86400"), later(503, 24*time.Hour, "http_503"), ""},
		{"503 without sense", after(503, "soon"), later(503, 0, "http_503"), ""},
		{"599", reply(599), later(599, 0, "http_599"), ""},
		{"reset in request", fault(eventstest.ResetRequest), later(0, 0, "network"), ""},
		{"reset before answer", fault(eventstest.ResetAnswer), later(0, 0, "network"), ""},
		{"reset in reply", fault(eventstest.ResetReply), later(0, 0, "network"), ""},
		{"hang", fault(eventstest.Hang), later(0, 0, "timeout"), ""},
		{"slow", eventstest.Reply{Delay: 50 * time.Millisecond}, nil, ""},
	}
	forEachTransport(t, func(t *testing.T, transport posthogsink.Transport) {
		for _, test := range tests {
			t.Run(test.name, func(t *testing.T) {
				t.Parallel()
				server := eventstest.NewServer(t)
				server.Handle(func(eventstest.Request) eventstest.Reply { return test.reply })
				cfg := posthogsink.Config{Transport: transport}
				if test.reply.Fault == eventstest.Hang {
					cfg.Timeout = 100 * time.Millisecond
				}
				begin := time.Now()
				verdicts, err := send(open(t, server, cfg), messages(1, 3)...)
				if took := time.Since(begin); took > 5*time.Second {
					t.Errorf("took %v", took)
				}
				if got := server.Counts().Requests; got != 1 {
					t.Errorf("%d requests, want 1", got)
				}
				if test.want == nil {
					delivered(t, verdicts, err)
					return
				}
				got := *failed(t, verdicts, err)
				if test.hint != "" && !strings.Contains(err.Error(), test.hint) {
					t.Errorf("error %q does not speak of %q", err, test.hint)
				}
				if got.Err = nil; got != *test.want {
					t.Errorf("got %+v, want %+v", got, *test.want)
				}
			})
		}
	})
}

func TestSendNeverFollowsARedirect(t *testing.T) {
	forEachTransport(t, func(t *testing.T, transport posthogsink.Transport) {
		for _, status := range []int{301, 302, 303, 307, 308} {
			target, server := eventstest.NewServer(t), eventstest.NewServer(t)
			server.Script(eventstest.Reply{Status: status, Location: target.URL() + "/batch/?secret"})
			verdicts, err := send(open(t, server, posthogsink.Config{Transport: transport}), message(1))
			failure := failed(t, verdicts, err)
			if failure.Failure != runtime.Paused || failure.Reason != "redirect" || failure.Status != status {
				t.Errorf("%d: %+v", status, failure)
			}
			if text := err.Error(); !strings.Contains(text, target.URL()) || strings.Contains(text, "secret") {
				t.Errorf("%d: error %q does not name the target's address alone", status, text)
			}
			if got := target.Counts().Requests; got != 0 {
				t.Errorf("%d: %d requests to the target", status, got)
			}
		}
	})
}

func TestSendExplainsARefusedKey(t *testing.T) {
	forEachTransport(t, func(t *testing.T, transport posthogsink.Transport) {
		server := eventstest.NewServer(t)
		cfg := posthogsink.Config{Transport: transport, APIKey: "phx_personal", Host: server.URL() + "/"}
		sink, err := posthogsink.New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		defer sink.Close(t.Context())
		_, err = send(sink, message(1))
		if text := err.Error(); !strings.Contains(text, "a personal API key") || strings.Contains(text, "phx_personal") {
			t.Errorf("error %q, want the kind of key and not the key", text)
		}
	})
}
