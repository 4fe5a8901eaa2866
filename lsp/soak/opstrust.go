package main

import (
	"os"
	"path/filepath"
)

// trusts are what an editor says of a workspace's trust when it starts; one that says nothing has
// its user asked.
var trusts = []any{nil, nil, true}

// options are the initializationOptions by which a session begins.
func (c *client) options() map[string]any {
	if c.trusted == nil {
		return map[string]any{}
	}
	return map[string]any{"trusted": c.trusted}
}

// trust is the editor's own question to its user, answered; or what is no answer at all. An editor
// that has said nothing goes on saying nothing, so that the server's questions go on.
func (e *editor) trust() error {
	said := []any{true, true, true, true, false, nil, "yes"}[e.r.IntN(7)]
	if _, answer := said.(bool); answer && e.c.trusted == nil {
		return nil
	}
	e.c.notify("samuel/didChangeTrust", map[string]any{"trusted": said})
	return nil
}

// forgetDecisions takes back what the user decided, as a person does who deletes the files; or
// damages it, which is no consent either.
func (e *editor) forgetDecisions() error {
	files, err := filepath.Glob(filepath.Join(e.home, "config", "samuel-lsp", "consent", "*.json"))
	if err != nil {
		return err
	}
	for _, path := range files {
		switch e.r.IntN(3) {
		case 0:
			err = os.Truncate(path, int64(e.r.IntN(20)))
		default:
			err = os.Remove(path)
		}
		if err != nil && !os.IsNotExist(err) {
			return err
		}
	}
	return nil
}
