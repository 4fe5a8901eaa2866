package manifestcheck

import (
	"fmt"
	"strings"
	"time"

	"github.com/samuelpkg/samuel-lsp/manifestcheck/manifest"
)

const (
	pageSize = 64 << 10
	mebibyte = 1 << 20
)

// checkRuntime looks at the budgets. They mean something to wasm plugins only; while the kind is
// not known they are taken to be one's.
func checkRuntime(p *pass) {
	if p.model.Kind.OK && p.model.Kind.Text != manifest.KindWasm {
		return
	}
	soft, softOK := p.duration("timeout", p.model.Timeout, manifest.DefaultTimeout)
	hard, hardOK := p.duration("hard_timeout", p.model.HardTimeout, manifest.DefaultHardTimeout)
	if softOK && hardOK && soft > hard {
		p.timeoutOrder(soft, hard)
	}
	p.memory()
}

// duration reads a limit of time, or its default where the key is missing.
func (p *pass) duration(key string, t Text, otherwise time.Duration) (time.Duration, bool) {
	if !t.Present() {
		return otherwise, true
	}
	if !t.OK {
		return 0, false
	}
	d, err := time.ParseDuration(t.Text)
	if err == nil && d > 0 {
		return d, true
	}
	use := mendDuration(t.Text)
	message := fmt.Sprintf("%q is no duration", t.Text)
	if err == nil {
		message = fmt.Sprintf("%s is %q, and a limit of time is above 0", key, t.Text)
		if use = mendDuration(strings.TrimPrefix(t.Text, "-")); use == "" {
			use = otherwise.String()
		}
	}
	if use != "" {
		message += fmt.Sprintf("; write %q", use)
	} else {
		message += fmt.Sprintf("; write a number and a unit (ms, s, m, h), such as %q", otherwise)
	}
	p.report(Diagnostic{Code: "runtime/invalid-duration", Span: t.Span, Message: message, Fixes: writeFix(t.Span, use, false)})
	return 0, false
}

// units are what people write for the units of a duration, longest first.
var units = []struct {
	name string
	unit time.Duration
}{
	{"milliseconds", time.Millisecond},
	{"millisecond", time.Millisecond},
	{"millis", time.Millisecond},
	{"msec", time.Millisecond},
	{"seconds", time.Second},
	{"second", time.Second},
	{"secs", time.Second},
	{"sec", time.Second},
	{"minutes", time.Minute},
	{"minute", time.Minute},
	{"mins", time.Minute},
	{"min", time.Minute},
	{"hours", time.Hour},
	{"hour", time.Hour},
	{"hrs", time.Hour},
	{"hr", time.Hour},
	{"days", 24 * time.Hour},
	{"day", 24 * time.Hour},
	{"d", 24 * time.Hour},
	{"ms", time.Millisecond},
	{"s", time.Second},
	{"m", time.Minute},
	{"h", time.Hour},
	{"", time.Second},
}

// mendDuration makes a Go duration of one number with a unit in other words, "" where it cannot.
func mendDuration(s string) string {
	s = strings.ToLower(strings.ReplaceAll(strings.ReplaceAll(s, " ", ""), ",", "."))
	number := strings.TrimRight(s, "abcdefghijklmnopqrstuvwxyz")
	for _, u := range units {
		if s[len(number):] != u.name {
			continue
		}
		d, err := time.ParseDuration(number + "s")
		if err != nil || d <= 0 || d > 1000*time.Hour {
			return ""
		}
		d = time.Duration(float64(d) * (float64(u.unit) / float64(time.Second)))
		if d <= 0 {
			return ""
		}
		return shortDuration(d)
	}
	return ""
}

