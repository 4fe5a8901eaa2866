package lsp

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"go.lsp.dev/protocol"

	"github.com/samuelpkg/samuel-lsp/lsp/project"
)

// Admin is what the server lets others do: installing, and looking after the cache of compiled
// modules. It is declared here, so that this package needs neither the runtime nor its cache.
type Admin interface {
	// Install copies the plugin in the folder source into the project at root and returns the
	// folder it is installed to. It leaves nothing behind when it fails.
	Install(ctx context.Context, root, source string) (string, error)
	// Uninstall removes the plugin of that name from the project at root and returns the folder
	// that is gone.
	Uninstall(ctx context.Context, root, name string) (string, error)
	// ClearCache removes all compiled modules from disk and returns how many bytes that freed.
	ClearCache(ctx context.Context) (int64, error)
	// Stats returns figures to show to the user, which encode as JSON.
	Stats(ctx context.Context) any
}

var (
	errUntrusted = errors.New("the workspace is not trusted; nothing runs in it")
	errNoAdmin   = errors.New("this server was started without a plugin host; there is nothing to do that with")
)

// projectArg is the project a command speaks of: that of the manifest it names, else the
// workspace's only folder.
func projectArg(s *Server, snap *Snapshot, command string, args commandArgs) (string, error) {
	if args.URI != "" {
		if id := identify(args.URI); id.path != "" {
			if root := s.ProjectRoot(snap, id.path); root != "" {
				return root, nil
			}
		}
		return "", invalidParams("%s: %.200q lies in no project", command, args.URI)
	}
	if len(snap.Folders) == 1 {
		return s.rootOf(snap, filepath.Join(snap.Folders[0].Path, ManifestName)), nil
	}
	return "", invalidParams("%s: the workspace has %d folders; name a file of the project: {\"uri\": ..}", command, len(snap.Folders))
}

func installCommand(ctx context.Context, s *Server, snap *Snapshot, args commandArgs) (any, error) {
	if s.opts.Admin == nil {
		return nil, errNoAdmin
	}
	source := args.Path
	if id := identify(source); id.path != "" {
		source = id.path
	} else if source == "" && args.URI != "" {
		source = identify(args.URI).path
	}
	if filepath.Base(source) == ManifestName {
		source = filepath.Dir(source)
	}
	if !filepath.IsAbs(source) {
		return nil, invalidParams("%s needs the folder of a plugin: {\"path\": \"/absolute/folder\"}, not %.200q", commandInstall, args.Path)
	}
	var root string
	var err error
	if args.URI != "" || len(snap.Folders) == 1 {
		root, err = projectArg(s, snap, commandInstall, commandArgs{URI: args.URI})
	} else if f := snap.folderOf(source); f != nil {
		root = s.rootOf(snap, filepath.Join(f.Path, ManifestName))
	} else {
		_, err = projectArg(s, snap, commandInstall, args)
	}
	if err != nil {
		return nil, err
	}
	if !s.trusted(ctx, root, true) {
		return nil, errUntrusted
	}
	dir, err := s.opts.Admin.Install(ctx, root, source)
	if err != nil {
		return nil, fmt.Errorf("installing %s: %w", source, err)
	}
	s.scanner.start()
	s.showMessage(protocol.MessageTypeInfo, "installed to "+dir)
	return map[string]any{"path": dir}, nil
}

func uninstallCommand(ctx context.Context, s *Server, snap *Snapshot, args commandArgs) (any, error) {
	if s.opts.Admin == nil {
		return nil, errNoAdmin
	}
	name := args.Name
	if name == "" && args.URI != "" {
		doc, err := manifestArg(snap, commandUninstall, args)
		if err != nil {
			return nil, err
		}
		if !isInstalled(filepath.Dir(doc.Path)) {
			return nil, invalidParams("%s: %s is under development here, not installed", commandUninstall, doc.Path)
		}
		name = filepath.Base(filepath.Dir(doc.Path))
	}
	if name == "" || name != filepath.Base(name) || strings.HasPrefix(name, ".") {
		return nil, invalidParams("%s needs the name of an installed plugin: {\"name\": \"c-lint\"}, not %.80q", commandUninstall, args.Name)
	}
	root, err := projectArg(s, snap, commandUninstall, commandArgs{URI: args.URI})
	if err != nil {
		return nil, err
	}
	manifest := filepath.Join(root, ".samuel", "plugins", name, ManifestName)
	if !slices.Contains(project.Installed(root), manifest) {
		return nil, invalidParams("%s: no plugin %q is installed in %s", commandUninstall, name, root)
	}
	s.scheduler.clear(manifest)
	dir, err := s.opts.Admin.Uninstall(ctx, root, name)
	if err != nil {
		return nil, fmt.Errorf("uninstalling %s: %w", name, err)
	}
	s.forgetPlugin(manifest)
	s.scanner.start()
	s.showMessage(protocol.MessageTypeInfo, "uninstalled "+name)
	return map[string]any{"path": dir}, nil
}

func clearCacheCommand(ctx context.Context, s *Server, _ *Snapshot, _ commandArgs) (any, error) {
	if s.opts.Admin == nil {
		return nil, errNoAdmin
	}
	freed, err := s.opts.Admin.ClearCache(ctx)
	if err != nil {
		return nil, fmt.Errorf("clearing the cache of compiled modules: %w", err)
	}
	s.showMessage(protocol.MessageTypeInfo, fmt.Sprintf("the cache of compiled modules is empty; %.1f MiB freed", float64(freed)/(1<<20)))
	return map[string]any{"freed_bytes": freed}, nil
}

func showStatsCommand(ctx context.Context, s *Server, snap *Snapshot, _ commandArgs) (any, error) {
	stats := map[string]any{"version": s.opts.Version, "manifests": len(snap.Manifests()), "open_documents": len(snap.docs)}
	if s.opts.Admin != nil {
		stats["host"] = s.opts.Admin.Stats(ctx)
	}
	return stats, nil
}
