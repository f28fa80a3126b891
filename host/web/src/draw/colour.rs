//! Which of the eight colours a series takes: the same one on every panel and after every reload.

use vitrine_model::Labels;
use vitrine_model::view::ChartSeries;

pub const COLOURS: usize = 8;

/// A colour for each series: its own by its labels; where that is taken on this chart, the next free one.
pub fn assign(series: &[ChartSeries]) -> Vec<usize> {
    distinct(series.iter().map(|one| (&one.labels, one.name.as_str())))
}

/// The same for whatever has labels or at least a name.
pub fn distinct<'a>(things: impl Iterator<Item = (&'a Labels, &'a str)>) -> Vec<usize> {
    let mut taken = [false; COLOURS];
    things
        .map(|(labels, name)| {
            let own = preferred(labels, name);
            let free = (0..COLOURS).map(|distance| (own + distance) % COLOURS).find(|colour| !taken[*colour]);
            let colour = free.unwrap_or(own);
            taken[colour] = true;
            colour
        })
        .collect()
}

/// By labels without the metric's name, so that one mode has one colour in a rate and in a total alike.
fn preferred(labels: &Labels, called: &str) -> usize {
    let labels = labels.without_name();
    if labels.is_empty() {
        return hash(called.bytes());
    }
    hash(labels.iter().flat_map(|(name, value)| name.bytes().chain([0]).chain(value.bytes()).chain([0])))
}

/// FNV-1a, folded: stable over releases, which std's hasher does not promise.
fn hash(bytes: impl Iterator<Item = u8>) -> usize {
    let mut state: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in bytes {
        state = (state ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    ((state ^ (state >> 32)) % COLOURS as u64) as usize
}

#[cfg(test)]
mod tests {
    use vitrine_model::view::{Mark, Side, Stroke};

    use super::*;

    fn series(mode: &str) -> ChartSeries {
        ChartSeries {
            name: mode.to_owned(),
            labels: Labels::from_pairs([("mode", mode)]),
            times: [].into(),
            values: [].into(),
            mark: Mark::Line,
            stacked: false,
            side: Side::Left,
            stroke: Stroke::Solid,
            band: None,
        }
    }

    #[test]
    fn distinct_while_there_are_enough_and_alone_the_same_as_first() {
        let modes = ["user", "system", "iowait", "irq", "nice", "softirq", "steal", "guest", "idle"];
        let all: Vec<ChartSeries> = modes.iter().map(|mode| series(mode)).collect();
        let colours = assign(&all);
        let mut first: Vec<usize> = colours[..COLOURS].to_vec();
        first.sort_unstable();
        assert_eq!(first, (0..COLOURS).collect::<Vec<_>>());
        assert_eq!(assign(&all[..1])[0], colours[0]);
        assert_eq!(assign(&all), colours);
    }
}
