;; Reports progress without end.
(module
  (import "samuel" "callback" (func $callback (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "samuel_protocol_version") (result i32) (i32.const 1))
  (func (export "health") (result i32) (i32.const 0))
  (data (i32.const 0) "progress{\"message\":\"on and on\"}")
  (func (export "run") (result i32)
    (loop $more
      (drop (call $callback (i32.const 0) (i32.const 8) (i32.const 8) (i32.const 23)))
      (br $more))
    (unreachable)))
