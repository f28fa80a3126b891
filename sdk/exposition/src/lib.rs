//! Reads the text formats in which exporters show their metrics: Prometheus's 0.0.4 and OpenMetrics 1.0.
//!
//! [`Parser`] goes over a text once and lends out what it finds. Names, labels and help are slices of the text itself,
//! except where an escape has to be undone; nothing is allocated per sample. OpenMetrics is held to its word, Prometheus's
//! format as loosely as Prometheus holds it. Whatever bytes come, it answers or refuses with line, column and reason.
//!
//! ```
//! use vitrine_exposition::{Format, Item, Parser};
//!
//! let mut parser = Parser::new("# TYPE up gauge\nup{job=\"shop\"} 1\n", Format::Prometheus);
//! while let Some(item) = parser.next().unwrap() {
//!     if let Item::Sample(sample) = item {
//!         assert_eq!((sample.name, sample.label("job"), sample.value), ("up", Some("shop"), 1.0));
//!     }
//! }
//! ```

mod cursor;
mod error;
mod format;
mod hash;
mod item;
mod line;
mod number;
mod parser;
mod strict;

#[cfg(test)]
mod tests;

pub use error::Error;
pub use format::Format;
pub use item::{Family, Item, Kind, Label, Sample};
pub use parser::Parser;
