package lsp

import (
	"slices"
	"strings"

	"go.lsp.dev/uri"

	"github.com/samuelpkg/samuel-lsp/manifestcheck"
)

// Snapshot is everything the server knows at one moment: documents, settings, folders, what the
// disk and the runs said. It is immutable; [Server.update] makes the next one.
type Snapshot struct {
	// Seq grows by one with every snapshot.
	Seq      uint64
	Client   *Client
	Settings *Settings
	Folders  []Folder

	// Scanned says that the workspace was searched for manifests once.
	Scanned bool

	initial  any       // the settings that the client began with, as it sent them
	docs     documents // opened by the client
	onDisk   documents // manifests found in the workspace, whether opened or not
	facts    factSet
	findings map[uri.URI][]sourcedFindings
	refused  map[uri.URI]*refusal  // see authority.go
	plugins  pathMap[*pluginState] // what runs showed, by the path of the manifest
}

// change says what a new snapshot changed, for those who act on it.
type change struct {
	// docs are the documents whose diagnostics may differ.
	docs []uri.URI
	// everything says that any document's diagnostics may differ.
	everything bool
	// fromClient says that the change was made on the read loop, which sees to it itself that it
	// is acted on once everything the client sent has been taken in.
	fromClient bool
	// saved are the documents the client saved.
	saved []uri.URI
	// facts are those that are new.
	facts []*moduleFacts
	// modules are the files, beside manifests, that changed on disk.
	modules []string
	// settings says that the settings differ.
	settings bool
	// folders says that the workspace's folders differ.
	folders bool
}

// observer is told of every new snapshot, in order, while the funnel is held: it must not block,
// call the client, or call update.
type observer func(old, next *Snapshot, c change)

// update is the funnel: every change of state, whatever its source, goes through it. edit gets a
// shallow copy of the present snapshot, replaces fields (never writes through them) and says what
// it changed. It may be called from any goroutine; calls take effect one after another.
func (s *Server) update(edit func(next *Snapshot) change) {
	s.funnel.Lock()
	defer s.funnel.Unlock()
	old := s.state.Load()
	next := *old
	next.Seq++
	c := edit(&next)
	s.state.Store(&next)
	for _, o := range s.watchers {
		o(old, &next, c)
	}
}

// Document returns the document of that URI: what the client has open, else a manifest of the
// workspace as it is on disk, else nil.
func (snap *Snapshot) Document(u uri.URI) *Document {
	if d := snap.docs.get(u); d != nil {
		return d
	}
	return snap.onDisk.get(u)
}

// Manifest returns the manifest of that URI, nil if there is none or it is no manifest.
func (snap *Snapshot) Manifest(u uri.URI) *Document {
	if d := snap.Document(u); d != nil && d.Manifest {
		return d
	}
	return nil
}

// Manifests returns all manifests, opened or not, ordered by URI.
func (snap *Snapshot) Manifests() []*Document {
	all := make([]*Document, 0, len(snap.docs)+len(snap.onDisk))
	for _, d := range snap.docs {
		if d.Manifest {
			all = append(all, d)
		}
	}
	for _, d := range snap.onDisk {
		if snap.docs.get(d.URI) == nil {
			all = append(all, d)
		}
	}
	slices.SortFunc(all, compareURI)
	return all
}

// Check returns what there is to say of a manifest, with what the snapshot knows of its module
// and folder. The result is kept with the document; asking again costs nothing.
func (snap *Snapshot) Check(d *Document) *manifestcheck.Result {
	facts, _ := snap.factsOf(d)
	return d.check(snap.Settings.checker, facts)
}

// Facts returns what is known of a manifest's surroundings.
func (snap *Snapshot) Facts(d *Document) manifestcheck.Facts {
	facts, _ := snap.factsOf(d)
	return facts.Facts
}

// documents is an immutable set of documents, ordered by URI.
type documents []*Document

func compareURI(a, b *Document) int { return strings.Compare(string(a.URI), string(b.URI)) }

func (ds documents) find(u uri.URI) (int, bool) {
	return slices.BinarySearchFunc(ds, u, func(d *Document, u uri.URI) int { return strings.Compare(string(d.URI), string(u)) })
}

func (ds documents) get(u uri.URI) *Document {
	if i, ok := ds.find(u); ok {
		return ds[i]
	}
	return nil
}

// with returns the set with d in it, in place of the document of the same URI.
func (ds documents) with(d *Document) documents {
	i, ok := ds.find(d.URI)
	if !ok {
		next := make(documents, 0, len(ds)+1)
		return append(append(append(next, ds[:i]...), d), ds[i:]...)
	}
	next := slices.Clone(ds)
	next[i] = d
	return next
}

// without returns the set without the document of that URI.
func (ds documents) without(u uri.URI) documents {
	i, ok := ds.find(u)
	if !ok {
		return ds
	}
	next := make(documents, 0, len(ds)-1)
	return append(append(next, ds[:i]...), ds[i+1:]...)
}
