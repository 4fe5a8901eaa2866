package wasmhost

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/tetratelabs/wazero/api"

	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
	"github.com/samuelpkg/samuel-lsp/wasmhost/internal/wasmtest"
)

// driverAlloc is where the driver's samuel_alloc puts everything.
const driverAlloc = 64 << 10

// driverModule is a guest that passes its parameters on to every host function, in the given
// shapes, so that a test can make any call from inside a guest.
func driverModule(choice hostChoice) []byte {
	m := wasmtest.Plugin(wasmtest.Func{
		Export: exportAlloc, Params: []byte{i32}, Results: []byte{i32},
		Body: wasmtest.Code(wasmtest.Join( // none for nothing, as allocators may do it
			[]byte{0x20, 0, 0x04, i32, 0x41}, wasmtest.S32(driverAlloc), []byte{0x05, 0x41, 0, 0x0b},
		)...),
	})
	m.Pages = 64
	for i, f := range hostFunctions {
		shape := f.shapes[choice[i]]
		m.Imports = append(m.Imports, wasmtest.Import{
			Module: hostModuleName, Name: f.name, Params: shape.params, Results: shape.results,
		})
		var body []byte
		for p := range shape.params {
			body = append(body, 0x20, byte(p)) // local.get p
		}
		body = append(body, 0x10, byte(i)) // call i
		m.Funcs = append(m.Funcs, wasmtest.Func{
			Export: "call_" + f.name, Params: shape.params, Results: shape.results, Body: wasmtest.Code(body...),
		})
	}
	return m.Bytes()
}

// jsonShapes asks for the second shape of the functions that have two.
var jsonShapes = hostChoice{0: 1, 6: 1, 7: 1}

// driver calls host functions from inside a guest.
type driver struct {
	t       *testing.T
	guest   api.Module
	ctx     context.Context
	state   *HostState
	project string
	log     recorder
}

// driverOptions is what a driver may do.
type driverOptions struct {
	caps    call.Capabilities
	grants  []call.Grant
	choice  hostChoice
	options []Option
	env     []string
	event   string
	payload string
}

// everything grants all that is declared.
var everything = []call.Grant{
	{Kind: string(FilesystemRead)}, {Kind: string(FilesystemWrite)}, {Kind: string(Exec)}, {Kind: string(NetworkOutbound)},
}

func newDriver(t *testing.T, o driverOptions) *driver {
	t.Helper()
	d := &driver{t: t, project: t.TempDir()}
	rt := newTestRuntime(t, "", o.options...)
	m, err := rt.loadBytes(t.Context(), driverModule(o.choice))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.release)
	g := gateFromCall(&o.caps, o.grants)
	s := newSession(g, d.project, o.env, &memoryBudget{limit: 64 << 20})
	t.Cleanup(s.files.Close)
	soft := o.caps.SoftTimeout
	if soft == 0 {
		soft = time.Minute
	}
	r := newRun(runConfig{
		sink: d.log.sink, gate: g, projectRoot: d.project, files: s.files, env: o.env, soft: soft,
		event: o.event, payload: []byte(o.payload),
	})
	d.state = &HostState{Plugin: "driver", gate: g, run: r}
	d.ctx = WithHostState(t.Context(), d.state)
	s.begin(d.ctx, r)
	if d.guest, err = s.instantiate(d.ctx, m, "driver"); err != nil {
		t.Fatal(err)
	}
	return d
}

// call calls a host function with the given texts, each passed as a pointer and a length.
func (d *driver) call(name string, texts ...string) (uint64, error) {
	d.t.Helper()
	var params []uint64
	at := uint32(1024)
	for _, text := range texts {
		if !d.guest.Memory().WriteString(at, text) {
			d.t.Fatalf("text of %d bytes does not fit", len(text))
		}
		params = append(params, uint64(at), uint64(len(text)))
		at += uint32(len(text))
	}
	res, err := d.guest.ExportedFunction("call_"+name).Call(d.ctx, params...)
	if err != nil || len(res) == 0 {
		return 0, err
	}
	return res[0], nil
}

// code calls a host function that returns a number.
func (d *driver) code(name string, texts ...string) int32 {
	d.t.Helper()
	v, err := d.call(name, texts...)
	if err != nil {
		d.t.Fatal(err)
	}
	return int32(v)
}

// bytes calls a host function that returns packed bytes; ok is false for none.
func (d *driver) bytes(name string, texts ...string) (text string, ok bool) {
	d.t.Helper()
	v, err := d.call(name, texts...)
	if err != nil {
		d.t.Fatal(err)
	}
	if v == 0 {
		return "", false
	}
	ptr, length := unpack(v)
	view, in := d.guest.Memory().Read(ptr, length)
	if !in {
		d.t.Fatalf("result at 0x%x of %d bytes lies outside of the memory", ptr, length)
	}
	return string(view), true
}

func (d *driver) denials() []call.Denial { return d.state.run.denials }

// file writes a file of the project.
func (d *driver) file(name, text string) string {
	d.t.Helper()
	path := filepath.Join(d.project, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		d.t.Fatal(err)
	}
	writeFile(d.t, path, []byte(text))
	return path
}

// newGrower is a guest that traps when its memory cannot grow to 4 GiB.
func newGrower() []byte {
	return wasmtest.Plugin(wasmtest.Func{Export: "run", Body: wasmtest.Code(
		0x41, 0xff, 0xff, 0x03, 0x40, 0, 0x1a, 0x00, // memory.grow 65535, drop, unreachable
	)}).Bytes()
}
