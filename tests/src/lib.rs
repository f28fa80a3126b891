//! The harness: the real binary with real neighbours. Tests wait on conditions; whatever is left over at the end fails.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a failed unwrap is a failed test")]

mod alertmanager;
mod amtool;
mod browser;
mod client;
mod exporter;
mod files;
mod hand;
mod manifest;
mod pages;
mod paths;
pub mod postgres;
mod prometheus;
pub mod promql;
mod receiver;
mod smtp;
mod target;
mod twilio;
mod vitrine;
mod wait;

pub use alertmanager::Alertmanager;
pub use amtool::{amtool, try_amtool};
pub use browser::{Browser, Look, Page, Theme};
pub use client::{Answer, get, post};
pub use exporter::{Exporter, Labels};
pub use files::Files;
pub use manifest::with_manifest;
pub use pages::Pages;
pub use paths::{fetch_guest, guests, repository, stations, target_folder};
pub use prometheus::{Prometheus, promtool};
pub use receiver::{Mood, Posted, Receiver};
pub use smtp::{Mail, Relay, Smtp};
pub use target::{Behaviour, Target};
pub use twilio::{Answered, Sms, Twilio};
pub use vitrine::{Ran, Start, Vitrine, run};
pub use wait::{LONG, wait_until};
