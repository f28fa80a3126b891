//! The pages, the API and the live stream: everything a browser or a client asks of this host.
//!
//! Pages read well without a script; the script bundled from `assets/` only makes them move. Who may see what is asked
//! of `access`, what the numbers are of `query`, how things go of `monitor`; nothing here stores anything.

pub mod dashboard;
pub mod draw;
pub mod embed;
pub mod live;
pub mod plugins;
pub mod render;
pub mod reply;
pub mod router;
pub mod settings;
pub mod share;
pub mod web;

mod act;
mod alerts;
mod api;
mod ask;
mod assets;
mod audit;
mod callback;
mod middleware;
mod page;
mod pushes;
mod words;

pub use callback::{Channels, Door, Signed};
pub use dashboard::Dashboard;
pub use dashboard::evaluate::Panels;
pub use dashboard::file::{DashboardFile, Known, PanelFile, PartFile, RowFile, schema as dashboard_schema};
pub use dashboard::summary::{PanelSummary, Summary};
pub use router::{router, serve};
pub use settings::Settings;
pub use web::{Parts, Sources, Web};
