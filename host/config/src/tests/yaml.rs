//! Files that are no YAML, or more than settings should be.

use std::path::Path as FilePath;

use serde_json::json;

use super::{document, table};
use crate::document::Document;
use crate::path::Path;
use crate::problem::{Finding, Part, Problems};

fn answer(text: &str) -> String {
    match Document::parse(FilePath::new("config/sources.yaml"), text.to_owned()) {
        Ok(document) => document.json().to_string(),
        Err(problem) => Problems::from(problem).render(false),
    }
}

#[test]
fn broken_files_name_place_and_remedy() {
    let cases = [
        ("tab", "sources:\n\tshop: 1\n"),
        ("open quote", "title: \"This machine\nrange: 6h\n"),
        ("open bracket", "panels: [1, 2\n"),
        ("colon in text", "title: CPU: all cores\n"),
        ("no colon", "sources:\n  shop\n  other: 1\n"),
        ("bad indentation", "sources:\n    shop: 1\n  other: 2\n"),
        ("key twice", "sources:\n  shop: { every: 15s }\n  db: {}\n  shop: { every: 30s }\n"),
        ("unknown anchor", "a: *missing\n"),
        ("alias within itself", "a: &a [*a]\n"),
        ("second document", "a: 1\n---\nb: 2\n"),
        ("unknown tag", "a: !secret hunter2\n"),
        ("list as key", "[1, 2]: x\n"),
        ("infinite", "a: .inf\n"),
        ("merge of no map", "a: &a 1\nb: { <<: *a }\n"),
    ];
    insta::assert_snapshot!(table(&cases, answer));
}

#[test]
fn yaml_means_what_it_says() {
    let cases = [
        ("empty", ""),
        ("only a comment", "# nothing yet\n"),
        ("kinds", "a: 1\nb: 1.5\nc: yes\nd: true\ne:\nf: '1'\ng: !!str 1\nh: ~\n"),
        ("block text", "a: |\n  one\n  two\nb: >-\n  folded\n  line\n"),
        ("anchors", "base: &base { every: 15s, labels: [a] }\nshop: { <<: *base, every: 30s }\nlist: *base\n"),
        ("several merges", "a: &a { x: 1 }\nb: &b { x: 2, y: 2 }\nc: { <<: [*a, *b], z: 3 }\n"),
        ("alias as key", "&k name: 1\nother: { *k : 2 }\n"),
        ("numbers as keys", "codes: { 200: fine, true: odd }\n"),
    ];
    insta::assert_snapshot!(table(&cases, answer));
}

#[test]
fn bombs_are_refused() {
    let mut laughs = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..10 {
        let below = level - 1;
        laughs.push_str(&format!("a{level}: &a{level} [{}]\n", vec![format!("*a{below}"); 10].join(", ")));
    }
    let long_text = format!("a: &a {}\nb: [{}]\n", "x".repeat(1 << 20), vec!["*a"; 1_000].join(", "));
    let mut tower = String::from("a0: &a0 [x]\n");
    for level in 1..100 {
        tower.push_str(&format!("a{level}: &a{level} [*a{}]\n", level - 1));
    }
    let check = |text: String, expected: &str| {
        let problem = Document::parse(FilePath::new("bomb.yaml"), text).unwrap_err();
        assert!(problem.text.contains(expected), "{problem}");
        assert!(problem.hint.is_some());
    };
    check(laughs, "too many values");
    check(long_text, "too many values");
    check(format!("[{}]", "1,".repeat(1_000_000)), "too many values");
    check(tower, "nested deeper");
    check("[".repeat(10_000), "nested deeper");
    check("- ".repeat(10_000), "nested deeper");
    check("a: ".to_owned() + &"x".repeat(5 << 20), "larger than 4 MiB");
}

