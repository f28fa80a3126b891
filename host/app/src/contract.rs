//! A plugin held against its contract: in the real sandbox, with a world around it that behaves, and then does not.
//!
//! The web server, the mail relay and the database are real ones on this machine, and so is every call. What is judged is what the
//! contract says: a call never traps and never leaves its limits, a fault says whose it is, series are the same each time.

mod asked;
mod channel;
mod clock;
mod configure;
mod data;
mod database;
mod panel;
mod relay;
mod report;
mod sane;
mod source;
mod web;
mod world;

use std::sync::Arc;

use serde_json::Value;
use vitrine_model::Fault;
use vitrine_plugin::settings::PluginSettings;
use vitrine_plugin::{Kind, Manifest};

pub use report::Report;
use report::Verdict;
use world::World;

/// A plugin that is tested, and what with.
pub struct Subject {
    pub bytes: Arc<[u8]>,
    pub manifest: Manifest,
    pub digest: String,
    /// In place of the configurations of `[test]`.
    pub with: Option<Value>,
    /// What the sandbox allows.
    pub settings: PluginSettings,
}

/// Runs everything that there is for the plugin's kind. An error means that there is no world to test in.
pub async fn run(subject: &Subject) -> Result<Report, String> {
    let mut report = Report::new(subject);
    let world = match World::new(subject).await? {
        Ok(world) => world,
        Err(reason) => {
            report.add("loads", Verdict::bad(reason, "build it with `vitrine plugin build`, of the host's own release"));
            return Ok(report);
        }
    };
    report.add("loads", Verdict::Good);
    report.add("says what it is", metadata(&subject.manifest));
    report.add("has configurations to be tested with", world.has_samples());
    if subject.manifest.kind == Kind::Panel {
        panel::run(&world, &mut report).await;
        return Ok(report);
    }
    configure::run(&world, &mut report).await;
    match subject.manifest.kind {
        Kind::DataSource => source::run(&world, &mut report).await,
        Kind::AlertChannel => channel::run(&world, &mut report).await,
        Kind::Panel => {}
    }
    Ok(report)
}

fn metadata(manifest: &Manifest) -> Verdict {
    for (right, why) in &manifest.rights {
        if why.reason.split_whitespace().count() < 2 {
            return Verdict::bad(
                format!("the right `{right}` gives no reason"),
                "say in `reason` what it is for: the admin reads it before granting",
            );
        }
    }
    for (name, option) in &manifest.options {
        if ["type", "enum", "anyOf", "oneOf"].iter().all(|word| option.schema.get(*word).is_none()) {
            return Verdict::bad(
                format!("the option `{name}` has neither `type` nor `enum`, `anyOf` or `oneOf`"),
                "describe it, so that a mistake is told before the plugin runs",
            );
        }
    }
    Verdict::Good
}

/// What the contract says of a fault: whose it may be here.
fn judge(fault: &Fault, allowed: &[&str]) -> Verdict {
    let whose = fault.whose();
    if allowed.contains(&whose) {
        return Verdict::Good;
    }
    let hint = match whose {
        "internal" => {
            "a call must never trap or leave its limits: answer a fault instead of `unwrap`, `panic!` or an endless loop"
        }
        "invalid" => "`Invalid` is for the admin's configuration or query; what the far side does is `Upstream`",
        "denied" => {
            "all that it asks for is granted, but requests only to the test's own server: make the address an option, with the \
             real one as its default, and set it to `{server}` under `[test]`"
        }
        _ => "`Upstream` is for the far side; a wrong configuration is `Invalid`, a missing right `Denied`",
    };
    Verdict::bad(format!("{whose}: {}", fault.reason()), hint)
}
