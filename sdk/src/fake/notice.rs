//! The notice on the fake host: its pictures and links, and who was told.

use std::collections::BTreeMap;

use super::Host;
use super::world::with;
use crate::Fault;
use crate::notice::Act;

/// Somebody whom the plugin said that it has told.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    pub person: String,
    pub answer: String,
    pub id: Option<String>,
}

#[derive(Default)]
pub(super) struct Notice {
    pictures: BTreeMap<String, Result<Vec<u8>, Fault>>,
    /// What links begin with, where there are any.
    host: Option<String>,
    offset: i32,
    told: Vec<Told>,
}

impl Host {
    /// Sets the picture of a panel, light and dark, or why there is none.
    pub fn set_picture(&self, name: &str, picture: Result<Vec<u8>, Fault>) {
        with(|world| drop(world.notice.pictures.insert(name.to_owned(), picture)));
    }

    /// From now on there are links and callbacks, which begin so: `https://vitrine.example`.
    pub fn set_links(&self, host: &str) {
        with(|world| world.notice.host = Some(host.to_owned()));
    }

    /// How many seconds the notice's zone is ahead of UTC.
    pub fn set_offset(&self, seconds: i32) {
        with(|world| world.notice.offset = seconds);
    }

    /// Whom the plugin has told, it says.
    pub fn told(&self) -> Vec<Told> {
        with(|world| world.notice.told.clone())
    }
}

pub(crate) mod calls {
    use super::{Act, Fault, Told, with};

    pub(crate) fn picture(name: &str, dark: bool) -> Result<Vec<u8>, Fault> {
        let none = || Err(Fault::Denied(format!("no picture of `{name}` is set on the fake host")));
        let picture = with(|world| world.notice.pictures.get(name).cloned()).unwrap_or_else(none)?;
        // So that a test can tell which of the two it is.
        Ok(if dark { [picture.as_slice(), b"dark"].concat() } else { picture })
    }

    pub(crate) fn link(act: Act, seconds: u32, person: &str) -> Result<String, Fault> {
        let word = match act {
            Act::Acknowledge => "acknowledge",
            Act::Snooze => "snooze",
            Act::Silence => "silence",
        };
        let host = with(|world| world.notice.host.clone());
        host.map(|host| format!("{host}/act/{word}-{seconds}-{person}"))
            .ok_or_else(|| Fault::Denied("no links are set on the fake host".to_owned()))
    }

    pub(crate) fn callback(name: &str) -> Option<String> {
        with(|world| world.notice.host.clone()).map(|host| format!("{host}/callbacks/{name}"))
    }

    pub(crate) fn offset(_time: i64) -> i32 {
        with(|world| world.notice.offset)
    }

    pub(crate) fn told(person: &str, answer: &str, id: Option<&str>) -> Result<(), Fault> {
        let told = Told { person: person.to_owned(), answer: answer.to_owned(), id: id.map(str::to_owned) };
        with(|world| world.notice.told.push(told));
        Ok(())
    }

    pub(crate) fn reached() -> Result<Vec<String>, Fault> {
        Ok(with(|world| world.notice.told.iter().map(|told| told.person.clone()).collect()))
    }
}
