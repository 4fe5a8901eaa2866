;; Two draws of random_get must differ.
(module
  (import "wasi_snapshot_preview1" "random_get" (func $random_get (param i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "samuel_protocol_version") (result i32) (i32.const 1))
  (func (export "health") (result i32) (i32.const 0))
  (func (export "run") (result i32)
    (drop (call $random_get (i32.const 0) (i32.const 8)))
    (drop (call $random_get (i32.const 8) (i32.const 8)))
    (i64.eq (i64.load (i32.const 0)) (i64.load (i32.const 8)))))
