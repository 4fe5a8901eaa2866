;; samuel_alloc traps.
(module
  (memory (export "memory") 1)
  (func (export "samuel_protocol_version") (result i32) (i32.const 1))
  (func (export "health") (result i32) (i32.const 0))
  (func (export "samuel_alloc") (param i32) (result i32) (unreachable))
  (func (export "run") (param $ptr i32) (param $len i32) (result i32)
    (i32.const 0)))
