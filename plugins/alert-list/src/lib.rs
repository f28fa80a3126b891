//! The panel `alert-list`: alerts as lines, the worst first.

mod alert;

use serde::Deserialize;
use vitrine_sdk::panel::{Line, Lines, Request, State, View};
use vitrine_sdk::{Fault, Panel, export};

const ALERTS: usize = 100;
const MOST_ALERTS: usize = 1_000;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Options {
    show: Show,
    search: Option<String>,
    limit: Option<usize>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Show {
    #[default]
    All,
    Firing,
    Pending,
}

#[derive(Debug)]
pub struct AlertList;

impl Panel for AlertList {
    type Options = Options;

    fn render(request: Request<Options>) -> Result<View, Fault> {
        let options = request.options;
        let mut lines: Vec<Line> = request.frames.iter().flat_map(alert::lines).collect();
        match options.show {
            Show::All => {}
            Show::Firing => lines.retain(|line| line.level == "firing"),
            Show::Pending => lines.retain(|line| line.level == "pending"),
        }
        if let Some(search) = options.search.map(|search| search.to_lowercase()) {
            let says = |text: &str| text.to_lowercase().contains(&search);
            lines.retain(|line| says(&line.text) || line.fields.iter().any(|field| says(&field.value)));
        }
        lines.sort_by_key(|line| (std::cmp::Reverse(weight(line.state)), std::cmp::Reverse(line.time)));
        lines.truncate(options.limit.unwrap_or(ALERTS).min(MOST_ALERTS));
        Ok(View::Lines(Lines { lines, ages: true }))
    }
}

fn weight(state: State) -> u8 {
    match state {
        State::Bad => 2,
        State::Warning => 1,
        State::Good | State::Neutral => 0,
    }
}

export!(panel: AlertList);

#[cfg(test)]
mod tests;
