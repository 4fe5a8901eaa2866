;; A tight loop in the start function: instantiating never ends.
(module
  (memory (export "memory") 1)
  (func (export "samuel_protocol_version") (result i32) (i32.const 1))
  (func (export "health") (result i32) (i32.const 0))
  (func $boot (loop $forever (br $forever)))
  (start $boot)
  (func (export "run") (result i32)
    (i32.const 0)))
