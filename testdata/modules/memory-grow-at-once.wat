;; Asks for 4 GiB in one step and ends well when refused.
(module
  (memory (export "memory") 1)
  (func (export "samuel_protocol_version") (result i32) (i32.const 1))
  (func (export "health") (result i32) (i32.const 0))
  (func (export "run") (result i32)
    (i32.ne (memory.grow (i32.const 65535)) (i32.const -1))))
