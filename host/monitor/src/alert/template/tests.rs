//! Texts and what they come to. The Go forms are held against promtool in `tests/tests/rules.rs` as well.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use vitrine_model::Labels;

use super::{Around, Template};

fn filled(text: &str) -> String {
    let labels = Labels::from_pairs([("instance", "web-1.shop.example:9100"), ("mountpoint", "/var")]);
    let external = Labels::from_pairs([("zone", "eu")]);
    let answer = |query: &str| match query {
        "up" => Ok(vec![
            (Labels::from_pairs([("__name__", "up"), ("job", "b")]), 0.0),
            (Labels::from_pairs([("__name__", "up"), ("job", "a")]), 1.5),
        ]),
        "none" => Ok(Vec::new()),
        _ => Err("it cannot be asked".to_owned()),
    };
    let around = Around {
        labels: &labels,
        external_labels: &external,
        external_url: "http://vitrine.shop.example/mon",
        value: 0.912,
        at: 1_435_065_584_128,
        query: &answer,
    };
    Template::parse(text).map_or_else(|mistake| format!("{}: {}", mistake.at, mistake.reason), |text| text.fill(&around))
}

fn all(cases: &[(&str, &str)]) {
    for (text, wanted) in cases {
        assert_eq!(filled(text), *wanted, "{text}");
    }
}

#[test]
fn values_and_blocks_of_go() {
    all(&[
        ("plain, costs $5", "plain, costs $5"),
        ("{{ $labels.mountpoint }} {{ .Labels.mountpoint }} {{ $value }} {{ .Value }}", "/var /var 0.912 0.912"),
        ("{{ $externalLabels.zone }} {{ $externalURL }} {{ .ExternalURL | len }}", "eu http://vitrine.shop.example/mon 31"),
        ("a {{- /* nothing */ -}} b {{- $value -}} c", "ab0.912c"),
        ("{{ $x := 1 }}{{ if true }}{{ $x = 2 }}{{ $x := 3 }}{{ end }}{{ $x }}", "2"),
        ("{{ if gt $value 0.9 }}big{{ else if gt $value 0.5 }}mid{{ else }}small{{ end }}", "big"),
        ("{{ range $k, $v := $labels }}{{ $k }}={{ $v }};{{ end }}", "instance=web-1.shop.example:9100;mountpoint=/var;"),
        ("{{ range query \"none\" }}x{{ else }}nothing{{ end }}", "nothing"),
        (
            "{{ range query \"up\" }}{{ if eq .Labels.job \"b\" }}{{ break }}{{ end }}{{ .Labels.job }}{{ .Value }}{{ end }}",
            "a1.5",
        ),
        ("{{ range $i, $s := query \"up\" }}{{ if eq $i 0 }}{{ continue }}{{ end }}{{ label \"job\" $s }}{{ end }}", "b"),
        ("{{ with query \"up\" }}{{ . | first | value }}{{ end }}", "1.5"),
        ("{{ define \"t\" }}<{{ . }}>{{ end }}{{ template \"t\" $labels.mountpoint }}{{ tmpl \"t\" 3 }}", "</var><3>"),
        ("{{ block \"b\" $value }}[{{ . }}]{{ end }}", "[0.912]"),
        ("{{ (index $labels \"mountpoint\") | toUpper }}{{ slice \"abcdef\" 1 3 }}", "/VARbc"),
        ("{{ and 1 0 }}{{ or 0 \"x\" }}{{ not true }}{{ ne 1 2 }}{{ le 1 1 }}{{ eq 1 2 3 1 }}", "0xfalsetruetruetrue"),
        ("{{ print 1 2 \"x\" 3 }}{{ html \"<a href='x'>\" }}{{ urlquery \"a b/c\" }}", "1 2x3&lt;a href=&#39;x&#39;&gt;a+b%2Fc"),
        ("{{ $labels.nothing }}.", "."),
        ("{{ 1e6 }} {{ 123456789.0 }} {{ 999999.0 }} {{ 0.00001 }}", "1e+06 1.23456789e+08 999999 1e-05"),
        ("{{ printf \"%[2]s %[1]s\" \"a\" \"b\" }}", "b a"),
        ("{{ with args 1 \"b\" }}{{ .arg0 }}{{ .arg1 }}{{ end }}", "1b"),
    ]);
}

