;; Starts a shell that leaves a process behind in its own group.
(module
  (import "samuel" "exec" (func $exec (param i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "samuel_protocol_version") (result i32) (i32.const 1))
  (func (export "health") (result i32) (i32.const 0))
  (data (i32.const 0) "sh -c \"sleep 27.1828 &\"")
  (func (export "run") (result i32)
    (drop (call $exec (i32.const 0) (i32.const 23)))
    (i32.const 0)))
