package cache

import (
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Names inside a folder besides its entries.
const (
	stagePrefix = ".stage-"
	sumSuffix   = ".sum"
	tempSuffix  = ".tmp"
)

// abandoned is the age at which what a process has left unfinished is removed.
const abandoned = time.Hour

// ahead is how far the clock of a shared disk may be ahead of this machine's. What is dated later than
// that was dated by a clock that has been set back since, so that nobody knows when it was used or made.
const ahead = time.Hour

// Folder is a directory of entries that several processes share. An entry is a file under a name of
// its maker's choosing, which is found again by a key: beside each entry lies a note, named by the
// key, of its name, size and checksum. Entries appear whole or not at all.
//
// A folder holds what will be executed, so it must belong to the user alone.
type Folder struct {
	dir    string
	budget int64
}

// OpenFolder opens the folder sub below root, and makes both if need be, for the user alone. It
// refuses a folder that is a symbolic link or that others may write to. Budget bounds the files of
// sub together, in bytes; 0 disables eviction. Nothing outside of sub is ever removed.
func OpenFolder(root, sub string, budget int64) (*Folder, error) {
	if root == "" || sub == "" || sub != filepath.Base(sub) {
		return nil, fmt.Errorf("open cache folder %q in %q: want the name of a folder in a folder", sub, root)
	}
	root, err := filepath.Abs(root)
	if err != nil {
		return nil, fmt.Errorf("open cache folder: %w", err)
	}
	if err := os.MkdirAll(root, 0o700); err != nil {
		return nil, fmt.Errorf("open cache folder: %w", err)
	}
	f := &Folder{dir: filepath.Join(root, sub), budget: max(budget, 0)}
	if err := os.Mkdir(f.dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("open cache folder: %w", err)
	}
	for _, dir := range []string{root, f.dir} {
		if err := trusted(dir, dir == f.dir); err != nil {
			return nil, err
		}
	}
	f.tidy()
	return f, nil
}

// trusted refuses a folder whose content others may choose.
func trusted(dir string, itself bool) error {
	stat := os.Stat
	if itself {
		stat = os.Lstat
	}
	info, err := stat(dir)
	if err != nil {
		return fmt.Errorf("open cache folder: %w", err)
	}
	if !info.IsDir() {
		return fmt.Errorf("open cache folder: %s is no folder, remove it or name another", dir)
	}
	if err := private(info); err != nil {
		return fmt.Errorf("open cache folder: %s %w", dir, err)
	}
	return nil
}

// Dir returns the folder's path.
func (f *Folder) Dir() string { return f.dir }

// note is what is known of an entry.
type note struct {
	name string
	size int64
	sum  uint32
}

const noteHeader = "samuel-cache 1"

// Has reports whether the entry of key is there and undamaged, and marks it as just used. A damaged
// one is removed.
func (f *Folder) Has(key string) bool {
	n, err := f.note(key)
	if err == nil {
		var found note
		if found, err = measure(filepath.Join(f.dir, n.name)); err == nil && found == n {
			now := time.Now()
			// Only the order of eviction depends on it.
			_ = os.Chtimes(filepath.Join(f.dir, n.name), now, now)
			return true
		}
	}
	if !errors.Is(err, fs.ErrNotExist) {
		f.Drop(key)
	}
	return false
}

// Noted reports whether a file is there for key that has the size of its entry. That takes no reading
// of it, and says nothing of whether it is undamaged.
func (f *Folder) Noted(key string) bool {
	n, err := f.note(key)
	if err != nil {
		return false
	}
	info, err := os.Lstat(filepath.Join(f.dir, n.name))
	return err == nil && info.Mode().IsRegular() && info.Size() == n.size
}

// note reads the note of key.
func (f *Folder) note(key string) (note, error) {
	text, err := os.ReadFile(f.sumPath(key))
	if err != nil {
		return note{}, err
	}
	header, line, _ := strings.Cut(string(text), "\n")
	if header != noteHeader {
		return note{}, errors.New("read cache note: it is of another kind")
	}
	var n note
	if _, err := fmt.Sscanf(line, "%s %d %x", &n.name, &n.size, &n.sum); err != nil {
		return note{}, fmt.Errorf("read cache note: %w", err)
	}
	if n.name != filepath.Base(n.name) {
		return note{}, fmt.Errorf("read cache note: %q is no name", n.name)
	}
	return n, nil
}

func (f *Folder) sumPath(key string) string { return filepath.Join(f.dir, key+sumSuffix) }

func measure(path string) (note, error) {
	file, err := os.Open(path)
	if err != nil {
		return note{}, err
	}
	defer file.Close()
	h := crc32.New(crc32.MakeTable(crc32.Castagnoli))
	size, err := io.Copy(h, file)
	return note{name: filepath.Base(path), size: size, sum: h.Sum32()}, err
}

// Drop removes the entry of key.
func (f *Folder) Drop(key string) {
	if n, err := f.note(key); err == nil {
		_ = os.Remove(filepath.Join(f.dir, n.name)) // another process may have been first
	}
	_ = os.Remove(f.sumPath(key))
}

// Stage makes an empty directory inside the folder, in which an entry can be made and then stored.
// The caller removes it.
func (f *Folder) Stage() (string, error) {
	dir, err := os.MkdirTemp(f.dir, stagePrefix)
	if err != nil {
		return "", fmt.Errorf("stage a cache entry: %w", err)
	}
	return dir, nil
}

// Store moves the file at staged into the folder, under its own name, as the entry of key, and
// evicts the entries used longest ago that the budget no longer allows. The entry itself is kept.
func (f *Folder) Store(key, staged string) error {
	n, err := measure(staged)
	if err == nil {
		err = os.Chmod(staged, 0o600)
	}
	if err == nil {
		err = os.Rename(staged, filepath.Join(f.dir, n.name))
	}
	if err != nil {
		return fmt.Errorf("store a cache entry: %w", err)
	}
	text := fmt.Sprintf("%s\n%s %d %08x\n", noteHeader, n.name, n.size, n.sum)
	if err := f.writeWhole(f.sumPath(key), text); err != nil {
		return fmt.Errorf("store a cache entry: %w", err)
	}
	f.evict(n.name)
	return nil
}

func (f *Folder) writeWhole(path, text string) error {
	temp, err := os.CreateTemp(f.dir, filepath.Base(path)+".*"+tempSuffix)
	if err != nil {
		return err
	}
	_, err = temp.WriteString(text)
	if closeErr := temp.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(temp.Name(), path)
	}
	if err != nil {
		_ = os.Remove(temp.Name()) // the first error is the one to tell
	}
	return err
}

