package redact_test

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/big"
	"math/rand/v2"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/eventgen/eventgen/redact"
)

// The generators make values of a kind by the rules of the kind, independently of the detectors, and set them in sentences.

// generator makes one value.
type generator func(r *rand.Rand) string

// sentences are what a value may stand in; some say what it is, as people and programs do.
var sentences = []string{
	"%s", "see %s", "I think it is %s, but ask him.", "(%s)", `{"value":"%s"}`, "value=%s;", "a: %s\nb: 2", "\"%s\"", "%s\tx", "<b>%s</b>",
	"Bitte an %s senden.", "c'est %s !", "値：%s。",
}

// fill replaces in a form each # by a digit, each N by one from 2 to 9, each @ by a capital, and each ~ by either.
func fill(r *rand.Rand, form string) string {
	out := []byte(form)
	for i, c := range out {
		switch c {
		case '#':
			out[i] = '0' + byte(r.IntN(10))
		case 'N':
			out[i] = '2' + byte(r.IntN(8))
		case '@':
			out[i] = 'A' + byte(r.IntN(26))
		case '~':
			out[i] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[r.IntN(36)]
		}
	}
	return string(out)
}

func oneOf(r *rand.Rand, forms ...string) string { return forms[r.IntN(len(forms))] }

// grouped puts a separator behind each of the sizes.
func grouped(v, sep string, sizes ...int) string {
	var parts []string
	for _, size := range sizes {
		if size = min(size, len(v)); size > 0 {
			parts = append(parts, v[:size])
			v = v[size:]
		}
	}
	return strings.Join(append(parts, v)[:len(parts)+min(1, len(v))], sep)
}

// withLuhn completes a number by trying each check digit; the sum is that of ISO/IEC 7812-1 from the table of doubled digits.
func withLuhn(digits string) string {
	for check := '0'; ; check++ {
		v, sum := digits+string(check), 0
		for i := range v {
			d := int(v[len(v)-1-i] - '0')
			if i%2 == 1 {
				d = [...]int{0, 2, 4, 6, 8, 1, 3, 5, 7, 9}[d]
			}
			sum += d
		}
		if sum%10 == 0 {
			return v
		}
	}
}

func card(r *rand.Rand) string {
	form := oneOf(r, "4##############", "51#############", "55#############", "2221###########", "2720###########",
		"34############", "37############", "36###########", "300##########", "38###########", "6011###########",
		"65#############", "3528###########", "3589###########", "62#############", "4###########", "6759###########",
		"5018###########", "2200###########")
	v := withLuhn(fill(r, form))
	sep := oneOf(r, "", "", " ", "-")
	switch len(v) {
	case 16:
		return grouped(v, sep, 4, 4, 4, 4)
	case 15:
		return grouped(v, sep, 4, 6, 5)
	case 14:
		return grouped(v, sep, 4, 6, 4)
	default:
		return v
	}
}

// ibanForms are the country and the account of some countries, as the registry describes them.
var ibanForms = []string{
	"DE##################", "GB@@@@##############", "FR##########~~~~~~~~~~~##", "NL@@@@##########", "BE############",
	"ES####################", "IT@##########~~~~~~~~~~~~", "AT################", "CH#####~~~~~~~~~~~~", "SE####################",
	"NO###########", "DK##############", "FI##############", "PL########################", "PT#####################",
	"CZ####################", "GR#######~~~~~~~~~~~~~~~~", "IE@@@@##############", "LU###~~~~~~~~~~~~~", "MT@@@@#####~~~~~~~~~~~~~~~~~~",
	"SA##~~~~~~~~~~~~~~~~~~", "TR######~~~~~~~~~~~~~~~~", "UA######~~~~~~~~~~~~~~~~~~~", "BR#######################@~",
}

func ibanOf(r *rand.Rand) string {
	form := oneOf(r, ibanForms...)
	country, account := form[:2], fill(r, form[2:])
	v := withCheckDigits(country, account)
	switch r.IntN(4) {
	case 0:
		return grouped(v, " ", 4, 4, 4, 4, 4, 4, 4, 4)
	case 1:
		return strings.ToLower(v)
	default:
		return v
	}
}

