package taxonomy

import (
	"go/token"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestIdentifier(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, want string }{
		{"announcement_published", "AnnouncementPublished"},
		{"user_id", "UserID"},
		{"userId", "UserID"},
		{"user_ids", "UserIDs"},
		{"userIDs", "UserIDs"},
		{"UserID", "UserID"},
		{"requestId", "RequestID"},
		{"duration_ms", "DurationMs"},
		{"userAgent", "UserAgent"},
		{"errorCode", "ErrorCode"},
		{"api_request", "APIRequest"},
		{"HTTPServer", "HTTPServer"},
		{"httpServerURL", "HTTPServerURL"},
		{"image_urls", "ImageURLs"},
		{"oauth_token", "OAuthToken"},
		{"client_ipv4", "ClientIPv4"},
		{"sms_sent", "SMSSent"},
		{"pdf.export-done", "PDFExportDone"},
		{"Order Completed", "OrderCompleted"},
		{"a:b", "AB"},
		{"../x", "X"},
		{"_private", "Private"},
		{"sdk_android", "SdkAndroid"},
		{"CON", "CON"},
		{"IN_PROGRESS", "InProgress"},
		{"GPUCount", "GPUCount"},
		{"type", "Type"},
		{"func", "Func"},
		{"2fa_enabled", "X2faEnabled"},
		{"3D", "X3D"},
		{"sha256Sum", "Sha256Sum"},
		{"größe", "Größe"},
		{"éclair", "Éclair"},
		{"e\u0301clair", "Eclair"}, // a combining mark cannot stand in a Go identifier
		{"имя", "Имя"},
		{"订单", "X订单"},
		{"ßtraße", "Xßtraße"},
		{"٣", "X٣"},
		{"+++", ""},
		{"", ""},
		{"$", ""},
		{strings.Repeat("a", 200), "A" + strings.Repeat("a", 199)},
	} {
		if got := identifier(test.name); got != test.want {
			t.Errorf("identifier(%q) = %q, want %q", test.name, got, test.want)
		}
	}
}

func TestWords(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		want []string
	}{
		{"user_id", []string{"user", "id"}},
		{"userIDsOfTeam", []string{"user", "IDs", "Of", "Team"}},
		{"HTTPServer2Go", []string{"HTTP", "Server2", "Go"}},
		{"  a--b  ", []string{"a", "b"}},
		{"URLs", []string{"URLs"}},
		{"", nil},
	} {
		if got := Words(test.name); !slices.Equal(got, test.want) {
			t.Errorf("Words(%q) = %q, want %q", test.name, got, test.want)
		}
	}
}

// FuzzIdentifier holds whatever comes out against Go's own rules.
func FuzzIdentifier(f *testing.F) {
	for _, seed := range []string{"user_id", "2fa", "订单", "e\u0301", "ǅ", "ª", "\xff", "a\u200db", "ﬀ", "ⅷ"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		id := identifier(name)
		if id != "" && (!token.IsIdentifier(id) || !token.IsExported(id)) {
			t.Errorf("identifier(%q) = %q, which Go does not export", name, id)
		}
		if utf8.ValidString(name) && id == "" && strings.ContainsAny(name, "abcABC123") {
			t.Errorf("identifier(%q) is empty", name)
		}
		suffix := constantSuffix(EnumValue{String: name}, false)
		if suffix != "" && !token.IsIdentifier("Type"+suffix) {
			t.Errorf("constant suffix of %q is %q, which cannot stand in an identifier", name, suffix)
		}
	})
}

func TestConstantSuffix(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		value    EnumValue
		integers bool
		want     string
	}{
		{EnumValue{String: ""}, false, "Empty"},
		{EnumValue{String: "all_members"}, false, "AllMembers"},
		{EnumValue{String: "1"}, false, "1"},
		{EnumValue{String: "-1"}, false, "1"},
		{EnumValue{String: "EUR"}, false, "EUR"},
		{EnumValue{String: "+"}, false, ""},
		{EnumValue{Integer: 0}, true, "0"},
		{EnumValue{Integer: 42}, true, "42"},
		{EnumValue{Integer: -1}, true, "Minus1"},
		{EnumValue{Integer: -maxInteger}, true, "Minus9007199254740992"},
	} {
		if got := constantSuffix(test.value, test.integers); got != test.want {
			t.Errorf("constantSuffix(%+v) = %q, want %q", test.value, got, test.want)
		}
	}
}

func TestLooksPersonal(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		typ  Type
		want bool
	}{
		{"email", String, true},
		{"customerEmail", String, true},
		{"reply_to_emails", Array, true},
		{"email_count", String, false},
		{"emailed", String, false},
		{"client_ip", String, true},
		{"IPAddress", String, true},
		{"addresses", Array, true},
		{"ship", String, false},
		{"recipe", String, false},
		{"token", String, true},
		{"token", Integer, false},
		{"total_tokens", Integer, false},
		{"phone", Integer, true},
		{"phone", Boolean, false},
		{"name", String, false},
		{"first_name", String, true},
		{"latitude", Number, true},
		{"org_id", String, false},
		{"title", String, false},
		{"sms", String, false},
		{"email2", String, true},
		{"address_line_1", String, true},
		{"phone_no", String, true},
		{"jwt", String, true},
		{"otp", Integer, false},
		{"x_forwarded_for", String, true},
		{"step_2", String, false},
		{"42", String, false},
		{"", String, false},
	} {
		if _, got := looksPersonal(test.name, test.typ); got != test.want {
			t.Errorf("looksPersonal(%q, %s) = %v, want %v", test.name, test.typ, got, test.want)
		}
	}
}
