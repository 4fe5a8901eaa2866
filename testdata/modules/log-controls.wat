;; Logs escape sequences, line breaks, a bell and a right-to-left override.
(module
  (import "samuel" "log" (func $log (param i32 i32 i32 i32)))
  (memory (export "memory") 1)
  (func (export "samuel_protocol_version") (result i32) (i32.const 1))
  (func (export "health") (result i32) (i32.const 0))
  (data (i32.const 0) "info\1b[31mred\1b[0m\07 two\nlines\r \1b]0;title\07 \e2\80\aetxt")
  (func (export "run") (result i32)
    (call $log (i32.const 0) (i32.const 4) (i32.const 4) (i32.const 42))
    (i32.const 0)))
