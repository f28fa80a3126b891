//! The database around a plugin under test: a real one that behaves, or misbehaves in one of the ways that databases do.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use vitrine_model::frame::{Column, Frame, Values};
use vitrine_model::port::databases::{DatabaseFacts, Databases, Parameter};
use vitrine_model::{Fault, Labels};

/// How long a slow query runs before the database stops it, as an admin's `timeout` would.
const PATIENCE: Duration = Duration::from_millis(500);

/// How the database answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    /// What it holds.
    Well,
    /// Nobody listens there.
    Away,
    /// Stops the query in the end.
    Slow,
    /// More rows than the admin allows.
    TooMuch,
    /// No rows, and the right columns.
    Empty,
    /// NULL in place of every value.
    Null,
    /// The right rows, and every value of another type.
    OtherTypes,
    /// The table has been changed since: none of the columns.
    OtherColumns,
}

/// Each way to misbehave, with words for it, and whose a fault may be then. A cap on rows is the admin's to raise; what the
/// answer lacks may be the fault of the statement.
pub const FAULTS: [(&str, Mood, &[&str]); 7] = [
    ("a database that refuses the connection", Mood::Away, &["upstream"]),
    ("a database that is too slow", Mood::Slow, &["upstream"]),
    ("a database with too many rows", Mood::TooMuch, &["upstream", "invalid"]),
    ("an answer without rows", Mood::Empty, &["upstream", "invalid"]),
    ("NULL where a value is expected", Mood::Null, &["upstream", "invalid"]),
    ("values of another type", Mood::OtherTypes, &["upstream", "invalid"]),
    ("an answer with other columns", Mood::OtherColumns, &["upstream", "invalid"]),
];

/// Databases, behind a mood.
pub struct Moody {
    databases: Arc<dyn Databases>,
    mood: Mutex<Mood>,
}

impl Moody {
    pub fn new(databases: Arc<dyn Databases>) -> Moody {
        Moody { databases, mood: Mutex::new(Mood::Well) }
    }

    pub fn be(&self, mood: Mood) {
        *self.mood.lock().unwrap_or_else(PoisonError::into_inner) = mood;
    }

    fn mood(&self) -> Mood {
        *self.mood.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Databases for Moody {
    fn facts(&self) -> Vec<DatabaseFacts> {
        self.databases.facts()
    }

    async fn query(&self, database: &str, statement: &str, parameters: Vec<Parameter>, time: Duration) -> Result<Frame, Fault> {
        let mood = self.mood();
        match mood {
            Mood::Away => {
                return Err(Fault::Upstream(format!("the database `{database}` cannot be reached: connection refused")));
            }
            Mood::Slow => {
                let patience = PATIENCE.min(time);
                tokio::time::sleep(patience).await;
                let seconds = patience.as_secs_f64();
                return Err(Fault::Upstream(format!("the query of `{database}` was stopped after {seconds:.1} s")));
            }
            Mood::TooMuch => {
                return Err(Fault::Invalid(format!("the query of `{database}` answers more than 10000 rows: add a LIMIT")));
            }
            Mood::Well | Mood::Empty | Mood::Null | Mood::OtherTypes | Mood::OtherColumns => {}
        }
        let frame = self.databases.query(database, statement, parameters, time).await?;
        Ok(changed(frame, mood))
    }
}

/// What comes in place of an answer. Where there was no row, one stands, so that there is something wrong in it.
fn changed(mut frame: Frame, mood: Mood) -> Frame {
    if mood == Mood::OtherColumns {
        let values = Values::Numbers(vec![1.0]);
        frame.columns = vec![Column { name: "unknown".to_owned(), labels: Labels::new(), unit: None, values }];
        return frame;
    }
    for column in &mut frame.columns {
        let rows = column.values.len().max(1);
        match mood {
            Mood::Empty => clear(&mut column.values),
            Mood::Null => column.values = null(&column.values, rows),
            Mood::OtherTypes => column.values = other(&column.values, rows),
            _ => {}
        }
    }
    frame
}

fn clear(values: &mut Values) {
    match values {
        Values::Times(values) => values.clear(),
        Values::Numbers(values) => values.clear(),
        Values::Texts(values) => values.clear(),
        Values::Flags(values) => values.clear(),
    }
}

/// As the host shows NULL: numbers have NaN for it, and what has no such value becomes a text.
fn null(values: &Values, rows: usize) -> Values {
    match values {
        Values::Numbers(_) => Values::Numbers(vec![f64::NAN; rows]),
        _ => Values::Texts(vec![String::new(); rows]),
    }
}

/// Each row's value differs from the others, so that nothing else is wrong.
fn other(values: &Values, rows: usize) -> Values {
    match values {
        Values::Texts(_) => Values::Numbers((1_u32..).take(rows).map(f64::from).collect()),
        _ => Values::Texts((1..=rows).map(|row| format!("number {row}")).collect()),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use std::collections::BTreeMap;

    use vitrine_store::database::{DatabaseSettings, NamedDatabases, Place};

    use super::*;

    const STATEMENT: &str = "SELECT 7 AS number, 'open' AS text";

    #[tokio::test]
    async fn each_mood_answers_what_it_says() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("test.db");
        std::fs::write(&file, b"").unwrap();
        let named = NamedDatabases::default();
        assert!(named.set(BTreeMap::from([("test".to_owned(), Some(DatabaseSettings::new(Place::Sqlite(file))))])).is_empty());
        let moody = Moody::new(Arc::new(named));
        let ask = async |mood: Mood| {
            moody.be(mood);
            let frame = moody.query("test", STATEMENT, Vec::new(), Duration::from_secs(60)).await?;
            Ok(frame.columns.into_iter().map(|column| format!("{} {:?}", column.name, column.values)).collect::<Vec<_>>())
        };
        for (mood, answer) in [
            (Mood::Empty, ["number Numbers([])", "text Texts([])"].as_slice()),
            (Mood::Null, &["number Numbers([NaN])", r#"text Texts([""])"#]),
            (Mood::OtherTypes, &[r#"number Texts(["number 1"])"#, "text Numbers([1.0])"]),
            (Mood::OtherColumns, &["unknown Numbers([1.0])"]),
        ] {
            let answered: Result<Vec<String>, Fault> = ask(mood).await;
            assert_eq!(answered.unwrap(), answer, "{mood:?}");
        }
        for (mood, whose) in [(Mood::Away, "upstream"), (Mood::Slow, "upstream"), (Mood::TooMuch, "invalid")] {
            assert_eq!(ask(mood).await.unwrap_err().whose(), whose, "{mood:?}");
        }
        assert_eq!(ask(Mood::Well).await.unwrap().len(), 2);
        assert_eq!(moody.facts().len(), 1);
    }
}
