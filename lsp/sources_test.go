package lsp

import (
	"os"
	"path/filepath"
	"testing"
)

func TestSourceExports(t *testing.T) {
	for _, tc := range []struct{ file, source, want string }{
		{"a.go", "//go:wasmexport lint\nfunc lintText() {}\n", "lintText"},
		{"a.go", "// Comment.\n//\n//go:wasmexport lint\r\n//go:noinline\r\nfunc lint() {}\r\n", "lint"},
		{"a.go", "//export lint\nfunc lint() {}\n", "lint"},
		{"a.go", "func lint() {}\n", ""},
		{"a_test.go", "//go:wasmexport lint\nfunc lint() {}\n", ""},
		{"a.rs", "#[no_mangle]\npub extern \"C\" fn lint() {}\n", "lint"},
		{"a.rs", "#[unsafe(no_mangle)]\n/// Takes { and ; well.\n#[allow(unused)]\npub unsafe extern \"C\" fn lint() {}\n", "lint"},
		{"a.rs", "#[export_name = \"lint\"] extern fn text() {}", "text"},
		{"a.rs", "#[cfg_attr(target_arch = \"wasm32\", unsafe(export_name = \"lint\"))]\npub(crate) extern \"C\" fn text() {}\n", "text"},
		{"a.rs", "#[cfg_attr(target_arch = \"wasm32\", no_mangle)]\npub fn lint() {}\n", "lint"},
		{"a.rs", "#[no_mangle]\npub fn other() {}\nfn lint() {}\n", ""},
		{"a.rs", "// #[no_mangle]\n// pub fn lint() {}\n", ""},
		{"a.c", "__attribute__((used))\n__attribute__((export_name(\"lint\")))\nlong text(int a) {}\n", "text"},
		{"a.h", "long text(int a, int b) __attribute__((used, export_name(\"lint\")));\n", "text"},
		{"a.cc", "[[clang::export_name(\"lint\")]] int text(void) {}\n", "text"},
		{"a.c", "WASM_EXPORT(lint)\nint text(void) {}\n", "lint"},
		{"a.c", "EMSCRIPTEN_KEEPALIVE\nint lint(void) {}\n", "lint"},
		{"a.c", "#define EXPORT __attribute__((visibility(\"default\")))\nEXPORT int lint(void) {}\n", "lint"},
		{"a.c", "__attribute__((visibility(\"default\"))) int lint(void) {}\n", "lint"},
		{"a.c", "int lint(void) {}\n", ""},
		{"a.ts", "export function lint(): void {}\n", "lint"},
		{"a.ts", "function text(): void {}\nexport { other, text as lint };\n", "text"},
		{"a.ts", "function lint(): void {}\nexport { lint, other };\n", "lint"},
		{"a.ts", "export { lint as text };\n", ""},
	} {
		t.Run(tc.file, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, tc.file), []byte(tc.source), 0o644); err != nil {
				t.Fatal(err)
			}
			got := ""
			for _, p := range sourceExports(t.Context(), filepath.Join(dir, ManifestName), "lint") {
				got += tc.source[p.name.Start:p.name.End]
			}
			if got != tc.want {
				t.Errorf("found %q, want %q, in\n%s", got, tc.want, tc.source)
			}
		})
	}
}
