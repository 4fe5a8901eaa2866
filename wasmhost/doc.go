// Package wasmhost loads, gates and runs wasm plugins.
//
// It is the only package that imports wazero. A [Runtime] compiles each module once and runs
// exports in fresh, anonymous instances; every privileged call of a guest, by host function or by
// WASI, is decided by one gate built from what the manifest declares and the user granted. A
// [Plugin] is one plugin on disk: detect, install, check, run, uninstall.
//
// A guest that hangs is stopped in two ways. Used as a library, the runtime makes guest code look
// at its context ([WithCloseOnContextDone], on by default), which costs speed and cannot stop
// everything. The language server instead switches that off and runs a Runtime in a child process
// that it kills; package pool does so.
//
// What the package leaves to others: reading a module without compiling it (package inspect), the
// file system that guests see (package sandboxfs), storage (package cache), processes (package
// pool), and the meaning of a manifest's patterns (package manifestcheck/pattern).
package wasmhost
