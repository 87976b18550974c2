package redact

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

// keyOfAmazonOrGoogle looks for AIza and 35 bytes of base64url, and for AKIA or ASIA and 16 capitals and digits.
func (s *scanner) keyOfAmazonOrGoogle(i int) match {
	if start := i - 1; s.hasAt(start, "AIza") && !isWord(s.before(start)) {
		return s.secretOf(secretForm{"AIza", 35, base64url}, start)
	}
	start := i - 2
	if isWord(s.before(start)) || !s.hasAt(start, "AKIA") && !s.hasAt(start, "ASIA") {
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

func isCapitalOrDigit(c byte) bool { return isDigit(c) || c-'A' <= 'Z'-'A' }

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
	case "glpat", "gldt", "glrt", "glcbt", "glptt", "glft", "glsoat":
		return gitLab[:]
	case "xoxa", "xoxb", "xoxe", "xoxo", "xoxp", "xoxr", "xoxs", "xapp":
		return slack[:]
	case "sk":
		if dashed {
			return sk[:]
		}
		return stripe[:]
	case "rk", "whsec":
		return stripe[:]
	case "phc", "phx", "phs", "pha":
		return postHog[:]
	default:
		return otherForms(word)
	}
}

func otherForms(word string) []secretForm {
	switch word {
	case "npm", "pypi", "dckr", "rubygems":
		return packages[:]
	case "dop", "doo", "dor", "shpat", "shpca", "shppa", "shpss", "GOCSPX":
		return platforms[:]
	case "hf", "gsk", "r8", "xai", "pplx":
		return models[:]
	case "glsa", "glc", "sntrys", "sntryu", "sbp", "ntn", "lin", "PMAK", "NRAK", "dapi", "pscale":
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
	}
	slack = [...]secretForm{
		{"xoxa-", 20, base64url},
		{"xoxb-", 20, base64url},
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
	}
	packages = [...]secretForm{
		{"npm_", 36, alnum},
		{"pypi-AgEI", 50, base64url},
		{"dckr_pat_", 20, base64url},
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
	}
)
