;; Declares 128 MiB where the manifest allows 64.
(module
  (memory (export "memory") 2048)
  (func (export "samuel_protocol_version") (result i32) (i32.const 1))
  (func (export "health") (result i32) (i32.const 0))
  (func (export "run") (result i32)
    (i32.const 0)))
