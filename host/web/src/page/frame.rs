//! What all pages share: the header with its navigation, the problems on top, the footer.

use serde::Serialize;

use crate::assets;
use crate::live::message::Health;
use crate::page::messages::filled;
use crate::page::reader::{Language, Reader};
use crate::page::{When, address};
use crate::web::{Shelf, Web};

#[derive(Debug, Serialize)]
pub(crate) struct Frame {
    /// Names the page to the script and the style.
    pub(crate) page: &'static str,
    pub(crate) title: String,
    #[serde(skip)]
    pub(crate) language: Language,
    pub(crate) languages: Vec<Choice>,
    /// Without navigation and the host's own words: for those who may not look around.
    pub(crate) bare: bool,
    /// `kiosk` or `tv`, where only the panels are to be seen.
    pub(crate) kiosk: Option<&'static str>,
    /// The zone that times are told in, by its IANA name.
    pub(crate) zone: Option<String>,
    pub(crate) folders: Vec<Folder>,
    pub(crate) problems: Vec<String>,
    /// What waits for an admin.
    pub(crate) notes: Vec<String>,
    pub(crate) alerts: usize,
    /// Since when the newest of them fires.
    pub(crate) newest: i64,
    pub(crate) updated: When,
    pub(crate) health: String,
    pub(crate) version: String,
    pub(crate) style: Option<String>,
    pub(crate) early: Option<String>,
    pub(crate) script: Option<String>,
    pub(crate) icon: Option<String>,
    pub(crate) touch_icon: Option<String>,
}

/// One of several, of which one is chosen.
#[derive(Debug, Serialize)]
pub(crate) struct Choice {
    pub(crate) value: String,
    pub(crate) word: String,
    pub(crate) chosen: bool,
}

#[derive(Debug, Serialize)]
pub(crate) struct Folder {
    /// Empty at the top.
    pub(crate) name: String,
    pub(crate) dashboards: Vec<Entry>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Entry {
    pub(crate) name: String,
    /// The name as part of an address.
    pub(crate) path: String,
    pub(crate) title: String,
    pub(crate) panels: String,
}

impl Frame {
    pub(crate) async fn new(web: &Web, reader: Reader, page: &'static str, title: &str) -> Frame {
        Frame::with(web, reader, page, title, web.health().await)
    }

    /// As [`Frame::new`], for whoever knows the host's health already.
    pub(crate) fn with(web: &Web, reader: Reader, page: &'static str, title: &str, health: Health) -> Frame {
        let shelf = web.shelf();
        Frame {
            page,
            title: title.to_owned(),
            language: reader.language,
            languages: Language::ALL.map(|one| language(one, reader)).into(),
            bare: false,
            kiosk: None,
            zone: web.zone.iana_name().map(str::to_owned),
            folders: folders(&shelf, reader),
            problems: shelf.problems.clone(),
            notes: web.notes().as_ref().clone(),
            alerts: health.alerts,
            newest: health.newest,
            updated: web.when(reader, health.time),
            health: health_line(health, reader),
            version: web.version.clone(),
            style: assets::address("style.css"),
            early: assets::address("early.js"),
            script: assets::address("app.js"),
            icon: assets::address("icon.svg"),
            touch_icon: assets::address("icon-192.png"),
        }
    }
}

impl Frame {
    /// Takes away all that leads elsewhere.
    pub(crate) fn bared(self) -> Frame {
        Frame { bare: true, kiosk: Some("kiosk"), folders: Vec::new(), problems: Vec::new(), notes: Vec::new(), ..self }
    }
}

fn language(language: Language, reader: Reader) -> Choice {
    Choice { value: language.tag().to_owned(), word: language.name().to_owned(), chosen: language == reader.language }
}

fn health_line(health: Health, reader: Reader) -> String {
    let (sources, stale) = (health.sources.to_string(), health.stale.to_string());
    match health.sources {
        1 => filled(reader.says().one_source, &[&stale]),
        _ => filled(reader.says().many_sources, &[&sources, &stale]),
    }
}

fn folders(shelf: &Shelf, reader: Reader) -> Vec<Folder> {
    let mut folders: Vec<Folder> = Vec::new();
    for dashboard in shelf.dashboards.values() {
        let entry = Entry {
            name: dashboard.name.clone(),
            path: address(&dashboard.name),
            title: dashboard.title.clone(),
            panels: panels(dashboard.panels().count(), reader),
        };
        match folders.iter_mut().find(|folder| folder.name == dashboard.folder()) {
            Some(folder) => folder.dashboards.push(entry),
            None => folders.push(Folder { name: dashboard.folder().to_owned(), dashboards: vec![entry] }),
        }
    }
    folders.sort_by(|a, b| a.name.cmp(&b.name));
    folders
}

/// `1 panel`, `12 panels`.
pub(crate) fn panels(count: usize, reader: Reader) -> String {
    match count {
        1 => reader.says().one_panel.to_owned(),
        _ => filled(reader.says().panels, &[&count.to_string()]),
    }
}
