//! The doors between floors: upper floors ask, lower floors answer.

pub mod alerts;
pub mod approvals;
pub mod channel;
pub mod databases;
pub mod deliveries;
pub mod keep;
pub mod links;
pub mod notices;
pub mod oncall;
pub mod panel;
pub mod pictures;
pub mod receipts;
pub mod samples;
pub mod silences;
pub mod source;

/// Why the store could not do what was asked: one sentence, with the remedy where there is one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct StoreError(pub String);
