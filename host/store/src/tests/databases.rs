//! The named databases, real ones: files of SQLite and a running PostgreSQL.

mod postgres;
mod sqlite;

use std::collections::BTreeMap;
use std::time::Duration;

use vitrine_model::Fault;
use vitrine_model::frame::{Frame, Values};
use vitrine_model::port::databases::{Databases, Dialect, Parameter};

use crate::database::{DatabaseSettings, NamedDatabases, Place};

const LONG: Duration = Duration::from_secs(20);

/// One database by the name `shop`.
fn named(settings: DatabaseSettings) -> NamedDatabases {
    let databases = NamedDatabases::default();
    assert!(databases.set(BTreeMap::from([("shop".to_owned(), Some(settings))])).is_empty());
    databases
}

async fn ask(databases: &NamedDatabases, statement: &str, parameters: &[Parameter]) -> Result<Frame, Fault> {
    databases.query("shop", statement, parameters.to_vec(), LONG).await
}

/// `name: [values]` of each column.
fn shown(frame: &Frame) -> Vec<String> {
    let values = |values: &Values| match values {
        Values::Times(values) => format!("times {values:?}"),
        Values::Numbers(values) => format!("numbers {values:?}"),
        Values::Texts(values) => format!("texts {values:?}"),
        Values::Flags(values) => format!("flags {values:?}"),
    };
    frame.columns.iter().map(|column| format!("{}: {}", column.name, values(&column.values))).collect()
}

/// The error must be of this kind, and say all of these.
fn refused(answer: Result<Frame, Fault>, whose: &str, parts: &[&str]) {
    let fault = answer.unwrap_err();
    assert_eq!(fault.whose(), whose, "{fault:?}");
    for part in parts {
        assert!(fault.reason().contains(part), "`{part}` is missing in {fault:?}");
    }
}

#[tokio::test]
async fn what_is_not_named_is_not_there_and_what_has_not_changed_stays() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.db");
    rusqlite::Connection::open(&file).unwrap().execute_batch("CREATE TABLE t (a)").unwrap();
    let good = DatabaseSettings::new(Place::Sqlite(file));
    let databases = named(good.clone());
    refused(databases.query("other", "SELECT 1", Vec::new(), LONG).await, "invalid", &["`other`", "under `databases`"]);
    assert_eq!(databases.facts()[0].dialect, Dialect::Sqlite);

    let wrong = Place::Postgres { url: "mysql://me:marked@host/a".to_owned(), password: None, ca_file: None };
    let problems = databases.set(BTreeMap::from([
        ("shop".to_owned(), Some(DatabaseSettings::new(wrong))),
        ("more".to_owned(), Some(DatabaseSettings { writable: true, ..good })),
    ]));
    assert!(problems.len() == 1 && problems[0].0 == "shop" && !problems[0].1.contains("marked"), "{problems:?}");
    // The old one stays where the new one cannot be.
    assert!(ask(&databases, "SELECT a FROM t", &[]).await.is_ok());
    let facts: Vec<_> = databases.facts().into_iter().map(|facts| (facts.name, facts.writable)).collect();
    assert_eq!(facts, [("more".to_owned(), true), ("shop".to_owned(), false)]);
    databases.set(BTreeMap::from([("more".to_owned(), None), ("never".to_owned(), None)]));
    assert_eq!(databases.facts().len(), 1);
    refused(ask(&databases, "SELECT 1", &[]).await, "invalid", &["no database `shop`"]);
}
