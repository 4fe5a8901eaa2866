;; samuel.exec with a command behind the memory.
(module
  (import "samuel" "exec" (func $exec (param i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "samuel_protocol_version") (result i32) (i32.const 1))
  (func (export "health") (result i32) (i32.const 0))
  (func (export "run") (result i32)
    (drop (call $exec (i32.const 65536) (i32.const 1)))
    (i32.const 0)))
