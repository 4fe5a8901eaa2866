;; Writes 64 MiB to standard error without a line break.
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 17)
  (func (export "samuel_protocol_version") (result i32) (i32.const 1))
  (func (export "health") (result i32) (i32.const 0))
  (data (i32.const 0) "\00\00\01\00\00\00\10\00")
  (func (export "run") (result i32)
    (local $n i32)
    (memory.fill (i32.const 65536) (i32.const 0x61) (i32.const 1048576))
    (loop $more
      (drop (call $fd_write (i32.const 2) (i32.const 0) (i32.const 1) (i32.const 8)))
      (local.set $n (i32.add (local.get $n) (i32.const 1)))
      (br_if $more (i32.lt_u (local.get $n) (i32.const 64))))
    (i32.const 0)))
