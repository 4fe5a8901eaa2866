package lsp

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"

	"go.lsp.dev/protocol"

	"github.com/samuelpkg/samuel-lsp/lsp/consent"
	"github.com/samuelpkg/samuel-lsp/lsp/project"
	"github.com/samuelpkg/samuel-lsp/lsp/runlog"
	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
)

// The commands of the server. samuel.restartServer is the client's own.
const (
	commandRunHook     = "samuel.runHook"
	commandCheckHealth = "samuel.checkHealth"
	commandShowLog     = "samuel.showLog"
	commandCancelRun   = "samuel.cancelRun"
	commandGrant       = "samuel.grantCapabilities"
	commandRevoke      = "samuel.revokeCapabilities"
	commandInstall     = "samuel.installPlugin"
	commandUninstall   = "samuel.uninstallPlugin"
	commandClearCache  = "samuel.clearCache"
	commandShowStats   = "samuel.showStats"
)

// commandArgs are the arguments of a command: one object, or its fields one after another.
type commandArgs struct {
	URI    string `json:"uri,omitempty"`    // of the manifest
	Export string `json:"export,omitempty"` // for runHook and showLog
	Event  string `json:"event,omitempty"`  // for runHook
	Path   string `json:"path,omitempty"`   // for installPlugin: the folder of the plugin
	Name   string `json:"name,omitempty"`   // for uninstallPlugin
}

func (a commandArgs) encode() protocol.LSPAny {
	raw, err := json.Marshal(a)
	if err != nil {
		return protocol.LSPAny("{}") // strings always encode
	}
	return raw
}

// commandHandler does what a command says. Its result is sent back to the client.
type commandHandler func(ctx context.Context, s *Server, snap *Snapshot, args commandArgs) (any, error)

// commands returns the handlers, by name.
func commands() map[string]commandHandler {
	return map[string]commandHandler{
		commandRunHook:     runHookCommand,
		commandCheckHealth: checkHealthCommand,
		commandShowLog:     showLogCommand,
		commandCancelRun:   cancelRunCommand,
		commandGrant:       grantCommand,
		commandRevoke:      revokeCommand,
		commandInstall:     installCommand,
		commandUninstall:   uninstallCommand,
		commandClearCache:  clearCacheCommand,
		commandShowStats:   showStatsCommand,
	}
}

func commandFeature() feature {
	handlers := commands()
	return feature{
		requests: map[string]requestHandler{
			protocol.MethodWorkspaceExecuteCommand: request(func(ctx context.Context, s *Server, snap *Snapshot, p *protocol.ExecuteCommandParams) (any, error) {
				h := handlers[p.Command]
				if h == nil {
					return nil, invalidParams("no command %.80q; the server has %s", p.Command, strings.Join(slices.Sorted(maps.Keys(handlers)), ", "))
				}
				args, err := decodeArgs(p.Command, p.Arguments)
				if err != nil {
					return nil, err
				}
				return h(ctx, s, snap, args)
			}),
		},
		advertise: func(caps *protocol.ServerCapabilities, _ *Client) {
			caps.ExecuteCommandProvider = protocol.ExecuteCommandOptions{Commands: slices.Sorted(maps.Keys(handlers))}
		},
	}
}

// decodeArgs takes one object, or strings in the order that the command has them.
func decodeArgs(command string, raw []protocol.LSPAny) (commandArgs, error) {
	var args commandArgs
	if len(raw) == 0 || len(raw) == 1 && string(raw[0]) == "null" {
		return args, nil
	}
	if raw[0].Kind() == '{' {
		if len(raw) > 1 {
			return args, invalidParams("%s takes one object, %d arguments were given", command, len(raw))
		}
		var wrong *json.UnmarshalTypeError
		if err := json.Unmarshal(raw[0], &args); errors.As(err, &wrong) {
			return args, invalidParams("%s: %s must be a string, not %.40s", command, wrong.Field, wrong.Value)
		} else if err != nil {
			return args, invalidParams("%s: %v", command, err)
		}
		return args, nil
	}
	fields := []*string{&args.URI, &args.Export, &args.Event}
	switch command {
	case commandInstall:
		fields = []*string{&args.Path}
	case commandUninstall:
		fields = []*string{&args.Name}
	}
	for i, r := range raw {
		if i == len(fields) {
			return args, invalidParams("%s takes %s at most, %d were given", command, runlog.Plural(len(fields), "argument"), len(raw))
		}
		if err := json.Unmarshal(r, fields[i]); err != nil {
			return args, invalidParams("argument %d of %s must be an object such as {\"uri\": ..} or a string, not %.80s", i+1, command, string(r))
		}
	}
	return args, nil
}

// manifestArg is the manifest a command speaks of.
func manifestArg(snap *Snapshot, command string, args commandArgs) (*Document, error) {
	if args.URI == "" {
		return nil, invalidParams("%s needs the URI of a manifest: {\"uri\": \"file:///..\"}", command)
	}
	id := identify(args.URI)
	doc := snap.Manifest(id.key)
	if doc == nil || doc.Path == "" {
		return nil, invalidParams("%s: %.200q is no %s of this workspace", command, args.URI, ManifestName)
	}
	return doc, nil
}

