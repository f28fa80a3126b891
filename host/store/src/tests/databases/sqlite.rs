//! SQLite: what may be asked, what is stopped, and what comes back.

use std::path::Path;
use std::time::Duration;

use vitrine_model::port::databases::Databases as _;

use super::{Parameter, ask, named, refused, shown};
use crate::database::{DatabaseSettings, NamedDatabases, Place};

const SHOP: &str = "
    CREATE TABLE orders (id INTEGER, sum NUMERIC, paid BOOLEAN, at TIMESTAMP, state TEXT, note);
    INSERT INTO orders VALUES
        (1, 9.5, 1, '2026-11-20 12:00:00', 'open', 'x'),
        (2, 20, 0, '2026-11-20T12:00:00.250+01:00', 'done', 7),
        (3, 1e300, 1, '2026-11-21', 'done', x'00ff');
";

struct File {
    folder: tempfile::TempDir,
}

impl File {
    fn new(statements: &str) -> File {
        let file = File { folder: tempfile::tempdir().unwrap() };
        rusqlite::Connection::open(file.path()).unwrap().execute_batch(statements).unwrap();
        file
    }

    fn path(&self) -> std::path::PathBuf {
        self.folder.path().join("shop.db")
    }

    fn settings(&self) -> DatabaseSettings {
        DatabaseSettings::new(Place::Sqlite(self.path()))
    }

    fn read_only(&self) -> NamedDatabases {
        named(self.settings())
    }

    fn writable(&self) -> NamedDatabases {
        named(DatabaseSettings { writable: true, ..self.settings() })
    }

    fn count(&self) -> i64 {
        rusqlite::Connection::open(self.path()).unwrap().query_row("SELECT count(*) FROM orders", [], |row| row.get(0)).unwrap()
    }
}

