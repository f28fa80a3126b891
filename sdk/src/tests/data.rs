//! The data capabilities against the fake host: as strict as the real one.

use crate::sql::{Dialect, Parameter};
use crate::{Fault, fake, files, metrics, sql, state};

fn whose<T: std::fmt::Debug>(answer: Result<T, Fault>) -> &'static str {
    match answer.unwrap_err() {
        Fault::Invalid(_) => "invalid",
        Fault::Upstream(_) => "upstream",
        Fault::Denied(_) => "denied",
        Fault::Internal(_) => "internal",
    }
}

#[test]
fn files_lie_in_granted_folders() {
    let host = fake::Host::new();
    assert_eq!(whose(files::folders()), "denied");
    host.put_file("log/a.txt", "hello");
    assert_eq!(files::read("log/a.txt", 1, 3).unwrap(), b"ell");
    assert_eq!(files::read("/granted/./log/a.txt", 9, 3).unwrap(), b"");
    host.put_file("/var/log/shop/b.log", "x".repeat(3 << 20));
    assert_eq!(files::folders().unwrap(), ["/granted", "/var/log/shop"]);
    let shown: Vec<_> = files::entries("").unwrap().into_iter().map(|entry| (entry.name, entry.folder)).collect();
    assert_eq!(shown, [("log".to_owned(), true)]);
    assert_eq!(files::entries("/var/log/shop").unwrap()[0].size, 3 << 20);
    for path in ["../a", "/etc/passwd", "/var/log", "log/../../a", "/granted2/a"] {
        assert_eq!(whose(files::read(path, 0, 1)), "denied", "{path}");
    }
    assert_eq!(whose(files::read("b", 0, 1)), "upstream");
    // A whole file comes in pieces, and no longer than wanted.
    assert_eq!(files::read_all("/var/log/shop/b.log", 3 << 20).unwrap().len(), 3 << 20);
    assert_eq!(whose(files::read_all("/var/log/shop/b.log", (3 << 20) - 1)), "invalid");
    assert_eq!(files::read_text("log/a.txt", 5).unwrap(), "hello");
    assert_eq!(whose(files::read_text("log/a.txt", 4)), "invalid");
}

#[test]
fn values_have_a_quota() {
    let host = fake::Host::new();
    host.grant_state_of(2, 20);
    state::set("a", b"12345").unwrap();
    state::save("b", &vec![1, 2, 3]).unwrap();
    assert_eq!(state::load::<Vec<i32>>("b").unwrap(), Some(vec![1, 2, 3]));
    assert_eq!(state::load::<String>("b").unwrap(), None);
    assert_eq!(state::load::<String>("c").unwrap(), None);
    assert_eq!(whose(state::set("c", b"")), "denied");
    assert_eq!(whose(state::set("a", &[0; 20])), "denied");
    assert_eq!(whose(state::set(&"k".repeat(257), b"")), "internal");
    assert_eq!(state::get("a").unwrap(), Some(b"12345".to_vec()));
    state::delete("a").unwrap();
    assert_eq!(state::keys("").unwrap(), ["b"]);
}

#[test]
fn a_query_binds_its_values_and_reads_rows() {
    let host = fake::Host::new();
    assert_eq!(whose(sql::databases()), "denied");
    assert_eq!(whose(sql::query("SELECT 1").run("shop")), "denied");
    host.grant_database("shop", Dialect::Postgres, false);
    assert_eq!(whose(sql::query("SELECT 1").run("shop")), "invalid");
    let rows = fake::Rows::new()
        .texts("name", &["a", ""])
        .numbers("count", &[1.5, f64::NAN])
        .flags("good", &[true, false])
        .times("at", &[0, 1_000])
        .texts("seen", &["2026-11-20T12:34:56.789Z", ""]);
    host.set_rows("shop", "SELECT * FROM t WHERE a = $1 AND b = $2", rows);
    let query = sql::query("SELECT * FROM t WHERE a = $1 AND b = $2").bind(7).bind(None::<&str>);
    let rows = query.run("shop").unwrap();
    assert_eq!(host.queries()[1].parameters, [Parameter::Integer(7), Parameter::Null]);
    let rows: Vec<_> = rows.iter().collect();
    assert_eq!(rows.len(), 2);
    assert_eq!((rows[0].text("name"), rows[1].text("name")), (Some("a"), None));
    assert_eq!((rows[0].number("count"), rows[1].number("count")), (Some(1.5), None));
    assert_eq!((rows[0].flag("good"), rows[0].number("good")), (Some(true), Some(1.0)));
    assert_eq!((rows[1].time("at"), rows[0].time("seen"), rows[1].time("seen")), (Some(1_000), Some(1_795_178_096_789), None));
    assert_eq!(rows[0].shown("at").as_deref(), Some("1970-01-01T00:00:00.000Z"));
    assert_eq!((rows[0].shown("count").as_deref(), rows[1].shown("count")), (Some("1.5"), None));
    assert_eq!(rows[0].number("nothing"), None);
    host.fail_rows("shop", "SELECT 2", Fault::Upstream("it is away".to_owned()));
    assert_eq!(whose(sql::query("SELECT 2").run("shop")), "upstream");
}

#[test]
fn own_metrics_are_seen_by_the_test() {
    let host = fake::Host::new();
    host.grant_metrics();
    metrics::count("orders", &[("state", "open")], 2.0).unwrap();
    metrics::gauge("queue", &[], 3.0).unwrap();
    let seen = host.metrics();
    assert_eq!((seen[0].0.as_str(), seen[0].1[0].value.as_str(), seen[1].2), ("orders", "open", 3.0));
}
