//! Lines in the host's log. Needs no grant; the host limits the rate and cuts lines at 4 KiB.

pub use crate::bindings::shared::vitrine::plugin::log::Level;
use crate::host;

pub fn write(level: Level, message: &str) {
    host::log::write(level, message);
}

pub fn debug(message: &str) {
    write(Level::Debug, message);
}

pub fn info(message: &str) {
    write(Level::Info, message);
}

pub fn warn(message: &str) {
    write(Level::Warn, message);
}

pub fn error(message: &str) {
    write(Level::Error, message);
}
