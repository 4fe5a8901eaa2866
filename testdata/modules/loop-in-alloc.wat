;; A tight loop in samuel_alloc, which the host calls to place the payload.
(module
  (memory (export "memory") 1)
  (func (export "samuel_protocol_version") (result i32) (i32.const 1))
  (func (export "health") (result i32) (i32.const 0))
  (func (export "samuel_alloc") (param i32) (result i32) (loop $forever (br $forever)) (unreachable))
  (func (export "run") (param i32 i32) (result i32)
    (i32.const 0)))
