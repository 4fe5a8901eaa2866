package wasmhost

import (
	"reflect"
	"testing"
	"unsafe"

	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
)

// Worlds that differ in anything are not equal, or a spare would serve a request that it was not
// made for.
func TestWorldsDifferInEachField(t *testing.T) {
	full := func() *world {
		list := func() []string { return []string{"x"} }
		return &world{
			env: list(), granted: []call.Grant{{Kind: "exec", Targets: list()}},
			capabilities: call.Capabilities{Read: list(), Write: list(), Env: list(), Hosts: list()},
		}
	}
	if !full().equal(full()) {
		t.Error("a world is not equal to itself")
	}
	changed := 0
	// walk calls change for each place at which a value can be changed, by its number.
	var walk func(v reflect.Value, visit func(reflect.Value))
	walk = func(v reflect.Value, visit func(reflect.Value)) {
		switch {
		case v.Kind() == reflect.Struct:
			for i := range v.NumField() {
				walk(v.Field(i), visit)
			}
		case v.Kind() == reflect.Slice:
			visit(v) // becomes one longer
			for i := range v.Len() {
				walk(v.Index(i), visit)
			}
		default:
			visit(v)
		}
	}
	places := 0
	walk(reflect.ValueOf(full()).Elem(), func(reflect.Value) { places++ })
	for i := range places {
		w, at, what := full(), 0, ""
		walk(reflect.ValueOf(w).Elem(), func(v reflect.Value) {
			if at++; at-1 != i {
				return
			}
			v = reflect.NewAt(v.Type(), unsafe.Pointer(v.UnsafeAddr())).Elem() // unexported fields, too
			what = v.Type().String()
			switch v.Kind() {
			case reflect.Slice:
				v.Set(reflect.Append(v, reflect.Zero(v.Type().Elem())))
			case reflect.String:
				v.SetString(v.String() + "other")
			case reflect.Bool:
				v.SetBool(!v.Bool())
			case reflect.Int64:
				v.SetInt(v.Int() + 1)
			case reflect.Uint32:
				v.SetUint(v.Uint() + 1)
			default:
				t.Fatalf("the test does not know how to change a %s", v.Type())
			}
			changed++
		})
		if w.equal(full()) || full().equal(w) {
			t.Errorf("place %d, a %s: worlds that differ there are equal", i, what)
		}
	}
	if changed < 21 {
		t.Errorf("%d places were changed", changed)
	}
}
