package taxonomy

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// initialisms are words that Go writes in one case: those of the common lint rules, and a few more.
var initialisms = map[string]string{
	"acl": "ACL", "amqp": "AMQP", "api": "API", "ascii": "ASCII", "cpu": "CPU", "css": "CSS", "csv": "CSV", "db": "DB",
	"dns": "DNS", "eof": "EOF", "gid": "GID", "guid": "GUID", "html": "HTML", "http": "HTTP", "https": "HTTPS", "id": "ID",
	"ip": "IP", "ipv4": "IPv4", "ipv6": "IPv6", "json": "JSON", "oauth": "OAuth", "pdf": "PDF", "qps": "QPS", "ram": "RAM",
	"rpc": "RPC", "sla": "SLA", "smtp": "SMTP", "sms": "SMS", "sql": "SQL", "ssh": "SSH", "tcp": "TCP", "tls": "TLS",
	"ttl": "TTL", "udp": "UDP", "ui": "UI", "uid": "UID", "uri": "URI", "url": "URL", "utf8": "UTF8", "uuid": "UUID",
	"vm": "VM", "xml": "XML", "xmpp": "XMPP", "xsrf": "XSRF", "xss": "XSS",
}

// identifier derives an exported Go identifier from a wire name, "" when nothing of the name can stand in one:
//
//	user_id → UserID    userIds → UserIDs    api request → APIRequest    2fa → X2fa    größe → Größe    订单 → X订单
func identifier(name string) string {
	id := camel(name)
	if id == "" {
		return ""
	}
	if first, _ := utf8.DecodeRuneInString(id); !unicode.IsUpper(first) {
		return "X" + id
	}
	return id
}

// camel joins the words of a name as Go does, without making the result an identifier of its own. Words in capitals stay as
// they are (EUR, GPUCount), unless the whole name is written so: IN_PROGRESS gives InProgress.
func camel(name string) string {
	var b strings.Builder
	list := Words(name)
	shouted := len(list) > 1 && name == strings.ToUpper(name)
	for _, w := range list {
		if shouted {
			w = strings.ToLower(w)
		}
		b.WriteString(title(w))
	}
	return b.String()
}

// title writes one word as part of a Go identifier.
func title(word string) string {
	lower := strings.ToLower(word)
	if s, ok := initialisms[lower]; ok {
		return s
	}
	if s, ok := initialisms[strings.TrimSuffix(lower, "s")]; ok && len(lower) > 2 {
		return s + "s"
	}
	first, size := utf8.DecodeRuneInString(word)
	return string(unicode.ToUpper(first)) + word[size:]
}

// Words splits a name where its writer saw the ends of words: at anything that is no letter or digit, and in camel case before
// a capital that follows a small letter or a digit, or that starts a word after an acronym (HTTPServer). The s of a plural
// acronym (userIDs) stays with it. Combining marks are dropped, since Go identifiers cannot have them.
func Words(name string) []string {
	var out []string
	var word []rune
	flush := func() {
		if len(word) > 0 {
			out = append(out, string(word))
			word = nil
		}
	}
	runes := []rune(name)
	for i, r := range runes {
		switch {
		case unicode.IsMark(r):
			continue
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			flush()
			continue
		case unicode.IsUpper(r) && startsWord(runes, i):
			flush()
		}
		word = append(word, r)
	}
	flush()
	return out
}

// startsWord reports whether the capital at i is the first letter of a word.
func startsWord(runes []rune, i int) bool {
	if i == 0 {
		return true
	}
	if before := runes[i-1]; unicode.IsLower(before) || unicode.IsDigit(before) {
		return true
	}
	rest := runes[i+1:]
	if len(rest) == 0 || !unicode.IsLower(rest[0]) {
		return false
	}
	plural := rest[0] == 's' && (len(rest) == 1 || !unicode.IsLower(rest[1]))
	return !plural
}

// constantSuffix derives what follows the type's name in the name of an enum constant, "" when there is nothing to derive
// from.
func constantSuffix(v EnumValue, integers bool) string {
	switch {
	case integers && v.Integer < 0:
		return "Minus" + strconv.FormatInt(-v.Integer, 10)
	case integers:
		return strconv.FormatInt(v.Integer, 10)
	case v.String == "":
		return "Empty"
	default:
		return camel(v.String)
	}
}

// symbolNames spell out characters that identifiers cannot have, for suggestions.
var symbolNames = map[rune]string{
	' ': "Space", '!': "Bang", '#': "Hash", '$': "Dollar", '%': "Percent", '&': "And", '*': "Star", '+': "Plus", ',': "Comma",
	'-': "Dash", '.': "Dot", '/': "Slash", ':': "Colon", '<': "Less", '=': "Equal", '>': "Greater", '?': "Question",
	'@': "At", '_': "Underscore", '|': "Bar", '~': "Tilde",
}

// spelled is camel with symbols spelled out: a-b gives ADashB. Spaces and underscores are, only if separators says so.
func spelled(name string, separators bool) string {
	var b strings.Builder
	for _, r := range name {
		if s, ok := symbolNames[r]; ok && (separators || r != ' ' && r != '_') {
			b.WriteString(" " + s + " ")
		} else {
			b.WriteRune(r)
		}
	}
	return camel(b.String())
}
