//! The audit: who did what to a system watched, before it is done and when it has ended. Its lines are in the log, with
//! the target `audit`.

use std::net::IpAddr;

use vitrine_access::Person;
use vitrine_model::Fault;

use crate::share::Share;

/// What of the arguments is written down.
const ARGUMENTS_BYTES: usize = 1 << 10;

/// Writes down that somebody did something to the alerts.
pub(crate) fn acted(person: &str, from: Option<IpAddr>, what: &str, thing: &str) {
    let from = from.map(|address| address.to_string()).unwrap_or_default();
    let (person, thing) = (person.escape_debug().to_string(), thing.escape_debug().to_string());
    tracing::info!(
        target: "audit",
        { audit.person = person, audit.from = from, audit.action = what, audit.thing = thing },
        "{person} {what} {thing}"
    );
}

/// Something that a person has a source do.
pub(crate) struct Entry {
    pub(crate) person: String,
    pub(crate) from: Option<IpAddr>,
    pub(crate) source: String,
    pub(crate) action: String,
    /// JSON.
    pub(crate) arguments: String,
}

impl Entry {
    pub(crate) fn asked(&self) {
        self.line("asked", "");
    }

    pub(crate) fn ended(&self, outcome: &Result<String, Fault>) {
        match outcome {
            Ok(answer) => self.line("done", answer),
            Err(fault) => self.line(fault.whose(), fault.reason()),
        }
    }

    /// `said` is a guest's text, and on one line.
    fn line(&self, outcome: &str, said: &str) {
        let arguments = &self.arguments[..self.arguments.floor_char_boundary(ARGUMENTS_BYTES)];
        let from = self.from.map(|address| address.to_string()).unwrap_or_default();
        tracing::info!(
            target: "audit",
            {
                audit.person = self.person,
                audit.from = from,
                audit.source = self.source,
                audit.action = self.action,
                audit.arguments = arguments,
                audit.outcome = outcome,
                audit.said = said.escape_debug().to_string()
            },
            "{} had source `{}` do `{}`: {outcome}",
            self.person,
            self.source,
            self.action.escape_debug()
        );
    }
}

/// A link was made. What it shows is told, and not the link itself: whoever reads the log could open it.
pub(crate) fn shared(person: &Person, share: &Share) {
    let panel = share.panel.as_deref().unwrap_or("");
    tracing::info!(
        target: "audit",
        { audit.person = person.name, audit.dashboard = share.dashboard, audit.panel = panel, audit.expires_ms = share.expires },
        "{} made a link to dashboard `{}`",
        person.name,
        share.dashboard.escape_debug()
    );
}
