//! Tables: semantic rows and columns, numbers to the right, states with shape and word.

use vitrine_model::frame::Values;
use vitrine_model::view::{Align, Cell, State, Table, TableColumn};

use crate::draw::Surroundings;
use crate::draw::html::Html;
use crate::draw::link;
use crate::draw::look::{Look, Looked, Sort};
use crate::draw::unit::{Unit, fixed, marked};
use crate::page::messages::filled;
use crate::words;
use page::Page;

mod page;

/// What is drawn where nobody can ask for the next page; the rest is counted.
const MOST_ROWS: usize = 500;

/// How a button begins, so that pages can take all of them away.
pub(crate) const ACTION: &str = "<a class=\"action\" ";

pub fn draw(html: &mut Html, table: &Table, surroundings: &Surroundings) {
    let looked = &surroundings.looked;
    if !looked.can_choose() {
        return whole(html, table, surroundings);
    }
    let page = page::cut(table, looked);
    let is_long = page.all > looked.rows || looked.look != Look::default();
    html.raw("<div class=\"table-box paged\">");
    if is_long {
        let says = surroundings.says();
        looked.form(html, &filled(says.filter_of, &[&surroundings.title]), says.filter);
        html.raw("<button class=\"tool\" type=\"submit\">").text(says.filter).raw("</button></form>");
    }
    // What may scroll is reached by the keyboard too.
    html.raw("<div class=\"table-part\" role=\"group\" tabindex=\"0\" aria-label=\"").text(&surroundings.title);
    html.raw("\"><table class=\"table\"><thead><tr>");
    for column in &table.columns {
        head(html, column, looked);
    }
    html.raw("</tr></thead>");
    rows(html, &page.table, page.table.columns.first().map_or(0, |column| column.values.len()), surroundings);
    html.raw("</table></div>");
    if is_long {
        pages(html, &page, surroundings);
    }
    html.raw("</div>");
}

/// For whoever takes it elsewhere: nothing to choose, and no end to it but the bound.
fn whole(html: &mut Html, table: &Table, surroundings: &Surroundings) {
    let all = table.columns.iter().map(|column| column.values.len()).min().unwrap_or(0);
    html.raw("<div class=\"table-box\" role=\"group\" tabindex=\"0\" aria-label=\"").text(&surroundings.title);
    html.raw("\"><table class=\"table\"><thead><tr>");
    for column in &table.columns {
        html.raw("<th scope=\"col\"").raw(class(column.align)).raw(">").text(&column.title).raw("</th>");
    }
    html.raw("</tr></thead>");
    rows(html, table, all.min(MOST_ROWS), surroundings);
    html.raw("</table>");
    if all > MOST_ROWS {
        let says = surroundings.says();
        let more = filled(says.rows_counted, &[&MOST_ROWS.to_string(), &marked(&all.to_string(), surroundings.language)]);
        html.raw("<p class=\"more\">").text(&more).raw("</p>");
    }
    html.raw("</div>");
}

fn rows(html: &mut Html, table: &Table, count: usize, surroundings: &Surroundings) {
    html.raw("<tbody>");
    for row in 0..count {
        html.raw("<tr>");
        for column in &table.columns {
            cell(html, column, row, surroundings);
        }
        html.raw("</tr>");
    }
    html.raw("</tbody>");
}

/// A column's head sorts by it: numbers from the greatest, all else from the first; once more, the other way.
fn head(html: &mut Html, column: &TableColumn, looked: &Looked) {
    let sorted = looked.look.sort.as_ref().filter(|sort| sort.by == column.title);
    html.raw("<th scope=\"col\"").raw(class(column.align));
    html.raw(match sorted {
        Some(sort) if sort.descending => " aria-sort=\"descending\">",
        Some(_) => " aria-sort=\"ascending\">",
        None => ">",
    });
    if column.cell == Cell::Action || column.title.is_empty() {
        html.text(&column.title).raw("</th>");
        return;
    }
    let descending = sorted.map_or(matches!(column.values, Values::Numbers(_)), |sort| !sort.descending);
    let sort = Some(Sort { by: column.title.clone(), descending });
    looked.link(html, &Look { page: 0, sort, ..looked.look.clone() }, "nofollow", &column.title);
    html.raw("</th>");
}

/// Which rows these are, and the way to the others.
fn pages(html: &mut Html, page: &Page, surroundings: &Surroundings) {
    let (looked, says) = (&surroundings.looked, surroundings.says());
    let count = |count: usize| marked(&count.to_string(), surroundings.language);
    let shown = page.table.columns.first().map_or(0, |column| column.values.len());
    let first = if shown == 0 { 0 } else { page.before + 1 };
    html.raw("<div class=\"pages\"><span role=\"status\">");
    html.text(&filled(says.rows_shown, &[&count(first), &count(page.before + shown), &count(page.matching)]));
    if page.matching < page.all {
        html.raw(" ").text(&filled(says.found_in, &[&count(page.all)]));
    }
    html.raw("</span>");
    let mut to = |at: usize, rel: &'static str, word: &str| {
        looked.link(html, &Look { page: at, ..looked.look.clone() }, rel, word);
    };
    if page.at > 0 {
        to(0, "nofollow", says.first_page);
        to(page.at - 1, "prev nofollow", says.previous_page);
    }
    if page.at + 1 < page.pages {
        to(page.at + 1, "next nofollow", says.next_page);
        to(page.pages - 1, "nofollow", says.last_page);
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

/// How far along its column a number is; none where it is no number.
pub(in crate::draw) fn part(column: &TableColumn, row: usize) -> Option<f64> {
    let Values::Numbers(numbers) = &column.values else { return None };
    let (low, high) = page::ends(column);
    let is_on = high > low && !numbers[row].is_nan();
    Some(if is_on { ((numbers[row] - low) / (high - low)).clamp(0.0, 1.0) } else { 0.0 })
}

fn gauge(html: &mut Html, column: &TableColumn, row: usize, state: State) {
    let Some(part) = part(column, row) else { return };
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
