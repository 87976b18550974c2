package redact_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/eventgen/eventgen/redact"
)

// The forms below were written after the detectors, from the registries and the habits of countries, and not from the
// labelled texts; they measure what the detectors make of values and sentences that they were not written for.

// ibanRegistry holds the structure of the IBANs of all countries that have them; see fill.
var ibanRegistry = strings.Fields("AD########~~~~~~~~~~~~ AE################### AL########~~~~~~~~~~~~~~~~ AT################ AZ@@@@~~~~~~~~~~~~~~~~~~~~ " +
	"BA################ BE############ BG@@@@######~~~~~~~~ BH@@@@~~~~~~~~~~~~~~ BR#######################@~ " +
	"BY~~~~####~~~~~~~~~~~~~~~~ CH#####~~~~~~~~~~~~ CR################## CY########~~~~~~~~~~~~~~~~ CZ#################### " +
	"DE################## DK############## DO~~~~#################### EE################ EG######################### " +
	"ES#################### FI############## FO############## FR##########~~~~~~~~~~~## GB@@@@############## " +
	"GE@@################ GI@@@@~~~~~~~~~~~~~~~ GL############## GR#######~~~~~~~~~~~~~~~~ GT~~~~~~~~~~~~~~~~~~~~~~~~ " +
	"HR################# HU######################## IE@@@@############## IL################### IQ@@@@############### " +
	"IS###################### IT@##########~~~~~~~~~~~~ JO@@@@####~~~~~~~~~~~~~~~~~~ KW@@@@~~~~~~~~~~~~~~~~~~~~~~ " +
	"KZ###~~~~~~~~~~~~~ LB####~~~~~~~~~~~~~~~~~~~~ LC@@@@~~~~~~~~~~~~~~~~~~~~~~~~ LI#####~~~~~~~~~~~~ LT################ " +
	"LU###~~~~~~~~~~~~~ LV@@@@~~~~~~~~~~~~~ MC##########~~~~~~~~~~~## MD~~~~~~~~~~~~~~~~~~~~ ME################## " +
	"MK###~~~~~~~~~~## MR####################### MT@@@@#####~~~~~~~~~~~~~~~~~~ MU@@@@###################@@@ NL@@@@########## " +
	"NO########### PK@@@@~~~~~~~~~~~~~~~~ PL######################## PS@@@@~~~~~~~~~~~~~~~~~~~~~ PT##################### " +
	"QA@@@@~~~~~~~~~~~~~~~~~~~~~ RO@@@@~~~~~~~~~~~~~~~~ RS################## SA##~~~~~~~~~~~~~~~~~~ " +
	"SC@@@@####################@@@ SE#################### SI############### SK#################### SM@##########~~~~~~~~~~~~ " +
	"ST##################### SV@@@@#################### TL################### TN#################### " +
	"TR######~~~~~~~~~~~~~~~~ UA######~~~~~~~~~~~~~~~~~~~ VA################## VG@@@@################ XK################ " +
	"LY##################### SD############## BI####################### DJ####################### " +
	"RU##############~~~~~~~~~~~~~~~ SO################### NI@@@@#################### MN################ FK@@############ " +
	"OM###~~~~~~~~~~~~~~~~ YE@@@@####~~~~~~~~~~~~~~~~~~ HN@@@@####################")

// ibanWritings are the ways in which people and programs write one.
var ibanWritings = []func(v string) string{
	func(v string) string { return v },
	strings.ToLower,
	func(v string) string { return inFours(v, " ") },
	func(v string) string { return strings.ToLower(inFours(v, " ")) },
	func(v string) string { return inFours(v, "-") },
	func(v string) string { return inFours(v, ".") },
	func(v string) string { return inFours(v, "\u202f") },
	func(v string) string { return v[:2] + " " + v[2:4] + " " + inFours(v[4:], " ") },
	func(v string) string { return v[:4] + " " + v[4:] },
}

func inFours(v, sep string) string { return grouped(v, sep, 4, 4, 4, 4, 4, 4, 4, 4) }

var ibanSentences = []string{
	"Please wire the deposit to %s before noon.", "IBAN %s", "My account is %s, thanks", "iban=%s&bic=X", "%s", "Refund goes to:%s.",
	"Konto %s bei der Bank", `{"iban": "%s"}`, "transfer from %s to savings", "(%s)",
}

// TestIBANsOfAllCountries holds that every writing of every country's IBAN is found, byte for byte, and that none is found
// with another check digit.
func TestIBANsOfAllCountries(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(11, 12))
	for _, form := range ibanRegistry {
		for _, write := range ibanWritings {
			v := withCheckDigits(form[:2], fill(r, form[2:]))
			sentence := oneOf(r, ibanSentences...)
			checkOnly(t, redact.KindIBAN, sentence, write(v))
			wrong := v[:2] + fmt.Sprintf("%02d", (int(v[2]-'0')*10+int(v[3]-'0')+1)%97) + v[4:]
			for _, f := range redact.Scan(fmt.Sprintf(sentence, write(wrong))) {
				if f.Kind == redact.KindIBAN {
					t.Errorf("%q, which fails its check, is found", write(wrong))
				}
			}
		}
	}
}

