package wasmtest

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/samuelpkg/samuel-lsp/wasmhost/inspect"
)

func TestCatalogueIsReadAsItSays(t *testing.T) {
	for _, c := range Catalogue(t) {
		t.Run(c.Name, func(t *testing.T) {
			_, err := inspect.Read(bytes.NewReader(c.Module), int64(len(c.Module)))
			if c.Inspect == "" {
				if err != nil {
					t.Fatalf("inspecting: %v", err)
				}
				if err := inspect.CheckCounts(c.Module); (err != nil) != c.Counts {
					t.Fatalf("CheckCounts: %v, want an error: %v", err, c.Counts)
				}
				return
			}
			var e *inspect.Error
			if !errors.As(err, &e) || e.Kind.String() != c.Inspect {
				t.Fatalf("inspecting gave %v, want kind %s", err, c.Inspect)
			}
		})
	}
}

func TestCatalogueListsEveryFileOnce(t *testing.T) {
	listed := map[string]bool{}
	for _, c := range Catalogue(t) {
		if listed[c.Name] {
			t.Errorf("%s is listed twice", c.Name)
		}
		listed[c.Name] = true
		if len(c.Outcome) == 0 || c.Does == "" {
			t.Errorf("%s says not what it does or what comes of it", c.Name)
		}
	}
	for name := range generators() {
		if !listed[name] {
			t.Errorf("a generator makes %s, which the catalogue does not list", name)
		}
	}
	sources, err := filepath.Glob(filepath.Join(ModulesDir(), "*.wat"))
	if err != nil {
		t.Fatal(err)
	}
	for _, source := range sources {
		name := strings.TrimSuffix(filepath.Base(source), ".wat")
		if !listed[name] {
			t.Errorf("%s is not in the catalogue", source)
		}
	}
	for name := range listed {
		if generators()[name] != nil {
			continue
		}
		if _, err := os.Stat(filepath.Join(ModulesDir(), name+".wat")); err != nil {
			t.Errorf("%s has no source: %v", name, err)
		}
	}
}
