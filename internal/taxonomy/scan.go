package taxonomy

import (
	"github.com/eventgen/eventgen/internal/diag"
	"github.com/eventgen/eventgen/internal/taxonomy/syntax"
)

// sampledScan is the search for personal data where the registry does not say. It changes no payload and costs next to nothing,
// but a leak is noticed.
var sampledScan = Scan{Mode: string(syntax.ScanSampled), Action: string(syntax.ScanReport), Rate: 0.01}

// fullScan is the search that a scan section without details asks for.
var fullScan = Scan{Mode: string(syntax.ScanFull), Action: string(syntax.ScanMask), Rate: 1}

// scan reads how texts that are declared none are searched for personal data.
func (b *builder) scan(t *Taxonomy) {
	var first *syntax.Scan
	t.Scan = sampledScan
	for _, f := range b.files {
		switch {
		case f.Scan == nil:
			continue
		case first != nil:
			b.duplicate(f.Scan.Pos(), "scan", first.Pos())
			continue
		}
		first = f.Scan
		t.Scan = b.scanOf(first)
	}
}

func (b *builder) scanOf(spec *syntax.Scan) Scan {
	s := fullScan
	switch spec.Mode {
	case "", syntax.ScanFull:
	case syntax.ScanSampled:
		s = sampledScan
	default:
		s.Mode = string(spec.Mode)
	}
	s.Action = orElse(string(spec.Action), s.Action)
	unreadable := spec.Mode == "" && spec.Has("mode")
	if spec.Rate == nil || spec.Rate.Kind == syntax.Invalid || unreadable {
		return s
	}
	if spec.Mode != syntax.ScanSampled {
		b.report(diag.New(spec.KeyPos("rate"), "E012", "rate has no effect unless mode is sampled").WithFix("add mode: sampled"))
		return s
	}
	s.Rate = b.share(spec.Rate, "a scan rate")
	return s
}

// unscan takes the value, and what it holds, out of the search for personal data.
func (r *reading) unscan() {
	if r.spec.Scan != syntax.ScanNever {
		return
	}
	v := r.value
	switch {
	case v.Category != none:
		r.b.report(diag.New(r.at.KeyPos("scan"), "E012", "scan has an effect only on what is declared none"))
	case v.Type == Boolean || r.silent():
		r.b.report(diag.New(r.at.KeyPos("scan"), "E012", "scan has no effect here, for only texts and numbers are searched"))
	case r.fixed() != nil:
		r.b.report(diag.New(r.at.KeyPos("scan"), "E012", "type %s decides for its parts", r.base.name).
			WithRelated(r.base.pos, "defined here").WithFix("write scan: off on the properties of the type"))
	case v.PIIReason == "":
		r.b.report(diag.New(r.at.KeyPos("scan"), "P416", "%s is not searched for personal data and gives no reason", r.what()).
			WithFix(`add pii_reason: "…"`))
	default:
		unscan(v)
	}
}

func unscan(v *Value) {
	if v != nil {
		v.Unscanned = true
		unscan(v.Items)
		unscan(v.Values)
	}
}
