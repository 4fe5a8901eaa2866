;; Imports fs_read with another signature.
(module
  (import "samuel" "fs_read" (func (param i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "samuel_protocol_version") (result i32) (i32.const 1))
  (func (export "health") (result i32) (i32.const 0))
  (func (export "run") (result i32)
    (i32.const 0)))
