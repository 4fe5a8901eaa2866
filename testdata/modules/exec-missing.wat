;; Runs a program that does not exist: -1, not a trap.
(module
  (import "samuel" "exec" (func $exec (param i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "samuel_protocol_version") (result i32) (i32.const 1))
  (func (export "health") (result i32) (i32.const 0))
  (data (i32.const 0) "no-such-program-anywhere")
  (func (export "run") (result i32)
    ;; 0 (ok) when the host answered -1
    (i32.ne (call $exec (i32.const 0) (i32.const 24)) (i32.const -1))))
