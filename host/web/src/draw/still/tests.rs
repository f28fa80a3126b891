//! Each kind of view as it is written, and as it looks: a picture made small, so that a look at the difference says what moved.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod samples;

use jiff::tz::TimeZone;
use vitrine_model::frame::TimeRange;
use vitrine_model::view::View;

use super::*;
use crate::page::reader::Language;
use samples::START;

const WIDTH: f64 = 480.0;
const HEIGHT: f64 = 260.0;

fn sheet(title: &str, view: View) -> Sheet {
    let range = TimeRange { start: START, end: START + 3_600_000, step: 60_000 };
    let surroundings = Surroundings {
        title: title.to_owned(),
        range,
        zone: TimeZone::UTC,
        height: 216,
        annotations: samples::annotations(),
        language: Language::English,
        looked: crate::draw::look::Looked::default(),
        series_links: Vec::new(),
    };
    let panel = Placed {
        x: 0.0,
        y: 0.0,
        width: WIDTH,
        height: HEIGHT,
        title: title.to_owned(),
        body: Body::View(Box::new((view, surroundings))),
    };
    Sheet { width: WIDTH, height: HEIGHT, title: title.to_owned(), headings: Vec::new(), panels: vec![panel] }
}

fn lines(svg: &str) -> String {
    svg.replace("><", ">\n<")
}

#[test]
fn each_kind_of_view_in_the_light() {
    for (name, view) in samples::all() {
        let svg = draw(&sheet(name, view), &Theme::LIGHT);
        insta::assert_snapshot!(format!("{}-svg", name.replace(' ', "-")), lines(&svg));
    }
}

/// Mean colours of a grid of 32 by 16, a letter for each: what is where, without the last bit of each point.
fn small(svg: &str) -> String {
    let png = crate::render::png_of(svg).unwrap();
    let pixels = resvg::tiny_skia::Pixmap::decode_png(&png).unwrap();
    assert_eq!((pixels.width(), pixels.height()), (WIDTH as u32, HEIGHT as u32));
    let (columns, rows) = (48, 20);
    let mut text = String::new();
    for row in 0..rows {
        for column in 0..columns {
            let (left, right) = (column * pixels.width() / columns, (column + 1) * pixels.width() / columns);
            let (top, bottom) = (row * pixels.height() / rows, (row + 1) * pixels.height() / rows);
            let points = (top..bottom).flat_map(|y| (left..right).map(move |x| (x, y)));
            let bright = points.clone().map(|(x, y)| {
                let point = pixels.pixel(x, y).unwrap();
                (u32::from(point.red()) + u32::from(point.green()) + u32::from(point.blue())) / 3
            });
            let mean = bright.sum::<u32>() / points.count() as u32;
            // Ten steps are coarse enough for any machine's arithmetic, but for a mean that lies on one of their ends.
            text.push(char::from_digit(mean * 9 / 255, 10).unwrap());
        }
        text.push('\n');
    }
    text
}

#[test]
fn each_kind_of_view_as_a_picture() {
    let mut all = String::new();
    for (name, view) in samples::all() {
        for (theme, word) in [(Theme::LIGHT, "light"), (Theme::DARK, "dark")] {
            let picture = small(&draw(&sheet(name, view.clone()), &theme));
            let shades: std::collections::BTreeSet<char> = picture.chars().filter(|letter| *letter != '\n').collect();
            assert!(shades.len() > 1, "{name} is blank\n{picture}");
            all.push_str(&format!("{name}, {word}\n{picture}\n"));
        }
    }
    insta::assert_snapshot!("pictures", all);
}

#[test]
fn hostile_words_stay_words() {
    let hostile = "\"/><script>alert(1)</script>]]><image href=\"file:///etc/passwd\"/>&nbsp;\u{0}\u{1b}\u{fffe}";
    for view in samples::named(hostile) {
        let svg = draw(&sheet(hostile, view), &Theme::LIGHT);
        let document = resvg::usvg::roxmltree::Document::parse(&svg).unwrap_or_else(|error| panic!("{error}\n{svg}"));
        let foreign =
            document.descendants().find(|node| matches!(node.tag_name().name(), "script" | "image" | "foreignObject" | "style"));
        assert!(foreign.is_none(), "{foreign:?}\n{svg}");
    }
}

#[test]
fn odd_views_are_drawn_all_the_same() {
    for view in samples::odd() {
        for (width, height) in [(1.0, 1.0), (60.0, 40.0), (4_000.0, 2_000.0)] {
            let mut sheet = sheet("odd", view.clone());
            (sheet.panels[0].width, sheet.panels[0].height) = (width, height);
            (sheet.width, sheet.height) = (width, height);
            let svg = draw(&sheet, &Theme::LIGHT);
            assert!(!svg.contains("NaN") && !svg.contains("inf\""), "{svg}");
            resvg::usvg::roxmltree::Document::parse(&svg).unwrap();
        }
    }
}
