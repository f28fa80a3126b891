//! `databases:` – databases of others, by the names that grants know them by.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vitrine_config::Secret;
use vitrine_model::Span;
use vitrine_store::database::{self, Place};

/// One entry of `databases:`.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DatabaseEntry {
    /// A SQLite file.
    pub sqlite: Option<PathBuf>,
    /// A PostgreSQL: `postgres://user@host:5432/name`, best without the password, or as `{ env: NAME }`.
    pub postgres: Option<Secret>,
    /// The password of `postgres`, best as `{ env: NAME }` or `{ file: PATH }`.
    pub password: Option<Secret>,
    /// PEM file with certificate authorities to trust besides the system's.
    pub ca_file: Option<PathBuf>,
    /// Let statements change rows too.
    #[serde(default)]
    pub write: bool,
    /// The most rows of one answer. Without it, 10,000.
    #[schemars(range(min = 1, max = 1_000_000))]
    pub rows: Option<usize>,
    /// How long one query may take: `5s`.
    pub timeout: Option<String>,
}

/// A mistake in an entry: the key, the reason, the remedy.
pub type Mistake = (&'static str, String, &'static str);

impl DatabaseEntry {
    /// What a schema cannot say.
    pub fn mistakes(&self) -> Vec<Mistake> {
        let mut mistakes = Vec::new();
        match (&self.sqlite, &self.postgres) {
            (None, None) => mistakes.push(("", "it is nowhere".to_owned(), "add `sqlite: FILE` or `postgres: URL`")),
            (Some(_), Some(_)) => mistakes.push(("postgres", "it is in two places".to_owned(), "keep `sqlite` or `postgres`")),
            (Some(file), None) if !file.is_file() => {
                let reason = format!("there is no file `{}`", file.display());
                mistakes.push(("sqlite", reason, "write the path of the database, from where the host is started"));
            }
            (None, Some(Secret::Literal(url))) => {
                if let Err(reason) = database::check_postgres_url(url.expose()) {
                    mistakes.push(("postgres", reason, "or keep it elsewhere: `{ env: NAME }`"));
                }
            }
            _ => {}
        }
        if self.postgres.is_none() {
            for (key, is_set) in [("password", self.password.is_some()), ("ca_file", self.ca_file.is_some())] {
                if is_set {
                    mistakes.push((key, format!("a SQLite file has no `{key}`"), "remove it"));
                }
            }
        }
        if let Some(Err(error)) = self.timeout.as_ref().map(|text| text.parse::<Span>()) {
            mistakes.push(("timeout", error.to_string(), "write `5s`"));
        }
        mistakes
    }

    /// With its secrets in clear, for the store alone.
    pub fn resolved(&self, environment: &dyn Fn(&str) -> Option<String>) -> Result<database::DatabaseSettings, String> {
        let place = match (&self.sqlite, &self.postgres) {
            (Some(file), None) => Place::Sqlite(file.clone()),
            (None, Some(url)) => Place::Postgres {
                url: url.resolve(environment)?.expose().to_owned(),
                password: match &self.password {
                    Some(password) => Some(password.resolve(environment)?.expose().to_owned()),
                    None => None,
                },
                ca_file: self.ca_file.clone(),
            },
            _ => return Err("it needs one of `sqlite` and `postgres`".to_owned()),
        };
        let mut settings = database::DatabaseSettings::new(place);
        settings.writable = self.write;
        settings.rows = self.rows.unwrap_or(settings.rows);
        if let Some(timeout) = &self.timeout {
            settings.time = timeout.parse::<Span>().map_err(|error| error.to_string())?.as_duration();
        }
        Ok(settings)
    }
}
