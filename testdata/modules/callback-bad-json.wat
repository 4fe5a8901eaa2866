;; Calls back with a payload that is no JSON: 1, not a trap.
(module
  (import "samuel" "callback" (func $callback (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "samuel_protocol_version") (result i32) (i32.const 1))
  (func (export "health") (result i32) (i32.const 0))
  (data (i32.const 0) "diagnostics{nope")
  (func (export "run") (result i32)
    ;; 0 (ok) when the host answered 1
    (i32.ne (call $callback (i32.const 0) (i32.const 11) (i32.const 11) (i32.const 5)) (i32.const 1))))
