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

/// Whether a database that may not be changed has the shape this version knows.
pub(crate) fn check(path: &Path, runner: &Runner, connection: &Connection) -> Result<(), StoreError> {
    let path = path.display();
    let wanted = runner.get_migrations().iter().map(|migration| i64::from(migration.version())).max();
    let sql = "SELECT max(version) FROM refinery_schema_history";
    let found = connection.query_row(sql, [], |row| row.get::<_, Option<i64>>(0));
    match found.map_err(|error| StoreError(format!("`{path}` is no database of vitrine: {error}")))? {
        found if found == wanted => Ok(()),
        found if found > wanted => Err(StoreError(format!("`{path}` was made by a newer version of vitrine: run that version"))),
        _ => Err(StoreError(format!("`{path}` was made by an older version of vitrine: start this version's host with it once"))),
    }
}
