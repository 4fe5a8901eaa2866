;; samuel_alloc grows the memory while the host is inside fs_read: views taken before are stale.
;; The guest compares the file's first byte.
(module
  (import "samuel" "fs_read" (func $fs_read (param i32 i32) (result i64)))
  (memory (export "memory") 1)
  (func (export "samuel_protocol_version") (result i32) (i32.const 1))
  (func (export "health") (result i32) (i32.const 0))
  (data (i32.const 0) "/workspace/main.go")
  (func (export "samuel_alloc") (param $len i32) (result i32)
    (i32.mul (memory.grow (i32.const 16)) (i32.const 65536)))
  (func (export "run") (result i32)
    (local $packed i64)
    (local.set $packed (call $fs_read (i32.const 0) (i32.const 18)))
    ;; 0 (ok) when the first byte is the p of "package"
    (i32.ne
      (i32.load8_u (i32.wrap_i64 (i64.shr_u (local.get $packed) (i64.const 32))))
      (i32.const 0x70))))
