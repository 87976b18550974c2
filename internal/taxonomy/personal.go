package taxonomy

import "strings"

// personalNames maps the last words of a name that looks personal to the category that it probably has. A name looks personal
// when its last words are one of these, with a number behind them or not: customer_email and email_2 do, email_count does not.
var personalNames = map[string]string{
	"access token":    "user.authorization.credentials",
	"account no":      "user.financial.bank_account",
	"account number":  "user.financial.bank_account",
	"address":         "user.contact.address",
	"address line":    "user.contact.address",
	"api key":         "user.authorization.credentials",
	"apikey":          "user.authorization.credentials",
	"bic":             "user.financial.bank_account",
	"birth date":      "user.demographic.date_of_birth",
	"birthdate":       "user.demographic.date_of_birth",
	"birthday":        "user.demographic.date_of_birth",
	"card holder":     "user.name",
	"card no":         "user.financial.credit_card",
	"card number":     "user.financial.credit_card",
	"cardholder":      "user.name",
	"cell phone":      "user.contact.phone_number",
	"cookie":          "user.device.cookie",
	"credit card":     "user.financial.credit_card",
	"cvc":             "user.financial.credit_card",
	"cvv":             "user.financial.credit_card",
	"date of birth":   "user.demographic.date_of_birth",
	"device id":       "user.device.device_id",
	"dob":             "user.demographic.date_of_birth",
	"email":           "user.contact.email",
	"email address":   "user.contact.email",
	"emailaddress":    "user.contact.email",
	"ethnicity":       "user.demographic.race_ethnicity",
	"family name":     "user.name.last",
	"fax":             "user.contact.fax_number",
	"first name":      "user.name.first",
	"firstname":       "user.name.first",
	"forwarded for":   "user.device.ip_address",
	"full name":       "user.name",
	"fullname":        "user.name",
	"gender":          "user.demographic.gender",
	"given name":      "user.name.first",
	"iban":            "user.financial.bank_account",
	"imei":            "user.device.device_id",
	"ip":              "user.device.ip_address",
	"ip addr":         "user.device.ip_address",
	"ip address":      "user.device.ip_address",
	"ipaddress":       "user.device.ip_address",
	"jwt":             "user.authorization.credentials",
	"last name":       "user.name.last",
	"lastname":        "user.name.last",
	"lat":             "user.location.precise",
	"latitude":        "user.location.precise",
	"license number":  "user.government_id.drivers_license_number",
	"lng":             "user.location.precise",
	"longitude":       "user.location.precise",
	"mac address":     "user.device.device_id",
	"maiden name":     "user.name.last",
	"mail":            "user.contact.email",
	"middle name":     "user.name",
	"mobile":          "user.contact.phone_number",
	"mobile no":       "user.contact.phone_number",
	"mobile number":   "user.contact.phone_number",
	"msisdn":          "user.contact.phone_number",
	"national id":     "user.government_id.national_identification_number",
	"nationality":     "user.demographic",
	"nickname":        "user.name",
	"otp":             "user.authorization.credentials",
	"passcode":        "user.authorization.password",
	"passphrase":      "user.authorization.password",
	"passport":        "user.government_id.passport_number",
	"passport no":     "user.government_id.passport_number",
	"passport number": "user.government_id.passport_number",
	"passwd":          "user.authorization.password",
	"password":        "user.authorization.password",
	"phone":           "user.contact.phone_number",
	"phone no":        "user.contact.phone_number",
	"phone number":    "user.contact.phone_number",
	"phonenumber":     "user.contact.phone_number",
	"postal code":     "user.contact.address.postal_code",
	"postcode":        "user.contact.address.postal_code",
	"private key":     "user.authorization.credentials",
	"pwd":             "user.authorization.password",
	"refresh token":   "user.authorization.credentials",
	"religion":        "user.demographic.religious_belief",
	"remote addr":     "user.device.ip_address",
	"salary":          "user.financial",
	"secret":          "user.authorization.credentials",
	"sex":             "user.demographic.gender",
	"social security": "user.government_id.national_identification_number",
	"ssn":             "user.government_id.national_identification_number",
	"street":          "user.contact.address.street",
	"surname":         "user.name.last",
	"tax id":          "user.government_id",
	"tel":             "user.contact.phone_number",
	"telephone":       "user.contact.phone_number",
	"token":           "user.authorization.credentials",
	"user name":       "user.account.username",
	"username":        "user.account.username",
	"vat number":      "user.government_id",
	"zip":             "user.contact.address.postal_code",
	"zip code":        "user.contact.address.postal_code",
	"zipcode":         "user.contact.address.postal_code",
}

// neverNumeric are the entries of personalNames that numbers only look like: an integer named token counts tokens.
var neverNumeric = map[string]bool{
	"access token": true, "address": true, "cookie": true, "email": true, "email address": true, "gender": true, "mail": true,
	"jwt": true, "mobile": true, "otp": true, "refresh token": true, "secret": true, "sex": true, "token": true,
}

// longestPersonal is the most words of an entry of personalNames.
const longestPersonal = 3

// looksPersonal reports whether a property's name suggests personal data, and which category.
func looksPersonal(name string, t Type) (category string, ok bool) {
	if t == Boolean {
		return "", false
	}
	parts := Words(strings.TrimRight(name, "0123456789_- "))
	for i, part := range parts {
		parts[i] = strings.ToLower(part)
	}
	for n := min(longestPersonal, len(parts)); n > 0; n-- {
		phrase := strings.Join(parts[len(parts)-n:], " ")
		for _, p := range singulars(phrase) {
			category, ok := personalNames[p]
			if ok && (t != Integer && t != Number || !neverNumeric[p]) {
				return category, true
			}
		}
	}
	return "", false
}

// singulars returns a phrase and what it may be the plural of.
func singulars(phrase string) []string {
	out := []string{phrase}
	if s, ok := strings.CutSuffix(phrase, "s"); ok {
		out = append(out, s)
	}
	if s, ok := strings.CutSuffix(phrase, "es"); ok {
		out = append(out, s)
	}
	return out
}
