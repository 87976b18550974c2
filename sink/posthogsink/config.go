package posthogsink

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"
)

// DefaultHost is where events go unless told otherwise: PostHog's ingestion in the EU.
const DefaultHost = "https://eu.i.posthog.com"

// The defaults of [Config].
const (
	defaultTimeout   = 10 * time.Second
	defaultBatchSize = 1000
)

// Transport is a way of carrying events to PostHog. Both put the same events on the wire, apart from the properties with
// which a library describes itself ($lib, $os, $go_version and their kin).
type Transport string

// The transports.
const (
	SDK    Transport = "sdk"    // through posthog-go; the default
	Direct Transport = "direct" // our own sender: the pre-encoded events are spliced into a request as they are
)

// Compression says whether request bodies are compressed.
type Compression uint8

// The compressions. The zero value leaves the choice to the transport: [Direct] compresses on the way to any host but
// this one, [SDK] does not, as posthog-go does not unless told to.
const (
	Auto Compression = iota
	Gzip
	Plain
)

// Config says where a [Sink] delivers and how. The zero value of each field but APIKey is good.
type Config struct {
	// APIKey is the project API key, phc_….
	APIKey string
	// Host is the address of the ingestion API, https unless it is this machine. The default is [DefaultHost].
	Host string
	// Transport is the way to get there. The default is [SDK].
	Transport Transport
	// Compression of request bodies.
	Compression Compression
	// Timeout bounds one request. The default is 10 s.
	Timeout time.Duration
	// BatchSize is the largest batch that Send is given, 1000 by default. It sizes posthog-go's queue; what a larger
	// batch holds beyond twice of it is handed back for another attempt. Direct does not need it.
	BatchSize int
	// HTTP replaces the connection pool, for tests and for proxies. It stays the caller's: Close does not close it. The
	// default honours HTTPS_PROXY and NO_PROXY, as Go's own client does.
	HTTP http.RoundTripper
}

// complete returns the config with its defaults, or what is wrong with it.
func (c Config) complete() (Config, error) {
	if c.APIKey = strings.TrimSpace(c.APIKey); c.APIKey == "" {
		return c, errors.New("posthogsink: no API key")
	}
	host, err := parseHost(c.Host)
	if err != nil {
		return c, fmt.Errorf("posthogsink: host %w", err)
	}
	c.Host = host
	switch c.Transport {
	case "":
		c.Transport = SDK
	case SDK, Direct:
	default:
		return c, fmt.Errorf("posthogsink: unknown transport %q", string(c.Transport))
	}
	if c.Timeout <= 0 {
		c.Timeout = defaultTimeout
	}
	if c.BatchSize <= 0 {
		c.BatchSize = defaultBatchSize
	}
	return c, nil
}

// compresses tells whether bodies are compressed.
func (c Config) compresses() bool {
	if c.Compression == Auto {
		return c.Transport == Direct && !isLoopback(hostname(c.Host))
	}
	return c.Compression == Gzip
}

// parseHost returns the host in its one canonical spelling. Its errors say what is wrong and leave out the value, which
// may hold a password.
func parseHost(text string) (string, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return DefaultHost, nil
	}
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return "", errors.New("is not a URL")
	case u.Scheme != "https" && u.Scheme != "http":
		return "", errors.New("must start with https://")
	case u.Hostname() == "":
		return "", errors.New("names no host")
	case u.User != nil:
		return "", errors.New("must not contain a user name or password")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return "", errors.New("must not contain a query or a fragment")
	case u.Scheme == "http" && !isLoopback(u.Hostname()):
		return "", errors.New("must use https, which only this machine's own addresses may do without")
	}
	return u.Scheme + "://" + u.Host + strings.TrimRight(u.EscapedPath(), "/"), nil
}

func hostname(host string) string {
	u, err := url.Parse(host)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

func isLoopback(name string) bool {
	address, err := netip.ParseAddr(name)
	return name == "localhost" || err == nil && address.IsLoopback()
}

// writeBuffer is how much of a request goes to the connection at once. What does not fit is copied in pieces of 32 KB through
// a buffer that net/http allocates for each request.
const writeBuffer = 256 << 10

// newPool returns a connection pool for one host.
func newPool(timeout time.Duration) *http.Transport {
	dialer := &net.Dialer{Timeout: timeout, KeepAlive: 30 * time.Second}
	return &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		DialContext:         dialer.DialContext,
		ForceAttemptHTTP2:   true,
		MaxIdleConnsPerHost: 4,
		IdleConnTimeout:     90 * time.Second,
		TLSHandshakeTimeout: timeout,
		DisableCompression:  true, // the replies are a dozen bytes
		WriteBufferSize:     writeBuffer,
	}
}
