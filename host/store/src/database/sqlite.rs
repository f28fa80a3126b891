//! SQLite files: opened read-only unless told otherwise, one statement at a time, and nothing but the file itself.

mod guard;

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use rusqlite::types::{ToSqlOutput, Value, ValueRef};
use rusqlite::{Connection, Error, ErrorCode, OpenFlags, Statement, ToSql};
use vitrine_model::Fault;
use vitrine_model::frame::Frame;
use vitrine_model::port::databases::Parameter;

use super::bounds::{self, Bounds};
use super::table::{Cell, Table, Type, hexadecimal, moment};

/// Steps of SQLite's machine between two looks at the clock: well below a millisecond.
const STEPS: i32 = 1_000;

/// Connections that stay open.
const IDLE: usize = 2;

#[derive(Debug)]
pub(super) struct Sqlite {
    name: String,
    path: PathBuf,
    writable: bool,
    idle: Mutex<Vec<Open>>,
}

#[derive(Debug)]
struct Open {
    connection: Connection,
    /// Device and number of the file that was opened: another may have been put in its place.
    file: Option<(u64, u64)>,
}

impl Sqlite {
    pub(super) fn new(name: &str, path: &Path, writable: bool) -> Sqlite {
        Sqlite { name: name.to_owned(), path: path.to_owned(), writable, idle: Mutex::default() }
    }

    /// Blocks.
    pub(super) fn query(&self, statement: &str, parameters: &[Parameter], bounds: &Bounds) -> Result<Frame, Fault> {
        let open = self.open()?;
        let deadline = bounds.deadline;
        let ready = open
            .connection
            .busy_timeout(bounds.left())
            .and_then(|()| open.connection.progress_handler(STEPS, Some(move || Instant::now() >= deadline)));
        let answer = match ready {
            Ok(()) => self.run(&open.connection, statement, parameters, bounds),
            Err(error) => Err(self.sort(&error, statement, bounds)),
        };
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < IDLE {
            idle.push(open);
        }
        answer
    }

    fn run(&self, connection: &Connection, statement: &str, parameters: &[Parameter], bounds: &Bounds) -> Result<Frame, Fault> {
        let sort = |error: Error| self.sort(&error, statement, bounds);
        let mut prepared = connection.prepare(statement).map_err(sort)?;
        if !self.writable && !prepared.readonly() {
            return Err(self.read_only());
        }
        bind(&mut prepared, parameters, sort)?;
        if prepared.column_count() == 0 {
            if prepared.readonly() {
                return Err(Fault::Invalid(format!("the statement for `{}` answers no rows: write a query", self.name)));
            }
            let changed = prepared.raw_execute().map_err(sort)?;
            return Ok(Table::changes(changed as u64));
        }
        let declared: Vec<Declared> = prepared.columns().iter().map(|column| Declared::new(column.decl_type())).collect();
        let names: Vec<String> = prepared.column_names().into_iter().map(str::to_owned).collect();
        let mut table = Table::new(names.into_iter().zip(declared.iter().map(|declared| declared.usual())));
        let mut rows = prepared.raw_query();
        while let Some(row) = rows.next().map_err(sort)? {
            table.push(bounds, |place| Ok(declared[place].cell(row.get_ref(place).map_err(sort)?)))?;
        }
        Ok(table.frame())
    }

    fn open(&self) -> Result<Open, Fault> {
        let file = std::fs::metadata(&self.path).ok().map(|metadata| (metadata.dev(), metadata.ino()));
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|open| open.file == file);
        if let Some(open) = idle.pop() {
            return Ok(open);
        }
        drop(idle);
        let access = if self.writable { OpenFlags::SQLITE_OPEN_READ_WRITE } else { OpenFlags::SQLITE_OPEN_READ_ONLY };
        let connection = Connection::open_with_flags(&self.path, access | OpenFlags::SQLITE_OPEN_NO_MUTEX);
        let connection = connection.and_then(|connection| guard::set(&connection, self.writable).map(|()| connection));
        Ok(Open { connection: connection.map_err(|error| self.unreachable(&error))?, file })
    }

    fn read_only(&self) -> Fault {
        let name = &self.name;
        Fault::Denied(format!(
            "the database `{name}` may only be read: add `write: true` to it under `databases` if that is meant"
        ))
    }

    fn unreachable(&self, error: &Error) -> Fault {
        let reason = message(error);
        Fault::Upstream(format!("the file of the database `{}` cannot be used: {reason}", self.name))
    }

    /// Whose fault it is, and where in the statement.
    fn sort(&self, error: &Error, statement: &str, bounds: &Bounds) -> Fault {
        let name = &self.name;
        if matches!(error, Error::MultipleStatement) {
            return Fault::Invalid(format!("more than one statement for `{name}`: write one"));
        }
        let reason = message(error);
        // Of functions it says so without a code of its own.
        let is_forbidden = reason.starts_with("not authorized");
        match error.sqlite_error_code() {
            Some(ErrorCode::OperationInterrupted) => bounds.too_long(),
            Some(ErrorCode::TooBig) => bounds.too_many_bytes(),
            Some(ErrorCode::ReadOnly) => self.read_only(),
            code if is_forbidden || code == Some(ErrorCode::AuthorizationForStatementDenied) => Fault::Denied(format!(
                "the statement for `{name}` does what is never allowed ({reason}): it may read and, where that \
                     is granted, change rows"
            )),
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                Fault::Upstream(format!("the database `{name}` is locked by somebody who writes"))
            }
            Some(
                ErrorCode::CannotOpen
                | ErrorCode::NotADatabase
                | ErrorCode::DatabaseCorrupt
                | ErrorCode::PermissionDenied
                | ErrorCode::SystemIoFailure
                | ErrorCode::DiskFull
                | ErrorCode::OutOfMemory,
            ) => self.unreachable(error),
            _ => {
                let place = match error {
                    Error::SqlInputError { offset, .. } => usize::try_from(*offset).ok(),
                    _ => None,
                };
                let place = place.map(|byte| format!(" ({})", bounds::place(statement, byte))).unwrap_or_default();
                Fault::Invalid(format!("the database `{name}` refuses the statement: {reason}{place}"))
            }
        }
    }
}

