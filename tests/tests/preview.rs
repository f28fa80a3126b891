//! What a change of dashboards would alter, and how it would look, beside a host that goes on as it was.

use std::time::Duration;

use vitrine_tests::{Files, Start, post, run, wait_until};

const BEFORE: &str = "\
title: Rooms
panels:
  - { title: Warmth, show: stat, query: temperature }
  - { title: Old, show: stat, query: old }
";

const AFTER: &str = "\
title: Rooms
variables:
  place: label_values(temperature, place)
panels:
  - { title: New, show: stat, query: nothing_of_that_name }
  - { title: Warmth, show: stat, query: max(temperature) }
  - { title: Of $place, show: stat, query: 'temperature{place=\"$place\"}' }
";

#[tokio::test]
async fn a_plan_says_what_files_would_alter() {
    let files = Files::new();
    files.write("dashboards/rooms.yaml", BEFORE);
    let vitrine = Start::new(&files).serve().await;
    let written = post(vitrine.address(), "/api/v1/import/prometheus", &[], b"temperature{place=\"north\"} 21\n".to_vec()).await;
    assert_eq!(written.unwrap().status, 200);
    files.write("next/rooms.yaml", AFTER);
    files.write("next/more.yaml", "title: More\n");
    let url = vitrine.url("");
    let plan = async |folder: &str| run(files.path(), &["plan", "--dashboards-dir", folder, "--url", &url]).await;
    let ran = plan("next").await;
    let expected = "\
+ dashboard more “More”
~ dashboard rooms “Rooms”: variables
  + panel “New” (p0)
  ~ panel “Warmth” (p1): queries
  + panel “Of $place” (p2)
  - panel “Old” (p1)
! rooms: panel `New`: no data now: nothing_of_that_name
panels: 2 to add, 1 to change, 1 to remove; 1 queries without data, 1 with variables not tried
";
    assert_eq!((ran.code, ran.err.as_str(), ran.out.as_str()), (Some(0), "", expected));
    assert_eq!(plan("dashboards").await.out, "nothing changes\n");
    let ran = run(files.path(), &["plan", "--dashboards-dir", "next", "--against", "dashboards", "--url", "127.0.0.1:1"]).await;
    assert!(ran.out.contains("~ panel “Warmth” (p1): queries") && ran.out.contains("no running host"), "{}", ran.out);
    vitrine.stop().await;
    let ran = plan("next").await;
    assert!(ran.code == Some(1) && ran.err.contains("there is nothing to compare with"), "{}", ran.err);
}

#[tokio::test]
async fn a_preview_follows_the_file_with_the_samples_of_the_running_host() {
    let files = Files::new();
    files.write("dashboards/rooms.yaml", BEFORE);
    let vitrine = Start::new(&files).serve().await;
    let written =
        post(vitrine.address(), "/api/v1/import/prometheus", &[], b"temperature{place=\"north\"} 21.5\n".to_vec()).await;
    assert_eq!(written.unwrap().status, 200);
    files.write("idea.yaml", AFTER);
    let preview = Start::preview(&files, "idea.yaml", &vitrine.url("")).serve().await;
    let page = preview.get("/d/idea").await.readable();
    assert!(page.contains("Of north") && page.contains("21.5"), "{page}");
    assert!(vitrine.get("/d/idea").await.status == 404 && preview.get("/d/rooms").await.status == 404);
    files.write("idea.yaml", &AFTER.replace("Warmth", "Heat"));
    wait_until("the page follows the file", Duration::from_secs(30), async || {
        preview.get("/d/idea").await.readable().contains("Heat").then_some(())
    })
    .await;
    preview.stop().await;
    vitrine.stop().await;
    let ran = run(files.path(), &["preview", "idea.yaml", "--url", "127.0.0.1:1"]).await;
    assert!(ran.code == Some(1) && ran.err.contains("a preview shows the samples of a running host"), "{}", ran.err);
}
