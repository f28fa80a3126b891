;; A panel in text, as `source.wat`. Its answer of zeros is a chart without series.
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
  ;; frames, options, width, height, theme, time zone, start, end, step
  (func (export "vitrine:plugin/rendering@0.1.0#render")
    (param $frames i32) (param i32) (param $text i32) (param $length i32) (param i32 i32 i32 i32 i32 i64 i64 i64) (result i32)
    (local $at i32)
    {render}
    (i32.const 16)))
