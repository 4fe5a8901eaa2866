;; Calls a table entry that is null.
(module
  (memory (export "memory") 1)
  (func (export "samuel_protocol_version") (result i32) (i32.const 1))
  (func (export "health") (result i32) (i32.const 0))
  (table 1 funcref)
  (type $none (func))
  (func (export "run") (result i32)
    (call_indirect (type $none) (i32.const 0))
    (i32.const 0)))
