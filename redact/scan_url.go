package redact

import "strings"

// url looks behind the "://" whose colon is at i for user information (RFC 3986, section 3.2.1), which ends at the last @
// of the authority: a password, or a token alone. The user git alone is everyone's, and what follows mailto
// is an address. A webhook of Slack is a secret.
func (s *scanner) url(i int) match {
	if !s.hasAt(i, "://") || charsets[s.before(i)]&alnum == 0 {
		return match{}
	}
	start := i + len("://")
	if s.wants(secrets) && s.hasAt(start, slackHook) {
		return s.hook(start + len(slackHook))
	}
	if !s.wants(urlCredentials) {
		return match{}
	}
	end := start
	for j := start; j < s.hi && isAuthority(s.text[j]); j++ {
		if s.text[j] == '@' {
			end = j
		}
	}
	if end == start || s.text[start:end] == "git" || s.hasAt(i-len("mailto"), "mailto") {
		return match{}
	}
	return match{urlCredentials, start, end}
}

// isAuthority reports whether c may be in an authority, with more in passwords than the grammar allows. Brackets are not
// among it: the user information ends before those of an address.
func isAuthority(c byte) bool {
	return c > ' ' && c != 0x7f && strings.IndexByte("/?#[]\"<>\\`", c) < 0
}

// slackHook is where incoming webhooks are; who has the path behind it may post.
const slackHook = "hooks.slack.com/services/"

func (s *scanner) hook(start int) match {
	end := start
	for end < s.hi && (charsets[s.text[end]]&alnum != 0 || s.text[end] == '/') {
		end++
	}
	if end-start < 20 || !hasDigit(s.text[start:end]) {
		return match{}
	}
	return match{secrets, start, end}
}
