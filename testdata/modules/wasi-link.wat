;; path_link of a read-only file into a writable place, to write through the other name.
(module
  (import "wasi_snapshot_preview1" "path_link" (func $path_link (param i32 i32 i32 i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "samuel_protocol_version") (result i32) (i32.const 1))
  (func (export "health") (result i32) (i32.const 0))
  (data (i32.const 0) "workspace/main.go")
  (data (i32.const 64) "workspace/out/alias")
  (func (export "run") (result i32)
    ;; 0 (ok) when the host refused
    (i32.eqz
      (call $path_link (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 17) (i32.const 3) (i32.const 64) (i32.const 19)))))
