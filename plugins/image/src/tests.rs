#![expect(clippy::unwrap_used, clippy::panic, reason = "a failure is a failed test")]

use vitrine_sdk::panel::render;
use vitrine_sdk::{Column, Label, Values};

use super::*;

fn picture(frames: Vec<Frame>, options: &str) -> (String, String) {
    match render::<Image>(frames, options).unwrap() {
        View::Picture(picture) => (picture.address, picture.text),
        other => panic!("a picture was expected, not {other:?}"),
    }
}

#[test]
fn a_picture_and_what_is_on_it() {
    assert_eq!(
        picture(Vec::new(), r#"{"image":"/plan.svg","text":"The first floor"}"#),
        ("/plan.svg".to_owned(), "The first floor".to_owned())
    );
    let reason = |options: &str| render::<Image>(Vec::new(), options).unwrap_err().reason().to_owned();
    assert!(reason(r#"{"text":"x"}"#).starts_with("add `image`"));
    assert!(reason(r#"{"image":"/plan.svg"}"#).contains("text"));
}

#[test]
fn an_answer_may_say_which() {
    let texts = Values::Texts(vec!["/a.png".to_owned(), "/b.png".to_owned()]);
    let column = |labels, values| Column { name: "Address".to_owned(), labels, unit: None, values };
    let frame = |column| vec![Frame { name: "A".to_owned(), columns: vec![column] }];
    assert_eq!(picture(frame(column(Vec::new(), texts)), r#"{"column":"address","text":""}"#).0, "/b.png");
    let series = column(vec![Label::new("plan", "/c.png")], Values::Numbers(vec![1.0]));
    assert_eq!(picture(frame(series.clone()), r#"{"column":"plan","text":""}"#).0, "/c.png");
    assert_eq!(picture(frame(series), r#"{"column":"none","image":"/d.png","text":""}"#).0, "/d.png");
    assert!(matches!(render::<Image>(Vec::new(), r#"{"column":"none","text":""}"#), Ok(View::Markup(_))));
}
