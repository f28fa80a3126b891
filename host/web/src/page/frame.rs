//! What all pages share: the header with its navigation, the problems on top, the footer.

use serde::Serialize;

use crate::assets;
use crate::page::{When, address};
use crate::web::Web;

#[derive(Debug, Serialize)]
pub(crate) struct Frame {
    /// Names the page to the script and the style.
    pub(crate) page: &'static str,
    pub(crate) title: String,
    /// The zone that times are told in, by its IANA name.
    pub(crate) zone: Option<String>,
    pub(crate) folders: Vec<Folder>,
    pub(crate) problems: Vec<String>,
    /// What waits for an admin.
    pub(crate) notes: Vec<String>,
    pub(crate) alerts: usize,
    pub(crate) updated: When,
    pub(crate) health: String,
    pub(crate) version: String,
    pub(crate) style: Option<String>,
    pub(crate) early: Option<String>,
    pub(crate) script: Option<String>,
    pub(crate) icon: Option<String>,
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
    pub(crate) panels: usize,
}

impl Frame {
    pub(crate) async fn new(web: &Web, page: &'static str, title: &str) -> Frame {
        let shelf = web.shelf();
        let health = web.health().await;
        let mut folders: Vec<Folder> = Vec::new();
        for dashboard in shelf.dashboards.values() {
            let entry = Entry {
                name: dashboard.name.clone(),
                path: address(&dashboard.name),
                title: dashboard.title.clone(),
                panels: dashboard.panels().count(),
            };
            match folders.iter_mut().find(|folder| folder.name == dashboard.folder()) {
                Some(folder) => folder.dashboards.push(entry),
                None => folders.push(Folder { name: dashboard.folder().to_owned(), dashboards: vec![entry] }),
            }
        }
        folders.sort_by(|a, b| a.name.cmp(&b.name));
        Frame {
            page,
            title: title.to_owned(),
            zone: web.zone.iana_name().map(str::to_owned),
            folders,
            problems: shelf.problems.clone(),
            notes: web.notes(),
            alerts: health.alerts,
            updated: web.when(health.time),
            health: health.text,
            version: web.version.clone(),
            style: assets::address("style.css"),
            early: assets::address("early.js"),
            script: assets::address("app.js"),
            icon: assets::address("icon.svg"),
        }
    }
}
