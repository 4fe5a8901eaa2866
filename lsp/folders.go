package lsp

import (
	"path/filepath"
	"slices"

	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"

	"github.com/samuelpkg/samuel-lsp/lsp/project"
)

// Folder is one root of the workspace.
type Folder struct {
	URI  uri.URI
	Path string
	Name string
}

// foldersFeature keeps the workspace's folders.
func foldersFeature() feature {
	return feature{
		notifications: map[string]notificationHandler{
			protocol.MethodWorkspaceDidChangeWorkspaceFolders: notification(didChangeFolders),
		},
		advertise: func(caps *protocol.ServerCapabilities, _ *Client) {
			yes := true
			workspaceOptions(caps).WorkspaceFolders = &protocol.WorkspaceFoldersServerCapabilities{
				Supported: &yes, ChangeNotifications: protocol.Boolean(true),
			}
		},
	}
}

// workspaceOptions returns the workspace part of the capabilities, for a feature to add to.
func workspaceOptions(caps *protocol.ServerCapabilities) *protocol.WorkspaceOptions {
	if caps.Workspace == nil {
		caps.Workspace = &protocol.WorkspaceOptions{}
	}
	return caps.Workspace
}

// initialFolders reads the roots from initialize: the folders, else the root URI, else the path.
func initialFolders(p *protocol.InitializeParams) []Folder {
	var folders []Folder
	if all, ok := p.WorkspaceFolders.Get(); ok {
		for _, f := range all {
			folders = addFolder(folders, string(f.URI), f.Name)
		}
		if len(folders) > 0 {
			return folders
		}
	}
	//lint:ignore SA1019 older clients send nothing else
	if root := p.RootURI; root != nil {
		return addFolder(folders, string(*root), "")
	}
	//lint:ignore SA1019 older clients still send nothing else
	if path, ok := p.RootPath.Get(); ok && filepath.IsAbs(path) {
		return addFolder(folders, string(fileURI(path)), "")
	}
	return folders
}

// addFolder adds a folder that is one on this machine's disk and not there yet.
func addFolder(folders []Folder, wire, name string) []Folder {
	id := identify(wire)
	if id.path == "" || slices.ContainsFunc(folders, func(f Folder) bool { return f.Path == id.path }) {
		return folders
	}
	if name == "" {
		name = filepath.Base(id.path)
	}
	return append(folders[:len(folders):len(folders)], Folder{URI: id.key, Path: id.path, Name: name})
}

func didChangeFolders(s *Server, p *protocol.DidChangeWorkspaceFoldersParams) error {
	s.update(func(next *Snapshot) change {
		c := change{folders: true}
		folders := slices.Clone(next.Folders)
		for _, gone := range p.Event.Removed {
			path := identify(string(gone.URI)).path
			folders = slices.DeleteFunc(folders, func(f Folder) bool { return f.Path == path })
		}
		for _, added := range p.Event.Added {
			folders = addFolder(folders, string(added.URI), added.Name)
		}
		next.Folders = folders
		kept := make(documents, 0, len(next.onDisk))
		for _, d := range next.onDisk {
			if next.folderOf(d.Path) != nil {
				kept = append(kept, d)
			} else {
				c.docs = append(c.docs, d.URI)
			}
		}
		next.onDisk = kept
		return c
	})
	s.scanner.start()
	return nil
}

// folderOf returns the innermost folder of the workspace that holds path, nil if none does.
func (snap *Snapshot) folderOf(path string) *Folder {
	var best *Folder
	for i, f := range snap.Folders {
		if within(f.Path, path) && (best == nil || len(f.Path) > len(best.Path)) {
			best = &snap.Folders[i]
		}
	}
	return best
}

// ProjectRoot returns the root of the project that a file belongs to, which is what a plugin sees
// as /workspace: the nearest folder above it with samuel.toml or .samuel/plugins, else the
// workspace's folder, else "". The user's home folder is never taken for a project, nor anything
// above it. It looks at the disk.
func (s *Server) ProjectRoot(snap *Snapshot, path string) string {
	if root := project.Root(path, s.opts.Home); root != "" {
		return root
	}
	if f := snap.folderOf(path); f != nil && (s.opts.Home == "" || !within(f.Path, s.opts.Home)) {
		return f.Path
	}
	return ""
}
