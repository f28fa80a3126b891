//! Sources that read what the admin granted: databases, folders, values of their own.

use vitrine_tests::postgres::{Database, PASSWORD};
use vitrine_tests::{Files, LONG, Start, Vitrine, guests, run, wait_until};

const SHOP: &str = "
    CREATE TABLE orders (id integer, state text);
    INSERT INTO orders VALUES (1, 'open'), (2, 'done'), (3, 'done');
";

const COUNT: &str = "SELECT state, count(*) AS orders FROM orders GROUP BY state";

fn query(name: &str) -> String {
    format!("{{ name: {name}, query: '{COUNT}', value: orders, labels: [state] }}")
}

fn sqlite(file: &std::path::Path, statements: &str) {
    rusqlite::Connection::open(file).unwrap().execute_batch(statements).unwrap();
}

async fn reaches(vitrine: &Vitrine, promql: &str, wanted: f64) {
    let what = format!("{promql} is {wanted}");
    wait_until(&what, LONG, async || (vitrine.value(promql).await? == wanted).then_some(())).await;
}

async fn fault(vitrine: &Vitrine, source: &str, whose: &str, part: &str) -> String {
    wait_until(&format!("{source} says `{part}`"), LONG, async || {
        let fault = vitrine.source(source).await?["fault"].clone();
        let reason = fault["reason"].as_str()?.to_owned();
        (fault["whose"] == whose && reason.contains(part)).then_some(reason)
    })
    .await
}

#[tokio::test]
async fn rows_of_sqlite_and_postgres_become_series() {
    let database = tokio::task::spawn_blocking(|| Database::new(SHOP)).await.unwrap();
    let files = Files::new();
    let file = files.path().join("shop.db");
    sqlite(&file, SHOP);
    let (one, two) = (query("shop_orders"), query("erp_orders"));
    let (path, url) = (file.display(), database.socket_url());
    files.write(
        "config/vitrine.yaml",
        &format!(
            "databases:
  shop: {{ sqlite: '{path}' }}
  erp: {{ postgres: '{url}', password: {{ env: ERP_PASSWORD }}, timeout: 2s }}
sources:
  shop: {{ plugin: sql, every: 1s, grant: {{ sql: [shop] }}, with: {{ database: shop, queries: [{one}] }} }}
  erp: {{ plugin: sql, every: 1s, grant: {{ sql: [erp] }}, with: {{ database: erp, queries: [{two}] }} }}
"
        ),
    );
    let vitrine = Start::new(&files).environment("ERP_PASSWORD", PASSWORD).serve().await;
    for name in ["shop_orders", "erp_orders"] {
        reaches(&vitrine, &format!("{name}{{state='done'}}"), 2.0).await;
        reaches(&vitrine, &format!("{name}{{state='open'}}"), 1.0).await;
    }
    sqlite(&file, "INSERT INTO orders VALUES (4, 'open')");
    database.run("INSERT INTO orders VALUES (4, 'open')");
    for name in ["shop_orders", "erp_orders"] {
        reaches(&vitrine, &format!("{name}{{state='open'}}"), 2.0).await;
    }
    // What breaks is told with whose it is, and mends by itself.
    database.run("ALTER TABLE orders RENAME TO gone");
    fault(&vitrine, "erp", "invalid", "relation \"orders\" does not exist").await;
    database.run("ALTER TABLE gone RENAME TO orders");
    wait_until("erp is well", LONG, async || vitrine.source("erp").await?["fault"].is_null().then_some(())).await;

    let metrics = vitrine.get("/metrics").await.body;
    assert!(metrics.contains("vitrine_database_queries_total{database=\"erp\",outcome=\"ok\"}"), "{metrics}");
    let everything = [metrics, vitrine.log(), vitrine.get("/plugins").await.body, vitrine.get("/sources").await.body].join("\n");
    assert!(!everything.contains(PASSWORD), "the password is shown");
    vitrine.stop().await;
}

