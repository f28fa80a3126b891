//! `vitrine rules` beside Debian's promtool: the same files pass and fail, and templates come to the same texts.

use std::process::Output;

use serde_json::json;
use vitrine_tests::{Files, promtool, repository, run};

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[tokio::test]
#[expect(clippy::print_stderr, reason = "whoever runs the tests must see that these were left out")]
async fn conformance_files_pass_and_fail_as_with_promtool() {
    let folder = repository().join("../shared/conformance/rules");
    let Ok(entries) = std::fs::read_dir(&folder) else {
        eprintln!("LEFT OUT: Prometheus's own rule files are not at hand; they belong into {}", folder.display());
        return;
    };
    let (files, mut compared) = (Files::new(), 0);
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = folder.join(&name).to_string_lossy().into_owned();
        for verb in ["check", "test"] {
            let theirs = promtool(&[verb, "rules", &name], &folder).await;
            let ours = run(files.path(), &["rules", verb, &path]).await;
            assert_eq!(
                ours.code,
                theirs.status.code(),
                "{verb} {name}\nours: {}{}\ntheirs: {}",
                ours.out,
                ours.err,
                text(&theirs)
            );
            compared += 1;
        }
    }
    assert!(compared >= 26, "{compared}");
}

#[tokio::test]
async fn mistakes_have_file_line_and_column() {
    let files = Files::new();
    files.write(
        "bad.yaml",
        "groups:\n  - name: a\n    rules:\n      - alert: A\n        expr: up ==\n        annotations:\n          \
         summary: \"is {{ $label.x }}\"\n  - name: a\n    rules: []\n",
    );
    let path = files.path().join("bad.yaml").to_string_lossy().into_owned();
    let ran = run(files.path(), &["rules", "check", &path]).await;
    let said = ran.err;
    assert_eq!(ran.code, Some(1), "{said}");
    for part in ["bad.yaml:5:", "bad.yaml:7:", "undefined variable \"$label\"", "a second group is named `a`"] {
        assert!(said.contains(part), "{part}: {said}");
    }
}

