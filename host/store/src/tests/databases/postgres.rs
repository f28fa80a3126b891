//! PostgreSQL: what may be asked, what is stopped, what comes back, and what happens when it goes away.

use std::time::Duration;

use vitrine_model::port::databases::Databases as _;

use self::cluster::{Database, PASSWORD};
use super::{LONG, Parameter, ask, named, refused, shown};
use crate::database::{DatabaseSettings, NamedDatabases, Place};

#[path = "../../../../../tests/src/postgres.rs"]
mod cluster;

const SHOP: &str = "
    CREATE TYPE state AS ENUM ('open', 'done');
    CREATE DOMAIN price AS numeric(10, 2);
    CREATE TABLE orders (id bigint, sum price, paid boolean, at timestamptz, state state);
    INSERT INTO orders VALUES
        (1, 9.5, true, '2026-11-20 12:00:00Z', 'open'),
        (2, 20, false, '2026-11-20 12:00:00.25+01', 'done'),
        (3, 0.01, null, null, 'done');
";

fn settings(database: &Database) -> DatabaseSettings {
    let password = Some(PASSWORD.to_owned());
    DatabaseSettings::new(Place::Postgres { url: database.socket_url(), password, ca_file: None })
}

fn read_only(database: &Database) -> NamedDatabases {
    named(settings(database))
}

fn count(database: &Database) -> String {
    database.run("SELECT count(*) FROM orders")
}

#[tokio::test]
async fn columns_have_the_type_of_their_table() {
    let database = Database::new(SHOP);
    let databases = read_only(&database);
    let frame = ask(&databases, "SELECT * FROM orders ORDER BY id", &[]).await.unwrap();
    assert_eq!(
        shown(&frame),
        [
            "id: numbers [1.0, 2.0, 3.0]",
            "sum: numbers [9.5, 20.0, 0.01]",
            r#"paid: texts ["true", "false", ""]"#,
            r#"at: texts ["2026-11-20T12:00:00.000Z", "2026-11-20T11:00:00.250Z", ""]"#,
            r#"state: texts ["open", "done", "done"]"#,
        ]
    );
    let frame = ask(&databases, "SELECT at, paid FROM orders WHERE id < 3 ORDER BY id", &[]).await.unwrap();
    assert_eq!(shown(&frame), ["at: times [1795176000000, 1795172400250]", "paid: flags [true, false]"]);
    let frame = ask(&databases, "SELECT * FROM orders WHERE id > 3", &[]).await.unwrap();
    assert_eq!(shown(&frame)[2..], ["paid: flags []", "at: times []", "state: texts []"]);
}

