package pgtest

import (
	"bufio"
	"encoding/binary"
	"io"
	"net"
	"net/url"
	"path/filepath"
	"sync"
	"testing"
)

// Fate is what becomes of a message of a client.
type Fate uint8

// The fates.
const (
	Pass Fate = iota
	Cut       // the connection ends before the server gets the message
	Deaf      // the server gets the message and answers, but the connection ends before the client gets the answer
	Hang      // the server gets neither this nor any further message, and the connection stays open
)

// Handler decides about a message, whose kind is a letter of PostgreSQL's protocol.
type Handler func(kind byte, body string) Fate

// Proxy stands between clients and a server, so that a connection can fail at a message of the test's choice.
type Proxy struct {
	server   string // the path of its socket
	listener net.Listener
	place    url.URL
	ended    chan struct{}
	relays   sync.WaitGroup

	mu      sync.Mutex
	handler Handler
	conns   []net.Conn
}

// NewProxy returns a proxy for the database at a URL which Database has returned. It ends with the test.
func NewProxy(t testing.TB, place string) *Proxy {
	t.Helper()
	u, err := url.Parse(place)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // it is there at once
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	p := &Proxy{server: filepath.Join(q.Get("host"), ".s.PGSQL.5432"), listener: listener, ended: make(chan struct{})}
	q.Del("host")
	p.place = url.URL{Scheme: "postgres", Host: listener.Addr().String(), Path: u.Path, RawQuery: q.Encode()}
	p.relays.Go(p.accept)
	t.Cleanup(p.end)
	return p
}

// URL returns the URL of the database by way of the proxy, for a user with a password, which the server does not ask for.
func (p *Proxy) URL(user, password string) string {
	u := p.place
	q := u.Query()
	q.Del("user")
	u.User, u.RawQuery = url.UserPassword(user, password), q.Encode()
	return u.String()
}

// Handle makes a handler decide about messages until it has sealed the fate of one. All others pass.
func (p *Proxy) Handle(h Handler) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.handler = h
}

func (p *Proxy) end() {
	close(p.ended)
	_ = p.listener.Close()
	p.mu.Lock()
	for _, c := range p.conns {
		_ = c.Close()
	}
	p.mu.Unlock()
	p.relays.Wait()
}

func (p *Proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return // the listener is closed
		}
		server, err := net.Dial("unix", p.server) //nolint:noctx // there is somebody or not
		if err != nil {
			_ = client.Close()
			continue
		}
		p.mu.Lock()
		p.conns = append(p.conns, client, server)
		p.mu.Unlock()
		r := &relay{proxy: p, client: client, server: server}
		p.relays.Go(r.forth)
		p.relays.Go(r.back)
	}
}

// fate asks the handler, without a lock: while a handler stops the server, the server waits for connections to say what they want.
func (p *Proxy) fate(kind byte, body []byte) Fate {
	p.mu.Lock()
	handler := p.handler
	p.mu.Unlock()
	if handler == nil {
		return Pass
	}
	f := handler(kind, string(body))
	if f != Pass {
		p.Handle(nil)
	}
	return f
}

// relay is a connection through the proxy.
type relay struct {
	proxy          *Proxy
	client, server net.Conn

	mu   sync.Mutex
	deaf bool
}

func (r *relay) close() {
	_ = r.client.Close()
	_ = r.server.Close()
}

// forth brings messages to the server. The first one has no letter.
func (r *relay) forth() {
	defer r.close()
	from := bufio.NewReader(r.client)
	for first := true; ; first = false {
		kind, whole, err := message(from, first)
		if err != nil {
			return
		}
		switch r.proxy.fate(kind, whole[min(len(whole), 5):]) {
		case Cut:
			return
		case Hang:
			<-r.proxy.ended
			return
		case Deaf:
			r.mu.Lock()
			r.deaf = true
			r.mu.Unlock()
		case Pass:
		}
		if _, err := r.server.Write(whole); err != nil {
			return
		}
	}
}

// back brings the answers to the client.
func (r *relay) back() {
	defer r.close()
	from := bufio.NewReader(r.server)
	for {
		kind, whole, err := message(from, false)
		if err != nil {
			return
		}
		r.mu.Lock()
		deaf := r.deaf
		r.mu.Unlock()
		if deaf {
			if kind == 'Z' { // ready for the next query: the answer is complete
				return
			}
			continue
		}
		if _, err := r.client.Write(whole); err != nil {
			return
		}
	}
}

// message reads a message: a letter, the length of what follows, and that.
func message(from io.Reader, first bool) (kind byte, whole []byte, err error) {
	header := make([]byte, 5)
	if first {
		header = header[1:]
	}
	if _, err := io.ReadFull(from, header); err != nil {
		return 0, nil, err
	}
	length := binary.BigEndian.Uint32(header[len(header)-4:])
	whole = append(header, make([]byte, length-4)...)
	if !first {
		kind = header[0]
	}
	_, err = io.ReadFull(from, whole[len(header):])
	return kind, whole, err
}
