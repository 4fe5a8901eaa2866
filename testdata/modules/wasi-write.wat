;; path_open for writing where only reading is declared.
(module
  (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "samuel_protocol_version") (result i32) (i32.const 1))
  (func (export "health") (result i32) (i32.const 0))
  (data (i32.const 0) "workspace/main.go")
  (func (export "run") (result i32)
    ;; 0 (ok) when the host refused
    (i32.eqz
      (call $path_open
        (i32.const 3) (i32.const 1) ;; the preopened directory, following links
        (i32.const 0) (i32.const 17)
        (i32.const 0) (i64.const 66) (i64.const 66) (i32.const 0)
        (i32.const 1024)))))
