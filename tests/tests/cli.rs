//! The command line, as a person sees it.

use std::process::{Command, Stdio};

use serde_json::Value;
use vitrine_tests::{Files, Start, repository, run};

#[tokio::test]
async fn help_reads_well() {
    let files = Files::new();
    for (name, verb) in [
        ("all", vec!["--help"]),
        ("short", vec!["-h"]),
        ("serve", vec!["serve", "--help"]),
        ("check", vec!["check", "--help"]),
        ("plan", vec!["plan", "--help"]),
        ("preview", vec!["preview", "--help"]),
        ("query", vec!["query", "--help"]),
        ("render", vec!["render", "--help"]),
        ("share", vec!["share", "--help"]),
        ("plugin", vec!["plugin", "--help"]),
        ("plugin-new", vec!["plugin", "new", "--help"]),
        ("plugin-build", vec!["plugin", "build", "--help"]),
        ("plugin-dev", vec!["plugin", "dev", "--help"]),
        ("plugin-test", vec!["plugin", "test", "--help"]),
        ("plugin-pack", vec!["plugin", "pack", "--help"]),
        ("plugin-key", vec!["plugin", "key", "new", "--help"]),
        ("plugin-sign", vec!["plugin", "sign", "--help"]),
        ("plugin-verify", vec!["plugin", "verify", "--help"]),
        ("plugin-install", vec!["plugin", "install", "--help"]),
        ("plugin-list", vec!["plugin", "list", "--help"]),
        ("plugin-remove", vec!["plugin", "remove", "--help"]),
        ("plugin-inspect", vec!["plugin", "inspect", "--help"]),
        ("backup", vec!["backup", "--help"]),
        ("restore", vec!["restore", "--help"]),
        ("import", vec!["import", "--help"]),
        ("import-grafana", vec!["import", "grafana", "--help"]),
        ("rules", vec!["rules", "--help"]),
        ("rules-check", vec!["rules", "check", "--help"]),
        ("rules-test", vec!["rules", "test", "--help"]),
        ("routes", vec!["routes", "--help"]),
        ("routes-test", vec!["routes", "test", "--help"]),
        ("schema", vec!["schema", "--help"]),
        ("completions", vec!["completions", "--help"]),
    ] {
        let ran = run(files.path(), &verb).await;
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{verb:?}");
        insta::assert_snapshot!(format!("help-{name}"), ran.out);
    }
    let version = run(files.path(), &["--version"]).await.out;
    assert!(version.starts_with("vitrine ") && version.contains("vitrine:plugin 0.1.0"), "{version}");
}

#[tokio::test]
async fn mistakes_are_answered_with_a_hint() {
    let files = Files::new();
    let ran = run(files.path(), &["chekc"]).await;
    assert_eq!(ran.code, Some(2));
    assert!(ran.err.contains("check"), "{}", ran.err);
    let ran = run(files.path(), &["plugin", "inspect", "sistem"]).await;
    assert_eq!(ran.code, Some(1));
    assert!(ran.err.contains("there is no plugin `sistem`") && ran.err.contains("system"), "{}", ran.err);
}

#[tokio::test]
async fn shells_take_the_completions() {
    let files = Files::new();
    let script = run(files.path(), &["completions", "bash"]).await.out;
    files.write("vitrine.bash", &script);
    let bash = Command::new("bash").arg("-n").arg(files.path().join("vitrine.bash")).stderr(Stdio::piped()).output().unwrap();
    assert!(bash.status.success() && bash.stderr.is_empty(), "{}", String::from_utf8_lossy(&bash.stderr));
    for shell in ["zsh", "fish"] {
        let ran = run(files.path(), &["completions", shell]).await;
        assert!(ran.code == Some(0) && ran.out.contains("vitrine"), "{shell}");
    }
}

#[tokio::test]
async fn a_plugin_says_what_it_is_and_may() {
    let ran = run(&repository(), &["plugin", "inspect", "system"]).await;
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    let is_changing = |line: &&str| !["  size ", "  digest "].iter().any(|word| line.starts_with(word));
    let lasting: Vec<&str> = ran.out.lines().filter(is_changing).collect();
    insta::assert_snapshot!(lasting.join("\n"));
    let digest = ran.out.lines().find_map(|line| line.strip_prefix("  digest ")).unwrap().trim();
    assert!(digest.len() >= 64, "{digest}");
}

