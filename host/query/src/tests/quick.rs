//! What is answered on the spot.

use vitrine_model::port::StoreError;
use vitrine_model::port::samples::{Appended, Bounds, Samples, Select, Take};
use vitrine_model::push::Push;
use vitrine_model::sample::Family;
use vitrine_model::{Labels, Matcher, Millis};

use std::sync::Arc;

use vitrine_model::frame::TimeRange;

use crate::{Engine, Expr, Limits};

/// So many series match whatever compares.
struct Counted(u64);

impl Samples for Counted {
    fn push(&self, _: &[Push], _: Bounds) -> Result<Vec<Appended>, StoreError> {
        Ok(Vec::new())
    }

    fn scan(&self, _: &Select<'_>, _: &mut Take<'_>) -> Result<(), StoreError> {
        Ok(())
    }

    fn series(&self, _: &[Matcher], _: Millis, _: Millis, _: usize) -> Result<Vec<Labels>, StoreError> {
        Ok(Vec::new())
    }

    fn count(&self, matchers: &[Matcher]) -> Option<u64> {
        matchers.iter().all(|matcher| matches!(matcher.test, vitrine_model::matcher::Test::Equal(_))).then_some(self.0)
    }

    fn forget(&self, _: Millis) -> Result<u64, StoreError> {
        Ok(0)
    }

    fn families(&self) -> Result<Vec<Family>, StoreError> {
        Ok(Vec::new())
    }
}

fn is_quick(series: u64, text: &str, hours: i64, step: Millis) -> bool {
    let engine = Engine::new(Arc::new(Counted(series)), Limits::default());
    engine.is_quick(&Expr::parse(text).unwrap(), TimeRange { start: 0, end: hours * 3_600_000, step })
}

#[test]
fn only_what_takes_little_is_quick() {
    assert!(is_quick(1, "up", 7 * 24, 604_800));
    assert!(is_quick(4, "sum by (mode) (rate(cpu[5m])) / scalar(count(cpu))", 6, 30_000));
    assert!(is_quick(0, "1 + 1", 6, 30_000));
    // Many series, a long time, many steps.
    assert!(!is_quick(1_000, "up", 1, 15_000));
    assert!(!is_quick(2, "up", 400 * 24, 86_400_000));
    assert!(!is_quick(1, "up", 24, 1_000));
    // What cannot be known.
    assert!(!is_quick(1, r#"up{job=~"a.*"}"#, 1, 60_000));
    assert!(!is_quick(1, "max_over_time(up[1h:1m])", 1, 60_000));
    let long = vec!["up"; 40].join(" + ");
    assert!(!is_quick(1, &long, 1, 60_000));
}
