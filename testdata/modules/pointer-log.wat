;; samuel.log with a message that ends behind the memory.
(module
  (import "samuel" "log" (func $log (param i32 i32 i32 i32)))
  (memory (export "memory") 1)
  (func (export "samuel_protocol_version") (result i32) (i32.const 1))
  (func (export "health") (result i32) (i32.const 0))
  (func (export "run") (result i32)
    (call $log (i32.const 0) (i32.const 4) (i32.const 65530) (i32.const 100))
    (i32.const 0)))
