package codegen

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/eventgen/eventgen/internal/taxonomy"
)

// writeEvent writes the file of one event: its struct, the functions that make, check and send it, the data that describes
// it, and the types that it alone uses.
func writeEvent(f *file, e *taxonomy.Event, types []named) {
	f.decl(eventDoc(e), structDecl(e.GoName, e.Properties))
	if required := parameters(e); required != nil {
		text := fmt.Sprintf("New%s returns an event with its required properties.", e.GoName)
		f.decl(doc(text, deprecation(e.Deprecated)), newDecl(e, required))
	}
	f.decl(
		doc(fmt.Sprintf("Track%s checks e, redacts it and queues it as an event of distinctID.", e.GoName), deprecation(e.Deprecated)),
		sendDecl(sender{name: "Track" + e.GoName, subject: "distinctID", value: "e", goName: e.GoName}),
	)
	f.decl(validateDoc(), validateDecl("e", e.GoName))
	f.decl(writeDecl("e", e.GoName, e.Properties))
	f.decl(eventDecl(e.GoName, eventLiteral(e)))
	writeTypes(f, types)
}

// eventDoc returns what a reader of the code wants to know about the event and finds in the registry only.
func eventDoc(e *taxonomy.Event) jen.Code {
	return doc(summary(e.GoName, e.Description, "is an event without a description"), facts(
		fact("Wire name", e.Name),
		fact("Owner", e.Owner),
		fact("Stability", e.Stability),
		fact("Formerly", strings.Join(e.Formerly, ", ")),
		personalFact(e.Properties),
		destinationFact(e.Destinations),
		samplingFact(e.Sampling),
	), deprecation(e.Deprecated))
}

func personalFact(properties []*taxonomy.Property) string {
	return fact("Personal data", strings.Join(classifiedNames(properties), ", "))
}

func destinationFact(destinations []string) string {
	if everywhere(destinations) {
		return ""
	}
	return fact("Destinations", strings.Join(destinations, ", "))
}

func samplingFact(share float64) string {
	if !sampled(share) {
		return ""
	}
	return fact("Share that is kept", strconv.FormatFloat(share, 'g', -1, 64))
}

// classifiedNames returns the wire names of the properties that hold personal data, however deep.
func classifiedNames(properties []*taxonomy.Property) []string {
	var names []string
	for _, p := range properties {
		if holdsPersonalData(p.Value) {
			names = append(names, p.Name)
		}
	}
	return names
}

func holdsPersonalData(v *taxonomy.Value) bool {
	leaf := leafOf(v)
	if leaf.Fields == nil {
		return leaf.Classified()
	}
	return len(classifiedNames(leaf.Fields.Properties)) > 0
}

// maxParameters is the number of required properties up to which a function can take them by position.
const maxParameters = 5

// parameters returns the required properties when a function can take them without a risk of mixing them up: there are few
// and no two have the same Go type. Otherwise it returns nil.
func parameters(e *taxonomy.Event) []*taxonomy.Property {
	var required []*taxonomy.Property
	var types []goType
	for _, p := range e.Properties {
		if !p.Required || p.Value.Const != nil {
			continue
		}
		t := fieldType(p)
		taken := slices.ContainsFunc(types, func(other goType) bool { return slices.Equal(t, other) })
		if taken || len(required) == maxParameters {
			return nil
		}
		required = append(required, p)
		types = append(types, t)
	}
	return required
}

// newDecl returns func NewX(a A, b B) X { return X{A: a, B: b} }.
func newDecl(e *taxonomy.Event, required []*taxonomy.Property) jen.Code {
	goNames := make([]string, len(required))
	for i, p := range required {
		goNames[i] = p.GoName
	}
	names := parameterNames(goNames)
	params := make([]jen.Code, len(required))
	var fields literal
	for i, p := range required {
		params[i] = jen.Id(names[i]).Add(fieldType(p).code())
		fields.member(p.GoName, jen.Id(names[i]))
	}
	return jen.Func().Id("New" + e.GoName).Params(params...).Id(e.GoName).Block(
		jen.Return(jen.Id(e.GoName).Add(fields.lines())),
	)
}