// withCheckDigits completes an IBAN.
func withCheckDigits(country, account string) string {
	var number strings.Builder
	for _, c := range account + country + "00" {
		if c >= 'A' {
			fmt.Fprint(&number, c-'A'+10)
		} else {
			number.WriteRune(c)
		}
	}
	n, _ := new(big.Int).SetString(number.String(), 10)
	return fmt.Sprintf("%s%02d%s", country, 98-n.Mod(n, big.NewInt(97)).Int64(), account)
}

// phoneForms are how numbers are written in some countries, and abroad; N avoids ranges that are not assigned.
var phoneForms = []string{
	"(N##) N##-####", "N##-N##-####", "N##.N##.####", "N## N## ####", "1-N##-N##-####", "+1 N## N## ####", "+1 (N##) N##-####",
	"+1N##N######", "+1-N##-N##-####", "001-N##-N##-####", "N##-N##-####x####", "(N##)N##-#### ext. ###", "1 (N##) N##-####",
	"+44 20 7### ####", "+44 7### ######", "020 7### ####", "07### ######", "01### ######", "+44 (0)20 7### ####", "0044 20 7### ####",
	"+49 30 ########", "+49 (0)151 ########", "030/#######", "0151 ########", "089 ## ## ##", "0221-#######", "05##4 ## ## ##",
	"+33 1 ## ## ## ##", "01 4# ## ## ##", "06.##.##.##.##", "+336########", "02-##-##-##-##", "0033 6 ## ## ## ##",
	"+34 6## ## ## ##", "+34 9########", "+39 06 ########", "+39 3## #######", "02 ########", "+31 6 ########", "06-########",
	"020-#######", "+32 4## ## ## ##", "04## ## ## ##", "+41 44 ### ## ##", "044 ### ## ##", "+43 1 #######", "+46 70 ### ## ##",
	"070-### ## ##", "+47 ### ## ###", "+47########", "+45 ## ## ## ##", "+358 40 #######", "040 #######", "+48 ### ### ###",
	"+420 ### ### ###", "+36 30 ### ####", "+351 9## ### ###", "+353 1 ### ####", "(01) ### ####", "+7 9## ###-##-##", "8 (495) ###-##-##",
	"+380 67 ### ## ##", "+90 5## ### ## ##", "(0312) ### ## ##", "+972 5#-###-####", "05#-###-####", "+971 50 ### ####",
	"+91 9#### #####", "+91-##########", "+86 13# #### ####", "+81 3-####-####", "090-####-####", "03-####-####", "+82 10-####-####",
	"010-####-####", "+65 6### ####", "+852 2### ####", "+61 2 #### ####", "(02) #### ####", "04## ### ###", "+64 21 ### ####",
	"+55 11 9####-####", "(11) 9####-####", "(11) 3###-####", "+52 55 #### ####", "+54 9 11 ####-####", "(011) 4###-####",
	"+27 82 ### ####", "082 ### ####", "+234 80# ### ####", "080# ### ####", "+254 7## ######", "+20 10# ### ####", "+63 917 ### ####",
}

// cuedPhoneForms need a word beside them; the first needs one that says more than "call".
var cuedPhoneForms = []string{
	"##########", "### ####", "###-####", "#### ####", "## ## ## ##", "## ######", "N## ## ###", "9#### #####", "## ### ### ####",
}

// cues are the words, some before the number and some behind it.
var cues = []string{
	"Phone: %s", "tel %s", "Tel.: %s", "fax number: %s", "mobile=%s", "you can call us at %s", "My phone number is %s.", "%s (mobile)",
	"%s fax", "contactPhone: \"%s\"",
}

func phone(r *rand.Rand) string { return fill(r, oneOf(r, phoneForms...)) }

func cuedPhone(r *rand.Rand) string {
	cue, forms := oneOf(r, cues...), cuedPhoneForms
	if strings.Contains(cue, "call") {
		forms = forms[1:]
	}
	return fmt.Sprintf(cue, fill(r, oneOf(r, forms...)))
}

func ssn(r *rand.Rand) string {
	area := 1 + r.IntN(899)
	if area == 666 {
		area = 667
	}
	return fmt.Sprintf("%03d-%02d-%04d", area, 1+r.IntN(99), 1+r.IntN(9999))
}

