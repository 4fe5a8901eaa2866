;; A tight loop in samuel_protocol_version, the first thing a host calls.
(module
  (memory (export "memory") 1)
  (func (export "samuel_protocol_version") (result i32) (loop $forever (br $forever)) (unreachable))
  (func (export "health") (result i32) (i32.const 0)))
