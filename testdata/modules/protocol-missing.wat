;; Exports no samuel_protocol_version: counts as protocol 1, with a warning.
(module
  (memory (export "memory") 1)
  (func (export "health") (result i32) (i32.const 0))
  (func (export "run") (result i32)
    (i32.const 0)))
