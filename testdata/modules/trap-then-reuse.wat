;; Marks a global and traps. An instance used again would find the mark and return 1; each run must
;; trap afresh.
(module
  (memory (export "memory") 1)
  (func (export "samuel_protocol_version") (result i32) (i32.const 1))
  (func (export "health") (result i32) (i32.const 0))
  (global $used (mut i32) (i32.const 0))
  (func (export "run") (result i32)
    (if (global.get $used) (then (return (i32.const 1))))
    (global.set $used (i32.const 1))
    (unreachable)))