// checkOnly holds that the value is the only finding in the sentence, byte for byte.
func checkOnly(t *testing.T, kind redact.Kind, sentence, value string) {
	t.Helper()
	text := fmt.Sprintf(sentence, value)
	start := strings.Index(text, value)
	want := []redact.Finding{{Kind: kind, Start: start, End: start + len(value)}}
	if got := redact.Scan(text); !slices.Equal(got, want) {
		t.Errorf("%s in %q: %v, want %v", kind, text, got, want)
	}
}

// networks are the first digits and the length of the cards of each network, and how they may be grouped.
var networks = []struct {
	prefixes string
	size     int
	groups   [][]int
	cued     bool // in one piece only beside a word for cards
}{
	{"4 4916 51 55 222100 2720 6011 644 65 3528 3589 3566 62 6362 5067 508 81 2200 9792 6759", 16, [][]int{{4, 4, 4, 4}}, false},
	{"34 37", 15, [][]int{{4, 6, 5}}, false},
	{"2131 1800", 15, nil, false},
	{"300 305 3095 36 38 39", 14, [][]int{{4, 6, 4}}, false},
	{"4", 13, [][]int{{4, 3, 3, 3}, {4, 4, 5}}, false},
	{"5018 5020 5038 56 58 6304 6759 6761 6763 6390", 12, [][]int{{4, 4, 4}}, false},
	{"4 62 6759", 19, [][]int{{4, 4, 4, 4, 3}}, true},
	{"62", 19, [][]int{{6, 13}}, true},
	{"62 6759", 18, [][]int{{4, 4, 4, 4, 2}}, true},
	{"62", 17, [][]int{{4, 4, 4, 4, 1}}, true},
	{"0604 9999", 16, nil, true},
}

var (
	cardSentences = []string{
		"cc: %s", "Payment with %s failed", "what happened to %s?", "Please charge %s, expiry 09/28, cvv 123", "%s", `{"pan":"%s"}`,
		"Why was I billed twice on %s, nobody told me.", "How do I change the address of my card to 4 Mill Road? %s",
	}
	cuedCardSentences = []string{
		"My credit card %s has been lost, please block it.", "card no. %s was declined", "visa %s", "%s is my credit card number",
		"Kreditkarte %s", "tarjeta: %s", "carte bancaire %s",
	}
)

// TestCardsOfAllNetworks holds that the cards of every network are found in every grouping that is printed on them, and that
// one group of a size that identifiers have is found beside a word for cards and only there.
func TestCardsOfAllNetworks(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(13, 14))
	for _, n := range networks {
		for _, prefix := range strings.Fields(n.prefixes) {
			for range 5 {
				v := withLuhn(prefix + fill(r, strings.Repeat("#", n.size-1-len(prefix))))
				checkOnly(t, redact.KindCard, oneOf(r, cuedCardSentences...), v)
				if !n.cued {
					checkOnly(t, redact.KindCard, oneOf(r, cardSentences...), v)
				} else if found := redact.Scan("see " + v); len(found) > 0 {
					t.Errorf("%s alone: %v", v, found)
				}
				for _, sizes := range n.groups {
					checkOnly(t, redact.KindCard, oneOf(r, cardSentences...), grouped(v, oneOf(r, " ", "-"), sizes...))
				}
			}
		}
	}
}

