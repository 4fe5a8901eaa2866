;; Calls itself twice, 60 deep: no loop, a small stack, and years of work.
(module
  (memory (export "memory") 1)
  (func (export "samuel_protocol_version") (result i32) (i32.const 1))
  (func (export "health") (result i32) (i32.const 0))
  (func $double (param $depth i32)
    (if (local.get $depth)
      (then
        (call $double (i32.sub (local.get $depth) (i32.const 1)))
        (call $double (i32.sub (local.get $depth) (i32.const 1))))))
  (func (export "run") (result i32)
    (call $double (i32.const 60))
    (i32.const 0)))
