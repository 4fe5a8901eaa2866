;; Loads from behind its memory.
(module
  (memory (export "memory") 1)
  (func (export "samuel_protocol_version") (result i32) (i32.const 1))
  (func (export "health") (result i32) (i32.const 0))
  (func (export "run") (result i32)
    (i32.load (i32.const 65533))))
