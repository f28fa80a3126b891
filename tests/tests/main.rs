//! The end-to-end tests: one file per feature, each with the real binary and real neighbours.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod access;
mod acting;
mod alertmanager;
mod asked;
mod bad_input;
mod browser;
mod cli;
mod data;
mod differential;
mod explore;
mod exporter;
mod first_light;
mod floors;
mod import;
mod languages;
mod operations;
mod plugin_life;
mod polyglot;
mod preview;
mod prometheus_clients;
mod promql;
mod promtool;
mod query;
mod rights;
mod sandbox;
mod scrape;
mod secrets;
mod shop;
mod slow_senders;
mod states;
mod survives;
mod templates;
mod tour;
mod viewing;
mod wasi_http;