func address4(r *rand.Rand) string {
	return netip.AddrFrom4([4]byte{byte(10 + r.IntN(246)), byte(r.Uint32()), byte(r.Uint32()), byte(r.Uint32())}).String()
}

func address6(r *rand.Rand) string {
	b := [16]byte{0x20, 0x01, 0x0d, 0xb8}
	for i := 4; i < 16; i++ {
		if r.IntN(3) > 0 {
			b[i] = byte(r.Uint32())
		}
	}
	addr := netip.AddrFrom16(b)
	if r.IntN(4) == 0 {
		return addr.StringExpanded()
	}
	return addr.String()
}

func mailAddress(r *rand.Rand) string {
	local := oneOf(r, "jane", "jane.doe", "j_doe", "JDoe", "jane+news", "x", "jürgen", "o'brien", "42", "jane-doe", "j.d.99")
	domain := oneOf(r, "example", "mail.example", "my-company", "163", "a.b.c", "müller", "xn--bcher-kva", "EXAMPLE")
	return local + "@" + domain + "." + oneOf(r, "com", "org", "de", "co.uk", "io", "museum", "COM", "рф", "photography")
}

func token(r *rand.Rand) string {
	encode := func(v string) string { return base64.RawURLEncoding.EncodeToString([]byte(v)) }
	body := encode(fmt.Sprintf(`{"sub":"%d","iat":%d}`, r.Uint32(), r.Uint32()))
	return encode(`{"alg":"`+oneOf(r, "HS256", "RS256", "EdDSA")+`"}`) + "." + body + "." + encode(fill(r, "~~~~~~~~~~~~~~~~~~~~"))
}

func urlWithPassword(r *rand.Rand) string {
	return oneOf(r, "https", "postgres", "redis", "amqp", "ftp", "mongodb+srv") + "://" + oneOf(r, "user", "", "u%40x", "svc-1") + ":" +
		fill(r, oneOf(r, "@##!x", "p~~~", "a@b:~~")) + "@" + oneOf(r, "db:5432/x", "example.com", "10.0.0.1/0", "[2001:db8::1]:80")
}

// key returns a key by a prefix in two halves and the form of its body; see scanCases for why.
func key(r *rand.Rand) string {
	form := [][3]string{
		{"AK", "IA", "~~~~~~~~~~~~~~~~"},
		{"gh", "p_", "36"},
		{"gh", "s_", "36"},
		{"gl", "pat-", "20"},
		{"sk", "_live_", "24"},
		{"xo", "xp-", "30"},
		{"AI", "za", "35"},
		{"ph", "c_", "43"},
		{"ph", "x_", "43"},
		{"ph", "s_", "43"},
		{"ph", "a_", "43"},
		{"sk", "-proj-", "48"},
		{"sk", "-ant-api03-", "80"},
		{"np", "m_", "36"},
		{"h", "f_", "34"},
	}[r.IntN(15)]
	n := 0
	if _, err := fmt.Sscan(form[2], &n); err != nil {
		return form[0] + form[1] + fill(r, form[2])
	}
	body := ""
	for len(body) < n {
		body += fill(r, "~~~~~") + strings.ToLower(fill(r, "~~~~~"))
	}
	return form[0] + form[1] + "a1" + body[:n-2]
}

// positives are the generators by kind.
var positives = map[redact.Kind][]generator{
	redact.KindEmail:          {mailAddress},
	redact.KindCard:           {card},
	redact.KindIBAN:           {ibanOf},
	redact.KindIPv4:           {address4},
	redact.KindIPv6:           {address6},
	redact.KindPhone:          {phone, cuedPhone},
	redact.KindSSN:            {ssn},
	redact.KindJWT:            {token},
	redact.KindURLCredentials: {urlWithPassword},
	redact.KindSecret:         {key},
}

