package posthogsink_test

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/eventgen/eventgen/eventstest"
	"github.com/eventgen/eventgen/runtime"
	"github.com/eventgen/eventgen/sink/posthogsink"
)

// libraryProperties are how a library describes itself; all else must be the same with both transports.
func libraryProperty(name string) bool {
	return strings.HasPrefix(name, "$lib") || strings.HasPrefix(name, "$os") || name == "$go_version" || name == "$is_server"
}

// payloads are the properties of events that are hard to carry unchanged.
var payloads = []string{
	`{}`,
	` { "spaced" : [ 1 , 2 ] , "b":{ } } `,
	`{"s":"plain","t":true,"f":false,"z":null,"o":{},"a":[],"e":""}`,
	`{"i":9007199254740992,"m":-9007199254740992,"d":0.1,"x":1e21,"y":1E-7,"z":-0.0,"big":12345678901234567890}`,
	`{"esc":"\"\\\/\b\f\n\r\t\u0000\u2028\ud83d\ude00","html":"<a href='x'>&amp;</a>","uni":"Grüße 😀"}`,
	`{"brackets":"}{][,:","nested":{"a":[{"b":"}"},["]"]],"c":{"d":{"e":[[]]}}}}`,
	`{"na\"me":1,"na\u00efve":2,"":3,"with space":4,"😀":5}`,
	`{"$groups":{"organization":"org_1"},"$geoip_disable":true,"$process_person_profile":false,"$session_id":"s"}`,
	`{"$groups":{},"$geoip_disable":false}`,
	`{"$set":{"plan":"pro","email":null}}`,
	`{"$group_type":"organization","$group_key":"org_1","$group_set":{"name":"Acme"}}`,
	`{"distinct_id":"u1","alias":"u2"}`,
	`{"eventgen":{"eventgen":{"}":"\"{"}},"a":"\"eventgen\":{","b":{"eventgen":{}}}`,
	`{"after":"it"}`,
}

func payloadMessages() []runtime.Message {
	all := messages(1, len(payloads))
	for i := range all {
		all[i].Properties = []byte(payloads[i])
	}
	all[0].Event, all[0].DistinctID = `say "hi" \ <b>`, "üñí\"<>&\\\u2028 😀"
	all[12].Event, all[12].DistinctID = `"eventgen":{`, `\"eventgen":{"`
	all[1].Timestamp = time.Date(2025, 3, 1, 11, 0, 0, 0, time.FixedZone("", 3600))
	all[2].Timestamp = time.Date(2025, 3, 1, 10, 0, 0, 120000, time.UTC)
	all[9].Event, all[10].Event, all[11].Event = "$identify", "$groupidentify", "$create_alias"
	return all
}

// decode reads JSON and keeps numbers as they are written.
func decode(t *testing.T, text []byte) map[string]any {
	t.Helper()
	var v map[string]any
	d := json.NewDecoder(strings.NewReader(string(text)))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return v
}

// TestSendPutsTheSameOnTheWire is the heart of the suite: what arrives is what the caller encoded, and it is the same
// with each transport, compressed or not.
func TestSendPutsTheSameOnTheWire(t *testing.T) {
	forEachTransport(t, func(t *testing.T, transport posthogsink.Transport) {
		for _, compression := range []posthogsink.Compression{posthogsink.Gzip, posthogsink.Plain} {
			server := eventstest.NewServer(t, eventstest.WithProjectKey(key))
			sink := open(t, server, posthogsink.Config{Transport: transport, Compression: compression})
			sent := payloadMessages()
			verdicts, err := send(sink, sent...)
			delivered(t, verdicts, err)
			request := server.Requests()[0]
			if request.Gzip != (compression == posthogsink.Gzip) || !strings.HasPrefix(request.Path, "/batch/") {
				t.Errorf("compression %d: gzip %v to %s", compression, request.Gzip, request.Path)
			}
			got := server.Events()
			if len(got) != len(sent) {
				t.Fatalf("%d events arrived, want %d", len(got), len(sent))
			}
			for i, m := range sent {
				want := map[string]any{
					"event": m.Event, "distinct_id": m.DistinctID, "uuid": m.UUID.String(),
					"timestamp":  m.Timestamp.UTC().Format(time.RFC3339Nano),
					"properties": decode(t, m.Properties),
				}
				arrived := decode(t, got[i].Raw)
				properties, _ := arrived["properties"].(map[string]any)
				maps.DeleteFunc(properties, func(name string, _ any) bool { return libraryProperty(name) })
				if diff := cmp.Diff(want, arrived); diff != "" {
					t.Errorf("event %d (-want +got):\n%s", i, diff)
				}
			}
		}
	})
}

func TestSendNamesItself(t *testing.T) {
	forEachTransport(t, func(t *testing.T, transport posthogsink.Transport) {
		server := eventstest.NewServer(t)
		verdicts, err := send(open(t, server, posthogsink.Config{Transport: transport}), message(1))
		delivered(t, verdicts, err)
		properties := server.Events()[0].Properties()
		want := map[posthogsink.Transport]string{posthogsink.SDK: "posthog-go", posthogsink.Direct: "eventgen"}[transport]
		if properties["$lib"] != want || properties["$is_server"] != true {
			t.Errorf("properties %v", properties)
		}
	})
}

func TestSendKeepsUUIDsLowerCase(t *testing.T) {
	forEachTransport(t, func(t *testing.T, transport posthogsink.Transport) {
		server := eventstest.NewServer(t)
		m := message(1)
		id, err := runtime.ParseUUID("ABCDEF00-0000-7000-8000-00000000ABCD")
		if err != nil {
			t.Fatal(err)
		}
		m.UUID = id
		verdicts, err := send(open(t, server, posthogsink.Config{Transport: transport}), m)
		delivered(t, verdicts, err)
		if raw := string(server.Events()[0].Raw); !strings.Contains(raw, `"uuid":"abcdef00-0000-7000-8000-00000000abcd"`) {
			t.Errorf("event %s", raw)
		}
	})
}

// TestSendKeepsTwinsApart sends events that only their uuid tells apart, and then one of them again.
func TestSendKeepsTwinsApart(t *testing.T) {
	forEachTransport(t, func(t *testing.T, transport posthogsink.Transport) {
		server := eventstest.NewServer(t)
		sink := open(t, server, posthogsink.Config{Transport: transport})
		one, two := message(1), message(1)
		two.UUID = testUUID(2)
		for _, batch := range [][]runtime.Message{{one, two}, {one}, {two, two}} {
			verdicts, err := send(sink, batch...)
			delivered(t, verdicts, err)
		}
		if stored, unique := len(server.Events()), len(server.Unique()); stored != 5 || unique != 2 {
			t.Errorf("%d events, %d different, want 5 and 2", stored, unique)
		}
	})
}

func TestSendUsesOneConnection(t *testing.T) {
	forEachTransport(t, func(t *testing.T, transport posthogsink.Transport) {
		server := eventstest.NewServer(t)
		sink := open(t, server, posthogsink.Config{Transport: transport})
		server.Script(
			eventstest.Reply{Status: 503}, eventstest.Reply{Status: 400},
			eventstest.Reply{Status: 200, Body: eventstest.QuotaLimited},
		)
		for i := range 20 {
			verdicts, err := send(sink, messages(10*i, 10)...)
			if i > 2 {
				delivered(t, verdicts, err)
			}
		}
		if got := server.Counts(); got.Connections != 1 || got.Requests != 20 {
			t.Errorf("%+v, want 20 requests on 1 connection", got)
		}
	})
}