func runHookCommand(ctx context.Context, s *Server, snap *Snapshot, args commandArgs) (any, error) {
	doc, err := manifestArg(snap, commandRunHook, args)
	if err != nil {
		return nil, err
	}
	if args.Export == "" {
		return nil, invalidParams("%s needs the name of an export: {\"uri\": .., \"export\": \"lint\"}", commandRunHook)
	}
	if project.LifecycleExport(args.Export) {
		return nil, invalidParams("%s: %q is called by the host itself and is no hook", commandRunHook, args.Export)
	}
	if !s.host.available() {
		return nil, errNoHost
	}
	p, err := s.loadPlugin(snap, doc.Path)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(project.Declared(p.model), args.Export) {
		return nil, invalidParams("%s: the manifest on disk declares no export %.80q; save it first if you have just added it", commandRunHook, args.Export)
	}
	if !s.trusted(ctx, p.root, true) {
		return nil, errUntrusted
	}
	var records []*runRecord
	err = s.byHand(ctx, doc.Path, func(ctx context.Context) error {
		p, err := s.loadPlugin(s.Snapshot(), doc.Path) // it may have been built anew while this waited
		if err == nil {
			records = s.runHooks(ctx, p, []hook{{args.Event, args.Export}}, s.saves.lastOf(doc.Path), true)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	if len(records) == 0 {
		return map[string]any{"outcome": string(call.Cancelled)}, nil
	}
	r := records[len(records)-1]
	return map[string]any{
		"outcome": r.result.Outcome.String(), "text": runlog.Result(r.result, r.log), "duration_ms": float64(r.result.Duration.Microseconds()) / 1000,
	}, nil
}

// byHand has work done on a plugin when its turn comes, and waits for its end. The client's
// cancelling the request cancels the work.
func (s *Server) byHand(ctx context.Context, manifest string, work func(ctx context.Context) error) error {
	var err error
	j := s.scheduler.submit(manifest, manualJob, func(ctx context.Context) { err = work(ctx) })
	select {
	case <-j.done:
		return err
	case <-ctx.Done():
		j.cancel(errCancelled)
		return ctx.Err()
	}
}

func checkHealthCommand(ctx context.Context, s *Server, snap *Snapshot, args commandArgs) (any, error) {
	if !s.host.available() {
		return nil, errNoHost
	}
	doc, err := manifestArg(snap, commandCheckHealth, args)
	if err != nil {
		return nil, err
	}
	if !s.trusted(ctx, s.rootOf(snap, doc.Path), true) {
		return nil, errUntrusted
	}
	s.facts.load(ctx, factsKey{doc.Path, moduleOf(doc)}, false)
	var pr *probe
	err = s.byHand(ctx, doc.Path, func(ctx context.Context) error {
		p, err := s.readPlugin(s.Snapshot(), doc.Path)
		if err == nil {
			pr, err = s.probe(ctx, p, &s.scheduler.runs) // not behind modules that hang in the background
		}
		return err
	})
	if errors.Is(err, errCancelled) || err == nil && pr == nil {
		return map[string]any{"outcome": string(call.Cancelled)}, nil
	}
	if err != nil {
		return nil, err
	}
	return map[string]any{"outcome": pr.result.Outcome.String(), "text": runlog.Health(pr.result)}, nil
}

func showLogCommand(ctx context.Context, s *Server, snap *Snapshot, args commandArgs) (any, error) {
	doc, err := manifestArg(snap, commandShowLog, args)
	if err != nil {
		return nil, err
	}
	if project.LifecycleExport(args.Export) {
		args.Export = "" // what the host calls by itself is in the health check's log
	}
	_, ran := snap.runsOf(doc.Path).exports[args.Export]
	if args.Export != "" && !ran && !slices.Contains(project.Declared(snap.Check(doc).Model), args.Export) {
		return nil, invalidParams("%s: the manifest declares no export %.80q; without one the log of the health check is shown", commandShowLog, args.Export)
	}
	target, err := s.logs.show(ctx, snap, logName{doc.Path, args.Export}, snap.pluginName(doc.Path))
	if err != nil {
		return nil, err
	}
	return map[string]any{"uri": string(target)}, nil
}

func cancelRunCommand(_ context.Context, s *Server, snap *Snapshot, args commandArgs) (any, error) {
	manifest := ""
	if args.URI != "" {
		doc, err := manifestArg(snap, commandCancelRun, args)
		if err != nil {
			return nil, err
		}
		manifest = doc.Path
	}
	return map[string]any{"cancelled": s.scheduler.cancel(manifest)}, nil
}

func grantCommand(_ context.Context, s *Server, snap *Snapshot, args commandArgs) (any, error) {
	return decide(s, snap, commandGrant, args, consent.Always)
}

func revokeCommand(_ context.Context, s *Server, snap *Snapshot, args commandArgs) (any, error) {
	return decide(s, snap, commandRevoke, args, consent.Unknown)
}

// decide keeps the user's decision on what the manifest on disk asks for: an unsaved buffer must
// not be what is agreed to.
func decide(s *Server, snap *Snapshot, command string, args commandArgs, a consent.Answer) (any, error) {
	doc, err := manifestArg(snap, command, args)
	if err != nil {
		return nil, err
	}
	saved := readManifest(doc.Path)
	if saved == nil || saved.TooLarge {
		return nil, invalidParams("%s: %s cannot be read from disk", command, doc.Path)
	}
	p := &plugin{model: snap.Settings.checker.Check(saved.Tree(), noFacts.Facts).Model}
	requests := p.risky()
	if len(requests) == 0 && a == consent.Always {
		return nil, invalidParams("%s: the manifest on disk asks for nothing that needs a grant", command)
	}
	s.setGrant(s.rootOf(snap, doc.Path), doc.Path, requests, a)
	if a != consent.Always {
		s.scheduler.cancel(doc.Path) // a run that goes on has what it was granted
	}
	return map[string]any{"requests": requests}, nil
}
