//! Dashboards of other programs become files that `vitrine check` takes, and nothing of them is lost in silence.

use vitrine_tests::{Files, run};

async fn import(files: &Files, program: &str, name: &str, text: &str) -> (String, String) {
    files.write(name, text);
    let out = format!("dashboards/{}.yaml", name.split('.').next().unwrap_or(name));
    let ran = run(files.path(), &["import", program, name, "--out", &out]).await;
    assert_eq!((ran.code, ran.out.as_str()), (Some(0), ""), "{}", ran.err);
    let made = std::fs::read_to_string(files.path().join(out)).unwrap();
    let checked = run(files.path(), &["check"]).await;
    assert_eq!(checked.code, Some(0), "{}\n{made}", checked.err);
    (made, ran.err)
}

#[tokio::test]
async fn dashboards_of_grafana_are_carried() {
    let files = Files::new();
    for (name, text) in [
        ("grafana-16", include_str!("import/grafana-16.json")),
        ("grafana-rows", include_str!("import/grafana-rows.json")),
        ("grafana-41", include_str!("import/grafana-41.json")),
        ("grafana-v2", include_str!("import/grafana-v2.json")),
    ] {
        let (made, told) = import(&files, "grafana", &format!("{name}.json"), text).await;
        for line in told.lines().filter_map(|line| line.strip_prefix("note: ")) {
            assert!(made.contains(line), "{line}\n{made}");
        }
        insta::assert_snapshot!(name, made);
    }
}

/// What shows them comes with the host or does not: the file can be used in both cases.
#[tokio::test]
async fn each_kind_of_panel_is_carried_or_stood_in_for() {
    let files = Files::new();
    let (made, told) = import(&files, "grafana", "kinds.json", include_str!("import/grafana-kinds.json")).await;
    for (title, show) in [
        ("Bars", "bar-gauge"),
        ("Columns", "bar-chart"),
        ("Slices", "pie"),
        ("How often", "histogram"),
        ("Heat", "heatmap"),
        ("States", "state-timeline"),
        ("History", "status-history"),
    ] {
        assert!(made.contains(&format!("title: {title}")), "{made}");
        let is_carried = made.contains(&format!("show: {show}"));
        assert!(is_carried || told.contains(&format!("there is no panel plugin `{show}` here")), "{show}\n{made}\n{told}");
    }
}

#[tokio::test]
async fn a_dashboard_of_perses_is_carried() {
    let files = Files::new();
    let (made, _) = import(&files, "perses", "perses.yaml", include_str!("import/perses.yaml")).await;
    insta::assert_snapshot!("perses", made);
}

#[tokio::test]
async fn what_is_no_dashboard_is_told_with_its_place() {
    let files = Files::new();
    for (program, text, part) in [
        ("grafana", "{\n  \"title\": \"x\",\n  \"panels\": [}\n}", "wrong.json:3:14: this is not JSON"),
        ("grafana", "[]", "it has neither `panels` nor `rows`"),
        ("grafana", r#"{"spec": {"elements": {}}}"#, "nor `elements` with a `layout`"),
        ("perses", "kind: Dashboard\nspec: [\n", "wrong.json:"),
        ("perses", "kind: Project\nspec: {}\n", "this is a `Project` of Perses"),
        ("perses", "a: 1", "no `kind: Dashboard`"),
    ] {
        files.write("wrong.json", text);
        let ran = run(files.path(), &["import", program, "wrong.json"]).await;
        assert_eq!((ran.code, ran.out.as_str()), (Some(1), ""), "{text}");
        assert!(ran.err.contains(part), "{text}\n{}", ran.err);
    }
    files.write("large.json", &" ".repeat((4 << 20) + 1));
    let ran = run(files.path(), &["import", "grafana", "large.json"]).await;
    assert!(ran.code == Some(1) && ran.err.contains("larger than 4 MiB"), "{}", ran.err);
}

/// Somebody's work may be in the file.
#[tokio::test]
async fn no_file_is_written_over() {
    let files = Files::new();
    files.write("kinds.json", include_str!("import/grafana-kinds.json"));
    files.write("mine.yaml", "title: Mine\n");
    let ran = run(files.path(), &["import", "grafana", "kinds.json", "--out", "mine.yaml"]).await;
    assert!(ran.code == Some(1) && ran.err.contains("is there already"), "{}", ran.err);
    assert_eq!(std::fs::read_to_string(files.path().join("mine.yaml")).unwrap(), "title: Mine\n");
}
