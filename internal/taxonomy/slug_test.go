package taxonomy

import (
	"strings"
	"testing"
)

func TestSlugsStay(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"a", "announcement_published", "sdk_android", "x_", "a1", strings.Repeat("a", 100)} {
		if got := slugs(name)[0]; got != name {
			t.Errorf("slug of %q is %q", name, got)
		}
	}
}

func TestSlugsChange(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, want string }{
		{"CON", "con_"},
		{"con", "con_"},
		{"lpt1", "lpt1_"},
		{"A", "a_"},
		{"_x", "x_"},
		{"../x", "x_"},
		{"Order Completed", "order_completed_"},
		{"a:b", "a_b_"},
		{"2fa", "x_2fa_"},
		{"订单", "x_"},
		{"größe", "gr_e_"},
		{strings.Repeat("a", 101), strings.Repeat("a", 91) + "_"},
	} {
		got := slugs(test.name)[0]
		if len(got) != len(test.want)+8 || !strings.HasPrefix(got, test.want) {
			t.Errorf("slug of %q is %q, want %q and eight digits", test.name, got, test.want)
		}
		if !isSlug(got) {
			t.Errorf("slug of %q is %q, which is not a slug", test.name, got)
		}
	}
}

// TestSlugsAreUnique includes a name that is another's slug.
func TestSlugsAreUnique(t *testing.T) {
	t.Parallel()
	names := []string{"A", "a", "a b", "a.b", "a_b", "person", "group_org", "Person"}
	for _, name := range names {
		names = append(names, slugs(name)[0]+"x", slugs(strings.ToUpper(name))[0])
	}
	seen := map[string]string{}
	unique := map[string]bool{}
	var list []string
	for _, name := range names {
		if !unique[name] {
			unique[name] = true
			list = append(list, name)
		}
	}
	all := slugs(list...)
	for i, slug := range all {
		name := "the person or group"
		if i < len(list) {
			name = list[i]
		}
		if earlier, taken := seen[strings.ToLower(slug)]; taken {
			t.Errorf("%q and %q share the slug %q", earlier, name, slug)
		}
		seen[strings.ToLower(slug)] = name
	}
}

// slugs returns the slugs of events with these names, and of the person and the group org beside them.
func slugs(names ...string) []string {
	t := &Taxonomy{Person: &Entity{}, Groups: []*Entity{{Name: "org"}}}
	for _, name := range names {
		t.Events = append(t.Events, &Event{Name: name})
	}
	assignSlugs(t)
	var out []string
	for _, e := range t.Events {
		out = append(out, e.Slug)
	}
	return append(out, t.Person.Slug, t.Groups[0].Slug)
}

// TestSlugHash holds the digits against sha256sum's.
func TestSlugHash(t *testing.T) {
	t.Parallel()
	if got, want := slugs("Signed up")[0], "signed_up_486b3fe0"; got != want {
		t.Errorf("slug is %q, want %q", got, want)
	}
}
