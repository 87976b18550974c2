package syntax

import "strconv"

// advices tell authors who come from JSON Schema or other registries what a key is called here.
var advices = map[string]string{
	"$ref":                 "write type: <TypeName> to use an entry of types",
	"additionalProperties": "use type: map with values: for keys that are not known in advance",
	"allOf":                "put shared properties into property_groups and include them",
	"anyOf":                "use type: any, or one property for each form",
	"category":             "did you mean \"pii\"?",
	"desc":                 "did you mean \"description\"?",
	"exclusiveMaximum":     "use maximum, which is included",
	"exclusiveMinimum":     "use minimum, which is included",
	"go":                   "did you mean \"go_name\"?",
	"max":                  "use maximum, maxLength or maxItems",
	"min":                  "use minimum, minLength or minItems",
	"name":                 "the name is the key under which the entry stands",
	"nullable":             "nullable sits on the property",
	"oneOf":                "use type: any, or one property for each form",
	"open_enum":            "enums are closed; use type: string for an open set",
	"optional":             "properties are optional unless they say required: true",
	"property":             "did you mean \"properties\"?",
	"required":             "required sits on the property",
	"ref":                  "write type: <TypeName> to use an entry of types",
	"strategy":             "did you mean \"redact\"?",
	"title":                "did you mean \"description\"?",
}

// forms show the form of keys that are often written in another.
var forms = map[string]string{
	"deprecated":   `write a sentence, true, or {note: …}`,
	"destinations": "write a list, such as [posthog, log]",
	"enum":         "write a list, such as [free, pro]",
	"examples":     "write a list, such as [42]",
	"formerly":     "write a list, such as [old_name]",
	"imports":      "write a list, such as [payments.yaml]",
	"include":      "write a list, such as [org_context]",
	"no_lint":      "write a list, such as [N201]",
	"properties":   "write a mapping from names to properties",
	"required":     "write required: true on each property that must be set",
	"tags":         "write a list, such as [billing]",
	"type":         "write one type; nullable: true lets a property be null as well",
}

func quoted(s string) string { return strconv.Quote(s) }
