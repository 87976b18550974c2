package taxonomy

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"
)

// maxSlug is the longest slug, so that file names stay far below the 255 bytes of common file systems.
const maxSlug = 100

var slugForm = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

// windowsDevice matches names that Windows takes for devices, whatever their extension.
var windowsDevice = regexp.MustCompile(`^(con|prn|aux|nul|com[0-9]|lpt[0-9])$`)

// assignSlugs gives events and entities file names. Events whose names can stay keep them, whatever else there is.
func assignSlugs(t *Taxonomy) {
	taken := map[string]bool{}
	for _, e := range t.Events {
		if isSlug(e.Name) {
			e.Slug = e.Name
			taken[e.Slug] = true
		}
	}
	for _, e := range t.Events {
		if e.Slug == "" {
			e.Slug = uniqueSlug(e.Name, taken)
		}
	}
	if t.Person != nil {
		t.Person.Slug = freeSlug("person", taken)
	}
	for _, g := range t.Groups {
		g.Slug = freeSlug("group_"+g.Name, taken)
	}
}

func isSlug(s string) bool {
	return len(s) <= maxSlug && slugForm.MatchString(s) && !windowsDevice.MatchString(s)
}

// freeSlug returns name itself when it can be a slug and is not taken.
func freeSlug(name string, taken map[string]bool) string {
	if isSlug(name) && !taken[name] {
		taken[name] = true
		return name
	}
	return uniqueSlug(name, taken)
}

// uniqueSlug returns what can stay of a name and a hash of it. Should that be taken, more of the hash is used.
func uniqueSlug(name string, taken map[string]bool) string {
	sum := sha256.Sum256([]byte(name))
	digits := hex.EncodeToString(sum[:])
	stem := sanitize(name)
	for n := 8; ; n += 8 {
		slug := stem + "_" + digits[:min(n, len(digits))]
		if !taken[slug] || n >= len(digits) {
			taken[slug] = true
			return slug
		}
	}
}

// sanitize keeps letters and digits of ASCII and makes one underscore of each run of others.
func sanitize(name string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(name) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		case !strings.HasSuffix(b.String(), "_"):
			b.WriteByte('_')
		}
	}
	s := strings.Trim(b.String(), "_")
	if s == "" || s[0] < 'a' {
		s = "x_" + s
	}
	return strings.TrimRight(s[:min(len(s), maxSlug-9)], "_")
}
