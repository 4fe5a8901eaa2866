;; Asks without end how much time is left, and goes on when there is none.
(module
  (import "samuel" "config_get" (func $config (param i32 i32) (result i64)))
  (memory (export "memory") 1)
  (func (export "samuel_protocol_version") (result i32) (i32.const 1))
  (func (export "health") (result i32) (i32.const 0))
  (global $next (mut i32) (i32.const 4096))
  (func (export "samuel_alloc") (param $len i32) (result i32)
    (local $ptr i32)
    (local.set $ptr (global.get $next))
    (global.set $next (i32.add (local.get $ptr) (local.get $len)))
    (local.get $ptr))
  (data (i32.const 0) "hook.remaining_ms")
  (func (export "run") (result i32)
    (loop $again
      (global.set $next (i32.const 4096))
      (drop (call $config (i32.const 0) (i32.const 17)))
      (br $again))
    (unreachable)))
