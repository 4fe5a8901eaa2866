package lsp

import (
	"time"

	"github.com/samuelpkg/samuel-lsp/lsp/project"
	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
)

// showDenied writes into the log of a run that ends which line the manifest lacks, once for each thing denied.
func (s *Server) showDenied(r *runRecord, denials []call.Denial) {
	snap := s.Snapshot()
	doc := snap.Manifest(fileURI(r.plugin))
	if doc == nil {
		return
	}
	m := snap.Check(doc).Model
	told := make(map[call.Denial]bool)
	for _, d := range denials {
		if told[d] || len(told) == 20 {
			continue
		}
		told[d] = true
		if text, ok := project.DeniedText(m, d); ok {
			r.log.Add(call.LogLine{Time: time.Now(), Level: call.LevelWarn, Source: call.SourceHost, Text: text})
		}
	}
}
