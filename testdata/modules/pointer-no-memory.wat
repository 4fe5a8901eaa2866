;; Calls samuel.log from a module that has no memory at all.
(module
  (import "samuel" "log" (func $log (param i32 i32 i32 i32)))
  (func (export "samuel_protocol_version") (result i32) (i32.const 1))
  (func (export "health") (result i32) (i32.const 0))
  (func (export "run") (result i32)
    (call $log (i32.const 0) (i32.const 4) (i32.const 0) (i32.const 4))
    (i32.const 0)))
