package redact_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/eventgen/eventgen/redact"
)

// Bodies of keys. The keys are put together here, so that no scanner of repositories takes the examples for real ones.
const (
	mixed43 = "aB3dE5fG7hI9jK1lM3nO5pQ7rS9tU1vW3xY5zA7bC9d"
	mixed36 = "aB3dE5fG7hI9jK1lM3nO5pQ7rS9tU1vW3xY5"
	mixed22 = "aB3dE5fG7hI9jK1lM3nO5p"
	hex32   = "0123456789abcdef0123456789abcdef"
	header  = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9"
	payload = "eyJzdWIiOiIxMjM0NTY3ODkwIn0"
)

// scanCases are texts with their findings, all of one kind, between « and ».
var scanCases = map[redact.Kind][]string{
	redact.KindEmail: {
		"«\"ada lovelace\"@corp.example», quoted", "«用户@例子.公司»", "«a.@corp.example»", "«ada@sub_domain.corp.example»",
		"+«4915112345678@sms.example»", "邮箱：«ada@corp.example»", "user:«ada@corp.example»", "*«ada@corp.example»*", "\"\"@corp.example", "\"a\nb\"@corp.example",
		"«jane@example.com»", "<«a@b.io»>", "mailto:«x@y.org»?subject=1", "«Jane.O'Brien+tag@mail.example.co.uk», please",
		"«jürgen@müller.de»", "«иван@пример.рф».", "请联系«jane@example.com»谢谢", "?e=«jane%40example.com»&x=1",
		`{"email":"«j@x.com»"}`, "«x@163.com».", "«a_b@c-d.com»-fax", "«jane@example.com»:hunter2",
		"to:«jane@example.com»,«bob@example.com»;«c@d.org»", "«x@xn--bcher-kva.example»", "«2015550123@vtext.com»",
		"user@localhost", "lodash@4.17.21", "pkg@1.0.beta", "java.lang.Object@2bd79ce", "icon@2x.png", "logo@3x.PNG",
		"git@github.com:org/repo.git", "@mention", "a@", "a@b", "Foo@1a2b.toString", "medium.com/@jane", "1.2.3@4.5.6",
		"android@101.0.4951.41", ".@example.com", "a@.example.com", "a@example.c",
	},
	redact.KindCard: {
		"EAN 4006381333931", "order 4222222222222", "6200000000000000003",
		"«4111111111111111»", "«4111 1111 1111 1111»", "«4111-1111-1111-1111».", "«4111.1111.1111.1111»",
		"«378282246310005»", "«3782 822463 10005»", "«30569309025904»", "«3056 930902 5904»", "«6011111111111117»",
		"«3530111333300000»", "«5555555555554444»", "«2223003122003222»", "«4222222222222»", "«6200000000000005»", "«5018000000000009» «501800000009»",
		"«4000 0000 0000 0000 006»", "«4111 1111 1111 1111» 123",
		"pan=«4111111111111111»,12/27,123", "«4111 1111 1111 1111» 12/27 123", "«4111 1111 1111 1111» 2027",
		"12 «4111 1111 1111 1111» x", "2026 «4111 1111 1111 1111»", "«4111\u00a01111\u00a01111\u00a01111»",
		"«4111\u20111111\u20111111\u20111111»",
		"4111111111111112", "4111 1111 1111 1112", "41111111 11111111", "4111 1111-1111 1111", "41 11 11 11 11 11 11 11",
		"1 4111111111111111x", "id_4111111111111111", "0.4111111111111111", "4111111111111111-1", "9-4111111111111111",
		"41111111111111113", "8944110068256270054", "1234 5678 4111 1111 1111 1111 1234 5678",
		"7992739871300", "0000000000000000", "1111 1111 1111 1117", "6011 0009 9013",
	},
	redact.KindIBAN: {
		"«PL 61 1090 1014 0000 0712 1981 2874»", "«DE89 370400440532013000»", "«GB29.NWBK.6016.1331.9268.19»", "at 61 1090 1014 0000 0712 1981",
		"GB29 NWBK-6016-1331-9268-19", "GB29 NWBK 6016 1331 9268-19",
		"«GB29 NWBK 6016 1331 9268 19»", "«DE89370400440532013000».", "IBAN:«NL91ABNA0417164300»",
		"«FR14 2004 1010 0505 0001 3M02 606»", "«NO93 8601 1117 947»", "«MT84MALT011000012345MTLCAST001S»",
		"«gb29nwbk60161331926819»", "«BE68-5390-0754-7034»", "«GB29\u00a0NWBK\u00a06016\u00a01331\u00a09268\u00a019»",
		"GB28 NWBK 6016 1331 9268 19", "DE8937040044053201300", "xDE89370400440532013000", "XX89370400440532013000",
		"DE89 37040044053201300 0", "DE893704004405320130001", "DE8", "DE", "AB12 3456", "GB82 WEST 1234 5698 765",
	},
	redact.KindIPv4: {
		"Amsterdam «3.121.94.208»", "section 4.3.2.1", "Fig 1.2.3.4", "app 3.0.5.5",
		"«10.0.0.1»", "from «8.8.8.8»", "IP «1.1.1.1»", "[«1.2.3.4»]:80", "http://«10.1.2.3»/x", "/«10.250.19.102»:54106",
		"client=«192.168.0.1», «10.0.0.2»", "«10.0.0.0»/8", "«10.0.0.1»-«10.0.0.9»", "localhost/«127.0.0.1»:80",
		"web1.example.com/«10.2.3.4»", `"ip":"«1.2.3.4»"`, "x-forwarded-for: «1.2.3.4», «5.6.7.8»", "/hosts/«10.1.2.3»/ping",
		"«1.2.3.4».", "(«5.9.1.2»)", "Server «5.9.1.2» down", "block «69.196.0.85» now",
		"Chrome/103.0.0.0", "YComp 5.0.2.6", "rv:1.9.1.11", "version 1.2.3.4", "v1.2.3.4", "2.6.35.7-generic", "1.2.3.4.5",
		"1.3.6.1.4.1.311", "256.1.1.1", "01.2.3.4", "1.2.3", "1.2.3.", "a1.2.3.4", "1.2.3.4b", "1.2.3.4_5", "5-1.2.3.4-beta",
	},
	redact.KindIPv6: {
		"ip:«2001:db8::a»", "addr:«2001:db8:1:2:3:4:5:6»,", "«fe80::1%en0.1».", "«dead:beef:cafe:babe:fade:feed:face:deaf»", "a::b1::c2",
		"AA:BB:CC:DD:EE:FF:00:11", "«2001:db8:0:0:12:0:0:123»",
		"«2001:db8::1»", "«::1»", "«fe80::1%eth0»", "[«2001:db8::1»]:443", "«::ffff:192.0.2.1»", "«64:ff9b::192.0.2.33»",
		"«2001:0db8:85a3:0000:0000:8a2e:0370:7334»", "addr «2001:db8::» end", "«2001:DB8::1», x", "«fe80::1».",
		"«2001:db8::»/32", "peer[«2001:db8::1»]", "at «2001:db8::1»: no route",
		"Face::Add", "std::vector", "abc::def", "x[::2]", "::", ":", "12:34:56", "00:1A:2B:3C:4D:5E", "10:20:30:40:50:60:70",
		"1:2:3:4:5:6:7:8:9", "2001:db8::1::2", "12345::1", "1:::2", "x1::2", "::1x", "::ffff:1.2.3", "::ffff:01.2.3.4",
	},
	redact.KindPhone: {
		"«+1 416.537.8576»", "«(201) 555-0123, ext. 12»", "«201-555-0123 extension 33»", "tel «(09) 478 242»", "«138-0013-8000»", "«0475/62.82.74»",
		"contact Noor at «902 32 02 84»", "WhatsApp «941 409 687»", "Please call «2756009171»", "call at 1756009171", "phone: «91-9380389254»",
		"«(201) 555-0123»", "«201-555-0123»", "«201.555.0123»", "«(201)555-0123x123»", "«201-555-0123 ext. 45»",
		"«1-800-555-0199»", "«001-920-866-4851»", "«1 (201) 555-0123»", "«415 555 2671»", "fax «201-555-0123»-office",
		"«+44 20 7946 0958»", "«+1 (201) 555-0123»", "«+14155552671»", "«+49 (0)30 123456»", "«0044 20 7946 0958»",
		"«(+44) 20 7946 0958»", "«+44(0)20 7946 0958»", "«+1.201.555.0123»", "«+33 1 42 68 53 00», or", "12 «201-555-0123»",
		"«020 7946 0958»", "«01 42 68 53 00»", "«01.42.68.53.00»", "«06-24312407»", "«030/1234567»", "«090-1234-5678»",
		"«(11) 98765-4321»", "«(02) 9876 5432»", "«(022) 0793-176»", "«8 (495) 123-45-67»", "«8(495)123-45-67»", "«8-935-665-04-24»",
		"tel: «98765 43210»", "Mobile: «9876543210»", `"phoneNumber":"«5551234567»"`, "phone_number=«5551234567»",
		"call «555-0123»", "«6123 4567» (mobile)", "«612 34 56 78» móvil", "You can call us at «449 4898».", "tel «1234567»",
		"1234567890", "123 4567", "555-0123", "2024-01-15 10:20:30", "01-02-2024 1030", "08.30.15.123", "in 2019-2020",
		"call 2019-2020", "call 1234567", "call 2024-01-15", "order 123-456-7890", "Order #0123-456789", "SKU-0123-456789",
		"+100", "+20 12", "UTC+0200", "1+2345678901", "+52.5200+013.4050/", "+40.7128 -74.0060", "(2019) 123-145", "44(12) 345-678",
		"ISBN 978-3-16-148410-0", "0-306-40615-2", "00 01 02 03 04 05 06 07", "00 22 33 44 55", "12-201-555-01234",
		"12345678-1234-1234-1234-123456789012", "201-555-0123-4", "1.201.555.0123.4", "100 200 3000", "1920x1080",
		"081109 203615 148 INFO", "1700000000", "12,345,678", "1 048 576", "07.12.2024 10:30", "112.020.030.040",
	},
	redact.KindSSN: {
		"«219099921» is my social security number", "ss# «219 09 9921»",
		"«123-45-6789»", "SSN#«123-45-6789».", "SSN «123 45 6789»", "ssn: «123456789»",
		"social security number is «219 09 9998»", "A-«899-45-6789»",
		"000-45-6789", "666-45-6789", "900-45-6789", "123-00-6789", "123-45-0000", "123 45 6789", "123456789", "1-123-45-6789",
		"123-45-6789-1", "123-45-67890", "123-456-789", "x123-45-6789",
	},
	redact.KindJWT: {
		"Bearer «" + header + "." + payload + ".SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c»",
		"«" + header + "." + payload + ".» alg none", "t=«" + header + ".a2V5.aXY.dGV4dA.dGFn»;",
		header, header + "." + payload, "eyJ.x.y", "x" + header + "." + payload + ".c2ln", "eyJhbGci..c2ln",
	},
	redact.KindPrivateKey: {
		"key: «-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nMIIE\nabc=\n-----END RSA PRIVATE KEY-----»\nrest",
		`«-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXk\nabc»", "x": 1`, "«-----BEGIN PRIVATE KEY-----MIIEab+/=» cut",
		"«-----BEGIN PGP PRIVATE KEY BLOCK-----\nabc\n-----END PGP PRIVATE KEY BLOCK-----»", "«-----BEGIN EC PRIVATE KEY-----»",
		"-----BEGIN PUBLIC KEY-----\nMIIE\n-----END PUBLIC KEY-----", "-----BEGIN CERTIFICATE-----", "----------",
		"-----BEGIN A LABEL THAT IS FAR TOO LONG FOR ANY PRIVATE KEY-----",
	},
	redact.KindURLCredentials: {
		"https://«user:pw»@host/x", "postgres://«u:p%40ss»@db:5432/x", "https://«token»@github.com/x", "redis://«:secret»@host",
		"http://«u:p@ss»@h", "amqp://«a:b»@", "https://host/x@y", "https://host?u=a:b@c", "ssh://git@github.com/x", "://a:b@c",
		"https://@host", "mailto://x@y",
	},
	redact.KindSecret: {
		"aws_secret_access_key = «wJalrXUtnFEMI/K7MDENG/bPxRfi" + "CYEXAMPLEKEY»", "AWS_SECRET_ACCESS_KEY=short1", "?t=«ya" + "29." + mixed43 + "»&x",
		"«ph" + "r_" + mixed43 + "»", "«gl" + "imt-" + mixed22 + "»", "«xox" + "d-" + mixed36 + "»", "«dckr" + "_oat_" + mixed36 + "»", "«sq0" + "atp-" + mixed22 + "»",
		"«AKIA" + "IOSFODNN7EXAMPLE»", "«ASIA" + "IOSFODNN7EXAMPLE»", "key=«gh" + "p_" + mixed36 + "»", "«github" + "_pat_11AB_" + mixed36 + "»",
		"«gl" + "pat-" + mixed22 + "»", "«sk" + "_live_" + mixed22 + "»", "«rk" + "_live_" + mixed22 + "»", "«sk" + "_test_" + mixed22 + "»",
		"«xox" + "b-123456789012-123456789012-" + mixed22 + "»", "«AI" + "za" + mixed36[:35] + "»", "«ph" + "c_" + mixed43 + "»",
		"«ph" + "x_" + mixed43 + "»", "«sk" + "-ant-api03-" + mixed36 + "»", "«sk" + "-proj-" + mixed36 + "»", "«sk" + "-" + mixed36 + "»",
		"«n" + "pm_" + mixed36 + "»", "«S" + "G." + mixed22 + "." + mixed43 + "»", "«S" + "K" + hex32 + "»", "«dop" + "_v1_" + hex32 + hex32 + "»",
		"«h" + "f_" + mixed36 + "»", "«pypi" + "-AgEI" + mixed43 + mixed22 + "»", "«shp" + "at_" + hex32 + "»", "«GOC" + "SPX-" + mixed36 + "»",
		"«lin" + "_api_" + mixed43 + "»", "https://hooks.slack.com/services/«T0" + "0000000/B00000000/" + mixed22 + "»",
		"sk-learn-is-a-library-of-many-tools", "task_live_" + mixed22, "ghp_short1", "gh" + "p_" + strings.Repeat("x", 36), "AKIA",
		"AKIA" + "IOSFODNN7EXAMPLEX", "xAKIA" + "IOSFODNN7EXAMPLE", "SK" + hex32 + "a", "phc_", "my_sk_live", "SG.a.b",
		"https://hooks.slack.com/services/x",
	},
}