// TestGeneratedValuesAreFound measures recall on generated values. National phone numbers are ambiguous: the forms of some
// have the shape of something else now and then, such as a social security number.
func TestGeneratedValuesAreFound(t *testing.T) {
	t.Parallel()
	const rounds = 4000
	for kind, generators := range positives {
		r := rand.New(rand.NewPCG(5, 6))
		least := 1.0
		if kind == redact.KindPhone {
			least = 0.98
		}
		missed := 0
		for i := range rounds {
			v := generators[i%len(generators)](r)
			sentence := oneOf(r, sentences...)
			text := fmt.Sprintf(sentence, v)
			start := strings.Index(text, v)
			if !hasFinding(redact.Scan(text), kind, start, start+len(v)) {
				if missed++; missed <= 5 {
					t.Logf("%s: not found in %q", kind, text)
				}
			}
		}
		if got := 1 - ratio(missed, rounds); got < least {
			t.Errorf("%s: recall %.4f, want %.2f", kind, got, least)
		}
	}
}

func hasFinding(findings []redact.Finding, kind redact.Kind, start, end int) bool {
	for _, f := range findings {
		if f.Kind == kind && f.Start < end && start < f.End {
			return true
		}
	}
	return false
}

// negatives are what logs and texts are full of and what is nobody's.
var negatives = map[string]generator{
	"order number": func(r *rand.Rand) string {
		return fill(r, oneOf(r, "order ##########", "INV-####-######", "#N-####-##", "PO ########"))
	},
	"dashed order": func(r *rand.Rand) string {
		return fill(r, oneOf(r, "order ###-###-####", "1##-#######-#######", "A-###-###-####"))
	},
	"Unix time":    func(r *rand.Rand) string { return fmt.Sprint(1_600_000_000 + r.IntN(400_000_000)) },
	"milliseconds": func(r *rand.Rand) string { return fmt.Sprint(1_600_000_000_000 + r.Int64N(400_000_000_000)) },
	"microseconds": func(r *rand.Rand) string { return fmt.Sprint(1_600_000_000_000_000 + r.Int64N(1e14)) },
	"RFC 3339":     func(r *rand.Rand) string { return moment(r).Format(time.RFC3339Nano) },
	"log time": func(r *rand.Rand) string {
		return moment(r).Format(oneOf(r, "2006-01-02 15:04:05,000", "20060102150405", "02/Jan/2006:15:04:05 -0700"))
	},
	"date": func(r *rand.Rand) string {
		return moment(r).Format(oneOf(r, "02.01.2006", "01/02/2006", "2006-01-02", "02-01-2006", "02 01 2006"))
	},
	"date and time": func(r *rand.Rand) string {
		return moment(r).Format(oneOf(r, "02.01.2006 15:04", "01/02/2006 03:04:05 PM", "02-01-2006 15:04"))
	},
	"time": func(r *rand.Rand) string {
		return moment(r).Format(oneOf(r, "15:04:05", "15:04:05.000", "15.04.05", "15:04:05:000"))
	},
	"hex id":         func(r *rand.Rand) string { return hexOf(r, 4+r.IntN(9)) },
	"hash":           func(r *rand.Rand) string { return hexOf(r, []int{16, 20, 32}[r.IntN(3)]) },
	"UUID":           func(r *rand.Rand) string { return grouped(hexOf(r, 16), "-", 8, 4, 4, 4, 12) },
	"digits as UUID": func(r *rand.Rand) string { return fill(r, "########-####-4###-8###-############") },
	"object": func(r *rand.Rand) string {
		return oneOf(r, "Class@", "java.lang.Object@", "Ljava.lang.String;@") + hexOf(r, 4)
	},
	"version": func(r *rand.Rand) string {
		return fill(r, oneOf(r, "v#.##.#", "Chrome/1##.#.####.##", "version 2.6.#.#", "go1.##.#", "Lib 5.#.#.#", "#.#.#-rc.#"))
	},
	"package": func(r *rand.Rand) string {
		return fill(r, oneOf(r, "lodash@4.##.#", "react@^1#.#.#", "left-pad@#.#.#-beta.#"))
	},
	"file size": func(r *rand.Rand) string {
		return fill(r, oneOf(r, "N###### bytes", "N,###,### B", "N ### ### ###", "1#.# MiB", "N.###.### kB"))
	},
	"ISBN": func(r *rand.Rand) string {
		return fill(r, oneOf(r, "ISBN 978-3-##-######-#", "978#########N", "ISBN 0-###-#####-#", "978 0 ### ##### #"))
	},
	"coordinates": func(r *rand.Rand) string {
		return fill(r, oneOf(r, "N#.######, 1N.######", "-33.####,151.####", "+5#.####+013.####/", "N#.####° N"))
	},
	"price": func(r *rand.Rand) string {
		return fill(r, oneOf(r, "$N,###.##", "EUR N## ###,##", "N.###,## €", "N##.## USD"))
	},
	"MAC address": func(r *rand.Rand) string { return grouped(hexOf(r, 6), oneOf(r, ":", "-"), 2, 2, 2, 2, 2, 2) },
	"17 to 19 digits": func(r *rand.Rand) string {
		return withLuhn(fill(r, oneOf(r, "4###############", "5################", "6#################")))
	},
	"log line": func(r *rand.Rand) string {
		return fill(r, "08110N 20#### ### INFO dfs.DataNode: blk_-16##############062 of size N#######")
	},
	"HTTP log": func(r *rand.Rand) string {
		return fill(r, `"GET /a/b?page=## HTTP/1.1" 200 ##### "-" 0.### upstream=0.###`)
	},
	"ratio": func(r *rand.Rand) string {
		return fill(r, oneOf(r, "1#:#", "##/##", "1920x1080", "#.#e10", "±0.0##", "##%"))
	},
	"table": func(r *rand.Rand) string { return fill(r, "N## N### N# N#### N## N N# N### N##") },
	"years and pages": func(r *rand.Rand) string {
		return fill(r, oneOf(r, "201#-202#", "pp. 1##-2##", "vol. 12, 1##-1##", "(201#), 45-##"))
	},
	"code": func(r *rand.Rand) string {
		return fill(r, oneOf(r, "Face::Add(#)", "std::map<int, #>", "x[#:##]", "a[::#]", "1<<##", "user_##@", "@##"))
	},
	"DOI": func(r *rand.Rand) string {
		return fill(r, oneOf(r, "10.10##/s415##-020-2###-#", "arXiv:21##.#####", "CVE-20##-#####", "RFC ####"))
	},
	"decimals": func(r *rand.Rand) string {
		return fill(r, oneOf(r, "0.################", "3.14159265358979", "N#.#############"))
	},
}

