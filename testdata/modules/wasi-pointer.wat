;; random_get into a buffer behind the memory: an error, not a write.
(module
  (import "wasi_snapshot_preview1" "random_get" (func $random_get (param i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "samuel_protocol_version") (result i32) (i32.const 1))
  (func (export "health") (result i32) (i32.const 0))
  (func (export "run") (result i32)
    (i32.eqz (call $random_get (i32.const 65530) (i32.const 100)))))
