;; path_symlink to /etc inside a writable place.
(module
  (import "wasi_snapshot_preview1" "path_symlink" (func $path_symlink (param i32 i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "samuel_protocol_version") (result i32) (i32.const 1))
  (func (export "health") (result i32) (i32.const 0))
  (data (i32.const 0) "/etc")
  (data (i32.const 64) "workspace/out/etc")
  (func (export "run") (result i32)
    ;; 0 (ok) when the host refused
    (i32.eqz
      (call $path_symlink (i32.const 0) (i32.const 4) (i32.const 3) (i32.const 64) (i32.const 17)))))
