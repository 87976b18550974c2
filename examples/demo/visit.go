package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"

	"github.com/eventgen/eventgen/httpaudit"
)

// canary stands for what requests carry and nobody may find in the audit trail. Each request has it wherever it can be.
const canary = "s3cr3t"

// visit is what somebody asks the service for, how often, and what has to become of it.
type visit struct {
	times  int
	who    user
	method string
	path   string

	status int
	route  string
	code   string
}

var nobody = user{ip: "192.0.2.44"}

// browser is what the clients call themselves.
const browser = "demo/1.0"

// visits is the traffic of the service.
var visits = []visit{
	{6, nobody, http.MethodGet, "/announcements", http.StatusOK, "/announcements", ""},
	{5, ada, http.MethodGet, "/announcements", http.StatusOK, "/announcements", ""},
	{2, ben, http.MethodGet, "/announcements/" + announcement, http.StatusOK, "/announcements/{id}", ""},
	{1, nobody, http.MethodGet, "/announcements/" + canary, http.StatusNotFound, "/announcements/{id}", "not_found"},
	{1, nobody, http.MethodGet, "/" + canary + ".php", http.StatusNotFound, httpaudit.Unmatched, ""},
	{1, ben, http.MethodPost, "/signups", http.StatusCreated, "/signups", ""},
	{1, ben, http.MethodPost, "/agents/" + agent + "/publish", http.StatusForbidden, "/agents/{id}/publish", "not_owner"},
	{3, ada, http.MethodPost, "/payments/" + second.id, http.StatusCreated, "/payments/{id}", ""},
	{2, ben, http.MethodPost, "/payments/" + first.id, http.StatusBadGateway, "/payments/{id}", "provider_down"},
	{4, ada, http.MethodGet, "/invoices/2026-07", http.StatusOK, "/invoices/{month}", ""},
	{1, ben, http.MethodGet, "/invoices/" + canary, http.StatusInternalServerError, "/invoices/{month}", httpaudit.CodePanic},
	{1, ada, http.MethodGet, "/reports/2026", 499, "/reports/{year}", httpaudit.CodeClientClosed},
}

// request is one of the requests of a visit.
type request struct {
	visit

	id string
}

func (v visit) failed() bool { return v.status >= http.StatusBadRequest }

// requests returns the requests of all visits, in their order.
func requests(all []visit) []request {
	var list []request
	for _, v := range all {
		for range v.times {
			list = append(list, request{v, fmt.Sprintf("request-%02d", len(list)+1)})
		}
	}
	return list
}

// ask sends requests one after the other, each on a connection of its own: a transport repeats a GET that a used connection does
// not answer, as a panic does not.
func ask(ctx context.Context, base string, list []request) error {
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	for _, r := range list {
		if err := r.send(ctx, client, base); err != nil {
			return fmt.Errorf("%s: %s %s: %w", r.id, r.method, r.path, err)
		}
	}
	return nil
}

// send asks and judges what the client sees.
func (r request) send(ctx context.Context, client *http.Client, base string) error {
	h, err := r.build(ctx, base)
	if err != nil {
		return err
	}
	if r.code == httpaudit.CodeClientClosed {
		return leave(ctx, h)
	}
	resp, err := client.Do(h)
	switch {
	case err != nil && r.code == httpaudit.CodePanic:
		return ctx.Err() // net/http has closed the connection
	case err != nil:
		return err
	}
	if resp.StatusCode != r.status || resp.Header.Get("X-Request-ID") != r.id {
		err = fmt.Errorf("answered with %s and id %q", resp.Status, resp.Header.Get("X-Request-ID"))
	}
	return errors.Join(err, resp.Body.Close())
}

// build returns the request as it is sent.
func (r request) build(ctx context.Context, base string) (*http.Request, error) {
	body := ""
	if r.method == http.MethodPost {
		body = "email=" + r.who.email + "&password=" + canary
	}
	h, err := http.NewRequestWithContext(ctx, r.method, base+r.path+"?token="+canary, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	if r.who.id != "" {
		h.SetBasicAuth(r.who.id, canary)
	}
	for name, value := range map[string]string{
		"Content-Type": "application/x-www-form-urlencoded", "User-Agent": browser,
		"Cookie":          "session=" + canary,
		"X-Forwarded-For": r.who.ip, "X-Request-ID": r.id,
	} {
		h.Header.Set(name, value)
	}
	return h, nil
}

// leave asks, hangs up before the answer, and waits until the service has noticed.
func leave(ctx context.Context, r *http.Request) error {
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "tcp", r.URL.Host)
	if err != nil {
		return err
	}
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })() // should the service never notice
	err = r.Write(conn)
	if tcp, ok := conn.(*net.TCPConn); ok {
		err = errors.Join(err, tcp.CloseWrite())
	}
	_, noticed := io.Copy(io.Discard, conn)
	return errors.Join(err, noticed, conn.Close())
}
