//! Brings a database to the shape this version knows.

use std::path::Path;

use refinery::Runner;
use refinery::error::Kind;
use rusqlite::Connection;
use vitrine_model::port::StoreError;

mod samples_files {
    refinery::embed_migrations!("migrations/samples");
}

mod state_files {
    refinery::embed_migrations!("migrations/state");
}

pub(crate) fn samples() -> Runner {
    samples_files::migrations::runner()
}

pub(crate) fn state() -> Runner {
    state_files::migrations::runner()
}

pub(crate) fn run(path: &Path, runner: &Runner, connection: &mut Connection) -> Result<(), StoreError> {
    let path = path.display();
    runner.run(connection).map(drop).map_err(|error| {
        StoreError(match error.kind() {
            Kind::MissingVersion(_) | Kind::DivergentVersion(..) => {
                format!("`{path}` was made by a newer version of vitrine: run that version, or choose another folder with `--data-dir`")
            }
            _ => match std::error::Error::source(&error) {
                Some(source) => format!("cannot bring `{path}` up to date: {source}"),
                None => format!("cannot bring `{path}` up to date: {error}"),
            },
        })
    })
}
