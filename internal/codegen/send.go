package codegen

import "github.com/dave/jennifer/jen"

// sender describes a function that sends a value.
type sender struct {
	name    string
	subject string // name of the parameter that says whom the value is about
	value   string // name of the parameter that holds the value
	goName  string // its type
}

// sendDecl returns
//
//	func TrackX(ctx context.Context, c *runtime.Client, distinctID string, e X, opts ...runtime.EventOption) error {
//		w := c.Begin(ctx, &eventX, distinctID, opts)
//		e.write(w)
//		if w.Recording() {
//			w.Record(e)
//		}
//		return w.Commit()
//	}
func sendDecl(s sender) jen.Code {
	return jen.Func().Id(s.name).Params(
		jen.Id("ctx").Qual("context", "Context"),
		jen.Id("c").Op("*").Add(inRuntime("Client")),
		jen.Id(s.subject).String(),
		jen.Id(s.value).Id(s.goName),
		jen.Id("opts").Op("...").Add(inRuntime("EventOption")),
	).Error().Block(
		jen.Id("w").Op(":=").Id("c").Dot("Begin").Call(
			jen.Id("ctx"), jen.Op("&").Id(eventVar(s.goName)), jen.Id(s.subject), jen.Id("opts"),
		),
		jen.Id(s.value).Dot("write").Call(jen.Id("w")),
		jen.If(writer("Recording")).Block(writer("Record", jen.Id(s.value))),
		jen.Return(writer("Commit")),
	)
}

func validateDoc() jen.Code {
	return doc("Validate reports everything that is wrong as one *runtime.ValidationError, or nil. It sends nothing.")
}

// validateDecl returns
//
//	func (e X) Validate() error {
//		w := eventX.Check()
//		e.write(w)
//		return w.Commit()
//	}
func validateDecl(receiver, goName string) jen.Code {
	return jen.Func().Params(jen.Id(receiver).Id(goName)).Id("Validate").Params().Error().Block(
		jen.Id("w").Op(":=").Id(eventVar(goName)).Dot("Check").Call(),
		jen.Id(receiver).Dot("write").Call(jen.Id("w")),
		jen.Return(writer("Commit")),
	)
}
