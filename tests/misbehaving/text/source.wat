;; A source in text, with places in braces for what a hostile one does otherwise. It keeps nothing and brings nothing.
(module
  {imports}
  (memory (export "memory") {pages})
  (global $heap (mut i32) (i32.const 65536))
  {fields}
  ;; Answers lie at 16: all zero is `ok`, with empty lists.
  (func $realloc (export "cabi_realloc") (param $old i32) (param $held i32) (param $align i32) (param $size i32) (result i32)
    (local $at i32)
    {realloc}
    (local.set $at (i32.and (i32.add (global.get $heap) (i32.const 7)) (i32.const -8)))
    (global.set $heap (i32.add (local.get $at) (local.get $size)))
    (local.get $at))
  (func (export "vitrine:plugin/lifecycle@0.1.0#configure") (param $text i32) (param $length i32) (result i32)
    (local $at i32)
    {configure}
    (i32.const 16))
  (func (export "vitrine:plugin/lifecycle@0.1.0#check") (result i32)
    {check}
    (i32.const 16))
  (func (export "vitrine:plugin/collector@0.1.0#collect") (result i32)
    (local $at i32)
    {collect}
    (i32.const 16))
  (func (export "cabi_post_vitrine:plugin/collector@0.1.0#collect") (param i32)
    {after})
  (func (export "vitrine:plugin/queryable@0.1.0#query") (param i32 i32 i64 i64 i64) (result i32)
    {query}
    (i32.const 16)))