#[test]
fn every_key_and_value_has_a_place() {
    let document = document(concat!(
        "sources:\n",
        "  shop:\n",
        "    with: { url: \"https://shop.example\", expect: { status: 200 } }\n",
        "    größe: [1, zwei]\n",
        "    empty:\n",
    ));
    let check = |pointer: &str, part: Part, expected: (u32, u32, u32)| {
        let place = document.place(&Path::from(pointer), part);
        assert_eq!((place.line, place.column, place.length), expected, "{pointer} {part:?}");
    };
    check("/sources", Part::Key, (1, 1, 7));
    check("/sources/shop", Part::Key, (2, 3, 4));
    check("/sources/shop", Part::Value, (3, 5, 4));
    check("/sources/shop/with/url", Part::Key, (3, 13, 3));
    check("/sources/shop/with/url", Part::Value, (3, 18, 22));
    check("/sources/shop/with/expect", Part::Value, (3, 50, 15));
    check("/sources/shop/größe", Part::Key, (4, 5, 5));
    check("/sources/shop/größe/1", Part::Value, (4, 16, 4));
    check("/sources/shop/empty", Part::Value, (5, 5, 5));
    check("/sources/shop/grant/http", Part::Value, (2, 3, 4));
    check("/nothing", Part::Value, (1, 1, 7));
}

#[test]
fn findings_from_above_get_their_place() {
    let document = document("sources:\n  shop:\n    with: { url: \"https://shop.example/health\" }\n");
    let path = Path::new().key("sources").key("shop").key("with").key("url");
    let finding = Finding::value(path, "source `shop` asks for a host that is not granted");
    let problem = document.problem(finding.hint("add `http: [\"https://shop.example\"]` under `grant`"));
    insta::assert_snapshot!(problem.one_line());
    insta::assert_snapshot!(Problems::from(problem.clone()).render_among(7, false));
    assert!(Problems::from(problem).render(true).contains('\u{1b}'));
}

#[test]
fn what_is_wrong_within_a_text_gets_its_place() {
    let check = |text: &str, marked: char, expected: Option<(u32, u32)>| {
        let document = document(text);
        let value = document.json()["q"].as_str().unwrap().to_owned();
        let byte = value.find(marked).unwrap_or(value.len());
        let finding = Finding::value(Path::new().key("q"), "1:2: odd").within(Some((byte, "odd".to_owned())));
        let problem = document.problem(finding);
        let place = problem.place.unwrap();
        let value = document.place(&Path::new().key("q"), Part::Value);
        let (expected, words) = match expected {
            Some(place) => (place, "odd"),
            None => ((value.line, value.column), "1:2: odd"),
        };
        assert_eq!(((place.line, place.column), problem.text.as_str()), (expected, words), "{text:?} {marked:?}");
    };
    check("a: 1\nq: sum(é §)\n", '§', Some((2, 10)));
    check("q: sum(é §) # why\n", '¶', Some((1, 12)));
    check("q: one\n  two\n\n  three § four\n", '§', Some((4, 9)));
    check("{ a: 1, q: 'it''s § here' }\n", '§', Some((1, 19)));
    check("q: '§'\n", '¶', Some((1, 6)));
    check("q: \"say \\\"a\\u00e9\\x41\\\" §\"\n", '§', Some((1, 25)));
    check("q: \"one \\\n   two § three\"\n", '§', Some((2, 8)));
    check("q: |\n  one\n    two\n\n  three § four\n", '§', Some((5, 9)));
    check("q: |\n\n  one §\n", '§', Some((3, 7)));
    check("q: |-\n  one\n  §two\na: 1\n", '§', Some((3, 3)));
    check("q: >-\n  one\n  two §\n  three\n\n    four\n  five\n", '§', Some((3, 7)));
    check("q: >\r\n  one\r\n  two\r\n\r\n    four\r\n  five §\r\n", '§', Some((6, 8)));
    check("q: |\n  sum(\n    up\na: 1\n", '¶', Some((3, 7)));
    check("q: |\n  sum(", '¶', Some((2, 7)));
    check("a: &a \"x §\"\nq: *a\n", '§', Some((1, 10)));
    // A tab that is written out at the end of a line cannot be told from what folding leaves.
    check("q: \"one\n  \\ttwo §\"\n", '§', None);
}

#[test]
fn files_that_cannot_be_read_say_why() {
    let folder = tempfile::tempdir().unwrap();
    let missing = Document::read(&folder.path().join("none.yaml")).unwrap_err();
    assert!(missing.one_line().contains("none.yaml: the file cannot be read: no such file or directory (create it"), "{missing}");
    let binary = folder.path().join("binary.yaml");
    std::fs::write(&binary, [0xff, 0xfe, 0x00]).unwrap();
    assert!(Document::read(&binary).unwrap_err().text.contains("UTF-8"));
    let good = folder.path().join("good.yaml");
    std::fs::write(&good, "a: 1").unwrap();
    assert_eq!(Document::read(&good).unwrap().json(), json!({ "a": 1 }));
}