/// Each text is an annotation of a rule; promtool says what it comes to, and our test expects just that.
const TEXTS: [&str; 44] = [
    "{{ $value }}",
    "{{ $value }} {{ 1e6 }} {{ 100000000.0 }} {{ 1e20 }} {{ 0.0001 }} {{ 0.00001 }} {{ 123456789.0 }} {{ 999999.0 }}",
    r#"{{ printf "%e|%g|%g|%t" 1234.5678 0.00001 100000000.0 false }}"#,
    "{{ humanize 1234567.0 }} {{humanize 1e30}} {{ humanize1024 1e30}} {{ humanize 12345678901234567890.0 }} {{ humanize 0.00123 }}",
    "{{ $labels.nothing }}. {{ .Labels.nothing }}. {{ index $labels \"nothing\" }}.",
    r#"{{ printf "%v" $labels }} {{ $labels }} {{ len $labels }}"#,
    r#"{{ printf "%5.1f|%-6s|%05d|%+d|%x|%X|%%" 3.14159 "ab" 42 7 255 "hi" }}"#,
    r#"{{ printf "%d" "x" }} {{ printf "%s" 1 }} {{ printf "%f" 1 }} {{ printf "%s" $value }} {{ printf "%d" $value }}"#,
    r#"{{ printf "%d %d" 1 }} {{ printf "a" 1 "b" }} {{ printf "%" }}"#,
    r#"{{ printf "%s" $labels.nothing }} {{ print $labels.nothing }}"#,
    r#"{{ print 1 2 "x" 3 }}{{ html "<a href=x>" }}{{ urlquery "a b/c" }}{{ js "a<b=c" }}"#,
    r#"{{ parseDuration "1h30m" }} {{ humanizeTimestamp 1435065584.128 }} {{ toTime 1435065584 }}"#,
    r#"{{ title "hello big_world a-b x.y" }} {{ reReplaceAll "(.*)-(.*)" "$2:$1" "a-b" }}"#,
    r#"{{ stripDomain "web.shop.x:90" }} {{ stripDomain "10.0.0.1:90" }} {{stripPort "[::1]:80"}} {{ stripPort "x" }}"#,
    r#"{{ slice "abcdef" 1 3 }} {{ len "abc" }}"#,
    "{{ gt $value 0.5 }} {{ le 1.5 2.5 }}{{ ge \"b\" \"a\" }}{{ ne \"a\" \"b\" }}",
    r#"{{ define "t" }}<{{ . }} {{ $ }}>{{ end }}{{ template "t" 5 }}"#,
    r#"{{ printf "%6.2f|%-8.3f|%08.3f|%+.1e|%G" 3.14159 2.5 -2.5 12345.678 1e-10 }}"#,
    r#"{{ printf "%q %x %c %U %o %b %T" "a\tb" "hi" 65 65 8 5 1.5 }}"#,
    r#"{{ printf "%t %v %s %d" true true true true }} {{ printf "%v %s" nil 1.5 }}"#,
    "{{ $value }} {{ 0x1F }} {{ 1_000 }} {{ -3 }} {{ +3 }} {{ .5 }} {{ 'a' }}",
    "{{ humanizeDuration 93784.5 }} {{ humanizeDuration 61 }} {{ humanizeDuration 0.0012 }} {{ humanizeDuration -5.5 }}",
    "{{ humanizeDuration 1.23456 }} {{humanizeDuration 0}} {{ humanizeDuration \"7200\" }}",
    r#"{{ range $i, $s := query "vector(7)" }}{{ $i }}:{{ $s.Value }}:{{ $s.Labels }}{{ end }}"#,
    r#"{{ query "vector(7)" | first | value }} {{ (query "vector(7)" | first).Value }}"#,
    r#"{{ with query "nothing" }}x{{ else }}none{{ end }}{{ range query "nothing" }}x{{ else }}none{{ end }}"#,
    "{{ $externalLabels.zone }} {{ .ExternalLabels.zone }} {{ graphLink \"up == 0\" }} {{ tableLink \"a b\" }}",
    r#"{{ printf "%.3s|%10s|%-10s|" "abcdef" "x" "y" }}{{ printf "%3d|%-3d|% d" 5 5 5 }}"#,
    "{{ println 1 \"a\" 2 }}x",
    "{{ and 1 0 }}{{ or 0 \"x\" }}{{ not true }}",
    r#"{{ if $labels.nothing }}y{{ else if eq $labels.nothing "" }}e{{ else }}n{{ end }}"#,
    r#"{{ $value | printf "%.1f%%" }} {{ 3 | printf "%d %d" 2 }} {{ printf "%[2]s %[1]s" "a" "b" }}"#,
    "{{ humanizePercentage 0.1234567 }} {{ humanizePercentage 1 }} {{ $value | humanizePercentage }}",
    "{{ args 1 \"a\" }} {{ with args 1 \"a\" }}{{ .arg1 }}{{ end }}",
    "{{ printf \"%v\" (toTime 5.5) }} {{ (toTime 5.5).Unix }}",
    r#"{{ match "a" "b" }}{{ $labels.instance | toUpper }}{{ toLower "AbC" }}"#,
    r#"{{ strvalue (query "vector(7)" | first) }}."#,
    r#"{{ printf "%08.2f" -1.5 }}|{{ printf "%+5d" 3 }}|{{ printf "%-5d|" 3 }}|{{ printf "%*d" 4 7 }}"#,
    "{{ $x := $value }}{{ if true }}{{ $x = 2.0 }}{{ end }}{{ $x | humanize }}",
    "a {{- /* nothing */ -}} b {{- $value -}} c\n {{- 3 }}",
    "{{ range $k, $v := $labels }}{{ $k }}={{ $v }};{{ end }}",
    r#"{{ range sortByLabel "job" (query "m or n") }}{{ .Labels.instance }}{{ if eq .Value 1.0 }}{{ continue }}{{ end }}!{{ end }}"#,
    "{{ block \"b\" $value }}[{{ . }}]{{ end }} {{ safeHtml \"<b>\" }}",
    "{{ humanize1024 1048576.0 }} {{ humanize1024 1 }} {{ humanize \"12\" }} {{ humanize 0 }} {{ humanize 999.96 }}",
];

#[tokio::test]
async fn templates_come_to_the_same_texts_as_with_promtool() {
    let files = Files::new();
    let annotations: serde_json::Map<_, _> =
        TEXTS.iter().enumerate().map(|(place, text)| (format!("a{place:03}"), json!(text))).collect();
    let rules =
        json!({ "groups": [{ "name": "g", "rules": [{ "alert": "A", "expr": "m * 0.912", "annotations": annotations }] }] });
    files.write("r.yml", &rules.to_string());
    let tests = |expected: serde_json::Value| {
        json!({ "rule_files": ["r.yml"], "tests": [{ "external_labels": { "zone": "eu" },
            "input_series": [{ "series": "m{instance=\"web-1\"}", "values": "1 1" }, { "series": "n{instance=\"b\"}", "values": "2 2" }],
            "alert_rule_test": [{ "eval_time": "1m", "alertname": "A", "exp_alerts": expected }] }] })
        .to_string()
    };
    files.write("t.yml", &tests(json!([])));
    let theirs = text(&promtool(&["test", "rules", "t.yml"], files.path()).await);
    let said = |place: usize| {
        let rest = &theirs[theirs.find(&format!("a{place:03}=\""))? + 5..];
        let mut quoted = serde_json::Deserializer::from_str(rest).into_iter::<String>();
        quoted.next()?.ok()
    };
    let said: serde_json::Map<_, _> = (0..TEXTS.len())
        .map(|place| (format!("a{place:03}"), json!(said(place).unwrap_or_else(|| panic!("{}: {theirs}", TEXTS[place])))))
        .collect();
    files.write("t.yml", &tests(json!([{ "exp_labels": { "instance": "web-1" }, "exp_annotations": said }])));
    let path = files.path().join("t.yml").to_string_lossy().into_owned();
    let ours = run(files.path(), &["rules", "test", &path]).await;
    assert_eq!(ours.code, Some(0), "{}{}", ours.out, ours.err);
}
