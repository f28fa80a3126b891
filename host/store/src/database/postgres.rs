//! PostgreSQL: a few connections kept open, each statement in a transaction of its own that only reads, unless told
//! otherwise.

mod connect;
mod decode;
mod login;
mod parameter;

use std::sync::{Mutex, PoisonError};

use futures_util::TryStreamExt;
use tokio_postgres::error::{ErrorPosition, SqlState};
use tokio_postgres::{Error, Row, Statement, Transaction};
use vitrine_model::Fault;
use vitrine_model::frame::Frame;
use vitrine_model::port::databases::Parameter;

pub(super) use login::Login;

use super::bounds::{self, Bounds};
use super::table::{Cell, Table};
use connect::Session;

/// Connections that stay open.
const IDLE: usize = 2;

#[derive(Debug)]
pub(super) struct Postgres {
    name: String,
    login: Login,
    writable: bool,
    idle: Mutex<Vec<Session>>,
}

/// Why a statement has no answer.
enum Trouble {
    /// Before anything was done: the connection is an old one that the server has closed.
    Begin(Error),
    Server(Error),
    Fault(Fault),
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Trouble {
        Trouble::Server(error)
    }
}

impl Postgres {
    pub(super) fn new(name: &str, login: Login, writable: bool) -> Postgres {
        Postgres { name: name.to_owned(), login, writable, idle: Mutex::default() }
    }

    pub(super) async fn query(&self, statement: &str, parameters: &[Parameter], bounds: &Bounds) -> Result<Frame, Fault> {
        // Whatever hangs, here or there, ends with the time.
        match tokio::time::timeout(bounds.left(), self.attempt(statement, parameters, bounds)).await {
            Ok(answer) => answer,
            Err(_) => Err(bounds.too_long()),
        }
    }

    async fn attempt(&self, statement: &str, parameters: &[Parameter], bounds: &Bounds) -> Result<Frame, Fault> {
        if let Some(mut session) = self.take() {
            session.refill();
            let answer = self.run(&mut session, statement, parameters, bounds).await;
            if !matches!(answer, Err(Trouble::Begin(_))) {
                return self.finish(session, answer, statement, bounds);
            }
        }
        let mut session = self.login.connect(&self.name).await?;
        let answer = self.run(&mut session, statement, parameters, bounds).await;
        self.finish(session, answer, statement, bounds)
    }

