package posthogsink

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// hints words what is likely to be wrong with the configuration. They name the host and at most what kind of key is in use,
// never the key.
type hints struct {
	host string // host name
	kind string // what is wrong with the kind of key; "" when it looks like a project key
}

func newHints(c Config) hints {
	return hints{host: hostname(c.Host), kind: keyKind(c.APIKey)}
}

// keyKind explains a key that cannot be a project key.
func keyKind(key string) string {
	switch {
	case strings.HasPrefix(key, "phx_"):
		return "the key starts with phx_, which makes it a personal API key; a project API key starts with phc_"
	case strings.HasPrefix(key, "phs_"):
		return "the key starts with phs_, which makes it a secret API key; a project API key starts with phc_"
	case !strings.HasPrefix(key, "phc_"):
		return "the key does not start with phc_, as project API keys do"
	}
	return ""
}

// forStatus returns the hint for a refusal; nil where the status says it all.
func (h hints) forStatus(code int) error {
	switch code {
	case http.StatusUnauthorized, http.StatusForbidden:
		return h.forKey()
	case http.StatusPaymentRequired:
		return h.forQuota()
	case http.StatusNotFound, http.StatusMethodNotAllowed:
		return fmt.Errorf("%s takes no events at this address; PostHog's are %s", h.host, ingestionHosts)
	case http.StatusProxyAuthRequired:
		return errors.New("the proxy asks for a password")
	}
	return nil
}

const ingestionHosts = "https://eu.i.posthog.com and https://us.i.posthog.com"

func (h hints) forKey() error {
	why := h.kind
	if other := otherRegion(h.host); why == "" && other != "" {
		why = "it may belong to a project in the other region, " + other
	}
	if why == "" {
		why = "the project may live on another host; PostHog's are " + ingestionHosts
	}
	return fmt.Errorf("%s refused the project API key: %s", h.host, why)
}

// otherRegion returns where a key is good that this region refuses.
func otherRegion(host string) string {
	switch host {
	case "eu.i.posthog.com", "eu.posthog.com":
		return "https://us.i.posthog.com"
	case "us.i.posthog.com", "us.posthog.com", "app.posthog.com":
		return "https://eu.i.posthog.com"
	}
	return ""
}

func (h hints) forQuota() error {
	return fmt.Errorf("%s drops events: the project's quota is used up or unpaid", h.host)
}

func (h hints) forPage() error {
	return fmt.Errorf("%s answered with a web page: it is not PostHog's ingestion, which is at %s", h.host, ingestionHosts)
}

// forRedirect names where the redirect points, without its path and query.
func (h hints) forRedirect(location string) error {
	target, err := url.Parse(location)
	if err != nil || target.Host == "" {
		return fmt.Errorf("%s redirects, which would lose the events: use the final address as host", h.host)
	}
	return fmt.Errorf("%s redirects to %s://%s, which would lose the events: use that address as host if you trust it",
		h.host, target.Scheme, target.Host)
}
