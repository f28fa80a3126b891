//! The span a viewer looks at, on a grid that all viewers share.

use vitrine_model::frame::TimeRange;
use vitrine_model::{Millis, Span};

use crate::dashboard::scope::Time;

/// Twice what a chart has pixels for would be wasted; half would show.
const MOST_POINTS: Millis = 720;
const SECOND: Millis = 1_000;
const STEPS: [Millis; 15] = [5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21_600, 43_200, 86_400];

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Window {
    /// On multiples of the step, so that points keep their places as the window moves.
    pub grid: TimeRange,
    /// The newest moment looked at, after the grid's end.
    pub now: Millis,
}

impl Window {
    /// `least` is how often new samples come: a finer grid would only draw stairs.
    pub fn new(range: Span, least: Span, now: Millis) -> Window {
        let span = range.millis().max(1);
        let step = step(range, least);
        let moment = now - now.rem_euclid(tick(step));
        let end = moment - moment.rem_euclid(step);
        let start = moment - span;
        let first = start + (step - start.rem_euclid(step)) % step;
        Window { grid: TimeRange { start: first, end, step }, now: moment }
    }

    /// What a viewer looks at.
    pub fn of(time: Time, least: Span, now: Millis) -> Window {
        Window::new(time.span(now), least, time.end(now))
    }

    /// The first `now` of a window that shows a sample of this moment.
    pub fn shows_from(range: Span, least: Span, moment: Millis) -> Millis {
        let tick = tick(step(range, least));
        moment.saturating_add((tick - moment.rem_euclid(tick)) % tick)
    }

    /// What the picture spans.
    pub fn shown(&self, range: Span) -> TimeRange {
        TimeRange { start: self.now - range.millis(), end: self.now, step: self.grid.step }
    }
}

fn step(range: Span, least: Span) -> Millis {
    let span = range.millis().max(1);
    let fits = |step: &Millis| span / step <= MOST_POINTS && *step >= least.millis().min(span / 10);
    STEPS.into_iter().map(|step| step * SECOND).find(fits).unwrap_or(86_400 * SECOND)
}

/// Whoever asks within one tick gets the same answer; wide views change less often.
fn tick(step: Millis) -> Millis {
    (step / 10 / SECOND * SECOND).clamp(SECOND, 15 * SECOND)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grid_stands_still_while_the_window_moves() {
        let hour = Span::from_secs(3600);
        let first = Window::new(hour, Span::ZERO, 1_763_632_803_456);
        let second = Window::new(hour, Span::ZERO, 1_763_632_807_456);
        assert_eq!(first.grid.step, 5_000);
        assert_eq!(first.now, 1_763_632_803_000);
        assert_eq!(first.grid.end, 1_763_632_800_000);
        assert_eq!((second.grid.end - first.grid.end, second.grid.start % 5_000), (5_000, 0));
        assert_eq!(Window::new(Span::from_secs(7 * 86_400), Span::from_secs(15), 1_763_632_800_000).grid.step, 900_000);
        assert_eq!(Window::new(hour, Span::from_secs(15), 1_763_632_800_000).grid.step, 15_000);
        assert_eq!(Window::new(Span::from_secs(300), Span::from_secs(3600), 1_763_632_800_000).grid.step, 30_000);
    }

    #[test]
    fn a_sample_is_shown_from_the_next_tick() {
        let hour = Span::from_secs(3600);
        for (moment, shown) in [(3_000, 3_000), (3_001, 4_000), (3_999, 4_000)] {
            assert_eq!(Window::shows_from(hour, Span::ZERO, moment), shown);
            assert!(Window::new(hour, Span::ZERO, shown).now >= moment);
        }
        assert_eq!(Window::shows_from(Span::from_secs(7 * 86_400), Span::ZERO, 1), 15_000);
    }
}
