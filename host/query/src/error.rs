//! Why a query has no answer, by who can mend it.

use vitrine_model::port::StoreError;

/// Each is a sentence for whoever wrote the query.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    /// The text is no PromQL.
    #[error("the expression is not PromQL: {0}")]
    Syntax(String),
    /// PromQL that Vitrine does not evaluate.
    #[error("{0}")]
    Unsupported(String),
    /// PromQL that has no answer for these series or this range, such as an ambiguous match.
    #[error("{0}")]
    Invalid(String),
    /// The answer would cost more than it may.
    #[error("{0}")]
    Limit(String),
    /// Whoever asked no longer waits.
    #[error("the query was cancelled")]
    Cancelled,
    #[error("the query could not read its samples: {0}")]
    Store(#[from] StoreError),
}
