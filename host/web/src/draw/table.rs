//! Tables: semantic rows and columns, numbers to the right, states with shape and word.

use vitrine_model::frame::Values;
use vitrine_model::view::{Align, Cell, State, Table, TableColumn};

use crate::draw::Surroundings;
use crate::draw::html::Html;
use crate::draw::link;
use crate::draw::unit::{Unit, fixed, marked};
use crate::page::messages::filled;
use crate::words;

/// What a page can carry; the rest is counted.
const MOST_ROWS: usize = 500;

/// How a button begins, so that pages can take all of them away.
pub(crate) const ACTION: &str = "<a class=\"action\" ";

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
        let more = filled(
            surroundings.says().rows_counted,
            &[&MOST_ROWS.to_string(), &marked(&rows.to_string(), surroundings.language)],
        );
        html.raw("<p class=\"more\">").text(&more).raw("</p>");
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
    let state = column.states.get(row).copied().unwrap_or_default();
    html.raw("<td").raw(class_of(column, state));
    // The bare number, for sorting.
    if let Values::Numbers(numbers) = &column.values
        && numbers[row].is_finite()
    {
        html.raw(" data-value=\"").text(&numbers[row].to_string()).raw("\"");
    }
    html.raw(">");
    if column.cell == Cell::Gauge {
        gauge(html, column, row, state);
    }
    if state != State::Neutral {
        html.raw("<span class=\"cell-state ")
            .raw(state.word())
            .raw("\"><span class=\"visually-hidden\">")
            .text(surroundings.says().state(state))
            .raw(" </span>");
    }
    match &column.values {
        Values::Numbers(numbers) => number(html, numbers[row], &column.unit, surroundings),
        Values::Texts(texts) if column.cell == Cell::Action => {
            action(html, &texts[row], column.links.get(row).map_or("", String::as_str));
        }
        Values::Texts(texts) => link::text(html, &texts[row], column.links.get(row).map_or("", String::as_str)),
        Values::Flags(flags) => {
            let says = surroundings.says();
            html.text(if flags[row] { says.yes } else { says.no });
        }
        Values::Times(times) => {
            let exact = surroundings.exact(times[row]);
            html.raw("<time datetime=\"").text(&words::machine(times[row])).raw("\">").text(&exact).raw("</time>");
        }
    }
    if state != State::Neutral {
        html.raw("</span>");
    }
    html.raw("</td>");
}

/// Where the ground is coloured, the cell itself says its state.
fn class_of(column: &TableColumn, state: State) -> &'static str {
    match (column.cell, column.align, state) {
        (Cell::Tinted, Align::End, State::Good) => " class=\"end tint good\"",
        (Cell::Tinted, Align::End, State::Warning) => " class=\"end tint warning\"",
        (Cell::Tinted, Align::End, State::Bad) => " class=\"end tint bad\"",
        (Cell::Tinted, Align::Start, State::Good) => " class=\"tint good\"",
        (Cell::Tinted, Align::Start, State::Warning) => " class=\"tint warning\"",
        (Cell::Tinted, Align::Start, State::Bad) => " class=\"tint bad\"",
        (Cell::Gauge, _, _) => " class=\"end gauged\"",
        (_, align, _) => class(align),
    }
}

/// How far the number is from one end of its column to the other.
fn gauge(html: &mut Html, column: &TableColumn, row: usize, state: State) {
    let Values::Numbers(numbers) = &column.values else { return };
    let present = || numbers.iter().copied().filter(|number| number.is_finite());
    let low = if column.minimum.is_finite() { column.minimum } else { present().fold(0.0, f64::min) };
    let high = if column.maximum.is_finite() { column.maximum } else { present().fold(0.0, f64::max) };
    let part = if high > low && !numbers[row].is_nan() { ((numbers[row] - low) / (high - low)).clamp(0.0, 1.0) } else { 0.0 };
    html.raw("<svg class=\"cell-gauge ")
        .raw(state.word())
        .raw("\" aria-hidden=\"true\"><rect class=\"track\" width=\"100%\" height=\"100%\"/>");
    html.raw("<rect class=\"needle\" height=\"100%\" width=\"").number(part * 100.0).raw("%\"/></svg>");
}

/// Where a button leads says what it would do, and asks.
fn action(html: &mut Html, title: &str, address: &str) {
    if !link::on_this_host(address) {
        html.raw("<span class=\"hint\">").text(title).raw("</span>");
        return;
    }
    html.raw(ACTION).raw("rel=\"nofollow\" href=\"").text(address).raw("\">").text(title).raw("</a>");
}

fn number(html: &mut Html, value: f64, unit: &str, surroundings: &Surroundings) {
    let whole = unit.is_empty() && value.fract() == 0.0 && value.abs() < 1e6;
    let text = if whole {
        marked(&fixed(value, 0), surroundings.language)
    } else {
        surroundings.figure(&Unit::parse(unit), value).line()
    };
    html.text(&text);
}

#[cfg(test)]
mod tests;
