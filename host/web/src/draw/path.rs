//! SVG path data in a box of 1000 by 1000, which the stylesheet stretches to the panel.

use crate::draw::html::write_short;

pub const BOX: f64 = 1000.0;

/// A point, with the floor it stands on; NaN in `top` is a gap. In box units, y downwards.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    pub x: f64,
    pub top: f64,
    pub floor: f64,
}

/// The stretches between gaps.
fn stretches(points: &[Point]) -> impl Iterator<Item = &[Point]> {
    points.split(|point| point.top.is_nan()).filter(|stretch| !stretch.is_empty())
}

pub fn line(points: &[Point]) -> String {
    let mut path = String::new();
    for stretch in stretches(points) {
        run(&mut path, 'M', stretch.iter().map(|point| (point.x, point.top)));
        if let [_] = stretch {
            // A lone value between gaps is a dot: the stroke's round end.
            path.push_str("h0");
        }
    }
    path
}

pub fn area(points: &[Point]) -> String {
    let mut path = String::new();
    for stretch in stretches(points) {
        run(&mut path, 'M', stretch.iter().map(|point| (point.x, point.top)));
        run(&mut path, 'L', stretch.iter().rev().map(|point| (point.x, point.floor)));
        path.push('z');
    }
    path
}

pub fn bars(points: &[Point], width: f64) -> String {
    let mut path = String::new();
    for point in points.iter().filter(|point| !point.top.is_nan()) {
        let (left, right) = (point.x - width / 2.0, point.x + width / 2.0);
        run(&mut path, 'M', [(left, point.floor), (left, point.top), (right, point.top), (right, point.floor)].into_iter());
        path.push('z');
    }
    path
}

pub fn dots(points: &[Point]) -> String {
    let mut path = String::new();
    for point in points.iter().filter(|point| !point.top.is_nan()) {
        run(&mut path, 'M', std::iter::once((point.x, point.top)));
        path.push_str("h0");
    }
    path
}

fn run(path: &mut String, first: char, points: impl Iterator<Item = (f64, f64)>) {
    for (place, (x, y)) in points.enumerate() {
        path.push(if place == 0 { first } else { 'L' });
        write_short(path, x);
        path.push(' ');
        // Far outside the box is as good as just outside, and shorter.
        write_short(path, y.clamp(-BOX, 2.0 * BOX));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(list: &[(f64, f64)]) -> Vec<Point> {
        list.iter().map(|(x, top)| Point { x: *x, top: *top, floor: 1000.0 }).collect()
    }

    #[test]
    fn gaps_are_gaps() {
        let list = points(&[(0.0, 10.0), (1.0, 20.0), (2.0, f64::NAN), (3.0, 30.0), (4.0, f64::NAN)]);
        assert_eq!(line(&list), "M0 10L1 20M3 30h0");
        assert_eq!(area(&list), "M0 10L1 20L1 1000L0 1000zM3 30L3 1000z");
        assert_eq!(dots(&list), "M0 10h0M1 20h0M3 30h0");
        assert_eq!(bars(&list[..1], 2.0), "M-1 1000L-1 10L1 10L1 1000z");
        assert_eq!(line(&points(&[(0.0, f64::INFINITY), (1.0, -1e300)])), "M0 2000L1 -1000");
    }
}
