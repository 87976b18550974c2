package codegen

import (
	"fmt"
	"math"
	"strconv"

	"github.com/dave/jennifer/jen"

	"github.com/eventgen/eventgen/internal/taxonomy"
)

// writeEnum writes a closed enum: a type that counts its values from 1, so that its zero value is invalid, the constants,
// and the conversions from and to what is on the wire.
func writeEnum(f *file, e *taxonomy.Enum) {
	f.decl(enumDoc(e), jen.Type().Id(e.GoName).Add(enumBase(e)))
	f.decl(doc(fmt.Sprintf("The values of %s.", e.GoName)), constantsDecl(e))
	f.decl(doc(parseText(e)), parseDecl(e))
	f.decl(doc("String returns v as it is on the wire, for people to read."), stringDecl(e))
	if e.Integers {
		f.decl(doc("Value returns v as it is on the wire, or 0 when v is none of the values."), valueDecl(e))
	}
	f.decl(jen.Var().Id(enumVar(e.GoName)).Op("=").Add(enumLiteral(e)))
}

func enumDoc(e *taxonomy.Enum) jen.Code {
	text := summary(e.GoName, e.Description, fmt.Sprintf("is one of %d values", len(e.Values)))
	return doc(text + " The zero value is invalid.")
}

// enumBase returns the smallest type that can count the values.
func enumBase(e *taxonomy.Enum) *jen.Statement {
	if len(e.Values) > math.MaxUint8 {
		return jen.Uint16()
	}
	return jen.Uint8()
}

// constantsDecl returns const ( XA X = iota + 1 … ), each constant documented.
func constantsDecl(e *taxonomy.Enum) jen.Code {
	var constants []jen.Code
	for i, v := range e.Values {
		constant := jen.Id(v.GoName)
		if i == 0 {
			constant.Id(e.GoName).Op("=").Iota().Op("+").Lit(1)
		}
		text := v.GoName + " is " + wireText(e, v) + ". " + sentence(v.Description)
		constants = append(constants, doc(text, deprecation(v.Deprecated)), constant)
	}
	return jen.Const().Defs(constants...)
}

func wireText(e *taxonomy.Enum, v taxonomy.EnumValue) string {
	if e.Integers {
		return strconv.FormatInt(v.Integer, 10)
	}
	return strconv.Quote(v.String)
}

func parseText(e *taxonomy.Enum) string {
	return fmt.Sprintf("Parse%s returns the value that is %s on the wire, or an error that does not quote it.",
		e.GoName, parseParam(e))
}

func parseParam(e *taxonomy.Enum) string {
	if e.Integers {
		return "n"
	}
	return "s"
}

// parseDecl returns
//
//	func ParseX(s string) (X, error) {
//		position, err := enumX.Parse(s)
//		return X(position), err
//	}
func parseDecl(e *taxonomy.Enum) jen.Code {
	name, base, method := parseParam(e), jen.String(), "Parse"
	if e.Integers {
		base, method = jen.Int64(), "ParseInteger"
	}
	return jen.Func().Id("Parse"+e.GoName).Params(jen.Id(name).Add(base)).Params(jen.Id(e.GoName), jen.Error()).Block(
		jen.List(jen.Id("position"), jen.Err()).Op(":=").Id(enumVar(e.GoName)).Dot(method).Call(jen.Id(name)),
		jen.Return(jen.Id(e.GoName).Call(jen.Id("position")), jen.Err()),
	)
}

// stringDecl returns func (v X) String() string { return enumX.String(uint16(v)) }.
func stringDecl(e *taxonomy.Enum) jen.Code {
	return conversionDecl(e, "String", "String", jen.String())
}

// valueDecl returns func (v X) Value() int64 { return enumX.Integer(uint16(v)) }.
func valueDecl(e *taxonomy.Enum) jen.Code { return conversionDecl(e, "Value", "Integer", jen.Int64()) }

func conversionDecl(e *taxonomy.Enum, name, method string, result jen.Code) jen.Code {
	return jen.Func().Params(jen.Id("v").Id(e.GoName)).Id(name).Params().Add(result).Block(
		jen.Return(jen.Id(enumVar(e.GoName)).Dot(method).Call(jen.Uint16().Call(jen.Id("v")))),
	)
}

// enumLiteral returns runtime.Enum{Strings: []string{…}} or runtime.Enum{Integers: []int64{…}}.
func enumLiteral(e *taxonomy.Enum) jen.Code {
	var values literal
	for _, v := range e.Values {
		if e.Integers {
			values = append(values, integer(v.Integer))
		} else {
			values = append(values, jen.Lit(v.String))
		}
	}
	var l literal
	if e.Integers {
		l.member("Integers", jen.Index().Int64().Add(values.lines()))
	} else {
		l.member("Strings", jen.Index().String().Add(values.lines()))
	}
	return inRuntime("Enum").Add(l.inline())
}