// phoneHabits are the ways in which the people of a country write numbers, also those that have no form of their own.
var phoneHabits = map[string]string{
	"us": "###-###-####|(N##)###-####|N##.###.####|N##N######|+1-N##-###-####|001-N##-###-####|" +
		"N##-###-####x####|(N##)###-####x#####|+1-N##-###-####x###|001-N##-###-####x##|N##.###.####x#####|" +
		"1-N##-N##-####|+1 N##.N##.####|(N##) N##-#### ext 12|(N##) N##-####, ext. 12|" +
		"N##-N##-#### extension 33|N##-N##-#### #44|+1(N##)N##-####|1.N##.N##.####|N##/N##-####|" +
		"(N##).N##.####|N## N## ####|+1 N##-N##-####|N##–N##–####",
	"gb": "+44(0)#### ######|(0####) ######|0#### ######|+44 #### ######|+44(0)##########|(0###) ### ####|" +
		"0### ### ####|07### ### ###|07### ######|+44 7### ### ###|079 #### ####|070 #### ####|077 #### ####|" +
		"01632 960 ###|+44 (0) 20 7### ####|(020) 7### ####|0800 ### ###|00 44 20 7### ####|+44-20-7###-####|" +
		"020-7###-####|0113 ### ####|+44.20.7###.####|01632-960###",
	"de": "+49(0)##########|+49 (0) ### ######|+49 (0) #### ######|0##########|(0####) ######|0#### ######|" +
		"+49 ## ########|+49-30-#######|030 #######|0171/#######|0171-#######|(030) ## ## ## ##|" +
		"0049 171 #######|+49/30/#######|+49 (0)30 / ######|0171 ### ## ##|(0171) #######|+49.30.######|" +
		"08## ## ## ##|030 / 12 34 56|0151 23 45 67 89",
	"fr": "+33 (0)N ## ## ## ##|+33 N ## ## ## ##|0N ## ## ## ##|0N########|01.##.##.##.##|06-##-##-##-##|" +
		"+33N########|0033 N ## ## ## ##|+33(0)N########|+33.6.##.##.##.##|0 800 ### ###|08## ### ###|" +
		"+33-6-##-##-##-##",
	"es": "+34 ### ### ###|+34 ### ## ## ##|+34N########|+34 ### ######|9## ### ###|6## ### ###|6## ## ## ##|" +
		"9##-###-###|(+34) 6## ### ###|6##.###.###|0034 6########|902 ## ## ##",
	"it": "+39 ### #######|+39 ## ########|+39 0## #######|0### #######|3## #######|3##-#######|06 ########|" +
		"02-########|+39-3##-#######|3## ### ####|0039 3## ### ####|0###/######|+39 3## ## ## ###|051.######",
	"nl": "(0###) ######|+31(0)###-######|+31(0)## #######|06 ########|06-########|020 ### ## ##|(020) #######|" +
		"+31 6 ## ## ## ##|0031 6 ########|+31-6-########|+316########|0#########|085-#######|06 - ########",
	"in": "+91 9#########|09#########|9#########|+91-9####-#####|+91 ## #### ####|0##-########|022-########|" +
		"(022) #### ####|+91 (0) 9####-#####|91-9#########|98### #####|1800-###-####|0091 98#########|" +
		"+91 9### ### ###",
	"au": "+61 # #### ####|+61.#.####.####|0# #### ####|(0#) #### ####|0#-####-####|04## ### ###|" +
		"+61-4##-###-###|1300 ### ###|13 ## ##|+61 4## ### ###|04##-###-###|(+61) 4## ### ###|" +
		"0061 2 #### ####|(03)########",
	"br": "+55 11 9####-####|+55 (11) 9####-####|(11) 9####-####|(011) 3###-####|11 9####-####|0800 ### ####|" +
		"+55 11 #### ####|0300 ### ####|(11) #### ####|(21) 9 ####-####|+5511#########|11-9####-####|" +
		"(71)####-####",
	"jp": "090-####-####|080-####-####|03-####-####|+81 3-####-####|(03) ####-####|0120-###-###|" +
		"+81-90-####-####|+81 90 #### ####|03(####)####|072-###-####|0##-###-####",
	"cn": "138########|+86 138 #### ####|138-####-####|138 #### ####|+86-138-####-####|0##-########|" +
		"010-########|(010) ########|+86 10 #### ####|0086 138########|021 #### ####|+86 138########|" +
		"400-###-####",
	"nordic": "+46 (0)### ### ##|+46(0)## ### ## ##|0##-### ## ##|08-### ### ##|+46 8 ### ### ##|070-#######|" +
		"0###-## ## ##|+47 ## ## ## ##|+47 ### ## ###|4## ## ###|9# ## ## ##|+45 ## ## ## ##|+45 ########|" +
		"## ## ## ##|40-##-##-##|+358 ## ### ####|+358(0)##-#######|0## ### ####|050-#######|045 ### ## ##|" +
		"(09) ### ###|+354 ### ####|### ####|+45-##-##-##-##|0046 70 ### ## ##",
	"pl": "### ### ###|+48 ### ### ###|+48 ## ### ## ##|## ### ## ##|(22) ### ## ##|+48-###-###-###|" +
		"22 ### ## ##|###-###-###",
	"cz": "+420 ### ### ###|### ### ###|00420 ### ### ###|+420###### ###|+420-###-###-###",
	"ch": "+41 ## ### ## ##|0## ### ## ##|+41 (0)## ### ## ##|0## ### ## ##|+41/79/###/##/##|0041 79 ### ## ##",
	"at": "+43 ### #######|0### ######|+43 (0)1 #######|(01) ### ## ##|0664/#######|0660 #######|" +
		"+43-664-#######|0699 ### ### ##",
	"be": "0#### ######|+32(0)# #######|04## ## ## ##|0## ## ## ##|+32 4## ## ## ##|02 ### ## ##|0475/##.##.##|" +
		"+32 2 ### ## ##|+32/2/###.##.##",
	"pt": "9## ### ###|+351 9## ### ###|21 ### ## ##|(351) 9## ### ###|+351-21-###-####|00351 21 ### ####",
	"ru": "+7 (9##) ###-##-##|8 9## ### ## ##|+7 9## ### ## ##|8 (9##) ###-##-##|8-9##-###-##-##|+79#########|" +
		"+7(9##)###-##-##|8(9##)###-##-##",
	"misc": "+30 21# ### ####|+90 (5##) ### ## ##|0(5##) ### ## ##|0 5## ### ## ##|+972 5#-###-####|05#-#######|" +
		"+966 5# ### ####|+971 4 ### ####|+20 2 #### ####|+27 (0)82 ### ####|082 ### ####|(021) ### ####|" +
		"+234 803 ### ####|0803 ### ####|+254 7## ### ###|07## ### ###|+63 9## ### ####|0917-###-####|" +
		"+62 812-####-####|0812-####-####|(021) ###-####|+66 8# ### ####|081-###-####|+84 9# ### ## ##|" +
		"09## ### ###|+82 10-####-####|010-####-####|02-###-####|+65 9### ####|9### ####|+60 1#-### ####|" +
		"012-### ####|+852 9### ####|+886 9## ### ###|09##-###-###|+64 21 ### ###|(09) ### ####|021 ### ####|" +
		"+52 55 #### ####|(55) #### ####|55 #### ####|+54 9 11 ####-####|011 15-####-####|(011) 4###-####|" +
		"+56 9 #### ####|9 #### ####|+57 3## ### ####|3## ### ####|+51 9## ### ###|+58 412-###-####|" +
		"0412-###-####|+36 30 ### ####|06 30 ### ####|(06 1) ### ####|06-1-###-####|06 (30) ###-####|" +
		"+40 7## ### ###|07##-###-###|+359 88 ### ####|088 ### ####|+385 91 ### ####|091/###-####|" +
		"+381 6# ### ####|06#/###-####|+386 40 ### ###|040 ### ###|+421 9## ### ###|09## ### ###|" +
		"+370 6## #####|8 6## #####|+371 2### ####|+372 5### ####|+353 8# ### ####|08# ### ####|(01) ### ####|" +
		"+380 67 ### ## ##|067 ### ## ##|+375 29 ### ## ##|+98 912 ### ####|0912 ### ####|+92 300 #######|" +
		"0300-#######|+880 17##-######|017##-######|+94 77 ### ####|+977 98########|+994 50 ### ## ##|" +
		"+995 5## ## ## ##|+374 9# ######|+998 9# ### ## ##|+7 7## ### ## ##",
}

