;; Imports log in its form with a number as level.
(module
  (import "samuel" "log" (func $log (param i32 i32 i32)))
  (memory (export "memory") 1)
  (func (export "samuel_protocol_version") (result i32) (i32.const 1))
  (func (export "health") (result i32) (i32.const 0))
  (data (i32.const 0) "hello")
  (func (export "run") (result i32)
    (call $log (i32.const 1) (i32.const 0) (i32.const 5))
    (i32.const 0)))
