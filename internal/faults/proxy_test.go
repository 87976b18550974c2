package faults

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"sync"
	"testing"
	"time"
)

// toxin is what a proxy does to the bytes of one connection while it is faulty. Each zero value does nothing.
type toxin struct {
	latency  time.Duration // before each piece, in both directions
	rate     int           // bytes in a millisecond from the client
	resetAt  int           // reset after so many bytes from the client, counted from 1
	swallow  bool          // read what the client sends, and forget it
	closeAt  int           // after so many bytes from the server, say nothing for a while and close, counted from 1
	linger   time.Duration // that while
	wrongTLS *tls.Config   // with a certificate that is not to be believed
	garbage  bool          // answer a TLS handshake with something else
}

// proxy is a TCP proxy that can be told to misbehave. Connections through which bytes got lost stay useless when it heals.
type proxy struct {
	t        testing.TB
	listener net.Listener
	target   string
	secured  *tls.Config // nil without TLS
	stopped  chan struct{}
	routines sync.WaitGroup

	mu    sync.Mutex
	toxin toxin // the zero one is a good connection
	hits  int   // how often it struck
	open  map[net.Conn]bool
}

// newProxy starts a proxy that ends with the test.
func newProxy(t testing.TB, target string, secured *tls.Config) *proxy {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{
		t: t, listener: listener, target: target, secured: secured,
		stopped: make(chan struct{}), open: map[net.Conn]bool{},
	}
	p.routines.Go(p.accept)
	t.Cleanup(p.stop)
	return p
}

func (p *proxy) address() string { return p.listener.Addr().String() }

func (p *proxy) stop() {
	close(p.stopped)
	_ = p.listener.Close()
	p.mu.Lock()
	for c := range p.open {
		_ = c.Close()
	}
	p.mu.Unlock()
	p.routines.Wait()
}

// become changes what the proxy does.
func (p *proxy) become(x toxin) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.toxin = x
}

func (p *proxy) now() toxin {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.toxin
}

// struck counts that a fault had an effect.
func (p *proxy) struck() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.hits++
}

func (p *proxy) strikes() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.hits
}

// hold keeps a connection so that it can be closed with the proxy, unless that has ended.
func (p *proxy) hold(c net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	select {
	case <-p.stopped:
		_ = c.Close()
		return false
	default:
		p.open[c] = true
		return true
	}
}

func (p *proxy) drop(c net.Conn) {
	p.mu.Lock()
	delete(p.open, c)
	p.mu.Unlock()
	_ = c.Close()
}

// pause waits, unless the proxy ends first.
func (p *proxy) pause(d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-p.stopped:
	}
}

func (p *proxy) accept() {
	for {
		c, err := p.listener.Accept()
		if err != nil {
			if !errors.Is(err, net.ErrClosed) {
				p.t.Errorf("proxy: %v", err)
			}
			return
		}
		p.routines.Go(func() { p.serve(c) })
	}
}

// serve connects a client with the target until one of them has had enough.
func (p *proxy) serve(raw net.Conn) {
	if !p.hold(raw) {
		return
	}
	defer p.drop(raw)
	client, ok := p.greet(raw)
	if !ok {
		return
	}
	server, err := (&net.Dialer{}).DialContext(context.Background(), "tcp", p.target)
	if err != nil {
		return // the stand-in has gone
	}
	if !p.hold(server) {
		return
	}
	defer p.drop(server)
	l := &link{proxy: p, raw: raw, client: client, server: server}
	var both sync.WaitGroup
	both.Go(l.upstream)
	both.Go(l.downstream)
	both.Wait()
}

// greet does the handshake, where there is one.
func (p *proxy) greet(raw net.Conn) (net.Conn, bool) {
	x := p.now()
	switch {
	case p.secured == nil:
		return raw, true
	case x.garbage:
		p.struck()
		_, _ = io.ReadFull(raw, make([]byte, 64)) // a part of the client's greeting
		_, _ = raw.Write([]byte("220 this is no TLS\r\n"))
		return nil, false
	case x.wrongTLS != nil:
		p.struck()
		_ = tls.Server(raw, x.wrongTLS).HandshakeContext(context.Background()) // the client ends it
		return nil, false
	default:
		c := tls.Server(raw, p.secured)
		return c, c.HandshakeContext(context.Background()) == nil
	}
}

// link is one client's connection through the proxy.
type link struct {
	*proxy
	raw, client, server net.Conn
}

// upstream carries what the client sends. When the client has done, so has the connection.
func (l *link) upstream() {
	defer l.close()
	buffer := make([]byte, 2048)
	sent, lost := 0, false
	for {
		n, err := l.client.Read(buffer)
		x := l.now()
		if err != nil {
			return
		}
		if x.resetAt > 0 && sent+n >= x.resetAt {
			l.struck()
			_, _ = l.server.Write(buffer[:max(0, x.resetAt-sent)])
			l.reset()
			return
		}
		sent += n
		if lost = lost || x.swallow; lost { // and so is what follows: the server never sees a part of a stream
			l.struck()
			continue
		}
		l.slow(x, n)
		if _, err := l.server.Write(buffer[:n]); err != nil {
			return
		}
	}
}

// downstream carries what the server answers.
func (l *link) downstream() {
	defer l.close()
	buffer := make([]byte, 512)
	received := 0
	for {
		n, err := l.server.Read(buffer)
		if err != nil {
			return
		}
		x := l.now()
		if x.latency > 0 {
			l.struck()
			l.pause(x.latency)
		}
		if x.closeAt > 0 && received+n >= x.closeAt {
			l.struck()
			_, _ = l.client.Write(buffer[:max(0, x.closeAt-received)])
			l.pause(x.linger)
			return
		}
		received += n
		if _, err := l.client.Write(buffer[:n]); err != nil {
			return
		}
	}
}

// slow takes the time that n bytes need.
func (l *link) slow(x toxin, n int) {
	switch {
	case x.latency > 0:
		l.struck()
		l.pause(x.latency)
	case x.rate > 0:
		l.struck()
		l.pause(time.Duration(n) * time.Millisecond / time.Duration(x.rate))
	}
}

// reset ends both connections without a farewell.
func (l *link) reset() {
	for _, c := range [...]net.Conn{l.raw, l.server} {
		if tcp, ok := c.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0)
		}
	}
}

func (l *link) close() {
	_ = l.raw.Close()
	_ = l.server.Close()
}
