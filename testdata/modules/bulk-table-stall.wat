;; The same with table.fill.
(module
  (memory (export "memory") 1)
  (func (export "samuel_protocol_version") (result i32) (i32.const 1))
  (func (export "health") (result i32) (i32.const 0))
  (table $t 1000000 funcref)
  (func $fill (param $depth i32)
    (table.fill $t (i32.const 0) (ref.null func) (i32.const 1000000))
    (if (local.get $depth)
      (then
        (call $fill (i32.sub (local.get $depth) (i32.const 1)))
        (call $fill (i32.sub (local.get $depth) (i32.const 1))))))
  (func (export "run") (result i32)
    (call $fill (i32.const 60))
    (i32.const 0)))
