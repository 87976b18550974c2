package httpaudit

import (
	"net/http"
	"path"
	"strings"
)

// level is where in the tree of muxes a request is: what was stripped from its path, and what is left.
type level struct {
	base string // template of what was stripped: "/api", "/orgs/{org}"
	path string
}

// entryLevel is the level at which the middleware itself is.
func entryLevel(r *http.Request) level {
	l := level{path: r.URL.Path}
	whole := sentPath(r.RequestURI)
	if r.Pattern == "" || whole == "" {
		return l
	}
	l.base = leading(template(r.Pattern), depth(whole)-depth(r.URL.EscapedPath()))
	return l
}

// sentPath returns the path of a request target in origin form or, as proxies are asked, in absolute form. It is empty for
// targets without one.
func sentPath(target string) string {
	target, _, _ = strings.Cut(target, "?")
	if !strings.HasPrefix(target, "/") {
		_, authority, _ := strings.Cut(target, "://")
		return template(authority)
	}
	return target
}

// below returns the level of a mux that is reached through pattern and sees path.
func (l level) below(pattern, path string) level {
	return level{base: l.base + leading(template(pattern), depth(l.path)-depth(path)), path: path}
}

// depth counts the segments of a path.
func depth(path string) int { return strings.Count(path, "/") }

// leading returns the first n segments of a template. Where the template does not tell a segment it is "*": what the client
// sent there may be anything.
func leading(template string, n int) string {
	at := 0
	for ; n > 0; n-- {
		segment := nextSegment(template[at:])
		if segment == "" {
			return template[:at] + strings.Repeat("/*", n)
		}
		at += len(segment)
	}
	return template[:at]
}

// nextSegment returns the first segment of a template with its slash, and "" if it stands for no particular segment.
func nextSegment(template string) string {
	if len(template) < 2 {
		return ""
	}
	end := strings.IndexByte(template[1:], '/') + 1
	if end == 0 {
		end = len(template)
	}
	segment := template[:end]
	if segment == "/" || segment == "/{$}" || strings.HasSuffix(segment, "...}") {
		return ""
	}
	return segment
}

// template returns a pattern of http.ServeMux without method and host.
func template(pattern string) string {
	at := strings.IndexByte(pattern, '/')
	if at < 0 {
		return ""
	}
	return pattern[at:]
}

// route returns the template of the route that answered: the handlers' own word, then the innermost mux that is known, then
// the mux that was named. The mux writes its pattern into the request that it was given, which is ours unless a handler in
// between copied it.
func (x *exchange) route(s said) string {
	if s.route != "" {
		return s.route
	}
	found := s.nested
	if found == "" {
		found = x.ownRoute()
	}
	if found == "" {
		return Unmatched
	}
	return found
}

func (x *exchange) ownRoute() string {
	pattern := x.request.Pattern
	if pattern == "" && x.shared.mux != nil && x.request.RequestURI != "*" {
		_, pattern = x.shared.mux.Handler(x.request)
		return template(truePattern(x.request, pattern))
	}
	if pattern == x.pattern { // the mux in front of the middleware, and none behind
		return template(pattern)
	}
	if pattern = truePattern(x.request, pattern); pattern == "" {
		return ""
	}
	return x.base + template(pattern)
}

// truePattern returns the pattern that a mux reports for r, or "" if it is none: of a CONNECT request that it redirects, the
// mux reports the path with a slash behind it, and that is whatever the client sent.
func truePattern(r *http.Request, pattern string) string {
	if r.Method != http.MethodConnect || strings.HasSuffix(r.URL.EscapedPath(), "/") || !strings.HasSuffix(pattern, "/") {
		return pattern
	}
	if strings.TrimRight(pattern, "/") == strings.TrimRight(path.Clean("/"+r.URL.Path), "/") {
		return ""
	}
	return pattern
}
