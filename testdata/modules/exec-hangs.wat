;; Runs a command that never ends, again and again.
(module
  (import "samuel" "exec" (func $exec (param i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "samuel_protocol_version") (result i32) (i32.const 1))
  (func (export "health") (result i32) (i32.const 0))
  (data (i32.const 0) "sleep 3600")
  (func (export "run") (result i32)
    (loop $again
      (drop (call $exec (i32.const 0) (i32.const 10)))
      (br $again))
    (unreachable)))
