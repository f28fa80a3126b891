//! Tables: semantic rows and columns, numbers to the right, states with shape and word.

use vitrine_model::frame::Values;
use vitrine_model::view::{Align, State, Table, TableColumn};

use crate::draw::Surroundings;
use crate::draw::html::Html;
use crate::draw::unit::{Unit, fixed};
use crate::words;

/// What a page can carry; the rest is counted.
const MOST_ROWS: usize = 500;

pub fn draw(html: &mut Html, table: &Table, surroundings: &Surroundings) {
    let rows = table.columns.iter().map(|column| column.values.len()).min().unwrap_or(0);
    html.raw("<div class=\"table-box\"><table class=\"table\"><thead><tr>");
    for column in &table.columns {
        html.raw("<th scope=\"col\"").raw(class(column.align)).raw(">").text(&column.title).raw("</th>");
    }
    html.raw("</tr></thead><tbody>");
    for row in 0..rows.min(MOST_ROWS) {
        html.raw("<tr>");
        for column in &table.columns {
            cell(html, column, row, surroundings);
        }
        html.raw("</tr>");
    }
    html.raw("</tbody></table>");
    if rows > MOST_ROWS {
        html.raw("<p class=\"more\">").text(&format!("{MOST_ROWS} of {rows} rows")).raw("</p>");
    }
    html.raw("</div>");
}

fn class(align: Align) -> &'static str {
    match align {
        Align::Start => "",
        Align::End => " class=\"end\"",
    }
}

fn cell(html: &mut Html, column: &TableColumn, row: usize, surroundings: &Surroundings) {
    html.raw("<td").raw(class(column.align));
    // The bare number, for sorting.
    if let Values::Numbers(numbers) = &column.values
        && numbers[row].is_finite()
    {
        html.raw(" data-value=\"").text(&numbers[row].to_string()).raw("\"");
    }
    html.raw(">");
    let state = column.states.get(row).copied().unwrap_or_default();
    if state != State::Neutral {
        html.raw("<span class=\"cell-state ")
            .raw(state.word())
            .raw("\"><span class=\"visually-hidden\">")
            .raw(state.word())
            .raw(" </span>");
    }
    match &column.values {
        Values::Numbers(numbers) => number(html, numbers[row], &column.unit, surroundings),
        Values::Texts(texts) => {
            html.text(&texts[row]);
        }
        Values::Flags(flags) => {
            html.raw(if flags[row] { "yes" } else { "no" });
        }
        Values::Times(times) => {
            let exact = words::exact(times[row], &surroundings.zone);
            html.raw("<time datetime=\"").text(&words::machine(times[row])).raw("\">").text(&exact).raw("</time>");
        }
    }
    if state != State::Neutral {
        html.raw("</span>");
    }
    html.raw("</td>");
}

fn number(html: &mut Html, value: f64, unit: &str, surroundings: &Surroundings) {
    let whole = unit.is_empty() && value.fract() == 0.0 && value.abs() < 1e6;
    let text = if whole { fixed(value, 0) } else { Unit::parse(unit).figure(value, &surroundings.zone).line() };
    html.text(&text);
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;
    use vitrine_model::frame::TimeRange;

    use super::*;

    #[test]
    fn rows_of_every_type() {
        let column = |title: &str, unit: &str, align, values, states| TableColumn {
            title: title.to_owned(),
            unit: unit.to_owned(),
            align,
            values,
            states,
        };
        let table = Table {
            columns: vec![
                column("mount", "", Align::Start, Values::Texts(vec!["/".into(), "/<script>".into()]), vec![]),
                column("used", "ratio", Align::End, Values::Numbers(vec![0.5, 0.91]), vec![State::Good, State::Bad]),
                column("inodes", "", Align::End, Values::Numbers(vec![12_345.0, f64::NAN]), vec![]),
                column("seen", "", Align::Start, Values::Times(vec![0, 1_763_632_800_000]), vec![]),
                column("read-only", "", Align::Start, Values::Flags(vec![true, false]), vec![]),
            ],
        };
        let range = TimeRange { start: 0, end: 1, step: 1 };
        let surroundings = Surroundings { title: "Disks".to_owned(), range, zone: TimeZone::UTC, height: 200 };
        let mut html = Html::new();
        draw(&mut html, &table, &surroundings);
        insta::assert_snapshot!(html.finish().replace("><", ">\n<"));
    }
}