// TestScanCases holds that the marked parts of each text are its findings, byte for byte, and that it has no others.
func TestScanCases(t *testing.T) {
	t.Parallel()
	for kind, texts := range scanCases {
		for _, marked := range texts {
			text := strings.NewReplacer("«", "", "»", "").Replace(marked)
			var want []redact.Finding
			for rest, offset := marked, 0; ; {
				before, after, ok := strings.Cut(rest, "«")
				if !ok {
					break
				}
				found, after, _ := strings.Cut(after, "»")
				start := offset + len(before)
				offset, rest = start+len(found), after
				want = append(want, redact.Finding{Kind: kind, Start: start, End: offset})
			}
			if got := redact.Scan(text); !slices.Equal(got, want) {
				t.Errorf("%s: %q: %v, want %v", kind, text, got, want)
			}
		}
	}
}

// TestKinds holds the contract: the texts of the kinds, and what the declared formats leave room for.
func TestKinds(t *testing.T) {
	t.Parallel()
	all := []redact.Kind{
		"email", "card", "iban", "ipv4", "ipv6", "phone", "us_ssn", "jwt", "private_key", "url_credentials", "secret",
	}
	for _, k := range all {
		if _, ok := scanCases[k]; !ok || !redact.AllKinds.Has(k) || !redact.KindsOf(k).Has(k) {
			t.Errorf("%s is no kind, or has no cases", k)
		}
	}
	if redact.KindsOf(all...) != redact.AllKinds || redact.AllKinds.Has("name") || redact.KindsOf("name") != 0 {
		t.Error("the set of all kinds is another one")
	}
	text := "jane@example.com 4111111111111111 10.0.0.1 ::1 201-555-0123 123-45-6789 https://u:p@h DE89370400440532013000"
	for format, want := range map[string]string{
		"uuid": text, "enum": text, "date": text, "date-time": text, "ip": text, "ipv4": text, "ipv6": text, "hostname": text,
		"email":      "jane@example.com 4111111111111111 10.0.0.1 ::1 201-555-0123 123-45-6789 https://[url_credentials]@h DE89370400440532013000",
		"uri":        "[email] 4111111111111111 10.0.0.1 ::1 201-555-0123 123-45-6789 https://[url_credentials]@h DE89370400440532013000",
		"user_agent": "[email] 4111111111111111 10.0.0.1 ::1 201-555-0123 123-45-6789 https://[url_credentials]@h DE89370400440532013000",
		"path":       "[email] 4111111111111111 [ipv4] [ipv6] 201-555-0123 123-45-6789 https://[url_credentials]@h DE89370400440532013000",
		"":           "[email] [card] [ipv4] [ipv6] [phone] [us_ssn] https://[url_credentials]@h [iban]",
		"free text":  "[email] [card] [ipv4] [ipv6] [phone] [us_ssn] https://[url_credentials]@h [iban]",
	} {
		if got := string(redact.AppendClean(nil, text, redact.KindsFor(format))); got != want {
			t.Errorf("format %q: %s, want %s", format, got, want)
		}
	}
}

func TestScanText(t *testing.T) {
	t.Parallel()
	testStrings(t, rule(t, id, redact.ScanText), []stringCase{
		{"", ""},
		{"Summer party", "Summer party"},
		{"mail jane@example.com or call +44 20 7946 0958", "mail [email] or call [phone]"},
		{"é jane@example.com é", "é [email] é"},
		{"bad \xff jane@example.com", ""},
	}[1:])
	got, outcome := rule(t, id, redact.ScanText).AppendString(nil, "")
	if len(got) > 0 || outcome != redact.Text {
		t.Errorf("the empty text became %q, %d", got, outcome)
	}
}
