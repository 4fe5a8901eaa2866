package manifestcheck

import "github.com/samuelpkg/samuel-lsp/manifestcheck/tomlsyntax"

// SetKey returns the edits that write key = value (as TOML) at a path where nothing is yet, in the
// style of what is there: below the table's header, in its inline table, beside its dotted keys, or
// below a header of its own. It returns none where something else is in the way.
func SetKey(t *tomlsyntax.Tree, value string, path ...string) []tomlsyntax.Edit {
	return editing(t).set(value, path...)
}

// RemoveKey returns the edits that remove a key or table, however it is written.
func RemoveKey(t *tomlsyntax.Tree, path ...string) []tomlsyntax.Edit {
	return editing(t).remove(path...)
}

func editing(t *tomlsyntax.Tree) *pass { return &pass{tree: t, src: t.Source(), root: t.Root()} }
