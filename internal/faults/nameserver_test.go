package faults

import (
	"context"
	"encoding/binary"
	"net"
	"sync/atomic"
	"testing"
)

// dnsFault is how a name server fails.
type dnsFault int32

const (
	dnsWorks dnsFault = iota
	dnsSilent
	dnsUnknown // no such name
	dnsBroken  // server failure
)

// The numbers of DNS, from RFC 1035.
const (
	dnsHeader     = 12
	dnsResponse   = 0x8180 // an answer from a server that asks others
	dnsServFail   = 2
	dnsNXDomain   = 3
	dnsTypeA      = 1
	dnsAnswerName = 0xc000 | dnsHeader // the name is that of the question
)

// nameserver says that every name is this machine, or fails.
type nameserver struct {
	socket net.PacketConn
	fault  atomic.Int32
	hits   atomic.Int64 // how often it failed
}

// newNameserver starts a name server that ends with the test.
func newNameserver(t testing.TB) *nameserver {
	t.Helper()
	socket, err := (&net.ListenConfig{}).ListenPacket(t.Context(), "udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &nameserver{socket: socket}
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.serve()
	}()
	t.Cleanup(func() {
		_ = socket.Close()
		<-done
	})
	return s
}

// resolver returns a resolver that asks this server alone.
func (s *nameserver) resolver() *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", s.socket.LocalAddr().String())
	}}
}

func (s *nameserver) serve() {
	buffer := make([]byte, 1024)
	for {
		n, from, err := s.socket.ReadFrom(buffer)
		if err != nil {
			return // closed
		}
		if reply := s.answer(buffer[:n]); reply != nil {
			_, _ = s.socket.WriteTo(reply, from)
		}
	}
}

// answer returns the reply to a question, or nil for none.
func (s *nameserver) answer(query []byte) []byte {
	end := dnsHeader
	for end < len(query) && query[end] != 0 {
		end += 1 + int(query[end])
	}
	if end += 1 + 4; end > len(query) { // the root label, the type and the class
		return nil
	}
	fault := dnsFault(s.fault.Load())
	if fault != dnsWorks {
		s.hits.Add(1)
	}
	flags, answers := uint16(dnsResponse), uint16(0)
	switch fault {
	case dnsSilent:
		return nil
	case dnsUnknown:
		flags |= dnsNXDomain
	case dnsBroken:
		flags |= dnsServFail
	default:
		if binary.BigEndian.Uint16(query[end-4:]) == dnsTypeA {
			answers = 1
		}
	}
	reply := append([]byte{}, query[:2]...)
	for _, field := range [...]uint16{flags, 1, answers, 0, 0} {
		reply = binary.BigEndian.AppendUint16(reply, field)
	}
	reply = append(reply, query[dnsHeader:end]...)
	if answers > 0 {
		reply = binary.BigEndian.AppendUint16(reply, dnsAnswerName)
		reply = append(reply, 0, dnsTypeA, 0, 1, 0, 0, 0, 0, 0, 4, 127, 0, 0, 1) // class IN, time to live 0, four bytes
	}
	return reply
}
