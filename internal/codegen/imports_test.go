package codegen

import "testing"

func TestGroupImports(t *testing.T) {
	t.Parallel()
	tests := []struct{ source, want string }{
		{"package p\n\nimport \"time\"\n\n// An import (\nvar x int\n", "package p\n\nimport \"time\"\n\n// An import (\nvar x int\n"},
		{
			"package p\n\nimport (\n\"context\"\n\"example.com/a\"\n\"time\"\n)\n\n// An import (\nvar x int\n",
			"package p\n\nimport (\n\"context\"\n\"time\"\n\n\"example.com/a\"\n)\n\n// An import (\nvar x int\n",
		},
		{"package p\n\nimport (\n\"embed\"\n\"io/fs\"\n)\n", "package p\n\nimport (\n\"embed\"\n\"io/fs\"\n)\n"},
	}
	for _, tt := range tests {
		if got := string(groupImports([]byte(tt.source))); got != tt.want {
			t.Errorf("got:\n%s\nwant:\n%s", got, tt.want)
		}
	}
}
