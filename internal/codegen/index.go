package codegen

import (
	"fmt"

	"github.com/dave/jennifer/jen"

	"github.com/eventgen/eventgen/internal/taxonomy"
)

// writeIndex writes the file that stands for the package as a whole: its documentation, the handshake with the runtime,
// and the registry.
func writeIndex(f *file, t *taxonomy.Taxonomy, fingerprint string) {
	f.PackageComment(fmt.Sprintf("// Package %s holds typed events: one function each that checks, redacts and queues it.", t.Package))
	f.decl(handshakeDoc(), jen.Const().Id("_").Op("=").Add(inRuntime("SupportsGenerated1")))
	f.decl(schemasVarDecl(t))
	f.decl(doc("fingerprint stands for the registry from which this package was generated."),
		jen.Const().Id(fingerprintConst).Op("=").Lit(fingerprint))
	f.decl(doc("Registry returns what a client needs to know about this package."), registryDecl(t))
	f.decl(doc("contents is what the linker leaves out of a program that does not ask for it."),
		jen.Type().Id(contentsType).Struct())
	f.decl(eventsDecl(t))
	f.decl(contentsMethod("Schemas").Qual("io/fs", "FS").Block(jen.Return(jen.Id("schemas"))))
	f.decl(doc("Schemas returns the folder schemas with one JSON Schema per event, person or group. "+
		"They describe payloads before redaction."), schemasDecl())
}

func handshakeDoc() jen.Code {
	return doc("If this line does not compile, the module github.com/eventgen/eventgen is older than the generator that wrote "+
		"this package.", "To fix it, update the module (go get github.com/eventgen/eventgen@latest) or generate with its own "+
		"version (go tool eventgen generate).")
}

// schemasVarDecl returns var schemas embed.FS. An embed directive that matches no file does not compile, so a registry
// without schemas gets none.
func schemasVarDecl(t *taxonomy.Taxonomy) jen.Code {
	directive := jen.Null()
	if len(t.Events) > 0 || len(entities(t)) > 0 {
		directive = jen.Comment("//go:embed schemas/*.schema.json").Line()
	}
	return directive.Var().Id("schemas").Qual("embed", "FS")
}

// schemasDecl returns func Schemas() fs.FS { return schemas }.
func schemasDecl() jen.Code {
	return jen.Func().Id("Schemas").Params().Qual("io/fs", "FS").Block(jen.Return(jen.Id("schemas")))
}

// Names in the generated package. Those of the registry's making are exported or have a prefix.
const (
	fingerprintConst = "fingerprint"
	contentsType     = "contents"
)

// registryDecl returns the function that builds the registry. It refers to the descriptors and schemas only through methods
// of an interface, which the linker leaves out unless something calls them; see runtime.Contents.
func registryDecl(t *taxonomy.Taxonomy) jen.Code {
	var l literal
	l.member("Package", jen.Lit(t.Package))
	l.member("Fingerprint", jen.Id(fingerprintConst))
	if len(t.Privacy) > 0 {
		l.member("Policy", policyLiteral(t.Privacy))
	}
	l.text("Identity", t.Identity.Category)
	if scan := scanLiteral(t.Scan); len(scan) > 0 {
		l.member("Scan", inRuntime("Scanning").Add(scan.inline()))
	}
	l.flag("Keyed", keyed(t))
	l.member("Contents", jen.Id(contentsType).Values())
	return jen.Func().Id("Registry").Params().Op("*").Add(inRuntime("Registry")).Block(
		jen.Return(jen.Op("&").Add(inRuntime("Registry")).Add(l.lines())),
	)
}

// policyLiteral returns redact.Policy{{Category: …, Strategies: redact.Strategies{…}}, …}.
func policyLiteral(policies []taxonomy.CategoryPolicy) jen.Code {
	var all literal
	for _, p := range policies {
		var strategies, l literal
		for _, d := range destinations {
			if word, ok := p.Strategies[d.word]; ok {
				strategies.member(d.goName, inRedact(strategyNames[word]))
			}
		}
		l.member("Category", jen.Lit(p.Category))
		l.member("Strategies", inRedact("Strategies").Add(strategies.inline()))
		l.text("Reason", p.Reason)
		all = append(all, l.inline())
	}
	return inRedact("Policy").Add(all.lines())
}

// scanLiteral returns the members of a runtime.Scanning that are not its defaults.
func scanLiteral(s taxonomy.Scan) literal {
	var l literal
	if name := scanModeNames[s.Mode]; name != "" {
		l.member("Mode", inRuntime(name))
	}
	if name := scanActionNames[s.Action]; name != "" && s.Mode != "off" {
		l.member("Action", inRuntime(name))
	}
	if s.Mode == "sampled" && s.Rate != runtimeScanRate {
		l.member("Rate", float(s.Rate))
	}
	return l
}

// contentsMethod returns func (contents) <name>().
func contentsMethod(name string) *jen.Statement {
	return jen.Func().Params(jen.Id(contentsType)).Id(name).Params()
}

// eventsDecl returns func (contents) Events() []*runtime.Event { return []*runtime.Event{&eventX, …} }.
func eventsDecl(t *taxonomy.Taxonomy) jen.Code {
	var all literal
	for _, e := range t.Events {
		all = append(all, jen.Op("&").Id(eventVar(e.GoName)))
	}
	for _, e := range entities(t) {
		all = append(all, jen.Op("&").Id(eventVar(e.GoName)))
	}
	list := jen.Index().Op("*").Add(inRuntime("Event"))
	return contentsMethod("Events").Add(list).Block(jen.Return(jen.Add(list.Clone(), all.lines())))
}
