//! What would become of an alert: which receivers are told, when first, and what keeps them from it. Pure.

use vitrine_model::{Labels, Millis};

use super::route::{Node, Quiet, Routing};

/// Moments that are looked at for one at which somebody may be told.
const MOMENTS: usize = 100_000;

/// A route that an alert comes to.
#[derive(Debug)]
pub struct Forecast<'a> {
    pub node: &'a Node,
    /// The labels of the group it comes into.
    pub group: Labels,
    /// When a new group is told first; none where no such moment is in sight.
    pub first: Option<Millis>,
    /// What hinders at the first moment that was meant.
    pub quiet: Option<Quiet>,
}

/// Where an alert with these labels goes that begins to fire at a moment.
pub fn forecast<'a>(routing: &'a Routing, labels: &Labels, fires_at: Millis) -> Vec<Forecast<'a>> {
    let of = |place: usize| {
        let node = &routing.nodes()[place];
        let meant = fires_at.saturating_add(node.wait);
        let ticks = (0_i64..).take(MOMENTS).map(|count| meant.saturating_add(count.saturating_mul(node.interval.max(1_000))));
        Forecast {
            node,
            group: node.group(labels),
            first: ticks.into_iter().find(|moment| routing.quiet(node, *moment).is_none()),
            quiet: routing.quiet(node, meant),
        }
    };
    routing.matching(labels).into_iter().map(of).collect()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use std::collections::BTreeSet;

    use jiff::tz::TimeZone;

    use super::*;
    use crate::notify::file::RouteFile;
    use crate::notify::route::{Known, check};

    #[test]
    fn the_first_moment_lies_behind_the_quiet_time() {
        let file: RouteFile = serde_json::from_value(serde_json::json!({
            "route": { "receiver": "a", "group_by": ["team"], "routes": [
                { "matchers": ["team=web"], "mute_time_intervals": ["night"], "continue": true },
                { "matchers": ["team=web"], "active_time_intervals": ["never"] },
            ] },
            "receivers": [{ "name": "a" }],
            "time_intervals": [
                { "name": "night", "time_intervals": [{ "times": [{ "start_time": "22:00", "end_time": "06:00" }] }] },
                { "name": "never", "time_intervals": [{ "years": [1999] }] },
            ],
        }))
        .unwrap();
        let routing = check(&file, &Known { channels: BTreeSet::new(), local: TimeZone::UTC }).unwrap().unwrap();
        let at = |text: &str| text.parse::<jiff::Timestamp>().unwrap().as_millisecond();
        let labels = Labels::from_pairs([("team", "web"), ("x", "y")]);
        let found = forecast(&routing, &labels, at("2026-11-20T21:59:45Z"));
        let first: Vec<Option<Millis>> = found.iter().map(|one| one.first).collect();
        assert_eq!(first, [Some(at("2026-11-21T06:00:15Z")), None]);
        assert_eq!(found[0].quiet, Some(Quiet::Mute("night".to_owned())));
        assert_eq!(found[0].group, Labels::from_pairs([("team", "web")]));
        let other = forecast(&routing, &Labels::from_pairs([("team", "shop")]), 0);
        assert_eq!((other.len(), other[0].first, &other[0].quiet), (1, Some(30_000), &None));
    }
}
