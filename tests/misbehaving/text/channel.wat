;; A channel in text, as `source.wat`.
(module
  {imports}
  (memory (export "memory") {pages})
  (global $heap (mut i32) (i32.const 65536))
  {fields}
  (func $realloc (export "cabi_realloc") (param $old i32) (param $held i32) (param $align i32) (param $size i32) (result i32)
    (local $at i32)
    {realloc}
    (local.set $at (i32.and (i32.add (global.get $heap) (i32.const 7)) (i32.const -8)))
    (global.set $heap (i32.add (local.get $at) (local.get $size)))
    (local.get $at))
  (func (export "vitrine:plugin/lifecycle@0.1.0#configure") (param i32 i32) (result i32)
    {configure}
    (i32.const 16))
  (func (export "vitrine:plugin/lifecycle@0.1.0#check") (result i32)
    {check}
    (i32.const 16))
  ;; status; title, group, group labels, alerts, host and time zone; the key: each a place and a length but the first
  (func (export "vitrine:plugin/delivery@0.1.0#deliver")
    (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32)
    (local $at i32)
    {deliver}
    (i32.const 16)))
