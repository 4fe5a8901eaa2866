package wasmhost

import (
	"context"
	"fmt"
	"sync"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"
)

// engine is one wazero runtime with the modules of host functions that its guests import.
type engine struct {
	wazero  wazero.Runtime
	wasi    hostModule
	network *network

	mu    sync.Mutex
	hosts map[hostChoice]api.Module // the samuel module, by the shapes a guest chose
}

// hostModule is an instantiated module of host functions. It is anonymous, so that no guest can
// take its name or unregister it.
type hostModule struct {
	module api.Module
	types  map[string]api.FunctionDefinition
}

func newEngine(ctx context.Context, config wazero.RuntimeConfig, network *network) (*engine, error) {
	e := &engine{
		wazero:  wazero.NewRuntimeWithConfig(ctx, config),
		network: network,
		hosts:   make(map[hostChoice]api.Module),
	}
	compiled, err := wasi_snapshot_preview1.NewBuilder(e.wazero).Compile(ctx)
	if err == nil {
		e.wasi.types = compiled.ExportedFunctions()
		e.wasi.module, err = e.anonymous(ctx, compiled)
	}
	if err != nil {
		_ = e.wazero.Close(ctx) // the first error tells why
		return nil, fmt.Errorf("set up wasi: %w", err)
	}
	return e, nil
}

func (e *engine) anonymous(ctx context.Context, compiled wazero.CompiledModule) (api.Module, error) {
	return e.wazero.InstantiateModule(ctx, compiled, wazero.NewModuleConfig().WithName(""))
}

// hostModule returns the samuel module with the given shapes.
func (e *engine) hostModule(ctx context.Context, choice hostChoice) (api.Module, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if m, ok := e.hosts[choice]; ok {
		return m, nil
	}
	b := e.wazero.NewHostModuleBuilder(hostModuleName)
	for i, f := range hostFunctions {
		shape := f.shapes[choice[i]]
		b = b.NewFunctionBuilder().WithGoModuleFunction(shape.entry(f.name, e.network), shape.params, shape.results).Export(f.name)
	}
	compiled, err := b.Compile(ctx)
	if err != nil {
		return nil, fmt.Errorf("build the host functions: %w", err)
	}
	m, err := e.anonymous(ctx, compiled)
	if err != nil {
		return nil, fmt.Errorf("instantiate the host functions: %w", err)
	}
	e.hosts[choice] = m
	return m, nil
}

// instantiate makes an anonymous instance of m. A panic of the engine, as where memory for the
// instance cannot be had, is an error like any other.
func (e *engine) instantiate(ctx context.Context, m *module, config wazero.ModuleConfig) (instance api.Module, err error) {
	host, err := e.hostModule(ctx, m.choice)
	if err != nil {
		return nil, err
	}
	ctx = experimental.WithImportResolver(ctx, func(name string) api.Module {
		switch name {
		case hostModuleName:
			return host
		case wasiModuleName:
			return e.wasi.module
		}
		return nil
	})
	defer func() {
		if p := recover(); p != nil {
			instance, err = nil, fmt.Errorf("instantiate the module: %v", p)
		}
	}()
	return e.wazero.InstantiateModule(ctx, m.compiled, config)
}
