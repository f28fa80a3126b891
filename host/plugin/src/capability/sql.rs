//! `sql`: statements for the databases that the admin named and granted. Where they are, and who logs in, never enters a
//! guest.

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwapOption;
use vitrine_model::port::databases::{self, Databases, Dialect};

use crate::bindings::imported::sql::{self, Fault, Frame, Host, Parameter};
use crate::context::Context;
use crate::convert;
use crate::grant::Right;

/// The longest statement, and the most that its parameters hold together.
const STATEMENT_BYTES: usize = 64 << 10;
const PARAMETERS: usize = 1_000;
const PARAMETER_BYTES: usize = 1 << 20;

/// The way to the databases, once there are any.
#[derive(Default)]
pub(crate) struct Door(ArcSwapOption<Arc<dyn Databases>>);

impl Door {
    pub(crate) fn set(&self, databases: Arc<dyn Databases>) {
        self.0.store(Some(Arc::new(databases)));
    }

    fn open(&self) -> Result<Arc<dyn Databases>, Fault> {
        let databases = self.0.load_full().ok_or_else(|| Fault::Denied("this host has no databases".to_owned()))?;
        Ok(Arc::clone(&databases))
    }
}

impl Host for Context {
    fn databases(&mut self) -> Result<Vec<sql::Database>, Fault> {
        self.asked(Right::Sql).map_err(Fault::Denied)?;
        let granted = self.grants.databases();
        let facts = self.services.sql.open()?.facts().into_iter().filter(|facts| granted.contains(&facts.name));
        Ok(facts.map(shown).collect())
    }

    async fn query(&mut self, database: String, statement: String, parameters: Vec<Parameter>) -> Result<Frame, Fault> {
        if let Err(reason) = self.grants.require_database(&database) {
            self.refuse("sql", &reason);
            return Err(Fault::Denied(reason));
        }
        self.used("sql");
        within(&statement, &parameters).map_err(Fault::Internal)?;
        let wait = self.time_left();
        if wait < Duration::from_millis(10) {
            return Err(Fault::Upstream(format!("no time is left for a query of `{database}`")));
        }
        let parameters = parameters.into_iter().map(taken).collect();
        let databases = self.services.sql.open()?;
        // The database stops by itself in time; a connection that hangs does not.
        let answer = tokio::time::timeout(wait, databases.query(&database, &statement, parameters, wait)).await;
        match answer {
            Ok(Ok(frame)) => Ok(convert::frame_out(&frame)),
            Ok(Err(fault)) => Err(convert::fault_out(fault)),
            Err(_) => {
                Err(Fault::Upstream(format!("the database `{database}` did not answer within {:.1} s", wait.as_secs_f64())))
            }
        }
    }
}

fn within(statement: &str, parameters: &[Parameter]) -> Result<(), String> {
    if statement.len() > STATEMENT_BYTES {
        return Err(format!("a statement of {} bytes is longer than the {STATEMENT_BYTES} it may have", statement.len()));
    }
    let bytes = |parameter: &Parameter| if let Parameter::Text(text) = parameter { text.len() } else { 8 };
    let together: usize = parameters.iter().map(bytes).sum();
    if parameters.len() > PARAMETERS || together > PARAMETER_BYTES {
        let count = parameters.len();
        return Err(format!(
            "{count} parameters of {together} bytes are more than {PARAMETERS}, or more than {PARAMETER_BYTES} bytes"
        ));
    }
    Ok(())
}

fn taken(parameter: Parameter) -> databases::Parameter {
    match parameter {
        Parameter::Null => databases::Parameter::Null,
        Parameter::Number(number) => databases::Parameter::Number(number),
        Parameter::Integer(integer) => databases::Parameter::Integer(integer),
        Parameter::Text(text) => databases::Parameter::Text(text),
        Parameter::Flag(flag) => databases::Parameter::Flag(flag),
    }
}

fn shown(facts: databases::DatabaseFacts) -> sql::Database {
    let dialect = match facts.dialect {
        Dialect::Sqlite => sql::Dialect::Sqlite,
        Dialect::Postgres => sql::Dialect::Postgres,
    };
    sql::Database { name: facts.name, dialect, writable: facts.writable }
}
