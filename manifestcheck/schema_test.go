package manifestcheck

import (
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/samuelpkg/samuel-lsp/manifestcheck/manifest"
	"github.com/samuelpkg/samuel-lsp/manifestcheck/tomlsyntax"
)

// The schema table and the typed manifest have the same keys, of the same types.
func TestSchemaIsTheTypedManifest(t *testing.T) {
	typed := map[string]reflect.Type{}
	var walk func(rt reflect.Type, path string)
	walk = func(rt reflect.Type, path string) {
		if rt.Kind() == reflect.Pointer {
			rt = rt.Elem()
		}
		for i := range rt.NumField() {
			f := rt.Field(i)
			p := strings.TrimPrefix(path+"."+f.Tag.Get("toml"), ".")
			ft := f.Type
			if ft.Kind() == reflect.Pointer {
				ft = ft.Elem()
			}
			typed[p] = ft
			if ft.Kind() == reflect.Struct {
				walk(ft, p)
			}
		}
	}
	walk(reflect.TypeFor[manifest.Manifest](), "")
	for _, f := range Schema().Fields {
		if f.Name() == "*" {
			continue
		}
		rt, ok := typed[f.Path]
		if !ok {
			t.Errorf("%s is in the schema, and not in the typed manifest", f.Path)
			continue
		}
		delete(typed, f.Path)
		want := map[Type]string{
			TypeString: "string", TypeInteger: "int64", TypeBool: "bool", TypeStrings: "[]string",
			TypeMap: "map[string]string", TypeAny: "map[string]interface {}",
		}[f.Type]
		if got := rt.String(); want != "" && got != want {
			t.Errorf("%s is %s in the typed manifest, want %s", f.Path, got, want)
		}
		if f.Type == TypeTable && rt.Kind() != reflect.Struct {
			t.Errorf("%s is no struct in the typed manifest", f.Path)
		}
	}
	for path := range typed {
		t.Errorf("%s is in the typed manifest, and not in the schema", path)
	}
}

func TestSchemaRows(t *testing.T) {
	for _, f := range Schema().Fields {
		if f.Doc == "" {
			t.Errorf("%s has no documentation", f.Path)
		}
		if f.Rule != "" && ruleByCode(f.Rule) == nil {
			t.Errorf("%s names the unknown rule %s", f.Path, f.Rule)
		}
		if f.Pattern != "" {
			if _, err := regexp.Compile(f.Pattern); err != nil {
				t.Errorf("%s: %v", f.Path, err)
			}
		}
		if got := Schema().Lookup(strings.Split(f.Path, ".")...); got != f {
			t.Errorf("looking %s up gives %v", f.Path, got)
		}
		for _, x := range []string{f.Example, f.Default} {
			if x != "" && len(tomlsyntax.Parse("x = "+x).Errors()) > 0 {
				t.Errorf("%s: %s is no TOML", f.Path, x)
			}
		}
		for _, k := range slices.Concat(f.Kinds, f.RequiredBy, f.Deprecated) {
			if !validKind(k) {
				t.Errorf("%s names the unknown kind %s", f.Path, k)
			}
		}
	}
	if f := Schema().Lookup("requires", "anything"); f == nil || f.Path != "requires.*" {
		t.Errorf("requires.anything: got %v", f)
	}
	if f := Schema().Lookup("metadata", "anything"); f != nil {
		t.Errorf("metadata.anything: got %v", f)
	}
	if f := Schema().Lookup("nothing"); f != nil {
		t.Errorf("nothing: got %v", f)
	}
}
