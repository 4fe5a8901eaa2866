;; samuel_protocol_version takes a parameter.
(module
  (memory (export "memory") 1)
  (func (export "samuel_protocol_version") (param i32) (result i32) (i32.const 1))
  (func (export "health") (result i32) (i32.const 0)))
