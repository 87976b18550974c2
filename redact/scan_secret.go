package redact

import "strings"

// secretForm is what the keys of an issuer look like: a prefix, and behind it at least so many bytes of a set, with a digit
// and a letter among them.
type secretForm struct {
	prefix string
	least  int
	set    charset
}

// secret looks for a key or token of an issuer that marks its keys with a prefix, for a byte of the prefix at i. That is
// what scanners of repositories do; there is no entropy to tell a random key without a prefix from a random id.
func (s *scanner) secret(i int) match {
	if !s.wants(secrets) {
		return match{}
	}
	switch s.text[i] {
	case 'I':
		return s.keyOfAmazonOrGoogle(i)
	case 'K':
		return s.keyOfTwilio(i)
	case 'G':
		return s.keyOfSendGrid(i)
	}
	start := s.runBack(i, alnum, maxPrefixWord+1)
	if start == i || i-start > maxPrefixWord || isWord(s.before(start)) {
		return match{}
	}
	if strings.EqualFold(s.text[start:i], "aws") {
		return s.secretOfAmazon(start)
	}
	for _, form := range secretForms(s.text[start:i], s.text[i] == '-') {
		if m := s.secretOf(form, start); m.kind != 0 {
			return m
		}
	}
	return match{}
}

func (s *scanner) secretOf(form secretForm, start int) match {
	if !s.hasAt(start, form.prefix) {
		return match{}
	}
	body := start + len(form.prefix)
	end := s.run(body, form.set)
	if end-body < form.least || !isMixed(s.text[body:end]) {
		return match{}
	}
	return match{secrets, start, end}
}

// isMixed reports whether text has a digit and a letter, as every key of 20 bytes and more does and few words do.
func isMixed(text string) bool {
	var seen charset
	for i := range len(text) {
		seen |= charsets[text[i]]
	}
	return seen&alnum == alnum
}

// keyOfAmazonOrGoogle looks for AIza and 35 bytes of base64url, and for AKIA, ASIA or ABIA and 16 capitals and digits.
func (s *scanner) keyOfAmazonOrGoogle(i int) match {
	if start := i - 1; s.hasAt(start, "AIza") && !isWord(s.before(start)) {
		return s.secretOf(secretForm{"AIza", 35, base64url}, start)
	}
	start := i - 2
	if isWord(s.before(start)) || !s.hasAt(start, "AKIA") && !s.hasAt(start, "ASIA") && !s.hasAt(start, "ABIA") {
		return match{}
	}
	end := start + len("AKIA")
	for end < s.hi && isCapitalOrDigit(s.text[end]) {
		end++
	}
	if end-start != 20 || isWord(s.at(end)) {
		return match{}
	}
	return match{secrets, start, end}
}

// secretAccessKey is the name under which programs keep the half of a key of Amazon that has no prefix.
const secretAccessKey = "aws_secret_access_key" //nolint:gosec // the name of a key

// secretOfAmazon looks for 40 bytes of base64 behind the name of a secret access key at start.
func (s *scanner) secretOfAmazon(start int) match {
	i := start + len(secretAccessKey)
	if i > s.hi || !strings.EqualFold(s.text[start:i], secretAccessKey) {
		return match{}
	}
	for most := i + len(` = "`); i < most && strings.IndexByte(" =:\"'", s.at(i)) >= 0; {
		i++
	}
	end := i
	for end-i <= 40 && (charsets[s.at(end)]&alnum != 0 || s.at(end) == '/' || s.at(end) == '+') {
		end++
	}
	if end-i != 40 || !isMixed(s.text[i:end]) {
		return match{}
	}
	return match{secrets, i, end}
}

// tokenOfGoogle looks for ya29. and an OAuth token, with its first digit at i.
func (s *scanner) tokenOfGoogle(i int) match {
	start := i - 2
	if !s.wants(secrets) || !s.hasAt(start, "ya29.") || isWord(s.before(start)) {
		return match{}
	}
	return s.secretOf(secretForm{"ya29.", 32, base64url}, start)
}

