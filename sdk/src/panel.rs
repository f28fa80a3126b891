//! Panels: pure functions from frames to a view.

mod address;
mod buckets;
mod defaults;
mod lanes;
mod legend;
mod levels;
mod lines;
mod mapping;
mod reduce;
pub mod rows;
mod severity;
mod sort;

use serde::de::DeserializeOwned;

pub use crate::bindings::panel::exports::vitrine::plugin::rendering::{
    Align, Axis, Bars, Cell, Chart, ColumnRef, Edge, Figure, Graph, Grid, Group, Lane, Line, Lines, Mark, Node, Picture, Points,
    Series, Shape, Side, Slice, Slices, Span, Stat, State, Statistic, Stroke, Table, TableColumn, Theme, Threshold, Timeline,
    View,
};
use crate::{Column, Fault, Frame, TimeRange, Values};
pub use address::encoded;
pub use buckets::{Bucket, buckets};
pub use lanes::lanes;
pub use legend::series_names;
pub use levels::Levels;
pub use lines::{LineColumns, table_lines};
pub use mapping::{Mapping, Word, meaning};
pub use reduce::Reduce;
pub use severity::severity;
pub use sort::Sort;

/// A panel. The same request must give the same view: the host keeps and shares results.
pub trait Panel: 'static {
    /// The extra keys of the panel's entry in the dashboard.
    type Options: DeserializeOwned;

    fn render(request: Request<Self::Options>) -> Result<View, Fault>;
}

/// What is to be shown, and where.
#[derive(Debug, Clone, PartialEq)]
pub struct Request<Options> {
    pub frames: Vec<Frame>,
    pub options: Options,
    /// The panel's box in CSS pixels.
    pub width: u32,
    pub height: u32,
    pub theme: Theme,
    /// An IANA name.
    pub time_zone: String,
    pub range: TimeRange,
}

/// What a series is now: its value at the end of the range. NaN where it has none there, however lively it was before.
pub fn current(values: &[f64]) -> f64 {
    values.last().copied().unwrap_or(f64::NAN)
}

/// Every column of numbers, and where it is, in the order of the names; none where its frame has no times to go with it.
pub fn timed_columns(frames: &[Frame]) -> impl Iterator<Item = Option<ColumnRef>> {
    frames.iter().zip(0_u32..).flat_map(|(frame, index)| {
        let timed = frame.times().is_some();
        frame.series().map(move |(column, _, _)| timed.then_some(ColumnRef { frame: index, column }))
    })
}

/// Every column of numbers with where it is: what a slice or a group says it came from.
pub fn numbered(frames: &[Frame]) -> impl Iterator<Item = (ColumnRef, &Column, &[f64])> {
    frames.iter().zip(0_u32..).flat_map(|(frame, index)| {
        frame.series().map(move |(place, column, values)| (ColumnRef { frame: index, column: place }, column, values))
    })
}

/// The rows of a frame that has no times, or texts beside them: what SQL and the like answer. The others are series.
pub fn is_table(frame: &Frame) -> bool {
    let texts = |column: &Column| matches!(column.values, Values::Texts(_) | Values::Flags(_));
    !frame.columns.is_empty() && (frame.times().is_none() || frame.columns.iter().any(texts))
}

/// Renders as the host does, from frames and the JSON of the options, in a box of 600 × 300 pixels, over the last hour
/// of a day long ago: for tests.
pub fn render<T: Panel>(frames: Vec<Frame>, options: &str) -> Result<View, Fault> {
    T::render(Request {
        frames,
        options: crate::config::parse(options)?,
        width: 600,
        height: 300,
        theme: Theme::Light,
        time_zone: "UTC".to_owned(),
        range: TimeRange { start: 0, end: 3_600_000, step: 15_000 },
    })
}

#[cfg(target_arch = "wasm32")]
mod guest {
    use std::marker::PhantomData;

    use super::{Panel, Request, View};
    use crate::Fault;
    use crate::bindings::panel::exports::vitrine::plugin::rendering;

    /// Answers the host's calls with a panel.
    #[derive(Debug)]
    pub struct Export<T>(PhantomData<T>);

    impl<T: Panel> rendering::Guest for Export<T> {
        fn render(request: rendering::Request) -> Result<View, Fault> {
            crate::panic::install();
            T::render(Request {
                options: crate::config::parse(&request.options)?,
                frames: request.frames,
                width: request.width,
                height: request.height,
                theme: request.theme,
                time_zone: request.time_zone,
                range: request.range,
            })
        }
    }
}

#[cfg(target_arch = "wasm32")]
#[doc(hidden)]
pub use guest::Export;
