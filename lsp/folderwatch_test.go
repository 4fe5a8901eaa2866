package lsp

import (
	"fmt"
	"testing"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	zaplog "go.uber.org/zap/zaptest/observer"
)

// A user is told once that changes in some folders will not be noticed, not for each of them.
func TestFoldersThatCannotBeWatchedAreTold(t *testing.T) {
	core, seen := zaplog.New(zapcore.WarnLevel)
	s := New(Options{Log: zap.New(core)})
	t.Cleanup(s.stop)
	for i := range maxWatched {
		s.watch.watched[fmt.Sprint(i)] = true
	}
	s.watch.add([]string{t.TempDir(), t.TempDir()})
	if n := seen.Len(); n != 1 {
		t.Errorf("%d warnings, want 1", n)
	}
}
