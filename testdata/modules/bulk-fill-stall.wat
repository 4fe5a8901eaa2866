;; memory.fill over 32 MiB again and again from a call tree: each instruction runs for milliseconds
;; without a check.
(module
  (memory (export "memory") 513)
  (func (export "samuel_protocol_version") (result i32) (i32.const 1))
  (func (export "health") (result i32) (i32.const 0))
  (func $fill (param $depth i32)
    (memory.fill (i32.const 0) (local.get $depth) (i32.const 33554432))
    (if (local.get $depth)
      (then
        (call $fill (i32.sub (local.get $depth) (i32.const 1)))
        (call $fill (i32.sub (local.get $depth) (i32.const 1))))))
  (func (export "run") (result i32)
    (call $fill (i32.const 60))
    (i32.const 0)))