func isCapitalOrDigit(c byte) bool { return isDigit(c) || isCapital(c) }

// keyOfTwilio looks for SK and 32 hexadecimal digits.
func (s *scanner) keyOfTwilio(i int) match {
	start, end := i-1, s.run(i+1, hexChars)
	if start < s.lo || s.text[start] != 'S' || isWord(s.before(start)) || end-i-1 != 32 || isWord(s.at(end)) {
		return match{}
	}
	if !isMixed(s.text[i+1 : end]) {
		return match{}
	}
	return match{secrets, start, end}
}

// keyOfSendGrid looks for SG, 22 and 43 bytes of base64url, with dots in between.
func (s *scanner) keyOfSendGrid(i int) match {
	start := i - 1
	if start < s.lo || isWord(s.before(start)) || !s.hasAt(start, "SG.") {
		return match{}
	}
	id := s.run(i+2, base64url)
	end := s.run(id+1, base64url)
	if id-i-2 != 22 || s.at(id) != '.' || end-id-1 < 43 {
		return match{}
	}
	return match{secrets, start, end}
}

// maxPrefixWord is the length of the longest word that selects forms.
const maxPrefixWord = 8

// secretForms returns the forms whose prefix begins with a word and, as dashed says, '-' or '_'. Prefixes and lengths are what the issuers
// document, or what their keys have where they say nothing.
func secretForms(word string, dashed bool) []secretForm {
	switch word {
	case "ghp", "gho", "ghu", "ghs", "ghr", "github":
		return gitHub[:]
	case "glpat", "gldt", "glrt", "glcbt", "glptt", "glft", "glsoat", "glimt", "glagent", "gloas", "glffct", "glwt":
		return gitLab[:]
	case "xoxa", "xoxb", "xoxc", "xoxd", "xoxe", "xoxo", "xoxp", "xoxr", "xoxs", "xapp":
		return slack[:]
	case "sk":
		if dashed {
			return sk[:]
		}
		return stripe[:]
	case "rk", "whsec":
		return stripe[:]
	case "phc", "phx", "phs", "pha", "phr":
		return postHog[:]
	default:
		return otherForms(word)
	}
}

func otherForms(word string) []secretForm {
	switch word {
	case "npm", "pypi", "dckr", "rubygems":
		return packages[:]
	case "dop", "doo", "dor", "shpat", "shpca", "shppa", "shpss", "GOCSPX", "nfp", "shippo", "duffel", "sgp", "bkua", "CCIPAT":
		return platforms[:]
	case "sq0atp", "sq0csp", "FLWSECK", "tvly", "nvapi", "key", "secret", "figd", "AVNS", "xkeysib", "sb", "lsv2":
		return others[:]
	case "hf", "gsk", "r8", "xai", "pplx":
		return models[:]
	case "glsa", "glc", "sntrys", "sntryu", "sbp", "ntn", "lin", "PMAK", "NRAK", "pscale":
		return services[:]
	default:
		return nil
	}
}

