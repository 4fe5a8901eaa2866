;; samuel.config_get with a key one byte longer than the memory.
(module
  (import "samuel" "config_get" (func $config (param i32 i32) (result i64)))
  (memory (export "memory") 1)
  (func (export "samuel_protocol_version") (result i32) (i32.const 1))
  (func (export "health") (result i32) (i32.const 0))
  (func (export "run") (result i32)
    (drop (call $config (i32.const 0) (i32.const 65537)))
    (i32.const 0)))
