//! What a connection may do, set before the first foreign statement: read, change rows where that is granted, and nothing
//! that leads out of the one file.

use rusqlite::config::DbConfig;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::limits::Limit;
use rusqlite::{Connection, Error};

use crate::database::bounds::BYTES;

/// Pragmas that only tell about tables.
const TELLING: [&str; 10] = [
    "table_info",
    "table_xinfo",
    "table_list",
    "index_list",
    "index_info",
    "index_xinfo",
    "foreign_key_list",
    "page_count",
    "page_size",
    "user_version",
];

pub(super) fn set(connection: &Connection, writable: bool) -> Result<(), Error> {
    connection.pragma_update(None, "query_only", !writable)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    // Views and triggers are the file's: whoever made it is not trusted with functions that do more than count.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    for (limit, most) in [
        (Limit::SQLITE_LIMIT_LENGTH, i32::try_from(BYTES).unwrap_or(i32::MAX)),
        (Limit::SQLITE_LIMIT_SQL_LENGTH, 64 << 10),
        (Limit::SQLITE_LIMIT_ATTACHED, 0),
        (Limit::SQLITE_LIMIT_VARIABLE_NUMBER, 1_000),
        (Limit::SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 1_000),
        (Limit::SQLITE_LIMIT_EXPR_DEPTH, 200),
        (Limit::SQLITE_LIMIT_WORKER_THREADS, 0),
    ] {
        connection.set_limit(limit, most)?;
    }
    connection.authorizer(Some(|context: AuthContext<'_>| judge(context.action)))
}

/// Changes of rows pass here: where they are not granted, the file is opened read-only and the statement refused with the
/// remedy, which a "not authorized" would hide.
fn judge(action: AuthAction<'_>) -> Authorization {
    let is_allowed = match action {
        AuthAction::Select | AuthAction::Read { .. } | AuthAction::Recursive => true,
        AuthAction::Insert { .. } | AuthAction::Update { .. } | AuthAction::Delete { .. } => true,
        AuthAction::Function { function_name } => !function_name.eq_ignore_ascii_case("load_extension"),
        AuthAction::Pragma { pragma_name, .. } => TELLING.iter().any(|known| pragma_name.eq_ignore_ascii_case(known)),
        _ => false,
    };
    if is_allowed { Authorization::Allow } else { Authorization::Deny }
}
