;; The same with memory.copy over overlapping halves.
(module
  (memory (export "memory") 513)
  (func (export "samuel_protocol_version") (result i32) (i32.const 1))
  (func (export "health") (result i32) (i32.const 0))
  (func $copy (param $depth i32)
    (memory.copy (i32.const 1) (i32.const 0) (i32.const 33554432))
    (if (local.get $depth)
      (then
        (call $copy (i32.sub (local.get $depth) (i32.const 1)))
        (call $copy (i32.sub (local.get $depth) (i32.const 1))))))
  (func (export "run") (result i32)
    (call $copy (i32.const 60))
    (i32.const 0)))
