package consent_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/samuelpkg/samuel-lsp/lsp/consent"
)

func TestTrust(t *testing.T) {
	s := consent.Open(t.TempDir())
	if got := s.Trust("/a"); got != consent.Unknown {
		t.Fatalf("trust of a new workspace is %q", got)
	}
	for _, a := range []consent.Answer{consent.Always, consent.Deny, consent.Unknown} {
		if err := s.SetTrust("/a", a); err != nil {
			t.Fatal(err)
		}
		if got := s.Trust("/a"); got != a {
			t.Errorf("trust is %q after %q", got, a)
		}
		if got := s.Trust("/b"); got != consent.Unknown {
			t.Errorf("another workspace's trust is %q", got)
		}
	}
}

func TestGrantHoldsForTheExactSet(t *testing.T) {
	s := consent.Open(t.TempDir())
	if err := s.SetGrant("/ws", "/ws/p/samuel-plugin.toml", []string{"write /workspace/docs", "exec"}, consent.Always); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name      string
		workspace string
		plugin    string
		requests  []string
		want      consent.Answer
	}{
		{"same set", "/ws", "/ws/p/samuel-plugin.toml", []string{"write /workspace/docs", "exec"}, consent.Always},
		{"other order", "/ws", "/ws/p/samuel-plugin.toml", []string{"exec", "write /workspace/docs"}, consent.Always},
		{"more", "/ws", "/ws/p/samuel-plugin.toml", []string{"exec", "write /workspace/docs", "network a.com"}, consent.Unknown},
		{"less", "/ws", "/ws/p/samuel-plugin.toml", []string{"exec"}, consent.Unknown},
		{"other plugin", "/ws", "/ws/q/samuel-plugin.toml", []string{"exec", "write /workspace/docs"}, consent.Unknown},
		{"other workspace", "/other", "/ws/p/samuel-plugin.toml", []string{"exec", "write /workspace/docs"}, consent.Unknown},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := s.Grant(tt.workspace, tt.plugin, tt.requests); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestFilesArePrivate(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "consent")
	if err := consent.Open(dir).SetTrust("/a", consent.Always); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(dir)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o700 {
		t.Errorf("folder has mode %o", info.Mode().Perm())
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Fatalf("entries %v, error %v", entries, err)
	}
	if info, _ := entries[0].Info(); info.Mode().Perm() != 0o600 {
		t.Errorf("file has mode %o", info.Mode().Perm())
	}
}

func TestABrokenFileIsNoConsent(t *testing.T) {
	dir := t.TempDir()
	s := consent.Open(dir)
	if err := s.SetTrust("/a", consent.Always); err != nil {
		t.Fatal(err)
	}
	entries, _ := os.ReadDir(dir)
	for _, content := range []string{"", "{", `{"workspace":"/a","answer":"yes"}`, `{"workspace":"/b","answer":"always"}`} {
		if err := os.WriteFile(filepath.Join(dir, entries[0].Name()), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := s.Trust("/a"); got != consent.Unknown {
			t.Errorf("%q is taken for %q", content, got)
		}
	}
}

func TestTheZeroStoreKeepsNothing(t *testing.T) {
	var s consent.Store
	if err := s.SetTrust("/a", consent.Always); err != nil {
		t.Fatal(err)
	}
	if got := s.Trust("/a"); got != consent.Unknown {
		t.Errorf("got %q", got)
	}
}

func TestWithoutAFolderItHoldsForTheSession(t *testing.T) {
	s := consent.Open("")
	requests := []string{"exec"}
	for _, a := range []consent.Answer{consent.Always, consent.Deny, consent.Unknown} {
		if err := s.SetGrant("/ws", "/ws/p", requests, a); err != nil {
			t.Fatal(err)
		}
		if got := s.Grant("/ws", "/ws/p", requests); got != a {
			t.Errorf("got %q after %q", got, a)
		}
	}
}

// A decision that cannot be written holds all the same, a withdrawn one above all.
func TestWhatCannotBeWrittenHolds(t *testing.T) {
	blocked := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(blocked, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s := consent.Open(filepath.Join(blocked, "consent"))
	requests := []string{"exec"}
	for _, a := range []consent.Answer{consent.Always, consent.Unknown} {
		if err := s.SetGrant("/ws", "/ws/p", requests, a); err == nil {
			t.Fatal("nothing is said of a decision that is not kept")
		}
		if got := s.Grant("/ws", "/ws/p", requests); got != a {
			t.Errorf("got %q after %q", got, a)
		}
	}
}

// What one session decides another one knows at once.
func TestSessionsShareTheFolder(t *testing.T) {
	dir := t.TempDir()
	one, other := consent.Open(dir), consent.Open(dir)
	for _, a := range []consent.Answer{consent.Always, consent.Unknown} {
		if err := one.SetTrust("/ws", a); err != nil {
			t.Fatal(err)
		}
		if got := other.Trust("/ws"); got != a {
			t.Errorf("the other session says %q after %q", got, a)
		}
	}
}

// Decisions lie in the user's configuration folder, wherever the program is started.
func TestDecisionsAreKeptOutsideOfRepositories(t *testing.T) {
	home := t.TempDir()
	for _, name := range []string{"HOME", "XDG_CONFIG_HOME", "AppData"} { // what the system at hand looks at is among them
		t.Setenv(name, home)
	}
	t.Chdir(t.TempDir())
	if dir := consent.DefaultDir(); !strings.HasPrefix(dir, home+string(filepath.Separator)) {
		t.Errorf("decisions are kept in %q, not below %q", dir, home)
	}
}
