//! Answers for programs: Prometheus's API where it has one, our own beside it.

pub(crate) mod acknowledge;
pub(crate) mod alerts;
pub(crate) mod answer;
pub(crate) mod dashboards;
pub(crate) mod envelope;
pub(crate) mod health;
pub(crate) mod import;
pub(crate) mod live;
pub(crate) mod metadata;
pub(crate) mod number;
pub(crate) mod oncall;
pub(crate) mod otlp;
pub(crate) mod panels;
pub(crate) mod parameters;
pub(crate) mod plugins;
pub(crate) mod query;
pub(crate) mod render;
pub(crate) mod rules;
pub(crate) mod series;
pub(crate) mod shares;
pub(crate) mod source;
pub(crate) mod sources;
pub(crate) mod status;
pub(crate) mod syntax;
pub(crate) mod v2;
pub(crate) mod write;
