//! Who may do what. Until people exist, everyone may look, only this machine may act, and samples come from this machine and
//! from the addresses that the admin named.

mod hosts;
mod networks;

use std::net::IpAddr;

pub use hosts::AllowedHosts;
pub use networks::Networks;

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    pub name: String,
}

impl Person {
    /// Whoever has not signed in.
    pub fn anyone() -> Person {
        Person { name: "anyone".to_owned() }
    }
}

/// What they want to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    View,
    /// Brings samples.
    Push,
    /// Sends a question of their own to a system watched, with the source's rights.
    Ask,
    /// Gives a link to others that shows it for a while.
    Share,
    /// Answers a message that the host sent. What it may do follows from the seal on the answer, which says whose it is: whoever
    /// reads the seal asks again, for that person.
    Answer,
    /// Changes something, here or in the systems watched.
    Act,
}

/// What they want to do it to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Thing {
    Dashboard(String),
    Alerts,
    /// Those that are told together.
    Group(String),
    Sources,
    Source(String),
    Plugins,
    Samples,
    Host,
}

impl Thing {
    fn word(&self) -> &str {
        match self {
            Thing::Dashboard(_) => "this dashboard",
            Thing::Alerts => "the alerts",
            Thing::Group(_) => "these alerts",
            Thing::Sources => "the sources",
            Thing::Source(_) => "this source",
            Thing::Plugins => "the plugins",
            Thing::Samples => "the samples",
            Thing::Host => "the host",
        }
    }
}

/// Where the request comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// A caller on this machine.
    Local,
    /// An address that may bring samples.
    Writer,
    /// Whoever brings the host's own seal for this very act.
    Bearer,
    Remote,
}

impl Standing {
    pub fn of(address: IpAddr, writers: &Networks) -> Standing {
        match address {
            _ if address.to_canonical().is_loopback() => Standing::Local,
            _ if writers.contain(address) => Standing::Writer,
            _ => Standing::Remote,
        }
    }
}

/// Why not; a sentence for the person who asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refusal(pub String);

/// Whether this person may do this to that.
pub fn may(person: &Person, action: Action, thing: &Thing, from: Standing) -> Result<(), Refusal> {
    match (action, from) {
        // Who may look may let others look: a link shows nothing that everybody could not see.
        (Action::View | Action::Share | Action::Answer, _) | (_, Standing::Local) | (Action::Push, Standing::Writer) => Ok(()),
        // A seal is good for one group's alerts, and for nothing else.
        (Action::Act, Standing::Bearer) if matches!(thing, Thing::Group(_)) => Ok(()),
        (Action::Push, Standing::Remote | Standing::Bearer) => Err(Refusal(format!(
            "{} may not write {} from this address: add it to `write_from` in the host's settings",
            person.name,
            thing.word().trim_start_matches("the ")
        ))),
        (Action::Ask, Standing::Writer | Standing::Bearer | Standing::Remote) => {
            Err(Refusal(format!("{} may not question {} from afar: do it on the host's own machine", person.name, thing.word())))
        }
        (Action::Act, Standing::Writer | Standing::Bearer | Standing::Remote) => {
            Err(Refusal(format!("{} may not change {} from afar: do it on the host's own machine", person.name, thing.word())))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everyone_looks_writers_bring_samples_and_only_this_machine_acts() {
        let person = Person::anyone();
        for (action, from, allowed) in [
            (Action::View, Standing::Remote, true),
            (Action::Share, Standing::Remote, true),
            (Action::View, Standing::Local, true),
            (Action::Ask, Standing::Local, true),
            (Action::Ask, Standing::Remote, false),
            (Action::Act, Standing::Local, true),
            (Action::Act, Standing::Writer, false),
            (Action::Act, Standing::Remote, false),
            (Action::Push, Standing::Local, true),
            (Action::Push, Standing::Writer, true),
            (Action::Push, Standing::Remote, false),
            (Action::Answer, Standing::Remote, true),
            (Action::Act, Standing::Bearer, false),
            (Action::Ask, Standing::Bearer, false),
            (Action::Push, Standing::Bearer, false),
        ] {
            assert_eq!(may(&person, action, &Thing::Sources, from).is_ok(), allowed, "{action:?} {from:?}");
        }
    }

    #[test]
    fn a_seal_is_good_for_one_group() {
        let person = Person { name: "ada@shop.example".to_owned() };
        let may = |thing: &Thing| may(&person, Action::Act, thing, Standing::Bearer).is_ok();
        assert!(may(&Thing::Group("ab12".to_owned())));
        assert!(!may(&Thing::Alerts) && !may(&Thing::Host) && !may(&Thing::Source("shop".to_owned())));
    }

    #[test]
    fn a_mapped_address_is_what_it_stands_for() {
        let writers = Networks::parse(["10.0.0.1"]).unwrap_or_default();
        for (text, standing) in [
            ("127.0.0.1", Standing::Local),
            ("::1", Standing::Local),
            ("::ffff:127.0.0.1", Standing::Local),
            ("10.0.0.1", Standing::Writer),
            ("::ffff:10.0.0.1", Standing::Writer),
            ("10.0.0.2", Standing::Remote),
        ] {
            assert_eq!(text.parse().map(|address| Standing::of(address, &writers)), Ok(standing), "{text}");
        }
    }
}
