//! PromQL: parse, evaluate, limit.
//!
//! Everything is evaluated over a grid of steps; an instant query is a grid of one. A series is one column of doubles,
//! a step without a sample holds [`vitrine_model::sample::stale`], so that NaN stays a value like any other.

mod answer;
mod engine;
mod error;
mod evaluate;
mod functions;
mod limits;
mod nearest;
mod syntax;

pub use crate::answer::{Answer, Matrix};
pub use crate::engine::Engine;
pub use crate::error::{Mistake, QueryError};
pub use crate::evaluate::notes::Notes;
pub use crate::functions::number::arithmetic;
pub use crate::functions::registry::vocabulary;
pub use crate::limits::{Cancel, Limits};
pub use crate::syntax::{Compared, Expr};

#[cfg(test)]
mod tests;
