package lsp

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/samuelpkg/samuel-lsp/manifestcheck"
	"github.com/samuelpkg/samuel-lsp/manifestcheck/pattern"
	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
)

// manifestLine is the line that would declare what was denied, and whether the manifest declares
// it already.
func manifestLine(m *manifestcheck.Model, d call.Denial) (line string, declared bool) {
	quoted := strconv.Quote(d.Target)
	switch d.Capability {
	case "filesystem.read":
		return fmt.Sprintf("[capabilities.filesystem] read = [%s]", quoted), pattern.CompileSet(names(m.Read)).Match(d.Target)
	case "filesystem.write":
		return fmt.Sprintf("[capabilities.filesystem] write = [%s]", quoted), pattern.CompileSet(names(m.Write)).Match(d.Target)
	case "exec":
		return "[capabilities] exec = true", m.Exec.Value
	case "network.outbound":
		for _, entry := range slices.Concat(names(m.Hosts), names(m.Outbound)) {
			if h, problem := pattern.CompileHost(entry); problem == nil && h.Match(d.Target) {
				return "", true
			}
		}
		return fmt.Sprintf("[capabilities.network] hosts = [%s]", quoted), false
	case "samuel.api":
		return "[capabilities.samuel] api = true", m.SamuelAPI.Value
	case "assistant.invoke":
		return "[capabilities.assistant] invoke = true", m.AssistantInvoke.Value
	}
	return "", false
}

func names(l manifestcheck.List) []string {
	all := make([]string, len(l.Items))
	for i, r := range l.Items {
		all[i] = r.Name
	}
	return all
}

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
		if text, ok := deniedText(m, d); ok {
			r.log.Add(call.LogLine{Time: time.Now(), Level: call.LevelWarn, Source: call.SourceHost, Text: text})
		}
	}
}
