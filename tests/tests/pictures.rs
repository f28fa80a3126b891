//! Dashboards as files, by links and in frames: by the real binary, and as others' programs read them.

use std::path::Path;
use std::process::Command;

use vitrine_tests::{Browser, Files, LONG, Look, Pages, Start, Vitrine, repository, wait_until};

/// The tour with windows so short that a young host has something in them.
async fn tour(settings: &str) -> (Files, Vitrine) {
    let files = Files::new();
    files.write("config/sources.yaml", "sources:\n  this-machine: { plugin: system, every: 1s, grant: [system] }\n");
    if !settings.is_empty() {
        files.write("config/web.yaml", settings);
    }
    let text = std::fs::read_to_string(repository().join("dashboards/tour.yaml")).unwrap();
    files.write("dashboards/tour.yaml", &text.replace("[1m]", "[5s]").replace("[5m]", "[20s]"));
    let vitrine = Start::new(&files).serve().await;
    let count = async || vitrine.value("count_over_time(node_load1[1h])").await;
    wait_until("polls are stored", 3 * LONG, async || (count().await? >= 6.0).then_some(())).await;
    (files, vitrine)
}

async fn render(files: &Files, arguments: &[&str]) {
    let ran = Start::new(files).run(&[&["render"], arguments].concat()).await;
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{arguments:?}");
}

/// Width and height, as the head of a PNG says them.
fn size(file: &Path) -> (u32, u32) {
    let bytes = std::fs::read(file).unwrap();
    assert_eq!(&bytes[..8], b"\x89PNG\r\n\x1a\n");
    let number = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
    (number(16), number(20))
}

/// Poppler reads PDF as most people's programs do.
fn poppler(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program)
        .args(arguments)
        .output()
        .unwrap_or_else(|error| panic!("poppler is missing, `make poppler` gets it: {error}"));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn reads_as_pdf(file: &Path) {
    let file = file.to_str().unwrap();
    let text = poppler("pdftotext", &[file, "-"]);
    for words in ["A tour of all panels", "CPU by mode", "Busy cores", "Space in use"] {
        assert!(text.contains(words), "{words} is not in\n{text}");
    }
    let told = poppler("pdfinfo", &[file]);
    let line = |key: &str| told.lines().find(|line| line.starts_with(key)).unwrap_or_default().to_owned();
    assert!(line("Title:").ends_with("A tour of all panels"), "{told}");
    assert!(line("Page size:").contains("A4"), "{told}");
    let pages: u32 = line("Pages:").split_whitespace().nth(1).unwrap().parse().unwrap();
    assert!((2..20).contains(&pages), "{told}");
}

/// How many colours a picture has, as a browser decodes it.
const COLOURS: &str = "(async () => {
  const image = document.querySelector('img'); await image.decode();
  const canvas = document.createElement('canvas'); canvas.width = image.naturalWidth; canvas.height = image.naturalHeight;
  const context = canvas.getContext('2d'); context.drawImage(image, 0, 0);
  const points = new Uint32Array(context.getImageData(0, 0, canvas.width, canvas.height).data.buffer);
  return new Set(points).size; })()";

#[tokio::test]
async fn the_tour_becomes_pictures_and_paper() {
    let (files, vitrine) = tour("").await;
    let at = |name: &str| files.path().join(name);
    let url = vitrine.url("");
    for (flag, name) in [("--png", "tour.png"), ("--svg", "tour.svg"), ("--pdf", "tour.pdf")] {
        render(&files, &["tour", flag, name, "--from", "-5m", "--url", &url]).await;
    }
    let (width, height) = size(&at("tour.png"));
    assert!(width == 1_200 && height > 1_500, "{width} by {height}");
    let svg = std::fs::read_to_string(at("tour.svg")).unwrap();
    assert!(svg.starts_with("<svg xmlns=") && svg.contains("CPU by mode") && !svg.contains("No series match"), "{svg}");
    reads_as_pdf(&at("tour.pdf"));
    // A browser decodes what the host made, and it is not blank.
    let browser = Browser::launch().await;
    for theme in ["light", "dark"] {
        let page = browser.open(&vitrine.url(&format!("/render/tour.png?range=5m&theme={theme}")), &Look::default()).await;
        assert!(page.value::<u32>(COLOURS).await > 500, "{theme}");
        page.close().await;
    }
    browser.close().await;
    render(
        &files,
        &["tour", "--panel", "p0", "--png", "panel.png", "--width", "640", "--height", "240", "--scale", "2", "--url", &url],
    )
    .await;
    assert_eq!(size(&at("panel.png")), (1_280, 480));
    let wrong = Start::new(&files).run(&["render", "turo", "--png", "x.png", "--url", &url]).await;
    assert!(wrong.code == Some(1) && wrong.err.contains("there is no dashboard `turo`"), "{}", wrong.err);
    vitrine.stop().await;
    // Without a host, the data folder itself is read. None listens at the port 0 that these settings name.
    render(&files, &["tour", "--png", "offline.png", "--from", "-5m"]).await;
    assert_eq!(size(&at("offline.png")).0, 1_200);
    let wrong = Start::new(&files).run(&["render", "turo", "--png", "x.png"]).await;
    assert!(wrong.code == Some(1) && wrong.err.contains("there is no dashboard `turo`"), "{}", wrong.err);
}