// FolderUsage is what a folder holds: entries, and the bytes of all its files.
type FolderUsage struct {
	Entries int
	Bytes   int64
}

// Usage measures the folder.
func (f *Folder) Usage() (FolderUsage, error) {
	entries, notes, err := f.list()
	u := FolderUsage{Entries: len(entries)}
	for _, e := range append(entries, notes...) {
		u.Bytes += e.Size()
	}
	return u, err
}

// list returns the files of the folder: entries, oldest use first, and notes. Entries of the future come
// before all others: else they would stay, unused, for as long as they are dated ahead, and take the room of
// what is used.
func (f *Folder) list() (entries, notes []fs.FileInfo, err error) {
	dir, err := os.ReadDir(f.dir)
	if err != nil {
		return nil, nil, fmt.Errorf("list cache folder: %w", err)
	}
	for _, d := range dir {
		info, err := d.Info()
		switch {
		case err != nil || !info.Mode().IsRegular(): // removed meanwhile, or staged
		case strings.HasSuffix(d.Name(), sumSuffix):
			notes = append(notes, info)
		case !strings.HasSuffix(d.Name(), tempSuffix):
			entries = append(entries, info)
		}
	}
	limit := time.Now().Add(ahead)
	used := func(e fs.FileInfo) time.Time {
		if e.ModTime().After(limit) {
			return time.Time{}
		}
		return e.ModTime()
	}
	slices.SortStableFunc(entries, func(a, b fs.FileInfo) int { return used(a).Compare(used(b)) })
	return entries, notes, nil
}

// evict removes the entries used longest ago until the rest is within the budget, but not keep.
func (f *Folder) evict(keep string) {
	if f.budget == 0 {
		return
	}
	entries, notes, err := f.list()
	if err != nil {
		return // nothing can be said of what is too much
	}
	var used int64
	for _, e := range slices.Concat(entries, notes) {
		used += e.Size()
	}
	gone := false
	for _, e := range entries {
		if used <= f.budget {
			break
		}
		if e.Name() != keep && os.Remove(filepath.Join(f.dir, e.Name())) == nil {
			used -= e.Size()
			gone = true
		}
	}
	if gone {
		f.dropOrphans(notes)
	}
}

// dropOrphans removes the notes of entries that are gone.
func (f *Folder) dropOrphans(notes []fs.FileInfo) {
	for _, info := range notes {
		key := strings.TrimSuffix(info.Name(), sumSuffix)
		n, err := f.note(key)
		if err == nil {
			_, err = os.Lstat(filepath.Join(f.dir, n.name))
		}
		if err != nil {
			_ = os.Remove(f.sumPath(key)) // another process may have been first
		}
	}
}

// Clear removes everything in the folder but not the folder, and returns what was in it.
func (f *Folder) Clear() (FolderUsage, error) {
	before, err := f.Usage()
	if err != nil {
		return FolderUsage{}, err
	}
	dir, err := os.ReadDir(f.dir)
	if err != nil {
		return FolderUsage{}, fmt.Errorf("clear cache folder: %w", err)
	}
	for _, d := range dir {
		err = errors.Join(err, os.RemoveAll(filepath.Join(f.dir, d.Name())))
	}
	if err != nil {
		return before, fmt.Errorf("clear cache folder: %w", err)
	}
	return before, nil
}

// tidy removes what processes that ended early have left behind.
func (f *Folder) tidy() {
	dir, err := os.ReadDir(f.dir)
	if err != nil {
		return // the next use of the folder tells
	}
	for _, d := range dir {
		if !strings.HasPrefix(d.Name(), stagePrefix) && !strings.HasSuffix(d.Name(), tempSuffix) {
			continue
		}
		info, err := d.Info()
		if err != nil {
			continue // another process was first
		}
		if age := time.Since(info.ModTime()); age > abandoned || -age > ahead {
			_ = os.RemoveAll(filepath.Join(f.dir, d.Name())) // another process may have been first
		}
	}
}
