// Command httpaudit is a small service every request of which is audited. It listens on a loopback port and asks itself a few
// things, so that there is something to see; without POSTHOG_API_KEY the events are logged, as they would leave, and not sent.
package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"time"

	"github.com/eventgen/eventgen/generated/events"
	"github.com/eventgen/eventgen/httpaudit"
	"github.com/eventgen/eventgen/runtime"
	"github.com/eventgen/eventgen/sink/posthogsink"
)

func main() {
	if err := run(os.LookupEnv, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1) //nolint:forbidigo // this is main
	}
}

func run(lookup func(string) (string, bool), out io.Writer) error {
	client, err := posthogsink.OpenAudit(lookup, events.Registry())
	if err != nil {
		return err
	}
	server := httptest.NewServer(service(client))
	asked := ask(server, out)
	server.Close()
	stop, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := client.Close(stop); err != nil {
		return err
	}
	return asked
}

// service is what a service has to do: wrap its handler once, and say who asks where it knows.
func service(client *runtime.Client) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /users/{id}", func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "a user")
	})
	mux.HandleFunc("POST /orders", func(w http.ResponseWriter, r *http.Request) {
		httpaudit.SetErrorCode(r.Context(), "out_of_stock")
		http.Error(w, "out of stock", http.StatusConflict)
	})
	mux.HandleFunc("GET /healthz", func(http.ResponseWriter, *http.Request) {})
	audit := httpaudit.Middleware(record(client),
		httpaudit.WithRules(httpaudit.Rule{Route: "/healthz", Action: httpaudit.Exclude}))
	return audit(authenticate(mux))
}

// authenticate stands for the service's own.
func authenticate(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if user, _, ok := r.BasicAuth(); ok {
			httpaudit.SetUser(r.Context(), user, "member")
			httpaudit.SetOrg(r.Context(), "org_42")
		}
		next.ServeHTTP(w, r)
	})
}

// ask makes a few requests and prints how they were answered.
func ask(server *httptest.Server, out io.Writer) error {
	for _, line := range [][2]string{
		{http.MethodGet, "/users/7"},
		{http.MethodPost, "/orders?token=secret"},
		{http.MethodGet, "/healthz"},
		{http.MethodGet, "/wp-login.php"},
	} {
		req, err := http.NewRequestWithContext(context.Background(), line[0], server.URL+line[1], http.NoBody)
		if err != nil {
			return err
		}
		req.SetBasicAuth("user_7", "password")
		resp, err := server.Client().Do(req)
		if err != nil {
			return err
		}
		if err := resp.Body.Close(); err != nil {
			return err
		}
		fmt.Fprintf(out, "%d %s %s\t%s\n", resp.StatusCode, line[0], line[1], resp.Header.Get("X-Request-Id"))
	}
	return nil
}