async fn status(vitrine: &Vitrine, path: &str) -> u16 {
    vitrine.get(path).await.status.as_u16()
}

#[tokio::test]
async fn a_link_shows_the_dashboard_until_it_expires_or_all_are_revoked() {
    let (files, vitrine) = tour("").await;
    let public = vitrine.url("");
    let share = async |arguments: &[&str]| {
        let ran = Start::new(&files).flag("--public-url", &public).run(&[&["share"], arguments].concat()).await;
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{arguments:?}");
        ran.out.trim().strip_prefix(public.as_str()).unwrap().to_owned()
    };
    let path = share(&["tour", "--from", "-5m", "--expires", "7d"]).await;
    let page = vitrine.get(&path).await;
    assert_eq!(page.status, 200, "{}", page.body);
    assert!(page.body.contains("data-kind=\"chart\"") && !page.body.contains("<nav"), "{}", page.body);
    let middle = path.len() / 2;
    let other = if path.as_bytes()[middle] == b'A' { "B" } else { "A" };
    assert_eq!(status(&vitrine, &format!("{}{other}{}", &path[..middle], &path[middle + 1..])).await, 404);
    let short = share(&["tour", "--expires", "1s"]).await;
    wait_until("the link expires", LONG, async || (status(&vitrine, &short).await == 410).then_some(())).await;
    let ran = Start::new(&files).run(&["share", "--revoke-all"]).await;
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert_eq!(status(&vitrine, &path).await, 404);
    let wrong = Start::new(&files).run(&["share", "turo"]).await;
    assert!(wrong.code == Some(1) && wrong.err.contains("there is no dashboard `turo`: there are: "), "{}", wrong.err);
    vitrine.stop().await;
}

#[tokio::test]
async fn only_the_pages_that_the_admin_named_have_it_in_a_frame() {
    let (named, other) = (Pages::start().await, Pages::start().await);
    let (files, vitrine) = tour(&format!("embed_from: [\"http://{}\"]\n", named.address())).await;
    let frame =
        format!("<!doctype html><title>Intranet</title><iframe src=\"{}\"></iframe>", vitrine.url("/embed/tour?range=5m"));
    let inner = format!("<!doctype html><title>Intranet</title><iframe src=\"{}\"></iframe>", vitrine.url("/d/tour?range=5m"));
    for pages in [&named, &other] {
        pages.show("/", "text/html", &frame);
    }
    named.show("/whole", "text/html", &inner);
    let browser = Browser::launch().await;
    let page = browser.open(&format!("http://{}/", named.address()), &Look::default()).await;
    // The page in the frame goes live: it is there.
    let viewers = async || {
        let metrics = vitrine.get("/metrics").await.body;
        metrics.lines().any(|line| line == "vitrine_web_live_viewers 1").then_some(())
    };
    wait_until("the frame is live", LONG, viewers).await;
    assert!(!page.complaints().iter().any(|line| line.contains("frame")), "{:?}", page.complaints());
    page.close().await;
    for address in [format!("http://{}/", other.address()), format!("http://{}/whole", named.address())] {
        let page = browser.open(&address, &Look::default()).await;
        let refused = async || page.complaints().iter().any(|line| line.contains("frame-ancestors")).then_some(());
        wait_until("the browser refuses", LONG, refused).await;
        page.close().await;
    }
    browser.close().await;
    vitrine.stop().await;
    // What is no origin is told at its place.
    files.write("config/web.yaml", "embed_from:\n  - https://intranet.shop.example/path\n");
    let ran = Start::new(&files).run(&["check"]).await;
    assert_eq!(ran.code, Some(1));
    assert!(ran.err.contains("web.yaml:2:5") && ran.err.contains("is not an origin"), "{}", ran.err);
}
