//! What is marked on the time axis of a panel beside its own data: alerts that fired, and times at which a query has a value.

use vitrine_model::view::State;

use crate::dashboard::Query;

/// Where annotations come from, checked.
#[derive(Debug, Clone)]
pub struct AnnotationSource {
    /// PromQL; the host's own alerts where it asks for `ALERTS` alone. Its legend is the title of each annotation.
    pub query: Query,
    /// Given by the file; else the label `severity` says it.
    pub state: Option<State>,
    pub at: At,
}

/// What of a run of steps is marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum At {
    /// From its start to its end.
    #[default]
    Spans,
    /// Its start alone.
    Starts,
}

/// Beside one panel's data, each may be hundreds.
pub const MOST_SOURCES: usize = 10;
