package lsp_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"go.lsp.dev/protocol"

	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
)

// Clients draw a bar only where progress began with a percentage: one that comes late begins anew.
// Percentages stay in their range and never go back.
func TestPercentagesOfProgress(t *testing.T) {
	for _, tt := range []struct {
		name    string
		payload []string
		want    []int // -1 is a message without a percentage; runs of one value count once
	}{
		{"from the start", []string{`{"percentage":10}`, `{"percentage":60}`, `{"percentage":40}`, `{"percentage":1e9}`}, []int{10, 60, 100}},
		{"later", []string{`{"message":"reading"}`, `{"percentage":-5}`, `{"percentage":70}`}, []int{-1, 0, 70}},
		{"never", []string{`{"title":"a"}`, `{"message":"b","percentage":"50"}`, `{"message":"c"}`}, []int{-1}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := newFakeHost()
			release := make(chan struct{})
			sinks := make(chan func(call.Event), 1)
			h.answer = func(ctx context.Context, req call.Request, sink func(call.Event)) call.Result {
				sink(call.Event{Callback: &call.Callback{Name: "progress", Payload: []byte(tt.payload[0])}})
				sinks <- sink
				return until(release)(ctx, req, sink)
			}
			e := start(t, tidyManifest, runConfig(t, h))
			awaitTitle(t, e, manifestName, "health ok · protocol 1 · 0.3 ms")
			e.Save(manifestName)
			sink := <-sinks
			// shown returns the percentages since the run's progress began, and what is shown now.
			shown := func() (all []int, open int, text string) {
				bars := make(map[string]bool) // by token, whether they show percentages
				for _, m := range e.Messages(protocol.MethodProgress) {
					var p struct {
						Token string
						Value struct {
							Kind, Title, Message string
							Percentage           *int
						}
					}
					if err := json.Unmarshal(m.Params, &p); err != nil {
						t.Fatal(err)
					}
					n := -1
					switch v := p.Value; {
					case v.Kind == "begin" && v.Title != "tidy: lint":
						continue
					case v.Kind == "begin":
						open++
						bars[p.Token] = v.Percentage != nil
					case v.Kind == "end":
						if _, ours := bars[p.Token]; ours {
							open--
						}
						continue
					}
					if v := p.Value.Percentage; v != nil {
						if n = *v; !bars[p.Token] {
							t.Errorf("a percentage of a bar that began without")
						}
					}
					text = p.Value.Message
					if len(all) == 0 || all[len(all)-1] != n {
						all = append(all, n)
					}
				}
				return all, open, text
			}
			for i, payload := range tt.payload {
				if i > 0 {
					sink(call.Event{Callback: &call.Callback{Name: "progress", Payload: []byte(payload)}})
				}
				marker := fmt.Sprintf("step %d", i)
				sink(call.Event{Callback: &call.Callback{Name: "progress", Payload: fmt.Appendf(nil, `{"message":%q}`, marker)}})
				e.Await(marker, func() bool { _, _, text := shown(); return text == marker })
			}
			got, open, _ := shown()
			if !slices.Equal(got, tt.want) || open != 1 {
				t.Errorf("percentages %v in %d bars, want %v in one", got, open, tt.want)
			}
			close(release)
			e.Await("the end of all progress", func() bool { _, open, _ := shown(); return open == 0 })
		})
	}
}

// Lenses are drawn anew when a run turns out to take long, not when it begins: most are over by then.
func TestALongRunIsShownInTheLenses(t *testing.T) {
	h := newFakeHost()
	release := make(chan struct{})
	h.answer = until(release)
	e := start(t, tidyManifest, runConfig(t, h))
	awaitTitle(t, e, manifestName, "health ok · protocol 1 · 0.3 ms")
	asked := 0
	await := func(what string, running bool) {
		t.Helper()
		e.Await(what+", after a request to draw", func() bool {
			redraws := len(e.Messages(protocol.MethodWorkspaceCodeLensRefresh))
			if redraws == asked || slices.Contains(titles(t, e, manifestName), "running, click to cancel") != running {
				return false
			}
			asked = redraws
			return true
		})
	}
	asked = len(e.Messages(protocol.MethodWorkspaceCodeLensRefresh))
	e.Save(manifestName)
	await("a lens of the run that goes on", true)
	close(release)
	await("a lens of its result", false)
}