#[tokio::test]
async fn columns_have_the_type_of_their_table_and_values() {
    let databases = File::new(SHOP);
    let databases = databases.read_only();
    let frame = ask(&databases, "SELECT * FROM orders ORDER BY id", &[]).await.unwrap();
    assert_eq!(
        shown(&frame),
        [
            "id: numbers [1.0, 2.0, 3.0]",
            "sum: numbers [9.5, 20.0, 1e300]",
            "paid: flags [true, false, true]",
            "at: times [1795176000000, 1795172400250, 1795219200000]",
            r#"state: texts ["open", "done", "done"]"#,
            r#"note: texts ["x", "7", "\\x00ff"]"#,
        ]
    );
    let frame = ask(&databases, "SELECT NULL AS a, 1 AS b UNION ALL SELECT NULL, NULL ORDER BY 2 DESC", &[]).await.unwrap();
    assert_eq!(shown(&frame), ["a: numbers [NaN, NaN]", "b: numbers [1.0, NaN]"]);
    let frame =
        ask(&databases, "SELECT o.at, o.paid, o.state FROM (SELECT 1) LEFT JOIN orders o ON o.id = 9", &[]).await.unwrap();
    assert_eq!(shown(&frame), [r#"at: texts [""]"#, r#"paid: texts [""]"#, r#"state: texts [""]"#]);
    let frame = ask(&databases, "SELECT * FROM orders WHERE id > 3", &[]).await.unwrap();
    assert_eq!(shown(&frame)[2..5], ["paid: flags []", "at: times []", "state: texts []"]);
}

#[tokio::test]
async fn parameters_are_values_and_never_text_of_the_statement() {
    let file = File::new(SHOP);
    let databases = file.read_only();
    let text = |text: &str| Parameter::Text(text.to_owned());
    for (statement, parameters, wanted) in [
        ("SELECT count(*) AS n FROM orders WHERE state = $1", vec![text("done")], "n: numbers [2.0]"),
        ("SELECT count(*) AS n FROM orders WHERE state = $1", vec![text("' OR 1=1 --")], "n: numbers [0.0]"),
        ("SELECT $2 AS n, $1 AS m", vec![Parameter::Integer(1), Parameter::Integer(2)], "n: numbers [2.0]"),
        ("SELECT ?2 AS n, ?1 AS m", vec![Parameter::Integer(1), Parameter::Integer(2)], "n: numbers [2.0]"),
        ("SELECT ? AS n, ? AS m", vec![Parameter::Number(1.5), Parameter::Null], "n: numbers [1.5]"),
        ("SELECT $1 AS n, $1 AS m", vec![Parameter::Flag(true)], "n: numbers [1.0]"),
    ] {
        let frame = ask(&databases, statement, &parameters).await.unwrap();
        assert_eq!(shown(&frame)[0], wanted, "{statement}");
    }
    refused(ask(&databases, "SELECT $2", &[Parameter::Null]).await, "invalid", &["parameter 2", "1 are given"]);
    refused(ask(&databases, "SELECT 1", &[Parameter::Null]).await, "invalid", &["1 parameters are given", "uses 0"]);
    refused(ask(&databases, "SELECT :name", &[Parameter::Null]).await, "invalid", &["`:name`", "write `$1`"]);
}

#[tokio::test]
async fn nothing_but_reading_is_done() {
    let file = File::new(SHOP);
    let databases = file.read_only();
    let elsewhere = file.folder.path().join("other.db");
    let other = elsewhere.display();
    for (statement, whose) in [
        ("DELETE FROM orders".to_owned(), "denied"),
        ("INSERT INTO orders (id) VALUES (4) RETURNING id".to_owned(), "denied"),
        ("UPDATE orders SET id = 9".to_owned(), "denied"),
        ("WITH a AS (SELECT 1) INSERT INTO orders (id) SELECT * FROM a".to_owned(), "denied"),
        ("CREATE TABLE a (b)".to_owned(), "denied"),
        ("CREATE TEMP TABLE a (b)".to_owned(), "denied"),
        ("DROP TABLE orders".to_owned(), "denied"),
        (format!("ATTACH '{other}' AS other"), "denied"),
        (format!("VACUUM INTO '{other}'"), "denied"),
        ("VACUUM".to_owned(), "denied"),
        ("BEGIN".to_owned(), "denied"),
        ("SAVEPOINT a".to_owned(), "denied"),
        ("PRAGMA query_only = 0".to_owned(), "denied"),
        ("PRAGMA journal_mode = DELETE".to_owned(), "denied"),
        ("PRAGMA writable_schema = 1".to_owned(), "denied"),
        ("PRAGMA temp_store_directory = '/'".to_owned(), "denied"),
        ("SELECT load_extension('libm.so.6')".to_owned(), "denied"),
        ("SELECT * FROM pragma_database_list".to_owned(), "denied"),
        ("SELECT 1; SELECT 2".to_owned(), "invalid"),
        ("SELECT 1; DELETE FROM orders".to_owned(), "invalid"),
        (String::new(), "invalid"),
        ("-- nothing".to_owned(), "invalid"),
        ("SELECT writefile('a', 'b')".to_owned(), "invalid"),
        ("SELECT readfile('/etc/passwd')".to_owned(), "invalid"),
    ] {
        let answer = ask(&databases, &statement, &[]).await;
        assert_eq!(answer.as_ref().err().map(vitrine_model::Fault::whose), Some(whose), "{statement}: {answer:?}");
    }
    assert!(!Path::new(&elsewhere).exists());
    assert_eq!(file.count(), 3);
    // A question about tables is none about anything else.
    assert_eq!(ask(&databases, "PRAGMA table_info(orders)", &[]).await.unwrap().columns[1].values.len(), 6);
    refused(ask(&databases, "DELETE FROM orders", &[]).await, "denied", &["`shop`", "`write: true`"]);
}

#[tokio::test]
async fn where_it_is_granted_rows_change_and_nothing_else() {
    let file = File::new(SHOP);
    let databases = file.writable();
    let frame = ask(&databases, "DELETE FROM orders WHERE id > $1", &[Parameter::Integer(1)]).await.unwrap();
    assert_eq!(shown(&frame), ["changes: numbers [2.0]"]);
    assert_eq!(file.count(), 1);
    let frame = ask(&databases, "INSERT INTO orders (id) VALUES (7) RETURNING id", &[]).await.unwrap();
    assert_eq!(shown(&frame), ["id: numbers [7.0]"]);
    assert_eq!(file.count(), 2);
    let elsewhere = file.folder.path().join("other.db");
    for statement in [
        "DROP TABLE orders".to_owned(),
        "CREATE TABLE a (b)".to_owned(),
        format!("ATTACH '{}' AS other", elsewhere.display()),
        format!("VACUUM INTO '{}'", elsewhere.display()),
        "PRAGMA journal_mode = DELETE".to_owned(),
    ] {
        refused(ask(&databases, &statement, &[]).await, "denied", &["never allowed"]);
    }
    assert!(!elsewhere.exists());
}

#[tokio::test]
async fn what_costs_too_much_is_stopped() {
    let file = File::new(SHOP);
    let brief = named(DatabaseSettings { time: Duration::from_millis(100), rows: 100, ..file.settings() });
    let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)";
    refused(
        ask(&brief, &format!("{endless} SELECT count(*) FROM n"), &[]).await,
        "upstream",
        &["stopped after 0.1 s", "`timeout`"],
    );
    refused(ask(&brief, &format!("{endless} SELECT i FROM n"), &[]).await, "invalid", &["more than 100 rows", "LIMIT"]);
    assert_eq!(ask(&brief, &format!("{endless} SELECT i FROM n LIMIT 100"), &[]).await.unwrap().columns[0].values.len(), 100);
    let wide = file.read_only();
    refused(ask(&wide, "SELECT zeroblob(100000000)", &[]).await, "invalid", &["more than 8 MiB"]);
    refused(ask(&wide, &format!("{endless} SELECT hex(zeroblob(500000)) FROM n LIMIT 100"), &[]).await, "invalid", &["8 MiB"]);
    // The caller's time counts too.
    let asked = wide.query("shop", &format!("{endless} SELECT count(*) FROM n"), Vec::new(), Duration::from_millis(50)).await;
    refused(asked, "upstream", &["stopped"]);
    assert!(ask(&wide, "SELECT 1", &[]).await.is_ok());
}

#[tokio::test]
async fn a_mistake_is_told_with_its_place() {
    let file = File::new(SHOP);
    let databases = file.read_only();
    for (statement, parts) in [
        ("SELECT idd FROM orders", ["no such column: idd", "line 1, column 8"]),
        ("SELECT id\n  FRM orders", ["syntax error", "line 2, column 7"]),
        ("SELECT 1 FROM orderz", ["no such table: orderz", "`shop`"]),
        ("SELECT abs(-9223372036854775808)", ["integer overflow", "`shop`"]),
    ] {
        refused(ask(&databases, statement, &[]).await, "invalid", &parts);
    }
}

#[tokio::test]
async fn a_file_that_is_missing_wrong_or_another_is_noticed() {
    let file = File::new(SHOP);
    let databases = file.read_only();
    assert!(ask(&databases, "SELECT 1 FROM orders", &[]).await.is_ok());
    std::fs::remove_file(file.path()).unwrap();
    refused(ask(&databases, "SELECT 1 FROM orders", &[]).await, "upstream", &["the file of the database `shop`"]);
    std::fs::write(file.path(), "this is no database, but it is longer than a head of one would be. ".repeat(20)).unwrap();
    refused(ask(&databases, "SELECT 1 FROM orders", &[]).await, "upstream", &["not a database"]);
    // Made anew elsewhere, and put in its place.
    let next = file.folder.path().join("next.db");
    rusqlite::Connection::open(&next).unwrap().execute_batch("CREATE TABLE orders (id); INSERT INTO orders VALUES (5)").unwrap();
    std::fs::rename(&next, file.path()).unwrap();
    assert_eq!(shown(&ask(&databases, "SELECT id FROM orders", &[]).await.unwrap()), ["id: numbers [5.0]"]);
}
