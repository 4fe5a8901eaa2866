;; samuel.fs_read with a path behind the memory.
(module
  (import "samuel" "fs_read" (func $fs_read (param i32 i32) (result i64)))
  (memory (export "memory") 1)
  (func (export "samuel_protocol_version") (result i32) (i32.const 1))
  (func (export "health") (result i32) (i32.const 0))
  (func (export "run") (result i32)
    (drop (call $fs_read (i32.const 70000) (i32.const 4)))
    (i32.const 0)))