#[tokio::test]
async fn the_shipped_files_have_no_problems() {
    let ran = run(&repository(), &["check"]).await;
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    assert!(ran.out.ends_with(" files, no problems\n"), "{}", ran.out);
}

#[tokio::test]
async fn what_nobody_includes_is_noted_and_no_problem() {
    let files = Files::new();
    files.write("config/sources.yaml", "sources:\n  here: { plugin: system, every: 1s, grant: [system] }\n");
    files.write("dashboards/one.yaml", "title: One\npanels:\n  - include: _shared/used.yaml\n");
    files.write("dashboards/_shared/used.yaml", "panels:\n  - { title: A, show: text, text: a }\n");
    files.write("dashboards/_shared/lonely.yaml", "panels: []\n");
    let ran = Start::bare(&files).run(&["check"]).await;
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let note = "dashboards/_shared/lonely.yaml: no dashboard includes this file (name it in an `include:`, or remove it)";
    assert!(ran.err.starts_with("note: ") && ran.err.contains(note) && ran.err.lines().count() == 1, "{}", ran.err);

    files.write(
        "dashboards/two.yaml",
        "title: Two\npanels:\n  - title: B\n    show: table\n    query: sum by (host) (up)\n    unit: secnds\n    transform:\n      \
         - reduce: last\n      - sort: hots\n    actions:\n      - { source: here, action: restart }\n",
    );
    let ran = Start::bare(&files).run(&["check"]).await;
    assert_eq!(ran.code, Some(1), "{}", ran.err);
    for part in ["two.yaml:9:15", "did you mean `host`?", "two.yaml:6:11", "did you mean `seconds`?"] {
        assert!(ran.err.contains(part), "{part} is not in\n{}", ran.err);
    }
    // What else is wrong can be told once these are mended.
    files.write(
        "dashboards/two.yaml",
        "title: Two\npanels:\n  - { title: B, show: table, query: up, actions: [{ source: here, action: restart }] }\n",
    );
    let ran = Start::bare(&files).run(&["check"]).await;
    assert!(ran.err.contains("the plugin `system` of `here` offers no actions"), "{}", ran.err);
}

#[tokio::test]
async fn the_environment_wins_over_files_and_flags_over_both() {
    // Port 1 is nobody's: whoever listens there has not been overruled.
    let files = Files::new();
    files.write("config/vitrine.yaml", "listen: 192.0.2.1:1\n");
    let ran = Start::bare(&files).run(&["serve"]).await;
    assert!(ran.code == Some(1) && ran.err.contains("192.0.2.1:1"), "{}", ran.err);

    let vitrine = Start::bare(&files).environment("VITRINE_LISTEN", "127.0.0.1:0").serve().await;
    assert_eq!(vitrine.get("/healthz").await.status, 200);
    vitrine.stop().await;

    let vitrine = Start::bare(&files).environment("VITRINE_LISTEN", "192.0.2.2:1").flag("--listen", "127.0.0.1:0").serve().await;
    assert_eq!(vitrine.get("/healthz").await.status, 200);
    vitrine.stop().await;

    let ran = Start::bare(&files).environment("VITRINE_RETENTOIN", "1d").run(&["check"]).await;
    assert!(ran.code == Some(1) && ran.err.contains("VITRINE_RETENTOIN"), "{}", ran.err);
}

#[tokio::test]
async fn schemas_are_json_schemas() {
    let files = Files::new();
    for (kind, known) in [("settings", "sources"), ("dashboard", "panels"), ("alerts", "groups"), ("routes", "receivers")] {
        let ran = run(files.path(), &["schema", kind]).await;
        let schema: Value = serde_json::from_str(&ran.out).unwrap();
        assert!(schema["$schema"].as_str().is_some_and(|address| address.contains("json-schema.org")), "{kind}");
        assert!(schema["properties"][known].is_object(), "{kind}: {schema}");
    }
}