#[tokio::test]
async fn what_an_instance_keeps_survives_a_restart() {
    let files = Files::new();
    let logs = files.path().join("logs");
    std::fs::create_dir(&logs).unwrap();
    files.write("logs/app.log", "one\ntwo\n");
    let (guests, file, folder) = (guests(), logs.join("app.log"), logs.display());
    let entry = |file: &str| {
        format!(
            "plugins: {{ folder: '{}' }}\nsources:\n  calls: {{ plugin: caller, every: 1s, with: {{ file: '{file}' }}, \
             grant: {{ files: ['{folder}'], state: true, metrics: true }} }}\n",
            guests.display()
        )
    };
    files.write("config/sources.yaml", &entry(&file.display().to_string()));
    let mut vitrine = Vitrine::start(&files).await;
    reaches(&vitrine, "caller_lines", 2.0).await;
    reaches(&vitrine, "caller_entries", 1.0).await;
    let runs = async |vitrine: &Vitrine| vitrine.value("caller_runs_total").await.unwrap_or(0.0);
    wait_until("it ran three times", LONG, async || (runs(&vitrine).await >= 3.0).then_some(())).await;
    vitrine.kill9().await;
    vitrine.restart().await;
    // It counts on, and does not begin anew.
    let before = runs(&vitrine).await;
    wait_until("it goes on counting", LONG, async || (runs(&vitrine).await > before.max(3.0)).then_some(())).await;
    assert_eq!(vitrine.query("min_over_time(caller_runs_total[5m])").await[0].1, 1.0);
    assert_eq!(vitrine.query("resets(caller_runs_total[5m])").await[0].1, 0.0);

    let metrics = vitrine.get("/metrics").await.body;
    let own =
        format!("vitrine_plugin_custom_caller_runs_total{{file=\"{}\",instance=\"calls\",plugin=\"caller\"}}", file.display());
    assert!(metrics.contains(&own), "{own} in\n{metrics}");
    assert!(metrics.contains("vitrine_plugin_state_bytes{instance=\"calls\",plugin=\"caller\"}"), "{metrics}");

    // A link to elsewhere is refused when it is read; what is not granted, before.
    std::fs::remove_file(&file).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", &file).unwrap();
    fault(&vitrine, "calls", "denied", "leads out of the granted folder").await;
    files.remove("config/sources.yaml");
    wait_until("its metrics are gone", LONG, async || {
        (!vitrine.get("/metrics").await.body.contains("vitrine_plugin_custom")).then_some(())
    })
    .await;
    vitrine.stop().await;
}

#[tokio::test]
async fn what_is_not_there_or_not_granted_shows_in_a_check() {
    let files = Files::new();
    files.write(
        "config/vitrine.yaml",
        "databases:
  shop: { sqlite: nowhere.db }
  both: { sqlite: a.db, postgres: 'postgres://me@host/a' }
  none: { write: true }
  far: { postgres: 'mysql://me:marked@host/a', timeout: soon }
  odd: { sqlite: nowhere.db, password: marked }
sources:
  one: { plugin: sql, grant: { sql: [shpo] }, with: { database: shop, queries: [{ name: a, query: b, value: c }] } }
  two: { plugin: sql, with: { database: shop, queries: [{ name: a, query: b, value: c }] } }
  three: { plugin: system, grant: { system: true, sql: [shop], files: ['/nowhere/at/all'], state: true } }
  four: { plugin: caller, grant: { files: ['/nowhere/at/all', logs, '/', '/proc/self'], state: true, metrics: true }, with: { file: /etc/passwd } }
  five: { plugin: caller, grant: { files: ['/nowhere/at/all'], state: { mib: 2 }, metrics: true }, with: { file: /etc/passwd } }
",
    );
    let guests = guests();
    let folder = format!("plugins.folder={}", guests.display());
    let ran = run(files.path(), &["check", "--set", &folder]).await;
    assert_eq!(ran.code, Some(1), "{}", ran.out);
    assert!(!ran.err.contains("marked"), "{}", ran.err);
    insta::assert_snapshot!("what_is_not_there_or_not_granted_shows_in_a_check", ran.err);
}
