;; Logs one line of 16 MiB.
(module
  (import "samuel" "log" (func $log (param i32 i32 i32 i32)))
  (memory (export "memory") 257)
  (func (export "samuel_protocol_version") (result i32) (i32.const 1))
  (func (export "health") (result i32) (i32.const 0))
  (data (i32.const 0) "info")
  (func (export "run") (result i32)
    (memory.fill (i32.const 16) (i32.const 0x61) (i32.const 16777216))
    (call $log (i32.const 0) (i32.const 4) (i32.const 16) (i32.const 16777216))
    (i32.const 0)))