#[tokio::test]
async fn every_type_is_read_as_the_server_means_it() {
    let database = Database::new("");
    let databases = read_only(&database);
    for (expression, wanted) in [
        ("1::int2", "numbers [1.0]"),
        ("-7::int4", "numbers [-7.0]"),
        ("9007199254740993::int8", "numbers [9007199254740992.0]"),
        ("1.5::float4", "numbers [1.5]"),
        ("'NaN'::float8", "numbers [NaN]"),
        ("0.1::numeric", "numbers [0.1]"),
        ("-12345678.000000009::numeric", "numbers [-12345678.00000001]"),
        ("1e40::numeric", "numbers [1e40]"),
        ("0.00000000001234::numeric", "numbers [1.234e-11]"),
        ("0::numeric", "numbers [0.0]"),
        ("'NaN'::numeric", "numbers [NaN]"),
        ("'-Infinity'::numeric", "numbers [-inf]"),
        ("interval '1 month 1 day 1.5 seconds'", "numbers [2678401.5]"),
        ("interval '-1 year'", "numbers [-31557600.0]"),
        ("date '1970-01-02'", "times [86400000]"),
        ("timestamp '1969-12-31 23:59:59.999'", "times [-1]"),
        ("timestamptz '2000-01-01 00:00:00+00'", "times [946684800000]"),
        ("'infinity'::timestamptz", r#"texts [""]"#),
        ("time '01:02:03.5'", r#"texts ["01:02:03.500000"]"#),
        ("true", "flags [true]"),
        ("'ä'::text", r#"texts ["ä"]"#),
        ("'a'::char(3)", r#"texts ["a  "]"#),
        ("'{\"a\": 1}'::jsonb", r#"texts ["{\"a\": 1}"]"#),
        ("'\\x00ff'::bytea", r#"texts ["\\x00ff"]"#),
        ("'0f0e0d0c-0b0a-0908-0706-050403020100'::uuid", r#"texts ["0f0e0d0c-0b0a-0908-0706-050403020100"]"#),
        ("NULL::int", "numbers [NaN]"),
        ("NULL::text", r#"texts [""]"#),
    ] {
        let frame = ask(&databases, &format!("SELECT {expression} AS v"), &[]).await.unwrap();
        assert_eq!(shown(&frame), [format!("v: {wanted}")], "{expression}");
    }
    let answer = ask(&databases, "SELECT ARRAY[1, 2] AS list", &[]).await;
    refused(answer, "invalid", &["`list` is of type", "`list::text`"]);
}

#[tokio::test]
async fn parameters_are_values_of_the_type_that_is_wanted() {
    let database = Database::new(SHOP);
    let databases = read_only(&database);
    let text = |text: &str| Parameter::Text(text.to_owned());
    for (condition, parameters, wanted) in [
        ("state = $1", vec![text("done")], "2.0"),
        ("state::text = $1", vec![text("' OR 1=1 --")], "0.0"),
        ("sum > $1", vec![Parameter::Integer(9)], "2.0"),
        ("sum > $1", vec![Parameter::Number(9.5)], "1.0"),
        ("paid = $1", vec![Parameter::Flag(true)], "1.0"),
        ("at > $1", vec![text("2026-11-20 11:30Z")], "1.0"),
        ("id = $2 AND id = $1", vec![Parameter::Integer(1), Parameter::Integer(1)], "1.0"),
        ("id = $1", vec![Parameter::Null], "0.0"),
    ] {
        let statement = format!("SELECT count(*) AS n FROM orders WHERE {condition}");
        let frame = ask(&databases, &statement, &parameters).await.unwrap();
        assert_eq!(shown(&frame), [format!("n: numbers [{wanted}]")], "{condition} {parameters:?}");
    }
    refused(ask(&databases, "SELECT 1 WHERE 1 = $1", &[]).await, "invalid", &["0 parameters are given", "uses 1"]);
    refused(ask(&databases, "SELECT 1 WHERE 1 = $1", &[text("x")]).await, "invalid", &["integer"]);
}

#[tokio::test]
async fn nothing_but_reading_is_done() {
    let database = Database::new(&format!(
        "{SHOP} CREATE FUNCTION sneak() RETURNS int LANGUAGE plpgsql AS $$ BEGIN
            PERFORM set_config('transaction_read_only', 'off', true); DELETE FROM orders; RETURN 1; END $$;
         CREATE ROLE reader LOGIN PASSWORD 'reader';"
    ));
    let databases = read_only(&database);
    for (statement, whose) in [
        ("DELETE FROM orders", "denied"),
        ("DELETE FROM orders RETURNING id", "denied"),
        ("WITH gone AS (DELETE FROM orders RETURNING id) SELECT * FROM gone", "denied"),
        ("EXPLAIN ANALYZE DELETE FROM orders", "denied"),
        ("SELECT id FROM orders FOR UPDATE", "denied"),
        ("CREATE TABLE a (b int)", "denied"),
        ("CREATE TEMP TABLE a (b int)", "denied"),
        ("COMMIT", "denied"),
        ("SET default_transaction_read_only = off", "denied"),
        ("SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE", "denied"),
        ("SET TRANSACTION READ WRITE", "denied"),
        ("COPY orders TO '/tmp/orders'", "denied"),
        ("COPY (SELECT 1) TO PROGRAM 'true'", "denied"),
        ("DO $$ BEGIN DELETE FROM orders; END $$", "denied"),
        ("LISTEN a", "denied"),
        ("LOCK orders", "denied"),
        ("SELECT nextval('s')", "invalid"),
        ("SELECT sneak()", "invalid"),
        ("SELECT 1; DELETE FROM orders", "invalid"),
    ] {
        let answer = ask(&databases, statement, &[]).await;
        assert_eq!(answer.as_ref().err().map(vitrine_model::Fault::whose), Some(whose), "{statement}: {answer:?}");
        assert_eq!(count(&database), "3", "{statement}");
    }
    refused(ask(&databases, "DELETE FROM orders RETURNING id", &[]).await, "denied", &["`shop`", "`write: true`"]);
    // What one query sets or locks is gone for the next, though the connection is the same.
    ask(&databases, "SELECT set_config('statement_timeout', '1', false), pg_advisory_lock(7)", &[]).await.unwrap();
    ask(&databases, "SELECT pg_sleep(0.05)", &[]).await.unwrap();
    assert_eq!(database.run("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"), "0");
    // A role that may not see is told so.
    let url = database.socket_url().replace("vitrine@", "reader@");
    let reader = DatabaseSettings::new(Place::Postgres { url, password: Some("reader".to_owned()), ca_file: None });
    refused(ask(&named(reader), "SELECT * FROM orders", &[]).await, "denied", &["permission denied", "this host's user"]);
    database.run("DROP ROLE reader");
}

#[tokio::test]
async fn where_it_is_granted_rows_change() {
    let database = Database::new(SHOP);
    let databases = named(DatabaseSettings { writable: true, ..settings(&database) });
    let frame = ask(&databases, "DELETE FROM orders WHERE id > $1", &[Parameter::Integer(1)]).await.unwrap();
    assert_eq!(shown(&frame), ["changes: numbers [2.0]"]);
    assert_eq!(count(&database), "1");
    let frame = ask(&databases, "INSERT INTO orders (id) VALUES (7), (8) RETURNING id", &[]).await.unwrap();
    assert_eq!(shown(&frame), ["id: numbers [7.0, 8.0]"]);
    assert_eq!(count(&database), "3");
    // All or nothing.
    refused(
        ask(&databases, "INSERT INTO orders (id) SELECT 1 / (3 - i) FROM generate_series(1, 3) i", &[]).await,
        "invalid",
        &["zero"],
    );
    assert_eq!(count(&database), "3");
}

#[tokio::test]
async fn what_costs_too_much_is_stopped_and_the_next_goes_well() {
    let database = Database::new("");
    let brief = named(DatabaseSettings { time: Duration::from_millis(500), ..settings(&database) });
    // A connection of before, as making the first one may take all of so short a time.
    let _ = ask(&brief, "SELECT 1", &[]).await;
    refused(ask(&brief, "SELECT pg_sleep(60)", &[]).await, "upstream", &["stopped after 0.5 s", "`timeout`"]);
    let databases = named(DatabaseSettings { rows: 100, ..settings(&database) });
    // Made one by one: in `FROM` the server would gather all of them first.
    let series = "SELECT generate_series(1, $1::int)";
    refused(ask(&databases, series, &[Parameter::Integer(2_000_000_000)]).await, "invalid", &["more than 100 rows", "LIMIT"]);
    assert_eq!(ask(&databases, series, &[Parameter::Integer(100)]).await.unwrap().columns[0].values.len(), 100);

    let databases = read_only(&database);
    refused(ask(&databases, "SELECT repeat('x', 9000000)", &[]).await, "invalid", &["more than 8 MiB"]);
    // So much in one value that it is not even taken in.
    refused(ask(&databases, "SELECT repeat('x', 200000000)", &[]).await, "invalid", &["more than 8 MiB"]);
    let many = "SELECT repeat('x', 100000) FROM generate_series(1, 1000)";
    refused(ask(&databases, many, &[]).await, "invalid", &["more than 8 MiB"]);
    assert!(ask(&databases, "SELECT 1", &[]).await.is_ok());
    let asked = databases.query("shop", "SELECT pg_sleep(60)", Vec::new(), Duration::from_millis(300));
    refused(asked.await, "upstream", &["stopped after 0.3 s"]);
}

#[tokio::test]
async fn a_mistake_is_told_with_its_place_and_never_the_password() {
    let database = Database::new(SHOP);
    let databases = read_only(&database);
    for (statement, parts) in [
        ("SELECT idd FROM orders", ["column \"idd\" does not exist", "line 1, column 8"]),
        ("SELECT 'ä',\n  idd FROM orders", ["\"idd\"", "line 2, column 3"]),
        ("SELECT 1 FRM orders", ["syntax error", "line 1, column 14"]),
        ("SELECT 1 / (id - id) FROM orders", ["division by zero", "`shop`"]),
    ] {
        refused(ask(&databases, statement, &[]).await, "invalid", &parts);
    }
    let (url, port) = (database.socket_url(), database.port_url());
    for (url, password, whose, part) in [
        (url.clone(), Some("marked-wrong"), "invalid", "password authentication failed"),
        (url.clone(), None, "invalid", "password"),
        (url.replace("/test_", "/nothing_"), Some(PASSWORD), "invalid", "does not exist"),
        (url.replace(".s", "x").replace("pg-", "gone-"), Some(PASSWORD), "upstream", "cannot be reached"),
        ("postgres://vitrine:marked@127.0.0.1:1/a".to_owned(), Some("marked"), "upstream", "refused"),
        (format!("{port}?sslmode=require"), Some(PASSWORD), "upstream", "certificate"),
    ] {
        let place = Place::Postgres { url, password: password.map(str::to_owned), ca_file: None };
        let answer = ask(&named(DatabaseSettings::new(place)), "SELECT 1", &[]).await;
        let fault = answer.unwrap_err();
        assert_eq!(fault.whose(), whose, "{fault:?}");
        assert!(fault.reason().contains(part) && !fault.reason().contains("marked"), "{fault:?}");
    }
}

#[tokio::test]
async fn it_is_reached_in_private_where_that_is_asked() {
    let database = Database::new("");
    let over = |mode: &str, ca_file: Option<std::path::PathBuf>| {
        let url = format!("{}?sslmode={mode}", database.port_url());
        named(DatabaseSettings::new(Place::Postgres { url, password: Some(PASSWORD.to_owned()), ca_file }))
    };
    let asks = "SELECT coalesce((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false) AS ssl";
    let trusted = std::env::temp_dir().join(format!("{}.crt", database.name));
    std::fs::copy(database.cluster.certificate(), &trusted).unwrap();
    let private = ask(&over("require", Some(trusted.clone())), asks, &[]).await;
    std::fs::remove_file(&trusted).unwrap();
    assert_eq!(shown(&private.unwrap()), ["ssl: flags [true]"]);
    assert_eq!(shown(&ask(&over("disable", None), asks, &[]).await.unwrap()), ["ssl: flags [false]"]);
}

#[tokio::test]
async fn a_few_connections_serve_many_and_a_lost_one_is_made_again() {
    let database = Database::new(SHOP);
    let databases = std::sync::Arc::new(read_only(&database));
    let ask_all = || {
        let asked: Vec<_> = (0..20)
            .map(|_| {
                let databases = std::sync::Arc::clone(&databases);
                tokio::spawn(async move { databases.query("shop", "SELECT pg_sleep(0.02)", Vec::new(), LONG).await })
            })
            .collect();
        futures_util::future::join_all(asked)
    };
    assert!(ask_all().await.into_iter().all(|answer| answer.unwrap().is_ok()));
    let connected = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'vitrine' AND datname = current_database()";
    let open: u32 = database.run(connected).parse().unwrap();
    assert!((1..=4).contains(&open), "{open} connections");
    // The server ends them all; nobody notices.
    database.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'vitrine' AND datname = current_database()");
    for _ in 0..5 {
        assert!(ask(&databases, "SELECT 1", &[]).await.is_ok());
    }
}
