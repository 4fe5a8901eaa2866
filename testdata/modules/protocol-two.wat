;; Speaks protocol 2; nothing else may be called. The hook would loop for ever.
(module
  (memory (export "memory") 1)
  (func (export "samuel_protocol_version") (result i32) (i32.const 2))
  (func (export "health") (result i32) (i32.const 0))
  (func (export "run") (result i32)
    (loop $forever (br $forever))
    (unreachable)))
