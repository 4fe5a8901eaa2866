;; path_create_directory without write access.
(module
  (import "wasi_snapshot_preview1" "path_create_directory" (func $path_create_directory (param i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "samuel_protocol_version") (result i32) (i32.const 1))
  (func (export "health") (result i32) (i32.const 0))
  (data (i32.const 0) "workspace/made")
  (func (export "run") (result i32)
    ;; 0 (ok) when the host refused
    (i32.eqz
      (call $path_create_directory (i32.const 3) (i32.const 0) (i32.const 14)))))
