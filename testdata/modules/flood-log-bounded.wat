;; Logs 100,000 lines, then ends well: most are dropped and counted.
(module
  (import "samuel" "log" (func $log (param i32 i32 i32 i32)))
  (memory (export "memory") 1)
  (func (export "samuel_protocol_version") (result i32) (i32.const 1))
  (func (export "health") (result i32) (i32.const 0))
  (data (i32.const 0) "info the same line again")
  (func (export "run") (result i32)
    (local $n i32)
    (loop $more
      (call $log (i32.const 0) (i32.const 4) (i32.const 5) (i32.const 19))
      (local.set $n (i32.add (local.get $n) (i32.const 1)))
      (br_if $more (i32.lt_u (local.get $n) (i32.const 100000))))
    (i32.const 0)))
