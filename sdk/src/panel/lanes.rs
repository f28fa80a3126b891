//! Series as lanes: equal neighbours become one stretch of time.

use super::{Lane, Levels, Mapping, Span, meaning, series_names};
use crate::{Frame, TimeRange};

/// One lane for each series. A value holds until the next one; a gap ends it, and so does the range.
pub fn lanes(frames: &[Frame], legend: Option<&str>, map: &[Mapping], levels: Levels, range: TimeRange) -> Vec<Lane> {
    let names = series_names(frames, legend);
    let series = frames.iter().flat_map(|frame| frame.series().map(move |(_, _, values)| (frame.times(), values)));
    let lane = |((times, values), name): ((Option<&[i64]>, &[f64]), String)| {
        let spans = spans(times.unwrap_or_default(), values, map, levels, range);
        Lane { name, spans }
    };
    series.zip(names).filter(|((times, _), _)| times.is_some()).map(lane).collect()
}

fn spans(times: &[i64], values: &[f64], map: &[Mapping], levels: Levels, range: TimeRange) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    for (place, (time, value)) in times.iter().zip(values).enumerate() {
        // The last value holds for a step: nothing is known of what comes after.
        let after = time.saturating_add(range.step.max(1));
        let end = times.get(place + 1).map_or(after.min(range.end.max(*time)), |next| *next);
        if value.is_nan() || end < *time || spans.last().is_some_and(|last| last.end > *time) {
            continue;
        }
        let (text, state) = meaning(*value, map, levels);
        match spans.last_mut() {
            Some(last) if last.end == *time && last.text == text && last.state == state => last.end = end,
            _ => spans.push(Span { start: *time, end, text, state }),
        }
    }
    spans
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::panel::State;

    #[test]
    fn equal_neighbours_are_one_stretch() {
        let values = [1.0, 1.0, f64::NAN, 0.0, 1.0];
        let range = TimeRange { start: 0, end: 45, step: 10 };
        let levels = Levels { warn: Some(0.5), bad: Some(0.0) };
        let told = spans(&[0, 10, 20, 30, 40], &values, &[], levels, range);
        let told: Vec<_> = told.iter().map(|span| (span.start, span.end, span.text.as_str(), span.state)).collect();
        assert_eq!(told, [(0, 20, "1", State::Good), (30, 40, "0", State::Bad), (40, 45, "1", State::Good)]);
    }

    #[test]
    fn times_without_order_overlap_nowhere() {
        let range = TimeRange { start: 0, end: 100, step: 10 };
        for times in [vec![20, 10, 30], vec![i64::MIN, -1, i64::MAX], vec![5, 5, 5]] {
            let told = spans(&times, &[1.0, 2.0, 3.0], &[], Levels::default(), range);
            assert!(told.iter().all(|span| span.start <= span.end), "{told:?}");
            assert!(told.windows(2).all(|pair| pair[0].end <= pair[1].start), "{told:?}");
        }
    }
}
