;; samuel.callback with a payload behind the memory.
(module
  (import "samuel" "callback" (func $callback (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "samuel_protocol_version") (result i32) (i32.const 1))
  (func (export "health") (result i32) (i32.const 0))
  (data (i32.const 0) "diagnostics")
  (func (export "run") (result i32)
    (drop (call $callback (i32.const 0) (i32.const 11) (i32.const 65535) (i32.const 2)))
    (i32.const 0)))
