;; One table.grow to 1,000 million entries, 8 GB: tables lie outside the memory limit.
(module
  (memory (export "memory") 1)
  (func (export "samuel_protocol_version") (result i32) (i32.const 1))
  (func (export "health") (result i32) (i32.const 0))
  (table $t 1 funcref)
  (func (export "run") (result i32)
    (drop (table.grow $t (ref.null func) (i32.const 1000000000)))
    (i32.const 0)))
