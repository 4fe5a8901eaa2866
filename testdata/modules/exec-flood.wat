;; Runs a command that writes without end.
(module
  (import "samuel" "exec" (func $exec (param i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "samuel_protocol_version") (result i32) (i32.const 1))
  (func (export "health") (result i32) (i32.const 0))
  (data (i32.const 0) "yes")
  (func (export "run") (result i32)
    (loop $again
      (drop (call $exec (i32.const 0) (i32.const 3)))
      (br $again))
    (unreachable)))
