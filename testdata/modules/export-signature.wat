;; The export that is called has a signature no hook has.
(module
  (memory (export "memory") 1)
  (func (export "samuel_protocol_version") (result i32) (i32.const 1))
  (func (export "health") (result i32) (i32.const 0))
  (func (export "run") (param f64) (result f64)
    (f64.const 0)))
