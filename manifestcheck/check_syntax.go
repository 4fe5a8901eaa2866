package manifestcheck

import "github.com/samuelpkg/samuel-lsp/manifestcheck/tomlsyntax"

// checkSyntax reports every error of the tree. A second line equal to the first is safe to remove;
// what else the tree offers is its best guess at what was meant.
func checkSyntax(p *pass) {
	for _, e := range p.tree.Errors() {
		d := Diagnostic{Code: syntaxCode(e.Code), Span: e.Span, Message: e.Message}
		for _, r := range e.Related {
			d.Related = append(d.Related, Related(r))
		}
		if e.Fix != nil {
			d.Fixes = []Fix{{Title: e.Fix.Title, Edits: e.Fix.Edits, Safe: e.Code == tomlsyntax.DuplicateKey, Preferred: true}}
		}
		p.report(d)
	}
}

func syntaxCode(c tomlsyntax.ErrorCode) string {
	switch c {
	case tomlsyntax.DuplicateKey:
		return "syntax/duplicate-key"
	case tomlsyntax.RedefinedTable:
		return "syntax/redefined-table"
	}
	return "syntax/invalid"
}
