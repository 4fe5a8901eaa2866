;; A tight loop in _initialize, which runs before any export.
(module
  (memory (export "memory") 1)
  (func (export "samuel_protocol_version") (result i32) (i32.const 1))
  (func (export "health") (result i32) (i32.const 0))
  (func (export "_initialize") (loop $forever (br $forever)))
  (func (export "run") (result i32)
    (i32.const 0)))
