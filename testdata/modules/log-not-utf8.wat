;; Logs bytes that are no UTF-8, at a level nobody knows.
(module
  (import "samuel" "log" (func $log (param i32 i32 i32 i32)))
  (memory (export "memory") 1)
  (func (export "samuel_protocol_version") (result i32) (i32.const 1))
  (func (export "health") (result i32) (i32.const 0))
  (data (i32.const 0) "shout\ff\fe\80 bytes")
  (func (export "run") (result i32)
    (call $log (i32.const 0) (i32.const 5) (i32.const 5) (i32.const 9))
    (i32.const 0)))
