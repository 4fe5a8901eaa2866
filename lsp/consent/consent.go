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
	"sync"
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

// Store is a folder of decisions. What cannot be written there holds for as long as the Store is
// used. The zero Store keeps nothing and knows nothing.
type Store struct {
	dir  string
	held *held
}

// held are the decisions that are not on disk.
type held struct {
	mu        sync.Mutex
	decisions map[string]decision
}

// Open returns the store in a folder, which is made when the first decision is kept; with "" nothing
// is ever written.
func Open(dir string) Store {
	return Store{dir: dir, held: &held{decisions: make(map[string]decision)}}
}

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
	d, ok := s.read(workspace, "")
	if !ok || d.Workspace != workspace || d.Plugin != "" {
		return Unknown
	}
	return d.Answer
}

// SetTrust keeps what the user said of a workspace; Unknown forgets it.
func (s Store) SetTrust(workspace string, a Answer) error {
	return s.write(decision{Workspace: workspace, Answer: a})
}

// Grant returns what the user said when a plugin (the path of its manifest) asked for exactly these
// requests in a workspace. Their order does not matter.
func (s Store) Grant(workspace, plugin string, requests []string) Answer {
	d, ok := s.read(workspace, plugin)
	if !ok || d.Workspace != workspace || d.Plugin != plugin || !slices.Equal(d.Requests, sorted(requests)) {
		return Unknown
	}
	return d.Answer
}

// SetGrant keeps what the user said to a plugin's requests, in place of what was said before;
// Unknown forgets it.
func (s Store) SetGrant(workspace, plugin string, requests []string, a Answer) error {
	return s.write(decision{Workspace: workspace, Plugin: plugin, Requests: sorted(requests), Answer: a})
}

func sorted(requests []string) []string {
	c := slices.Clone(requests)
	slices.Sort(c)
	return slices.Compact(c)
}

// key names what a decision is about.
func key(workspace, plugin string) string {
	sum := sha256.Sum256([]byte(workspace + "\x00" + plugin))
	return hex.EncodeToString(sum[:16])
}

func (s Store) read(workspace, plugin string) (decision, bool) {
	if s.held == nil {
		return decision{}, false
	}
	k := key(workspace, plugin)
	s.held.mu.Lock()
	d, ok := s.held.decisions[k]
	s.held.mu.Unlock()
	if !ok {
		if s.dir == "" {
			return decision{}, false
		}
		data, err := os.ReadFile(filepath.Join(s.dir, k+".json"))
		if err != nil {
			return decision{}, false
		}
		if err := json.Unmarshal(data, &d); err != nil {
			return decision{}, false // what cannot be read was never agreed to
		}
	}
	return d, d.Answer == Always || d.Answer == Deny
}

// write keeps a decision: on disk if that can be done, so that every session of this user knows it.
func (s Store) write(d decision) error {
	if s.held == nil {
		return nil
	}
	k := key(d.Workspace, d.Plugin)
	var err error
	if s.dir != "" {
		err = s.save(filepath.Join(s.dir, k+".json"), d)
	}
	s.held.mu.Lock()
	defer s.held.mu.Unlock()
	if s.dir != "" && err == nil {
		delete(s.held.decisions, k)
	} else {
		s.held.decisions[k] = d
	}
	return err
}

func (s Store) save(path string, d decision) error {
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
