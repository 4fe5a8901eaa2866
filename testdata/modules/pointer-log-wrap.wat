;; samuel.log with a pointer and a length whose 32-bit sum wraps round to a small number.
(module
  (import "samuel" "log" (func $log (param i32 i32 i32 i32)))
  (memory (export "memory") 1)
  (func (export "samuel_protocol_version") (result i32) (i32.const 1))
  (func (export "health") (result i32) (i32.const 0))
  (func (export "run") (result i32)
    (call $log (i32.const 0) (i32.const 0) (i32.const -16) (i32.const 32))
    (i32.const 0)))