#[test]
fn printf_has_go_s_verbs_and_its_words_for_mismatches() {
    all(&[
        (r#"{{ printf "%s|%d|%.2f|%v|%q" "a" 3 1.005 true "x\"y" }}"#, r#"a|3|1.00|true|"x\"y""#),
        (r#"{{ printf "%5.1f|%-6s|%05d|%+d|%x|%X|%%" 3.14159 "ab" 42 7 255 "hi" }}"#, "  3.1|ab    |00042|+7|ff|6869|%"),
        (r#"{{ printf "%e|%g|%g|%t" 1234.5678 0.00001 100000000.0 false }}"#, "1.234568e+03|1e-05|1e+08|false"),
        (r#"{{ printf "%d" "x" }} {{ printf "%s" 1 }} {{ printf "%f" 1 }}"#, "%!d(string=x) %!s(int=1) %!f(int=1)"),
        (
            r#"{{ printf "%d %d" 1 }} {{ printf "a" 1 "b" }} {{ printf "%" }}"#,
            "1 %!d(MISSING) a%!(EXTRA int=1, string=b) %!(NOVERB)",
        ),
        (r#"{{ printf "%v" $labels }} {{ printf "%*d" 4 7 }}"#, "map[instance:web-1.shop.example:9100 mountpoint:/var]    7"),
    ]);
}

#[test]
fn numbers_for_people() {
    all(&[
        ("{{ $value | humanizePercentage }} {{ humanizePercentage 0.1234567 }}", "91.2% 12.35%"),
        ("{{ humanize 0.0 }} {{ humanize 1234567.0 }} {{ humanize 0.00123 }} {{ humanize \"12\" }}", "0 1.235M 1.23m 12"),
        ("{{ humanize1024 1048576.0 }} {{ humanize1024 1.0 }} {{ humanize1024 2000 }}", "1Mi 1 1.953ki"),
        (
            "{{ humanizeDuration 93784.0 }} {{ humanizeDuration 61 }} {{ humanizeDuration 0.0012 }} {{ humanizeDuration 0 }}",
            "1d 2h 3m 4s 1m 1s 1.2ms 0s",
        ),
        (
            "{{ humanizeTimestamp 1435065584.128 }} {{ toTime 1435065584 }}",
            "2015-06-23 13:19:44.128 +0000 UTC 2015-06-23 13:19:44 +0000 UTC",
        ),
        (
            "{{ toDuration 3600 }} {{ toDuration 0.0015 }} {{ parseDuration \"1h30m\" }} {{ printf \"%.0f\" now }}",
            "1h0m0s 1.5ms 5400 1435065584",
        ),
    ]);
}

#[test]
fn texts_for_links_and_hosts() {
    all(&[
        (
            "{{ $labels.instance | stripPort }} {{ stripDomain $labels.instance }} {{ stripPort \"[::1]:80\" }}",
            "web-1.shop.example web-1:9100 ::1",
        ),
        (
            "{{ title \"hello big world\" }} {{ match \"a.c\" \"xabcx\" }} {{ reReplaceAll \"(.*)-(.*)\" \"$2:$1\" \"a-b\" }}",
            "Hello Big World true b:a",
        ),
        (
            "{{ graphLink \"up == 0\" }} {{ pathPrefix }} {{ externalURL }}",
            "/graph?g0.expr=up+%3D%3D+0&g0.tab=0 /mon http://vitrine.shop.example/mon",
        ),
        ("{{ range sortByLabel \"job\" (query \"up\") }}{{ .Labels.job }}{{ end }} {{ safeHtml \"<b>\" }}", "ab <b>"),
    ]);
}

#[test]
fn a_failing_text_tells_its_error_and_where() {
    let deep = "{{ define \"t\" }}{{ template \"t\" . }}{{ end }}{{ template \"t\" . }}";
    for (text, part) in [
        ("x {{ gt $value 1 }}", "<error expanding template: 1:6: error calling gt: incompatible types"),
        ("{{ query \"broken(\" }}", "it cannot be asked"),
        ("{{ first (query \"none\") }}", "first() called on vector with no elements"),
        (deep, "deep"),
        ("{{ .Label.x }}", "can't evaluate field Label"),
        ("{{ range 1000 }}{{ range 1000 }}{{ end }}{{ end }}", "steps"),
        ("{{ range 10000 }}{{ printf \"%100d\" . }}{{ end }}", "bytes"),
        ("{{ range 30 }}{{ query \"up\" }}{{ end }}", "may ask 20 times"),
        ("{% for i in range(100000) %}x{% endfor %}", "error expanding template"),
    ] {
        assert!(filled(text).contains(part), "{text}: {}", filled(text));
    }
}

#[test]
fn mistakes_have_their_place() {
    for (text, wanted) in [
        ("x {{ $label.foo }}", "5: undefined variable \"$label\""),
        ("{{ $value | humanise }}", "12: function \"humanise\" not defined"),
        ("{{ if $value }}", "6: this `if` has no `end`"),
        ("{{ end }}{{ $value }}", "0: this `end` ends nothing"),
        ("{{ $value", "0: this `{{` is not closed"),
        ("{{ value | humanise }}", "3: filter humanise is unknown"),
    ] {
        let said = filled(text);
        assert!(said.contains(wanted.split_once(": ").unwrap().1), "{text}: {said}");
    }
    assert!(filled("{% if true %}{{ $value }}{% endif %}").contains("mixed"));
    assert!(filled("{{ $value | round(2) }}").contains("mixed"));
}

#[test]
fn the_host_s_own_form_is_read_as_such() {
    all(&[
        ("{{ labels.mountpoint }} {{ value | humanizePercentage }}", "/var 91.2%"),
        ("{{ labels.nothing }}.", "."),
        ("{% if value > 0.5 %}much{% endif %}", "much"),
        ("{{ value | round(1) }} {{ 2.0 }}", "0.9 2"),
        ("{{ 93784.0 | humanizeDuration }}", "1d 2h 3m 4s"),
        ("{{ \"abc\" | first }}", "a"),
    ]);
}
