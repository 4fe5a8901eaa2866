;; samuel.net_outbound in its request form, with a request behind the memory.
(module
  (import "samuel" "net_outbound" (func $net (param i32 i32) (result i64)))
  (memory (export "memory") 1)
  (func (export "samuel_protocol_version") (result i32) (i32.const 1))
  (func (export "health") (result i32) (i32.const 0))
  (func (export "run") (result i32)
    (drop (call $net (i32.const 65535) (i32.const 2)))
    (i32.const 0)))
