package redact

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Longest parts of an e-mail address, in bytes (RFC 5321, section 4.5.3.1). In UTF-8 they may well be as long.
const (
	maxLocal  = 64
	maxDomain = 255
)

// unspaced is where the scripts of Europe end. Letters before it may be in a word with ASCII ones.
const unspaced = 0x590

// email looks for an e-mail address around the @ at i, which may be percent-encoded. Its domain must end in a label of
// letters: what it names is neither a host of the own network nor a version, as in lodash@4.17.21, nor the address of an
// object, as in Class@2bd79ce.
func (s *scanner) email(i int) match {
	domain := i + 1
	if s.text[i] == '%' {
		if !s.hasAt(i, "%40") {
			return match{}
		}
		domain = i + len("%40")
	}
	end := s.domain(domain)
	if end == domain {
		return match{}
	}
	start := s.localPart(i)
	if start == i {
		start = s.otherLocalPart(i)
	}
	if start == i || s.text[start:i] == "git" {
		return match{} // git@github.com:org/repo is the same for everyone
	}
	return match{emails, start, end}
}

// otherLocalPart returns where a local part that ends before at begins when it is quoted or of a script without spaces, and
// at when there is none.
func (s *scanner) otherLocalPart(at int) int {
	if s.before(at) == '"' {
		return s.quoted(at)
	}
	start := at
	for start > s.lo && at-start < maxLocal {
		r, size := utf8.DecodeLastRuneInString(s.text[max(s.lo, start-utf8.UTFMax):start])
		if r < unspaced || !unicode.In(r, unicode.L, unicode.M) {
			break
		}
		start -= size
	}
	return start
}

// quoted returns where the quoted local part that ends before at begins (RFC 5322, section 3.2.4), and at when it is empty
// or longer than it may be.
func (s *scanner) quoted(at int) int {
	for start := at - 2; start >= max(s.lo, at-maxLocal); start-- {
		switch c := s.text[start]; {
		case c == '"' && start < at-2:
			return start
		case c < ' ' || c == '"' || c == '[' || c == ']':
			return at
		}
	}
	return at
}

// localPart returns where the local part that ends before at begins. Letters of Latin, Greek, Cyrillic and their neighbors
// belong to it; those of scripts written without spaces do not, since what precedes an address there may be a sentence.
func (s *scanner) localPart(at int) int {
	start := at
	for start > s.lo && at-start < maxLocal {
		if c := s.text[start-1]; c < utf8.RuneSelf {
			if charsets[c]&local == 0 {
				break
			}
			start--
			continue
		}
		r, size := utf8.DecodeLastRuneInString(s.text[max(s.lo, start-utf8.UTFMax):start])
		if r >= unspaced || !unicode.IsLetter(r) {
			break
		}
		start -= size
	}
	for start < at && strings.IndexByte(".-+%'", s.text[start]) >= 0 {
		start++
	}
	return start
}

// domain returns where the domain name that begins at i ends, and i when there is none. A label that follows the last good
// top-level domain, as in "a@b.com.5" or "a@b.com-fax", is left out.
func (s *scanner) domain(i int) int {
	d := domainName{numeric: true}
	end := i
	for label := i; label-i < maxDomain; {
		stop := s.label(label)
		if stop == label {
			break
		}
		if top := s.topLevel(label, stop); d.labels > 0 && top > label && !d.isVersion() {
			end = top
		}
		d.add(s.text[label:stop])
		if s.at(stop) != '.' {
			break
		}
		label = stop + 1
	}
	return end
}

// domainName tells what the labels before the last one are like.
type domainName struct {
	labels  int
	numeric bool
}

func (d *domainName) add(label string) {
	d.labels++
	d.numeric = d.numeric && strings.Trim(label, "0123456789") == ""
}

// isVersion reports whether the labels are like 1.0 of pkg@1.0.beta. One number is not: there is 163.com.
func (d *domainName) isVersion() bool { return d.numeric && d.labels > 1 }

// label returns where the label of a domain name that begins at i ends. It has letters of any script when it begins with
// such a one; otherwise a letter of a script without spaces ends it, since that may begin the next sentence.
func (s *scanner) label(i int) int {
	end := i
	spaced := s.at(i) < utf8.RuneSelf
	for end < s.hi && end-i < 63 {
		c := s.text[end]
		if c < utf8.RuneSelf {
			if charsets[c]&alnum == 0 && (charsets[c]&dashes == 0 || end == i) {
				break
			}
			end++
			continue
		}
		r, size := utf8.DecodeRuneInString(s.text[end:s.hi])
		if spaced && r >= unspaced || !unicode.In(r, unicode.L, unicode.M) {
			break
		}
		end += size
	}
	return end
}

// topLevel returns where the top-level domain that the label begins with ends, and start when it begins with none. A name
// in mixed case is a method's, and the ends of file names are no domains: icon@2x.png.
func (s *scanner) topLevel(start, stop int) int {
	if s.text[start] >= utf8.RuneSelf || s.hasAt(start, "xn--") {
		return stop
	}
	end := min(s.run(start, letters), stop)
	name := s.text[start:end]
	if len(name) < 2 || end < stop && s.text[end] != '-' || isCamelCase(name) || isFileType(name) {
		return start
	}
	return end
}

// isCamelCase reports whether a capital follows a small letter.
func isCamelCase(name string) bool {
	for i := 1; i < len(name); i++ {
		if name[i-1] >= 'a' && name[i] < 'a' {
			return true
		}
	}
	return false
}

// isFileType reports whether name is the end of file names and no top-level domain.
func isFileType(name string) bool {
	var buffer [4]byte
	if len(name) > len(buffer) {
		return false
	}
	switch string(appendLower(buffer[:0], name)) {
	case "png", "jpg", "jpeg", "gif", "svg", "webp", "avif", "css", "js", "mjs", "json", "html", "htm", "xml", "txt", "pdf",
		"yaml", "yml", "exe", "dll", "jar", "log", "conf":
		return true
	default:
		return false
	}
}