// shortDuration writes a duration without the zero parts that String keeps: "1m" for "1m0s".
func shortDuration(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

func (p *pass) timeoutOrder(soft, hard time.Duration) {
	m := p.model
	d := Diagnostic{Code: "runtime/timeout-order"}
	switch {
	case m.Timeout.OK && m.HardTimeout.OK:
		d.Span = m.Timeout.Span
		d.Message = fmt.Sprintf("timeout is %s and lies beyond hard_timeout, %s, at which the run is over; write the shorter one as timeout", m.Timeout.Text, m.HardTimeout.Text)
		d.Related = []Related{{m.HardTimeout.Span, "hard_timeout"}}
		d.Fixes = p.fix("exchange the two limits", false,
			replace(m.Timeout.Span, quote(m.HardTimeout.Text)), replace(m.HardTimeout.Span, quote(m.Timeout.Text)))
	case m.Timeout.OK:
		d.Span = m.Timeout.Span
		d.Message = fmt.Sprintf("timeout is %s and lies beyond hard_timeout, which is %s unless set; set hard_timeout too", m.Timeout.Text, hard)
		d.Fixes = p.fix("add hard_timeout = "+quote(m.Timeout.Text), false, p.set(quote(m.Timeout.Text), "runtime", "hard_timeout")...)
	default:
		d.Span = m.HardTimeout.Span
		d.Message = fmt.Sprintf("hard_timeout is %s and ends a run before timeout, which is %s unless set; set timeout too", m.HardTimeout.Text, soft)
		d.Fixes = p.fix("add timeout = "+quote(m.HardTimeout.Text), false, p.set(quote(m.HardTimeout.Text), "runtime", "timeout")...)
	}
	p.report(d)
}

func (p *pass) memory() {
	limit := p.model.MaxMemory
	if limit.OK && (limit.Value < manifest.MinMemoryMiB || limit.Value > manifest.MaxMemoryMiB) {
		use := min(max(limit.Value, manifest.MinMemoryMiB), manifest.MaxMemoryMiB)
		message := fmt.Sprintf("max_memory is %d, and must be between %d and %d", limit.Value, manifest.MinMemoryMiB, manifest.MaxMemoryMiB)
		if mib := limit.Value / mebibyte; limit.Value%mebibyte == 0 && mib >= manifest.MinMemoryMiB && mib <= manifest.MaxMemoryMiB {
			use = mib
			message += ", as it counts MiB and not bytes"
		}
		p.report(Diagnostic{
			Code: "runtime/memory-out-of-range", Span: limit.Span, Message: fmt.Sprintf("%s; write %d", message, use),
			Fixes: valueFix(fmt.Sprintf("write %d", use), replace(limit.Span, fmt.Sprint(use))),
		})
		return
	}
	s := p.module()
	if s == nil || s.Memory == nil || limit.Present() && !limit.OK || s.Memory.Min <= uint64(p.model.Budgets.MaxMemoryMiB)*(mebibyte/pageSize) {
		return
	}
	needs := (s.Memory.Min + mebibyte/pageSize - 1) / (mebibyte / pageSize)
	d := Diagnostic{Code: "runtime/memory-too-small", Span: limit.Span}
	d.Message = fmt.Sprintf("the module's memory starts at %d MiB, and max_memory is %d", needs, p.model.Budgets.MaxMemoryMiB)
	if !limit.OK {
		d.Span = p.model.ModulePath.Span
		d.Message += " unless set"
	} else {
		d.Related = []Related{{p.model.ModulePath.Span, "the module"}}
	}
	if needs > manifest.MaxMemoryMiB {
		d.Message += fmt.Sprintf("; no plugin may have more than %d MiB: build the module with a smaller initial memory", manifest.MaxMemoryMiB)
		p.report(d)
		return
	}
	use := roomFor(needs)
	d.Message += fmt.Sprintf("; set max_memory to at least %d, for example %d", needs, use)
	if limit.OK {
		d.Fixes = valueFix(fmt.Sprintf("write %d", use), replace(limit.Span, fmt.Sprint(use)))
	} else {
		d.Fixes = p.fix(fmt.Sprintf("add max_memory = %d", use), false, p.set(fmt.Sprint(use), "runtime", "max_memory")...)
	}
	p.report(d)
}

// roomFor is a round limit with room to grow for a memory that starts at so many MiB.
func roomFor(mib uint64) uint64 {
	room := uint64(16)
	for room < mib+mib/4 {
		room *= 2
	}
	return min(room, manifest.MaxMemoryMiB)
}
