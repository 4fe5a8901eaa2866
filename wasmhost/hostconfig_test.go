package wasmhost

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestConfigGet(t *testing.T) {
	d := newDriver(t, driverOptions{event: "quality.check", payload: `{"a":1}`})
	d.file("samuel.toml", `
name = "demo"
empty = ""
[lint]
max = 80
strict = true
rules = ["a", "b"]
since = 2026-01-02T03:04:05Z
[lint.deep]
x = 1.5
`)
	for _, c := range []struct{ key, want string }{
		{"name", "demo"},
		{"empty", ""},
		{"lint.max", "80"},
		{"lint.strict", "true"},
		{"lint.rules", `["a","b"]`},
		{"lint.since", "2026-01-02T03:04:05Z"},
		{"lint.deep.x", "1.5"},
		{"lint.deep", `{"x":1.5}`},
		{"hook.event", "quality.check"},
		{"hook.payload", `{"a":1}`},
	} {
		for _, spelling := range []string{"config_get", "config.get"} {
			if got, ok := d.bytes(spelling, c.key); !ok || got != c.want {
				t.Errorf("%s(%q) is %q, %v, want %q", spelling, c.key, got, ok, c.want)
			}
		}
	}
	for _, key := range []string{"none", "lint.none", "name.deeper", "", "lint..max"} {
		if got, ok := d.bytes("config_get", key); ok {
			t.Errorf("config_get(%q) is %q, want none", key, got)
		}
	}
}

func TestConfigStaysInTheProject(t *testing.T) {
	d := newDriver(t, driverOptions{})
	outside := filepath.Join(t.TempDir(), "secrets.toml")
	writeFile(t, outside, []byte(`token = "secret"`))
	if err := os.Symlink(outside, filepath.Join(d.project, "samuel.toml")); err != nil {
		t.Fatal(err)
	}
	if got, ok := d.bytes("config_get", "token"); ok {
		t.Errorf("a link out of the project was followed: %q", got)
	}
	if !strings.Contains(d.log.text(), "samuel.toml") {
		t.Errorf("the log does not say why: %s", d.log.text())
	}
}

func TestConfigMistakesAreLogged(t *testing.T) {
	d := newDriver(t, driverOptions{})
	d.file("samuel.toml", "name = ")
	if _, ok := d.bytes("config_get", "name"); ok {
		t.Error("a broken file has a value")
	}
	d.bytes("config_get", "name")
	if n := strings.Count(d.log.text(), "samuel.toml"); n != 1 {
		t.Errorf("said %d times, want once: %s", n, d.log.text())
	}
}
