#![expect(clippy::unwrap_used, clippy::panic, reason = "a failure is a failed test")]

use vitrine_sdk::panel::render;

use super::*;

#[track_caller]
fn check(text: &str, expected: &str) {
    let options = format!(r#"{{"text":{text}}}"#);
    match render::<Text>(Vec::new(), &options).unwrap() {
        View::Markup(markup) => assert_eq!(markup.trim(), expected),
        other => panic!("markup was expected, not {other:?}"),
    }
}

#[test]
fn markdown_becomes_html() {
    check(r##""# Shop""##, "<h1>Shop</h1>");
    check(
        r#""*calm* ~~storm~~ [runbook](https://example.org)""#,
        r#"<p><em>calm</em> <del>storm</del> <a href="https://example.org">runbook</a></p>"#,
    );
    check(r#""| a |\n|---|\n| 1 |""#, "<table><thead><tr><th>a</th></tr></thead><tbody>\n<tr><td>1</td></tr>\n</tbody></table>");
}

#[test]
fn html_is_shown_as_text() {
    check(r#""a <b>c</b>""#, "<p>a &lt;b&gt;c&lt;/b&gt;</p>");
    check(r#""<script>alert(1)</script>""#, "&lt;script&gt;alert(1)&lt;/script&gt;");
}

#[test]
fn the_text_is_needed() {
    assert_eq!(render::<Text>(Vec::new(), "{}").unwrap_err().reason(), "missing field `text`");
}