    fn take(&self) -> Option<Session> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|session| !session.client.is_closed());
        idle.pop()
    }

    fn finish(&self, session: Session, answer: Result<Frame, Trouble>, statement: &str, bounds: &Bounds) -> Result<Frame, Fault> {
        let is_overfull = session.is_overfull();
        if !session.client.is_closed() {
            let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
            if idle.len() < IDLE {
                idle.push(session);
            }
        }
        answer.map_err(|trouble| match trouble {
            _ if is_overfull => bounds.too_many_bytes(),
            Trouble::Fault(fault) => fault,
            Trouble::Begin(error) | Trouble::Server(error) => self.sort(&error, statement, bounds),
        })
    }

    async fn run(
        &self,
        session: &mut Session,
        statement: &str,
        parameters: &[Parameter],
        bounds: &Bounds,
    ) -> Result<Frame, Trouble> {
        let begun = session.client.build_transaction().read_only(!self.writable).start().await;
        let transaction = begun.map_err(Trouble::Begin)?;
        let milliseconds = bounds.left().as_millis().max(1);
        let local = format!("SET LOCAL statement_timeout = {milliseconds}; SET LOCAL TimeZone = 'UTC'");
        transaction.batch_execute(&local).await?;
        let answer = self.statement(&transaction, statement, parameters, bounds).await;
        // What was set and locked goes with the transaction.
        match answer {
            Ok(_) if self.writable => transaction.commit().await?,
            _ => transaction.rollback().await?,
        }
        // But for locks that a session holds: the next one to use it is somebody else.
        session.client.batch_execute("SELECT pg_catalog.pg_advisory_unlock_all()").await?;
        answer
    }

    async fn statement(
        &self,
        transaction: &Transaction<'_>,
        statement: &str,
        parameters: &[Parameter],
        bounds: &Bounds,
    ) -> Result<Frame, Trouble> {
        let prepared = transaction.prepare(statement).await?;
        let bound = parameter::bind(&prepared, parameters).map_err(|reason| self.invalid(&reason))?;
        let bound: Vec<_> = bound.iter().map(parameter::Bound::any).collect();
        if prepared.columns().is_empty() {
            if !self.writable {
                return Err(Trouble::Fault(self.read_only()));
            }
            return Ok(Table::changes(transaction.execute(&prepared, &bound).await?));
        }
        let mut table = self.table(&prepared)?;
        let portal = transaction.bind(&prepared, &bound).await?;
        // One more than may be, to see that there are more.
        let most = i32::try_from(bounds.rows.saturating_add(1)).unwrap_or(i32::MAX);
        let mut rows = std::pin::pin!(transaction.query_portal_raw(&portal, most).await?);
        while let Some(row) = rows.try_next().await? {
            table.push(bounds, |place| self.cell(&row, place)).map_err(Trouble::Fault)?;
        }
        Ok(table.frame())
    }

    fn table(&self, prepared: &Statement) -> Result<Table, Trouble> {
        let mut columns = Vec::new();
        for column in prepared.columns() {
            let of = decode::type_of(column.type_()).ok_or_else(|| {
                let (name, of) = (column.name(), column.type_());
                self.invalid(&format!(
                    "the column `{name}` is of type {of}, which has no place in a frame: cast it, as in `{name}::text`"
                ))
            })?;
            columns.push((column.name().to_owned(), of));
        }
        Ok(Table::new(columns))
    }

    fn cell(&self, row: &Row, place: usize) -> Result<Cell, Fault> {
        row.try_get::<_, Cell>(place).map_err(|error| {
            let name = row.columns().get(place).map_or("?", |column| column.name());
            Fault::Upstream(format!("the database `{}` sends a value of `{name}` that cannot be read: {error}", self.name))
        })
    }

    fn invalid(&self, reason: &str) -> Trouble {
        Trouble::Fault(Fault::Invalid(format!("the statement for the database `{}`: {reason}", self.name)))
    }

    fn read_only(&self) -> Fault {
        let name = &self.name;
        Fault::Denied(format!(
            "the database `{name}` may only be read: add `write: true` to it under `databases` if that is meant"
        ))
    }

    /// Whose fault it is, by the class of the state: <https://www.postgresql.org/docs/current/errcodes-appendix.html>.
    fn sort(&self, error: &Error, statement: &str, bounds: &Bounds) -> Fault {
        let name = &self.name;
        let Some(said) = error.as_db_error() else {
            return Fault::Upstream(format!("the connection to the database `{name}` was lost: {}", connect::chain(error)));
        };
        let place = match said.position() {
            // Counted in characters, from one.
            Some(ErrorPosition::Original(character)) => {
                let character = usize::try_from(*character).unwrap_or(1).saturating_sub(1);
                let byte = statement.char_indices().nth(character).map_or(statement.len(), |(byte, _)| byte);
                format!(" ({})", bounds::place(statement, byte))
            }
            _ => String::new(),
        };
        let reason = format!("{}{place}", said.message());
        let code = said.code();
        match code.code().get(..2) {
            _ if *code == SqlState::QUERY_CANCELED => bounds.too_long(),
            _ if *code == SqlState::READ_ONLY_SQL_TRANSACTION => self.read_only(),
            _ if *code == SqlState::INSUFFICIENT_PRIVILEGE => {
                Fault::Denied(format!("the database `{name}` does not let this host's user do that: {reason}"))
            }
            Some("08" | "40" | "53" | "55" | "57" | "58" | "XX") => {
                Fault::Upstream(format!("the database `{name}` could not do it: {reason}"))
            }
            _ => Fault::Invalid(format!("the database `{name}` refuses the statement: {reason}")),
        }
    }
}
