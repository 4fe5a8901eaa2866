package lsp

import (
	"context"
	"testing"

	"go.lsp.dev/jsonrpc2"
)

func TestRequestsAtOnceAreBounded(t *testing.T) {
	f := inflight{cancels: map[jsonrpc2.ID]context.CancelFunc{}}
	var last func()
	for n := range maxInflight {
		done, ok := f.add(jsonrpc2.NewNumberID(int64(n)), func() {})
		if !ok {
			t.Fatalf("request %d is refused", n)
		}
		last = done
	}
	if _, ok := f.add(jsonrpc2.NewStringID("more"), func() {}); ok {
		t.Error("one too many is taken")
	}
	last()
	if _, ok := f.add(jsonrpc2.NewStringID("more"), func() {}); !ok {
		t.Error("one is refused though there is room")
	}
}
