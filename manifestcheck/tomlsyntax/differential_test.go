package tomlsyntax

import (
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/BurntSushi/toml"
	"github.com/google/go-cmp/cmp"
	tomltest "github.com/toml-lang/toml-test/v2"
)

// decode is what the library makes of src.
func decode(src string) (m map[string]any, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the library panics: %v", r)
		}
	}()
	if _, err := toml.Decode(src, &m); err != nil {
		return nil, err
	}
	return normal(m).(map[string]any), nil
}

// normal brings the library's values into the form plain has.
func normal(v any) any {
	switch v := v.(type) {
	case map[string]any:
		m := map[string]any{}
		for k, e := range v {
			m[k] = normal(e)
		}
		return m
	case []map[string]any:
		all := []any{}
		for _, e := range v {
			all = append(all, normal(e))
		}
		return all
	case []any:
		all := []any{}
		for _, e := range v {
			all = append(all, normal(e))
		}
		return all
	case float64:
		return floatText(v)
	case time.Time:
		return timeText(v, !strings.Contains(v.Location().String(), "local"))
	}
	return v
}

// disagreement is how the tree differs from the library, "" where it doesn't or where the difference is excepted.
func disagreement(src string) string {
	tree := Parse(src)
	want, err := decode(src)
	errs := tree.Errors()
	switch {
	case err != nil && len(errs) == 0:
		return fmt.Sprintf("the library rejects, the tree accepts: %v", err)
	case err == nil && len(errs) > 0:
		if excepted(src, errs) {
			return ""
		}
		return fmt.Sprintf("the library accepts, the tree rejects: %v", errs[0])
	case err != nil:
		return ""
	}
	return cmp.Diff(want, plain(tree.Root()))
}

// excepted reports whether the library accepts by a mistake of its own what the tree rejects.
func excepted(src string, errs []Error) bool {
	return false
}

func corpus(t testing.TB, visit func(name, src string)) {
	t.Helper()
	files := tomltest.TestCases()
	err := fs.WalkDir(files, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".toml") || strings.HasPrefix(path, "encoder") {
			return err
		}
		src, err := fs.ReadFile(files, path)
		visit(strings.TrimSuffix(path, ".toml"), string(src))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestCorpus(t *testing.T) {
	corpus(t, func(name, src string) {
		t.Run(name, func(t *testing.T) {
			if got := joined(Parse(src)); got != src {
				t.Errorf("tokens make %q of %q", got, src)
			}
			if d := disagreement(src); d != "" {
				t.Errorf("%s\n%s", d, src)
			}
		})
	})
}
