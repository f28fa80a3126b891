//! A chart of letters: each is a field of two by four dots.

use std::io::Write;

use jiff::tz::TimeZone;

use super::answer::{Answer, Series};
use super::shown;

/// Series that are drawn: more cannot be told apart.
const DRAWN: usize = 8;
/// Colours of terminals, each as different from the one before as may be.
const COLOURS: [u8; DRAWN] = [36, 33, 35, 32, 34, 31, 96, 93];
const EMPTY: u32 = 0x2800;

/// In letters.
#[derive(Debug, Clone, Copy)]
pub(super) struct Size {
    pub(super) width: usize,
    pub(super) height: usize,
}

impl Size {
    pub(super) fn of_terminal() -> Size {
        let width = terminal_size::terminal_size().map_or(80, |(width, _)| usize::from(width.0));
        Size { width: width.clamp(40, 200), height: 12 }
    }
}

/// The numbers that fit onto the axes.
struct Frame {
    start: f64,
    end: f64,
    low: f64,
    high: f64,
}

impl Frame {
    fn of(series: &[Drawn]) -> Option<Frame> {
        let points = || series.iter().flat_map(|one| &one.points);
        let least = |values: &mut dyn Iterator<Item = f64>| values.fold(f64::INFINITY, f64::min);
        let (start, end) = (least(&mut points().map(|point| point.0)), -least(&mut points().map(|point| -point.0)));
        let (low, high) = (least(&mut points().map(|point| point.1)), -least(&mut points().map(|point| -point.1)));
        let room = if high > low { 0.0 } else { high.abs().max(1.0) / 2.0 };
        (low <= high).then_some(Frame { start, end, low: low - room, high: high + room })
    }
}

/// A series in numbers, without those that cannot be drawn.
struct Drawn {
    name: String,
    last: String,
    points: Vec<(f64, f64)>,
}

fn drawn(series: &Series) -> Drawn {
    let number =
        |(time, value): &(i64, String)| Some((*time as f64, value.parse::<f64>().ok().filter(|value| value.is_finite())?));
    Drawn {
        name: series.labels.to_string(),
        last: series.points.last().map_or_else(String::new, |(_, value)| value.clone()),
        points: series.points.iter().filter_map(number).collect(),
    }
}

pub(super) fn draw(out: &mut impl Write, answer: &Answer, zone: &TimeZone, size: Size, is_coloured: bool) -> std::io::Result<()> {
    let series: Vec<Drawn> = answer.series.iter().take(DRAWN).map(drawn).collect();
    let Some(frame) = Frame::of(&series) else { return writeln!(out, "nothing to draw") };
    let (top, bottom) = (number(frame.high), number(frame.low));
    let margin = top.chars().count().max(bottom.chars().count());
    let mut canvas = Canvas::new(Size { width: size.width.saturating_sub(margin + 2).max(10), height: size.height });
    let step = series.iter().flat_map(|one| one.points.windows(2).map(|two| two[1].0 - two[0].0)).fold(f64::INFINITY, f64::min);
    for (place, one) in series.iter().enumerate() {
        canvas.line(&one.points, &frame, step, place);
    }
    for row in 0..size.height {
        let label = match row {
            0 => top.as_str(),
            row if row + 1 == size.height => bottom.as_str(),
            _ => "",
        };
        writeln!(out, "{label:>margin$} ┤{}", canvas.row(row, is_coloured))?;
    }
    let (start, end) = (shown(frame.start as i64, zone, "%m-%d %H:%M:%S"), shown(frame.end as i64, zone, "%m-%d %H:%M:%S %Z"));
    let gap = canvas.size.width.saturating_sub(start.len() + end.len());
    writeln!(out, "{:margin$}  {start}{:gap$}{end}", "", "")?;
    for (place, one) in series.iter().enumerate() {
        writeln!(out, "{} {}  {}", paint("──", place, is_coloured), one.name, one.last)?;
    }
    match answer.series.len().saturating_sub(DRAWN) {
        0 => Ok(()),
        more => writeln!(out, "and {more} more: narrow the expression, or use `--format table`"),
    }
}

