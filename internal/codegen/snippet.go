package codegen

import "github.com/dave/jennifer/jen"

// The packages that generated code calls. A test holds them against the real ones.
const (
	runtimePath = "github.com/eventgen/eventgen/runtime"
	redactPath  = "github.com/eventgen/eventgen/redact"
)

// inRuntime returns runtime.<name>.
func inRuntime(name string) *jen.Statement { return jen.Qual(runtimePath, name) }

// inRedact returns redact.<name>.
func inRedact(name string) *jen.Statement { return jen.Qual(redactPath, name) }

// writer returns w.<method>(arguments).
func writer(method string, arguments ...jen.Code) *jen.Statement {
	return jen.Id("w").Dot(method).Call(arguments...)
}

// writerParam returns w *runtime.Writer.
func writerParam() *jen.Statement { return jen.Id("w").Op("*").Add(inRuntime("Writer")) }
