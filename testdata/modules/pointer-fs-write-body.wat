;; samuel.fs_write with a good path and a body that ends behind the memory.
(module
  (import "samuel" "fs_write" (func $fs_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "samuel_protocol_version") (result i32) (i32.const 1))
  (func (export "health") (result i32) (i32.const 0))
  (data (i32.const 0) "/workspace/out/body")
  (func (export "run") (result i32)
    (drop (call $fs_write (i32.const 0) (i32.const 19) (i32.const 1) (i32.const 65536)))
    (i32.const 0)))
