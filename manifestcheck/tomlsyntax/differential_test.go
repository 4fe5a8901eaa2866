package tomlsyntax

import (
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/BurntSushi/toml"
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
	if losesKeys(tree) || losesElements(tree.Root(), false) {
		return ""
	}
	return differ(want, plain(tree.Root()))
}

// losesKeys reports whether the library loses keys of the document: it remembers by their paths alone which keys have
// arrays, so that an array in one element of an array of tables makes it forget what dotted keys with the same path gave
// another element.
func losesKeys(tree *Tree) bool {
	arrays, dotted := map[string]bool{}, map[string]bool{}
	var walk func(tab Table)
	walk = func(tab Table) {
		for it := range tab.Items() {
			path := fmt.Sprintf("%q", it.Path())
			for _, sub := range it.Tables() {
				walk(sub)
			}
			if sub, ok := it.Table(); ok {
				dotted[path] = dotted[path] || it.head == nil
				walk(sub)
			}
			arrays[path] = arrays[path] || it.Value().Kind() == Array
		}
	}
	walk(tree.Root())
	for path := range arrays {
		if arrays[path] && dotted[path] {
			return true
		}
	}
	return false
}

// losesElements reports whether the library loses elements of an array of the document: of one that holds an inline
// table it keeps the tables alone, if an empty name is among those that lead to the array or into the table.
func losesElements(tab Table, empty bool) bool {
	for it := range tab.Items() {
		unnamed := empty || it.Name() == ""
		sub, ok := it.Table()
		switch {
		case ok && losesElements(sub, unnamed),
			it.Value().Kind() == Array && holdsTable(it.Value(), unnamed):
			return true
		}
		for _, sub := range it.Tables() {
			if losesElements(sub, unnamed) {
				return true
			}
		}
	}
	return false
}

// holdsTable reports whether an array holds an inline table, and, unless empty, whether a name in it is empty.
func holdsTable(array Value, empty bool) bool {
	for e := range array.Elements() {
		switch sub, ok := e.Table(); {
		case ok && (empty || emptyName(sub) || losesElements(sub, false)):
			return true
		case e.Kind() == Array && holdsTable(e, empty):
			return true
		}
	}
	return false
}

// emptyName reports whether a name in a table, or in one below it, is empty.
func emptyName(tab Table) bool {
	for it := range tab.Items() {
		if sub, ok := it.Table(); it.Name() == "" || ok && emptyName(sub) {
			return true
		}
	}
	return false
}

// The library accepts, by mistakes of its own, what TOML forbids:
//
//   - it lets a table or an array that a key made be defined or extended again, and an element of an array of tables
//     have a table twice if an earlier element implied it. Here that is a RedefinedTable.
//   - it takes offsets of 24 hours and of 60 minutes, because Go's time package does.
//   - it lets a key be defined twice in an element of an array whose earlier element has a table of that name, made by a
//     dotted key: it remembers such tables by their paths alone.
//   - behind an escaped backslash it takes six quotes for the end of a string, because it looks at the last of the two
//     backslashes only and believes the first quote escaped.
var exceptions = []*regexp.Regexp{
	regexp.MustCompile(`[0-9][+-](24:[0-9]{2}|[0-9]{2}:60)`),
	regexp.MustCompile(`\\\\"{6}`),
}

// excepted reports whether the library accepts by a mistake of its own what the tree rejects.
func excepted(src string, errs []Error) bool {
	for _, e := range exceptions {
		if e.MatchString(src) {
			return true
		}
	}
	// The rest of such a document follows from the first mistake.
	return slices.ContainsFunc(errs, func(e Error) bool {
		return e.Code == RedefinedTable || e.Code == DuplicateKey && dottedElsewhere(src, src[e.Span.Start:e.Span.End])
	})
}

