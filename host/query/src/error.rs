//! Why a query has no answer, by who can mend it.

use std::fmt;

use vitrine_model::port::StoreError;

/// Each is a sentence for whoever wrote the query.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    /// The text is no PromQL.
    #[error("the expression is not PromQL: {0}")]
    Syntax(Mistake),
    /// PromQL that Vitrine does not evaluate.
    #[error("{0}")]
    Unsupported(String),
    /// PromQL that has no answer for these series or this range, such as an ambiguous match.
    #[error("{0}")]
    Invalid(String),
    /// The range or its step makes no sense, or asks for too many steps.
    #[error("{0}")]
    Range(String),
    /// The answer would cost more than it may.
    #[error("{0}")]
    Limit(String),
    /// Whoever asked no longer waits.
    #[error("the query was cancelled")]
    Cancelled,
    #[error("the query could not read its samples: {0}")]
    Store(#[from] StoreError),
}

impl QueryError {
    /// Where the text went wrong, and a sentence without that place, for who shows the place in another way.
    pub fn spot(&self) -> Option<(usize, String)> {
        let QueryError::Syntax(Mistake { place: Some((byte, _)), reason }) = self else { return None };
        Some((*byte, QueryError::from(reason.clone()).to_string()))
    }
}

/// A text that went wrong without a place.
impl From<String> for QueryError {
    fn from(reason: String) -> QueryError {
        QueryError::Syntax(Mistake { place: None, reason })
    }
}

/// What is wrong with a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// A byte of the text, and the same as `line:column`.
    pub(crate) place: Option<(usize, String)>,
    pub(crate) reason: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Some((_, place)) => write!(f, "{place}: {}", self.reason),
            None => f.write_str(&self.reason),
        }
    }
}
