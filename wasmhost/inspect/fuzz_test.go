package inspect_test

import (
	"errors"
	"runtime"
	"testing"

	"github.com/samuelpkg/samuel-lsp/wasmhost/inspect"
	"github.com/samuelpkg/samuel-lsp/wasmhost/internal/wasmtest"
)

// FuzzRead: whatever the bytes, reading them neither panics nor allocates more than in
// proportion to them, and what goes wrong is an *Error inside the file.
func FuzzRead(f *testing.F) {
	for _, c := range wasmtest.Catalogue(f) {
		if len(c.Module) < 100_000 {
			f.Add(c.Module)
		}
	}
	f.Fuzz(func(t *testing.T, module []byte) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		sum, err := read(module)
		if err == nil {
			err = inspect.CheckCounts(module)
		}
		runtime.ReadMemStats(&after)
		if got, most := after.TotalAlloc-before.TotalAlloc, uint64(256<<10+64*len(module)); got > most {
			t.Errorf("%d bytes allocated for a file of %d", got, len(module))
		}
		var e *inspect.Error
		if err != nil && !errors.As(err, &e) {
			t.Errorf("error %v is no *inspect.Error", err)
		}
		if e != nil && (e.Offset < 0 || e.Offset > int64(len(module)) || e.Msg == "") {
			t.Errorf("error %+v of a file of %d bytes", e, len(module))
		}
		if sum != nil {
			for _, x := range sum.Exports {
				if x.Kind == inspect.Func && x.Type == nil {
					t.Errorf("export %q has no signature", x.Name)
				}
			}
			_ = sum.Toolchain()
		}
	})
}
