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
	f.decl(doc("Registry returns what a client needs to know about this package."), registryDecl(t, fingerprint))
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

// registryDecl returns the function that builds the registry. A variable would keep all events in the binary even where
// nothing asks for the registry.
func registryDecl(t *taxonomy.Taxonomy, fingerprint string) jen.Code {
	var l literal
	l.member("Package", jen.Lit(t.Package))
	l.member("Fingerprint", jen.Lit(fingerprint))
	if len(t.Privacy) > 0 {
		l.member("Policy", policyLiteral(t.Privacy))
	}
	l.text("Identity", t.Identity.Category)
	l.member("Events", eventsLiteral(t))
	l.member("Schemas", jen.Id("schemas"))
	l.member("SchemaFiles", schemaFilesLiteral(t))
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

// eventsLiteral returns []*runtime.Event{&eventX, …}.
func eventsLiteral(t *taxonomy.Taxonomy) jen.Code {
	var all literal
	for _, e := range t.Events {
		all = append(all, jen.Op("&").Id(eventVar(e.GoName)))
	}
	for _, e := range entities(t) {
		all = append(all, jen.Op("&").Id(eventVar(e.GoName)))
	}
	return jen.Index().Op("*").Add(inRuntime("Event")).Add(all.lines())
}

// schemaFilesLiteral returns map[string]string{"x": "schemas/x.schema.json", …}.
func schemaFilesLiteral(t *taxonomy.Taxonomy) jen.Code {
	var all literal
	for _, e := range t.Events {
		all = append(all, jen.Lit(e.Name).Op(":").Lit(schemaFile(e.Slug)))
	}
	for _, e := range entities(t) {
		all = append(all, jen.Lit(e.schemaKey()).Op(":").Lit(schemaFile(e.Slug)))
	}
	return jen.Map(jen.String()).String().Add(all.lines())
}
