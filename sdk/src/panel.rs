//! Panels: pure functions from frames to a view.

mod legend;
mod levels;

use serde::de::DeserializeOwned;

pub use crate::bindings::panel::exports::vitrine::plugin::rendering::{
    Align, Chart, ColumnRef, Figure, Mark, Points, Series, Shape, Stat, State, Table, TableColumn, Theme, Threshold, View,
};
use crate::{Fault, Frame, TimeRange};
pub use legend::series_names;
pub use levels::Levels;

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