/// Short, but exact enough to tell the ends of an axis apart.
fn number(value: f64) -> String {
    let digits = if value == 0.0 { 0 } else { (3 - value.abs().log10().floor() as i32).clamp(0, 9) as usize };
    let text = format!("{value:.digits$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

fn paint(text: &str, place: usize, is_coloured: bool) -> String {
    if is_coloured { format!("\x1b[{}m{text}\x1b[0m", COLOURS[place % DRAWN]) } else { text.to_owned() }
}

struct Canvas {
    size: Size,
    /// Dots of each field, and the series that drew there last.
    fields: Vec<(u32, usize)>,
}

impl Canvas {
    fn new(size: Size) -> Canvas {
        Canvas { size, fields: vec![(0, 0); size.width * size.height] }
    }

    /// Joins neighbours; where values are missing between, it leaves a gap.
    fn line(&mut self, points: &[(f64, f64)], frame: &Frame, step: f64, series: usize) {
        let (columns, rows) = ((self.size.width * 2 - 1) as f64, (self.size.height * 4 - 1) as f64);
        let length = (frame.end - frame.start).max(1.0);
        let place = |(time, value): (f64, f64)| {
            ((time - frame.start) / length * columns, (frame.high - value) / (frame.high - frame.low) * rows)
        };
        let mut before: Option<((f64, f64), (f64, f64))> = None;
        for point in points {
            let to = place(*point);
            let from = before.filter(|(last, _)| point.0 - last.0 < step * 1.5).map_or(to, |(_, from)| from);
            let dots = (to.0 - from.0).abs().max((to.1 - from.1).abs()).ceil().max(1.0);
            for dot in 0..=dots as usize {
                let share = dot as f64 / dots;
                self.dot(from.0 + (to.0 - from.0) * share, from.1 + (to.1 - from.1) * share, series);
            }
            before = Some((*point, to));
        }
    }

    fn dot(&mut self, x: f64, y: f64, series: usize) {
        // Numbers of the dots in a letter, by row and column.
        const DOTS: [[u32; 2]; 4] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]];
        let (x, y) = (x.round() as usize, y.round() as usize);
        if let Some(field) = self.fields.get_mut(y / 4 * self.size.width + x / 2) {
            *field = (field.0 | DOTS[y % 4][x % 2], series);
        }
    }

    fn row(&self, row: usize, is_coloured: bool) -> String {
        let fields = &self.fields[row * self.size.width..(row + 1) * self.size.width];
        let letter = |dots: u32| char::from_u32(EMPTY + dots).unwrap_or(' ').to_string();
        let shown = fields.iter().map(|(dots, series)| match dots {
            0 => letter(0),
            dots => paint(&letter(*dots), *series, is_coloured),
        });
        shown.collect()
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
mod tests {
    use super::*;
    use serde_json::json;

    fn drawn(values: &[(i64, &str)], size: Size) -> String {
        let answer = json!({ "resultType": "matrix", "result": [{ "metric": { "__name__": "up" }, "values": values }] });
        let mut out = Vec::new();
        draw(&mut out, &Answer::read(&answer).unwrap(), &TimeZone::UTC, size, false).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_line_rises_from_corner_to_corner() {
        let values: Vec<(i64, String)> = (0..=15).map(|step| (step * 60, step.to_string())).collect();
        let values: Vec<(i64, &str)> = values.iter().map(|(time, value)| (*time, value.as_str())).collect();
        let text = drawn(&values, Size { width: 46, height: 4 });
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[0].starts_with("15 ┤") && lines[3].starts_with(" 0 ┤"), "{text}");
        // Where each row's dots begin: further left the lower it is.
        let begins = |line: &str| line.chars().skip(4).position(|letter| letter != '\u{2800}').unwrap();
        let places: Vec<usize> = lines[..4].iter().map(|line| begins(line)).collect();
        assert!(places.windows(2).all(|two| two[0] > two[1]) && places[3] == 0, "{places:?}\n{text}");
        assert!(lines[0].ends_with(['⠁', '⠈', '⠉', '⠊', '⠋', '⠑', '⠙']), "{text}");
        assert_eq!(lines[4], "    01-01 00:00:00          01-01 00:15:00 UTC");
        assert_eq!(lines[5], "── up  15");
    }

    #[test]
    fn odd_values_are_no_trouble() {
        for values in
            [&[(0, "1")][..], &[(0, "NaN"), (60, "+Inf"), (120, "3")], &[(0, "-5"), (60, "-5")], &[(0, "1e300"), (9, "-1e300")]]
        {
            let text = drawn(values, Size { width: 40, height: 3 });
            assert!(text.contains("── up") && text.lines().count() == 5, "{text}");
        }
        assert_eq!(drawn(&[(0, "NaN")], Size { width: 40, height: 3 }), "nothing to draw\n");
    }
}
