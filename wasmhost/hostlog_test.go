package wasmhost

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
)

func TestLogLevels(t *testing.T) {
	d := newDriver(t, driverOptions{})
	for _, level := range []string{"debug", "info", "WARN", "warning", "error", "fatal", "made-up"} {
		if _, err := d.call("log", level, "m"); err != nil {
			t.Fatal(err)
		}
	}
	want := []call.Level{"debug", "info", "warn", "warn", "error", "error", "info"}
	if got := levels(d.log.lines); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if d.state.LogBuf[0] != "[debug] m" || len(d.state.LogBuf) != len(want) {
		t.Errorf("LogBuf is %q", d.state.LogBuf)
	}
}

func TestLogNumbered(t *testing.T) {
	d := newDriver(t, driverOptions{choice: jsonShapes})
	fn := d.guest.ExportedFunction("call_log")
	d.guest.Memory().WriteString(0, "hello")
	for level := range uint64(5) {
		if _, err := fn.Call(d.ctx, level, 0, 5); err != nil {
			t.Fatal(err)
		}
	}
	want := []call.Level{"debug", "info", "warn", "error", "error"}
	if got := levels(d.log.lines); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func levels(lines []call.LogLine) []call.Level {
	var out []call.Level
	for _, l := range lines {
		out = append(out, l.Level)
	}
	return out
}

func TestCallback(t *testing.T) {
	d := newDriver(t, driverOptions{})
	for _, c := range []struct {
		name, callback, payload string
		want                    int32
		reaches                 bool
	}{
		{"diagnostics", "diagnostics", ` [{"path":"/workspace/a","line":1}]`, 0, true},
		{"progress", "progress", `{"percentage":5}`, 0, true},
		{"another name goes to the log", "custom", "any text", 0, false},
		{"no JSON", "diagnostics", `[`, 1, false},
		{"diagnostics want a list", "diagnostics", `{}`, 1, false},
		{"progress wants an object", "progress", `[]`, 1, false},
		{"empty", "progress", ``, 1, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := len(d.log.callbacks)
			if got := d.code("callback", c.callback, c.payload); got != c.want {
				t.Errorf("got %d, want %d", got, c.want)
			}
			got := d.log.callbacks[before:]
			if c.reaches != (len(got) == 1) {
				t.Fatalf("callbacks: %v", got)
			}
			if c.reaches && (got[0].Name != c.callback || string(got[0].Payload) != c.payload) {
				t.Errorf("got %+v", got[0])
			}
		})
	}
	if !strings.Contains(d.log.text(), "callback custom: any text") {
		t.Errorf("log: %s", d.log.text())
	}
}

func TestCallbackFlood(t *testing.T) {
	d := newDriver(t, driverOptions{})
	refused := 0
	for range maxCallbacks + 50 {
		refused += int(d.code("callback", "progress", "{}"))
	}
	if len(d.log.callbacks) != maxCallbacks || refused != 50 {
		t.Errorf("%d taken, %d refused", len(d.log.callbacks), refused)
	}
	if n := len(d.log.lines); n != 1 {
		t.Errorf("%d lines about it, want 1", n)
	}
}

func TestCallbackBytes(t *testing.T) {
	var b callbackBudget
	payload, err := json.Marshal(strings.Repeat("x", 4<<20))
	if err != nil {
		t.Fatal(err)
	}
	taken := 0
	for range 10 {
		if ok, _ := b.take(len(payload)); ok {
			taken++
		}
	}
	if taken != 3 {
		t.Errorf("%d payloads of 4 MiB were taken, want 3 of at most 16 MiB together", taken)
	}
}
