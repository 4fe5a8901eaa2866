// Package consent keeps what a user agreed to: which workspaces are trusted, and which plugins may
// use which risky capabilities there. Decisions belong to one user on one machine; they are kept
// outside of any repository, so that no repository can bring its own.
//
// Each decision is a file of its own, written to a temporary name and renamed: two servers on one
// workspace never see half a decision, and neither overwrites the other's.
package consent

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// Answer is what the user said.
type Answer string

const (
	// Unknown means that the user was never asked, or that what was asked for has changed since.
	Unknown Answer = ""
	// Always means yes, from now on.
	Always Answer = "always"
	// Deny means no, from now on.
	Deny Answer = "deny"
)

// Store is a folder of decisions. The zero Store keeps nothing and knows nothing.
type Store struct{ dir string }

// Open returns the store in a folder, which is made when the first decision is kept; "" is the
// store that keeps nothing.
func Open(dir string) Store { return Store{dir: dir} }

// DefaultDir returns the folder in which this user's decisions are kept, "" if the user has no
// configuration folder.
func DefaultDir() string {
	base, err := os.UserConfigDir()
	if err != nil {
		return ""
	}
	return filepath.Join(base, "samuel-lsp", "consent")
}

// decision is the file format. Workspace and Plugin are there for people who read it.
type decision struct {
	Workspace string   `json:"workspace"`
	Plugin    string   `json:"plugin,omitempty"`   // path of the manifest; empty for trust
	Requests  []string `json:"requests,omitempty"` // exactly what was asked for, sorted
	Answer    Answer   `json:"answer"`
}

// Trust returns what the user said of a workspace.
func (s Store) Trust(workspace string) Answer {
	d, ok := s.read(s.file(workspace, ""))
	if !ok || d.Workspace != workspace || d.Plugin != "" {
		return Unknown
	}
	return d.Answer
}

// SetTrust keeps what the user said of a workspace; Unknown forgets it.
func (s Store) SetTrust(workspace string, a Answer) error {
	return s.write(s.file(workspace, ""), decision{Workspace: workspace, Answer: a})
}

// Grant returns what the user said when a plugin (the path of its manifest) asked for exactly these
// requests in a workspace. Their order does not matter.
func (s Store) Grant(workspace, plugin string, requests []string) Answer {
	d, ok := s.read(s.file(workspace, plugin))
	if !ok || d.Workspace != workspace || d.Plugin != plugin || !slices.Equal(d.Requests, sorted(requests)) {
		return Unknown
	}
	return d.Answer
}

// SetGrant keeps what the user said to a plugin's requests, in place of what was said before;
// Unknown forgets it.
func (s Store) SetGrant(workspace, plugin string, requests []string, a Answer) error {
	return s.write(s.file(workspace, plugin), decision{Workspace: workspace, Plugin: plugin, Requests: sorted(requests), Answer: a})
}

func sorted(requests []string) []string {
	c := slices.Clone(requests)
	slices.Sort(c)
	return slices.Compact(c)
}

func (s Store) file(workspace, plugin string) string {
	if s.dir == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(workspace + "\x00" + plugin))
	return filepath.Join(s.dir, hex.EncodeToString(sum[:16])+".json")
}

func (s Store) read(path string) (decision, bool) {
	if path == "" {
		return decision{}, false
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return decision{}, false
	}
	var d decision
	if err := json.Unmarshal(data, &d); err != nil {
		return decision{}, false // what cannot be read was never agreed to
	}
	return d, d.Answer == Always || d.Answer == Deny
}

func (s Store) write(path string, d decision) error {
	if path == "" {
		return nil
	}
	if d.Answer == Unknown {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("forgetting a decision: %w", err)
		}
		return nil
	}
	data, err := json.MarshalIndent(d, "", "  ")
	if err != nil {
		return fmt.Errorf("keeping a decision: %w", err)
	}
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return fmt.Errorf("keeping a decision: %w", err)
	}
	// CreateTemp makes the file 0600.
	f, err := os.CreateTemp(s.dir, ".new-*")
	if err != nil {
		return fmt.Errorf("keeping a decision: %w", err)
	}
	_, err = f.Write(append(data, '\n'))
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name())
		return fmt.Errorf("keeping a decision: %w", err)
	}
	return nil
}
