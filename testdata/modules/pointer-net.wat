;; samuel.net_outbound with a body behind the memory.
(module
  (import "samuel" "net_outbound" (func $net (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "samuel_protocol_version") (result i32) (i32.const 1))
  (func (export "health") (result i32) (i32.const 0))
  (data (i32.const 0) "api.example.com")
  (func (export "run") (result i32)
    (drop (call $net (i32.const 0) (i32.const 15) (i32.const 65536) (i32.const 8)))
    (i32.const 0)))
