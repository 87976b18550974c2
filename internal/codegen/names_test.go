package codegen

import (
	"slices"
	"testing"
)

func TestParameterNames(t *testing.T) {
	t.Parallel()
	tests := []struct{ goNames, want []string }{
		{[]string{"OrgID", "Audience"}, []string{"orgID", "audience"}},
		{[]string{"ID", "URL", "URLPath", "IPv4", "X", "XY"}, []string{"id", "url", "urlPath", "iPv4", "x", "xy"}},
		{[]string{"ID", "Id"}, []string{"id", "id_"}},
		{[]string{"Type", "Func", "String", "Len", "Nil"}, []string{"type_", "func_", "string_", "len_", "nil_"}},
		{[]string{"Runtime", "Redact", "Time", "Context"}, []string{"runtime_", "redact_", "time_", "context_"}},
		{[]string{"Type", "Type_"}, []string{"type_", "type__"}},
		{[]string{"Änderung", "ÄÖ"}, []string{"änderung", "äö"}},
		{[]string{"𝐀"}, []string{"𝐀_"}}, // a capital without a small letter
		{[]string{"X1", "HTTP2Server"}, []string{"x1", "http2Server"}},
	}
	for _, tt := range tests {
		if got := parameterNames(tt.goNames); !slices.Equal(got, tt.want) {
			t.Errorf("parameterNames(%q) = %q, want %q", tt.goNames, got, tt.want)
		}
	}
}