func moment(r *rand.Rand) time.Time {
	return time.Unix(1_500_000_000+r.Int64N(400_000_000), r.Int64N(1e9)).UTC()
}

func hexOf(r *rand.Rand, bytes int) string {
	b := make([]byte, bytes)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return hex.EncodeToString(b)
}

// TestGeneratedOthersAreNotFound measures how many of each sort of other texts are flagged.
func TestGeneratedOthersAreNotFound(t *testing.T) {
	t.Parallel()
	const rounds = 3000
	for name, generate := range negatives {
		r := rand.New(rand.NewPCG(7, 8))
		flagged := 0
		for range rounds {
			text := fmt.Sprintf(oneOf(r, sentences...), generate(r))
			if findings := redact.Scan(text); len(findings) > 0 {
				if flagged++; flagged <= 5 {
					t.Logf("%s: %v in %q", name, findings, text)
				}
			}
		}
		if ratio(flagged, rounds) > 0.005 {
			t.Errorf("%s: %d of %d flagged", name, flagged, rounds)
		}
	}
}

// TestIPv6LikeNetip compares with [netip.ParseAddr] what is found in random texts of the characters that addresses have.
func TestIPv6LikeNetip(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(9, 10))
	parts := []string{":", ":", "::", "0", "1", "f0", "2001", "abcd", "1.2.3.4", "12345"}
	valid := 0
	for range 300_000 {
		var text string
		for range 1 + r.IntN(16) {
			text += parts[r.IntN(len(parts))]
		}
		addr, err := netip.ParseAddr(text)
		want := err == nil && addr.Is6() && strings.ContainsAny(text, "0123456789")
		findings := redact.AppendFindings(nil, text, redact.KindsOf(redact.KindIPv6))
		got := len(findings) == 1 && findings[0].Start == 0 && findings[0].End == len(text)
		if got != want {
			t.Fatalf("%q: %v, netip says %v", text, findings, err)
		}
		if want {
			valid++
		}
	}
	if valid < 1000 {
		t.Errorf("only %d of the texts are addresses", valid)
	}
}