/// SQLite's own words, without the statement that rusqlite adds.
fn message(error: &Error) -> String {
    match error {
        Error::SqlInputError { msg, .. } => msg.clone(),
        Error::SqliteFailure(_, Some(message)) => message.clone(),
        other => other.to_string(),
    }
}

/// `$1` and `?1` are by number, `?` is by place.
fn bind(statement: &mut Statement<'_>, parameters: &[Parameter], sort: impl Fn(Error) -> Fault) -> Result<(), Fault> {
    let mut used = 0;
    for place in 1..=statement.parameter_count() {
        let number = match statement.parameter_name(place) {
            None => place,
            Some(name) => name
                .strip_prefix(['$', '?'])
                .and_then(|number| number.parse().ok())
                .filter(|number| *number > 0)
                .ok_or_else(|| Fault::Invalid(format!("`{name}` is no parameter: write `$1`, `$2`, …")))?,
        };
        let Some(parameter) = parameters.get(number - 1) else {
            return Err(Fault::Invalid(format!("the statement uses parameter {number}, and {} are given", parameters.len())));
        };
        used = used.max(number);
        statement.raw_bind_parameter(place, Bound(parameter)).map_err(&sort)?;
    }
    if used < parameters.len() {
        return Err(Fault::Invalid(format!("{} parameters are given, and the statement uses {used}", parameters.len())));
    }
    Ok(())
}

struct Bound<'a>(&'a Parameter);

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> Result<ToSqlOutput<'_>, Error> {
        Ok(match self.0 {
            Parameter::Null => ToSqlOutput::Owned(Value::Null),
            Parameter::Number(number) => ToSqlOutput::Owned(Value::Real(*number)),
            Parameter::Integer(integer) => ToSqlOutput::Owned(Value::Integer(*integer)),
            Parameter::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            Parameter::Flag(flag) => ToSqlOutput::Owned(Value::Integer((*flag).into())),
        })
    }
}

/// What a column's table says of it. SQLite itself does not hold values to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Declared {
    Number,
    Time,
    Flag,
    Text,
    Nothing,
}

impl Declared {
    /// By SQLite's own rules for affinity, and the two words that people write for times and flags.
    fn new(word: Option<&str>) -> Declared {
        let Some(word) = word.map(str::to_ascii_uppercase) else { return Declared::Nothing };
        let has = |parts: &[&str]| parts.iter().any(|part| word.contains(part));
        match () {
            () if has(&["BOOL"]) => Declared::Flag,
            () if word == "DATE" || has(&["DATETIME", "TIMESTAMP"]) => Declared::Time,
            () if has(&["CHAR", "CLOB", "TEXT", "BLOB"]) => Declared::Text,
            () => Declared::Number,
        }
    }

    fn usual(self) -> Type {
        match self {
            Declared::Number | Declared::Nothing => Type::Numbers,
            Declared::Time => Type::Times,
            Declared::Flag => Type::Flags,
            Declared::Text => Type::Texts,
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "frames hold doubles; whoever needs each digit asks for a text")]
    fn cell(self, value: ValueRef<'_>) -> Cell {
        match (value, self) {
            (ValueRef::Null, _) => Cell::Null,
            (ValueRef::Integer(integer @ 0..=1), Declared::Flag) => Cell::Flag(integer == 1),
            (ValueRef::Integer(integer), _) => Cell::Number(integer as f64),
            (ValueRef::Real(number), _) => Cell::Number(number),
            (ValueRef::Blob(bytes), _) => Cell::Text(hexadecimal(bytes)),
            (ValueRef::Text(bytes), declared) => {
                let text = String::from_utf8_lossy(bytes);
                let time = if declared == Declared::Time { moment(&text) } else { None };
                time.map_or_else(|| Cell::Text(text.into_owned()), Cell::Time)
            }
        }
    }
}