var (
	phoneSentences = []string{
		"Can someone call me on %s? I have some questions about opening an account.", "Please call %s after six.",
		"my phone number is %s, thank you", "Tel: %s", "Phone %s\nFax: none", "you can reach Ada at %s till Friday.", "mobile: %s",
		"Fax. %s", "%s office\nsome fax", "phone=%s;", "To book a table call %s.", "For support contact Noor at %s", "Tfn %s",
		"T\u00e9l. : %s", "Text me: %s", "WhatsApp %s", "Call us today: %s", "tel:%s", `{"phone": "%s"}`, "Mobilnummer: %s",
	}
	plainPhoneSentences = []string{"Anke Jansen\n4 Elm Road\nUtrecht\n%s", "I gave them %s and my postcode.", "%s", "the courier wanted %s?"}
)

// TestPhoneHabits measures recall of phone numbers with a word beside them and without.
func TestPhoneHabits(t *testing.T) {
	t.Parallel()
	for _, part := range []struct {
		name      string
		sentences []string
		least     float64
	}{{"with a cue", phoneSentences, 0.95}, {"without", plainPhoneSentences, 0.82}} {
		r := rand.New(rand.NewPCG(15, 16))
		found, all := 0, 0
		for _, country := range slices.Sorted(maps.Keys(phoneHabits)) {
			for _, form := range strings.Split(phoneHabits[country], "|") {
				for range 8 {
					v := fill(r, form)
					text := fmt.Sprintf(oneOf(r, part.sentences...), v)
					start := strings.Index(text, v)
					all++
					if hasFinding(redact.Scan(text), redact.KindPhone, start, start+len(v)) {
						found++
					} else {
						t.Logf("%s: not found in %q", country, text)
					}
				}
			}
		}
		if recall := ratio(found, all); recall < part.least {
			t.Errorf("%s: recall %.3f, want %.2f", part.name, recall, part.least)
		} else {
			t.Logf("%s: recall %.3f of %d", part.name, recall, all)
		}
	}
}