// The forms, by issuer.
var (
	gitHub = [...]secretForm{
		{"ghp_", 36, alnum},
		{"gho_", 36, alnum},
		{"ghu_", 36, alnum},
		{"ghs_", 36, word},
		{"ghr_", 36, alnum},
		{"github_pat_", 36, word},
	}
	gitLab = [...]secretForm{
		{"glpat-", 20, base64url},
		{"gldt-", 20, base64url},
		{"glrt-", 20, base64url},
		{"glcbt-", 20, base64url},
		{"glptt-", 20, base64url},
		{"glft-", 20, base64url},
		{"glsoat-", 20, base64url},
		{"glimt-", 20, base64url},
		{"glagent-", 20, base64url},
		{"gloas-", 20, base64url},
		{"glffct-", 20, base64url},
		{"glwt-", 20, base64url},
	}
	slack = [...]secretForm{
		{"xoxa-", 20, base64url},
		{"xoxb-", 20, base64url},
		{"xoxc-", 20, base64url},
		{"xoxd-", 20, base64url},
		{"xoxe-", 20, base64url},
		{"xoxo-", 20, base64url},
		{"xoxp-", 20, base64url},
		{"xoxr-", 20, base64url},
		{"xoxs-", 20, base64url},
		{"xapp-", 20, base64url},
	}
	stripe = [...]secretForm{
		{"sk_live_", 16, alnum},
		{"sk_test_", 16, alnum},
		{"rk_live_", 16, alnum},
		{"rk_test_", 16, alnum},
		{"sk_prod_", 16, alnum},
		{"rk_prod_", 16, alnum},
		{"whsec_", 24, alnum},
	}
	sk = [...]secretForm{
		{"sk-ant-", 32, base64url},   // Anthropic
		{"sk-or-v1-", 32, base64url}, // OpenRouter
		{"sk-proj-", 32, base64url},  // OpenAI
		{"sk-svcacct-", 32, base64url},
		{"sk-admin-", 32, base64url},
		{"sk-", 32, alnum},
	}
	postHog = [...]secretForm{
		{"phc_", 32, alnum},
		{"phx_", 32, alnum},
		{"phs_", 32, alnum},
		{"pha_", 32, alnum},
		{"phr_", 32, alnum},
	}
	packages = [...]secretForm{
		{"npm_", 36, alnum},
		{"pypi-AgEI", 50, base64url},
		{"dckr_pat_", 20, base64url},
		{"dckr_oat_", 20, base64url},
		{"rubygems_", 48, hexChars},
	}
	platforms = [...]secretForm{
		{"dop_v1_", 64, hexChars}, // DigitalOcean
		{"doo_v1_", 64, hexChars},
		{"dor_v1_", 64, hexChars},
		{"shpat_", 32, hexChars}, // Shopify
		{"shpca_", 32, hexChars},
		{"shppa_", 32, hexChars},
		{"shpss_", 32, hexChars},
		{"GOCSPX-", 28, base64url}, // Google OAuth
		{"nfp_", 36, alnum},        // Netlify
		{"shippo_live_", 40, hexChars},
		{"shippo_test_", 40, hexChars},
		{"duffel_live_", 43, base64url},
		{"duffel_test_", 43, base64url},
		{"sgp_", 40, word},      // Sourcegraph
		{"bkua_", 40, hexChars}, // Buildkite
		{"CCIPAT_", 40, word},   // CircleCI
	}
	others = [...]secretForm{
		{"sq0atp-", 22, base64url}, // Square
		{"sq0csp-", 43, base64url},
		{"FLWSECK-", 32, alnum}, // Flutterwave
		{"tvly-", 32, alnum},    // Tavily
		{"nvapi-", 60, base64url},
		{"key-", 32, hexChars},     // Mailgun
		{"secret_", 43, alnum},     // Notion
		{"figd_", 40, base64url},   // Figma
		{"AVNS_", 18, base64url},   // Aiven
		{"xkeysib-", 64, hexChars}, // Brevo
		{"sb_secret_", 30, base64url},
		{"lsv2_pt_", 32, word}, // LangSmith
		{"lsv2_sk_", 32, word},
	}
	models = [...]secretForm{
		{"hf_", 34, alnum},  // Hugging Face
		{"gsk_", 40, alnum}, // Groq
		{"r8_", 37, alnum},  // Replicate
		{"xai-", 60, alnum},
		{"pplx-", 40, alnum}, // Perplexity
	}
	services = [...]secretForm{
		{"glsa_", 32, word}, // Grafana
		{"glc_", 32, alnum},
		{"sntrys_", 40, base64url}, // Sentry
		{"sntryu_", 64, hexChars},
		{"sbp_", 40, hexChars}, // Supabase
		{"ntn_", 40, alnum},    // Notion
		{"lin_api_", 40, alnum},
		{"PMAK-", 59, base64url}, // Postman
		{"NRAK-", 27, alnum},     // New Relic
		{"pscale_tkn_", 32, base64url},
		{"pscale_pw_", 32, base64url},
		{"pscale_oauth_", 32, base64url},
	}
)