// dottedElsewhere reports whether a name begins a dotted key, in a document with arrays.
func dottedElsewhere(src, name string) bool {
	return strings.Contains(src, "[") && regexp.MustCompile(regexp.QuoteMeta(strings.Trim(name, `"'`))+"[\"']?[ \t]*\\.").MatchString(src)
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

// TestCorpusValidity compares with the verdict of the corpus itself: of the invalid documents, the tree accepts those
// only that TOML 1.1 allows.
func TestCorpusValidity(t *testing.T) {
	allowed := map[string]bool{
		"invalid/datetime/no-secs": true, "invalid/local-datetime/no-secs": true, "invalid/local-time/no-secs": true,
		"invalid/inline-table/linebreak-01": true, "invalid/inline-table/linebreak-02": true,
		"invalid/inline-table/linebreak-03": true, "invalid/inline-table/linebreak-04": true,
		"invalid/inline-table/trailing-comma": true, "invalid/string/basic-byte-escapes": true,
		"invalid/spec-1.0.0/inline-table-2-0": false, "invalid/spec-1.0.0/table-9-1": false,
	}
	corpus(t, func(name, src string) {
		want := strings.HasPrefix(name, "valid/") || allowed[name]
		if errs := Parse(src).Errors(); (len(errs) == 0) != want {
			t.Errorf("%s: errors %v, want valid = %v", name, errs, want)
		}
	})
}

// TestExceptions holds the differences that are known, so that one that goes away is noticed.
func TestExceptions(t *testing.T) {
	for _, src := range []string{
		"d = 2020-01-01T00:00:00+24:00\n",
		"d = 2020-01-01T00:00:00+12:60\n",
		"s = \"\"\"\\\\\"\"\"\"\"\"\n",
		"a.b.c = 1\na.b = 2\n",
		"a = {}\n[a.b]\n",
		"a.b = []\na.b.c = 1\n",
		"t = {a = {b = 1}, a.c = 2}\n",
		"[a]\nb.c = 1\n[a.b]\n",
		"[a.b]\n[a]\nb.c = 1\n",
		"[[a.b]]\n[a]\nb.c = 1\n",
		"a = [{b.c = 1}, {b = 2, b = 3}]\n",
		"[[a]]\nb.c = 1\n[[a]]\nb = 2\nb = 3\n",
		"[[a]]\n[a.b.c]\n[[a]]\n[a.b]\n[a.b]\n",
	} {
		_, err := decode(src)
		errs := Parse(src).Errors()
		if err != nil || len(errs) == 0 {
			t.Errorf("%q: the library says %v, the tree %v", src, err, errs)
		}
	}
}

// TestLostKeys holds the documents of which the library loses a part.
func TestLostKeys(t *testing.T) {
	for _, src := range []string{
		"[[a]]\nb = []\n[[a]]\nb.c = 1\nb.d = 2\n",
		"a.'' = [1, {b = 2}]\n",
		"[a]\n'' = [[3], {b = 2}]\n",
		"a = [1, {'' = 2}]\n",
	} {
		want, err := decode(src)
		if tree := Parse(src); err != nil || !losesKeys(tree) && !losesElements(tree.Root(), false) || differ(want, plain(tree.Root())) == "" {
			t.Errorf("%q: the library reads %v, %v", src, want, err)
		}
	}
}

func FuzzDifferential(f *testing.F) {
	corpus(f, func(_, src string) { f.Add(src) })
	f.Fuzz(func(t *testing.T, src string) {
		if d := disagreement(src); d != "" {
			t.Errorf("%q: %s", src, d)
		}
	})
}

func FuzzLossless(f *testing.F) {
	corpus(f, func(_, src string) { f.Add(src) })
	for _, p := range editPieces {
		f.Add(p)
	}
	f.Fuzz(func(t *testing.T, src string) {
		tree := Parse(src)
		if got := joined(tree); got != src {
			t.Errorf("tokens make %q of %q", got, src)
		}
		for _, e := range tree.Errors() {
			if e.Span.Start < 0 || e.Span.End > len(src) || e.Span.Start > e.Span.End || e.Message == "" {
				t.Errorf("%q: error %v", src, e)
			}
		}
		plain(tree.Root())
	})
}
