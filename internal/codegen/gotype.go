package codegen

import (
	"github.com/dave/jennifer/jen"

	"github.com/eventgen/eventgen/internal/taxonomy"
)

// goType is a Go type from the outside in: runtime.Opt[[]redact.String] is Opt, slice, redact.String. All types in
// generated code have this form, since each takes at most one other. Two types are the same when their layers are.
type goType []layer

// layer is one type constructor, or the type that a goType ends with.
type layer struct {
	path string // import path, "" for predeclared and generated types
	name string
}

var (
	sliceOf  = layer{name: "[]"}
	mapOf    = layer{name: "map[string]"}
	optOf    = layer{path: runtimePath, name: "Opt"}
	valueOf  = layer{path: redactPath, name: "Value"}
	redacted = layer{path: redactPath, name: "String"}
)

// code returns the type as it is written.
func (t goType) code() *jen.Statement {
	outer, inner := t[0], t[1:]
	switch {
	case len(inner) == 0 && outer.path == "":
		return jen.Id(outer.name)
	case len(inner) == 0:
		return jen.Qual(outer.path, outer.name)
	case outer.path == "":
		return jen.Id(outer.name).Add(inner.code())
	default:
		return jen.Qual(outer.path, outer.name).Types(inner.code())
	}
}

// fieldType returns the type of a property's field.
func fieldType(p *taxonomy.Property) goType {
	if optional(p) {
		return append(goType{optOf}, valueType(p.Value)...)
	}
	return valueType(p.Value)
}

// optional reports whether a property's field is a runtime.Opt.
func optional(p *taxonomy.Property) bool { return !p.Required || p.Nullable }

func valueType(v *taxonomy.Value) goType {
	switch {
	case v.Items != nil:
		return append(goType{sliceOf}, valueType(v.Items)...)
	case v.Values != nil:
		return append(goType{mapOf}, valueType(v.Values)...)
	case v.Fields != nil:
		return goType{{name: v.Fields.GoName}}
	}
	plain := scalarType(v)
	switch {
	case !v.Classified():
		return goType{plain}
	case plain.name == "string":
		return goType{redacted}
	default:
		return goType{valueOf, plain}
	}
}

// scalarType returns the type of a value without parts, classified or not.
func scalarType(v *taxonomy.Value) layer {
	switch {
	case v.Enum != nil:
		return layer{name: v.Enum.GoName}
	case v.Format == dateTime:
		return layer{path: "time", name: "Time"}
	}
	switch v.Type {
	case taxonomy.String:
		return layer{name: "string"}
	case taxonomy.Integer:
		return layer{name: "int64"}
	case taxonomy.Number:
		return layer{name: "float64"}
	case taxonomy.Boolean:
		return layer{name: "bool"}
	default:
		return layer{name: "any"}
	}
}

// dateTime is the one format that has a Go type of its own.
const dateTime = "date-time"
