//! Views become HTML that reads well by itself: the page without a script, and the frame the script builds on.
//!
//! Drawing knows neither dashboards nor HTTP: a view and a range go in, a fragment comes out.

pub mod annotation;
pub mod bars;
pub mod chart;
pub mod colour;
pub mod graph;
pub mod grid;
pub mod html;
pub mod lines;
pub mod link;
pub mod look;
pub mod markup;
pub mod path;
pub mod picture;
pub mod plot;
pub mod scale;
pub mod slices;
pub mod stat;
pub mod still;
pub mod table;
pub mod timeline;
pub mod twin;
pub mod unit;

use jiff::tz::TimeZone;
use vitrine_model::Millis;
use vitrine_model::frame::TimeRange;
use vitrine_model::view::View;

use crate::draw::annotation::Annotations;
use crate::draw::html::Html;
use crate::draw::look::Looked;
use crate::draw::plot::Plot;
use crate::draw::scale::TimeTick;
use crate::draw::unit::{Figure, Unit};
use crate::page::messages::Messages;
use crate::page::reader::{Language, Reader};
use crate::words;

/// What drawing needs to know beside the view.
#[derive(Debug, Clone)]
pub struct Surroundings {
    /// The panel's title, for those who cannot see the picture.
    pub title: String,
    pub range: TimeRange,
    pub zone: TimeZone,
    /// The height of the panel's body at the usual text size, in CSS pixels: labels keep their distance by it.
    pub height: u32,
    /// What is marked on time axes.
    pub annotations: Annotations,
    /// What it is written in.
    pub language: Language,
    /// How a long panel is looked at.
    pub looked: Looked,
    /// Where each series of a chart leads; none at all where they lead nowhere. Not yet looked at.
    pub series_links: Vec<String>,
}

impl Surroundings {
    #[cfg(test)]
    pub(crate) fn tested(title: &str, range: TimeRange) -> Surroundings {
        Surroundings {
            title: title.to_owned(),
            range,
            zone: TimeZone::UTC,
            height: 200,
            annotations: Annotations::default(),
            language: Language::English,
            looked: Looked::default(),
            series_links: Vec::new(),
        }
    }

    /// A value as whoever looks writes it.
    pub fn figure(&self, unit: &Unit, value: f64) -> Figure {
        unit.figure_in(value, &self.zone, self.language)
    }

    pub(crate) fn says(&self) -> &'static Messages {
        Messages::of(self.language)
    }

    fn clock(&self, moment: Millis) -> String {
        words::clock(moment, &self.zone)
    }

    fn exact(&self, moment: Millis) -> String {
        words::exact_for(moment, &self.zone, Reader { language: self.language })
    }

    /// Times along an axis.
    fn ticks(&self, range: TimeRange) -> Vec<TimeTick> {
        scale::time_ticks(range, &self.zone, self.language, 6)
    }
}

/// What the panel's section says it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Chart,
    Stat,
    Table,
    Bars,
    Slices,
    Grid,
    Timeline,
    Lines,
    Graph,
    Picture,
    Markup,
}

impl Kind {
    pub fn word(self) -> &'static str {
        match self {
            Kind::Chart => "chart",
            Kind::Stat => "stat",
            Kind::Table => "table",
            Kind::Bars => "bars",
            Kind::Slices => "slices",
            Kind::Grid => "grid",
            Kind::Timeline => "timeline",
            Kind::Lines => "lines",
            Kind::Graph => "graph",
            Kind::Picture => "picture",
            Kind::Markup => "markup",
        }
    }
}

/// A drawn view.
#[derive(Debug, Clone, PartialEq)]
pub struct Drawing {
    pub kind: Kind,
    pub html: String,
    /// The data behind a chart.
    pub plot: Option<Plot>,
    /// When its newest value is from, where that can be told.
    pub newest: Option<Millis>,
    /// Nothing to see.
    pub empty: bool,
}

pub fn draw(view: &View, surroundings: &Surroundings) -> Drawing {
    let mut html = Html::new();
    match view {
        View::Chart(described) => {
            let mut plot = Plot::new(described, surroundings.range);
            plot.annotations.clone_from(&surroundings.annotations);
            plot.lead(&surroundings.series_links);
            chart::draw(&mut html, &plot, surroundings);
            let newest = plot.newest();
            let empty = newest.is_none();
            Drawing { kind: Kind::Chart, html: html.finish(), plot: Some(plot), newest, empty }
        }
        View::Stat(described) => {
            stat::draw(&mut html, described, surroundings);
            plain(Kind::Stat, html.finish(), described.figures.is_empty())
        }
        View::Table(described) => {
            table::draw(&mut html, described, surroundings);
            let empty = described.columns.iter().all(|column| column.values.is_empty());
            plain(Kind::Table, html.finish(), empty)
        }
        View::Bars(described) => {
            bars::draw(&mut html, described, surroundings);
            plain(Kind::Bars, html.finish(), described.categories.is_empty() || described.groups.is_empty())
        }
        View::Slices(described) => {
            slices::draw(&mut html, described, surroundings);
            plain(Kind::Slices, html.finish(), described.slices.is_empty())
        }
        View::Grid(described) => {
            grid::draw(&mut html, described, surroundings);
            plain(Kind::Grid, html.finish(), described.values.is_empty())
        }
        View::Timeline(described) => {
            timeline::draw(&mut html, described, surroundings);
            plain(Kind::Timeline, html.finish(), described.lanes.is_empty())
        }
        View::Lines(described) => {
            lines::draw(&mut html, described, surroundings);
            // That nothing happened is an answer.
            plain(Kind::Lines, html.finish(), false)
        }
        View::Graph(described) => {
            graph::draw(&mut html, described, surroundings);
            plain(Kind::Graph, html.finish(), described.nodes.is_empty())
        }
        View::Picture(described) => {
            picture::draw(&mut html, described, surroundings);
            plain(Kind::Picture, html.finish(), false)
        }
        View::Markup(text) => plain(Kind::Markup, markup::html(text), false),
        View::Svg(text) => plain(Kind::Markup, markup::svg(text), false),
    }
}

fn plain(kind: Kind, html: String, empty: bool) -> Drawing {
    Drawing { kind, html, plot: None, newest: None, empty }
}
