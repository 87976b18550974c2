package taxonomy

import (
	"github.com/eventgen/eventgen/internal/diag"
	"github.com/eventgen/eventgen/internal/taxonomy/syntax"
)

// personal is what has been said about the personal data of a value.
type personal struct {
	category  string // "" when what was said could not be read; it counts as said
	at        diag.Position
	reason    string
	redact    string
	redactPos diag.Position
	unscanned bool
}

// none is the category of what is declared not to be personal data.
const none = string(syntax.None)

// classify decides the category of the value: what it says itself, else what its named type says, else what encloses it. A
// part may be more personal than the whole and never less.
func (r *reading) classify() {
	v := r.value
	typed := v.Category
	switch {
	case r.at.Has("pii"):
		r.declare(typed)
	case typed != "":
		if r.enclosed() && typed == none {
			r.b.report(diag.New(r.at.Pos(), "P415", "%s is not personal data by type %s, and %s encloses it", r.what(),
				r.base.name, r.in.said.category).WithRelated(r.in.said.at, "said here"))
		}
	case r.in.said != nil && r.fixed() == nil:
		hand(v, *r.in.said)
	case r.enclosed():
		r.b.report(diag.New(r.at.Pos(), "P415", "%s encloses %s, whose type %s decides the category of its parts",
			r.in.said.category, r.what(), r.base.name).WithRelated(r.in.said.at, "said here"))
	default:
		r.checkDeclared()
	}
	v.PIIReason = orElse(r.spec.PIIReason, v.PIIReason)
	r.tighten()
	r.unscan()
	r.checkName()
}

// enclosed reports whether the value lies within one that is personal data.
func (r *reading) enclosed() bool {
	return r.in.said != nil && r.in.said.category != "" && r.in.said.category != none
}

// fixed returns the shared object that the value is or holds, whose parts have been classified once and for all.
func (r *reading) fixed() *ObjectType {
	if r.base == nil {
		return nil
	}
	leaf := r.value
	for leaf.Fields == nil && element(leaf) != nil {
		leaf = element(leaf)
	}
	return leaf.Fields
}

// declare takes the category that the value itself names; typed is that of its named type.
func (r *reading) declare(typed string) {
	own := personal{category: string(r.spec.PII), at: r.at.ValuePos("pii"), reason: r.spec.PIIReason}
	d := diag.New(own.at, "P415", "")
	switch {
	case own.category == "": // unknown, which has been reported
	case typed != "" && typed != own.category:
		d.Message = "type " + r.base.name + " says that it is " + typed
		r.b.report(d.WithRelated(r.value.CategoryPos, "said here"))
		return
	case own.category != none && typed == "" && r.fixed() != nil:
		d.Message = "type " + r.base.name + " decides the category of its parts"
		r.b.report(d.WithRelated(r.base.pos, "defined here").WithFix("write pii: %s on the type", own.category))
		return
	case own.category == none && r.enclosed():
		d.Message = "what encloses " + r.what() + " is " + r.in.said.category + ", so it cannot be none"
		r.b.report(d.WithRelated(r.in.said.at, "said here"))
	}
	hand(r.value, own)
}

// hand gives a category to a value and to the elements in it that have none.
func hand(v *Value, p personal) {
	if v == nil || v.Category != "" {
		return
	}
	v.Category, v.CategoryPos, v.PIIReason, v.Unscanned = p.category, p.at, p.reason, p.unscanned
	if v.Redact == "" {
		v.Redact, v.RedactPos = p.redact, p.redactPos
	}
	hand(v.Items, p)
	hand(v.Values, p)
}

// said returns what the parts of the value inherit.
func (r *reading) said() *personal {
	v := r.value
	if v.Category != "" {
		return &personal{v.Category, v.CategoryPos, v.PIIReason, v.Redact, v.RedactPos, v.Unscanned}
	}
	if r.def != nil && !r.at.Has("pii") {
		return nil // the uses of the type, or its parts, say it
	}
	return &personal{at: r.at.Pos()} // reported on the value itself; its parts need not repeat it
}

// tighten takes the strategy that the value itself names.
func (r *reading) tighten() {
	if !r.at.Has("redact") {
		return
	}
	v := r.value
	if v.Category == none || v.Category == "" && r.def == nil && !r.at.Has("pii") {
		r.b.report(diag.New(r.at.KeyPos("redact"), "E012", "redact has no effect without a category of personal data"))
		return
	}
	if r.spec.Redact != "" {
		v.Redact, v.RedactPos = string(r.spec.Redact), r.at.ValuePos("redact")
		retighten(v.Items, v)
		retighten(v.Values, v)
	}
}

// retighten hands a strategy down to the elements that share the category.
func retighten(v, whole *Value) {
	if v == nil || v.CategoryPos != whole.CategoryPos {
		return
	}
	v.Redact, v.RedactPos = whole.Redact, whole.RedactPos
	retighten(v.Items, whole)
	retighten(v.Values, whole)
}

// checkDeclared reports a property that can hold personal data and says nothing.
func (r *reading) checkDeclared() {
	if r.in.name == "" || r.in.said != nil || r.silent() {
		return
	}
	kind := string(r.value.Type)
	switch r.value.Type {
	case Boolean:
		return
	case Integer, Number:
		if _, looks := looksPersonal(r.in.name, r.value.Type); !looks {
			return
		}
		kind = "a name that looks personal"
	case Object:
		if r.fixed() != nil {
			return
		}
	default:
	}
	d := diag.New(r.at.Pos(), "P401", "property %s (%s) does not say whether it is personal data", quote(r.in.name), kind)
	category, ok := looksPersonal(r.in.name, r.value.Type)
	if !ok {
		r.b.report(d.WithFix("add pii: none, or a category such as user.contact.email"))
		return
	}
	r.b.report(d.WithFix("add pii: %s, or pii: none with a pii_reason", category))
}

// silent reports whether the value may say nothing: its possible values are written into the registry.
func (r *reading) silent() bool {
	return r.at.Has("enum") || r.at.Has("const") || r.value.Enum != nil || r.value.Const != nil
}

// checkName reports a property that looks personal and is declared not to be.
func (r *reading) checkName() {
	v := r.value
	if v.Category != none || v.PIIReason != "" || r.in.name == "" || r.silent() {
		return
	}
	category, looks := looksPersonal(r.in.name, v.Type)
	if !looks {
		return
	}
	at := r.at.Pos()
	if r.at.Has("pii") {
		at = v.CategoryPos
	}
	r.b.report(diag.New(at, "P402", "property %s looks personal and says none", quote(r.in.name)).
		WithFix(`write pii: %s, or add pii_reason: "…"`, category))
}
