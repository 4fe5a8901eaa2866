package project

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/samuelpkg/samuel-lsp/lsp/runlog"
	"github.com/samuelpkg/samuel-lsp/manifestcheck"
	"github.com/samuelpkg/samuel-lsp/manifestcheck/pattern"
	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
)

// DeniedText names the line that the manifest lacks, says that the user has not agreed, or gives the
// host's rule that nobody can lift by agreeing. It returns false when the manifest declares by now what was denied then.
func DeniedText(m *manifestcheck.Model, d call.Denial) (string, bool) {
	what := d.Capability
	if d.Target != "" {
		what += " " + runlog.Clip(runlog.OneLine(d.Target), 200)
	}
	if d.Why != "" {
		return fmt.Sprintf("%s was refused: %s", what, runlog.OneLine(d.Why)), true
	}
	if d.Declared {
		return fmt.Sprintf("%s was denied: it is declared, and you have not granted it", what), true
	}
	line, declared := manifestLine(m, d)
	if declared {
		return "", false
	}
	if line == "" {
		return what + " was denied", true
	}
	return fmt.Sprintf("%s was denied: the manifest does not declare it; add %s", what, line), true
}

// manifestLine is the line that would declare what was denied, and whether the manifest declares
// it already.
func manifestLine(m *manifestcheck.Model, d call.Denial) (line string, declared bool) {
	quoted := strconv.Quote(d.Target)
	switch d.Capability {
	case "filesystem.read":
		return fmt.Sprintf("[capabilities.filesystem] read = [%s]", quoted), pattern.CompileSet(Names(m.Read)).Match(d.Target)
	case "filesystem.write":
		return fmt.Sprintf("[capabilities.filesystem] write = [%s]", quoted), pattern.CompileSet(Names(m.Write)).Match(d.Target)
	case "exec":
		return "[capabilities] exec = true", m.Exec.Value
	case "network.outbound":
		for _, entry := range slices.Concat(Names(m.Hosts), Names(m.Outbound)) {
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

// Names are the strings of a list.
func Names(l manifestcheck.List) []string {
	all := make([]string, len(l.Items))
	for i, r := range l.Items {
		all[i] = r.Name
	}
	return all
}
