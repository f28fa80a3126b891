//! A real browser without a window, each with a profile of its own.

use std::sync::{Arc, Mutex};

use chromiumoxide::browser::{BrowserConfig, BrowserConfigBuilder};
use chromiumoxide::cdp::browser_protocol::emulation::{
    MediaFeature, SetDeviceMetricsOverrideParams, SetEmulatedMediaParams, SetScriptExecutionDisabledParams,
};
use chromiumoxide::cdp::browser_protocol::log::EventEntryAdded;
use chromiumoxide::cdp::browser_protocol::page::CaptureScreenshotFormat;
use chromiumoxide::cdp::browser_protocol::target::SetAutoAttachParams;
use chromiumoxide::cdp::js_protocol::runtime::{ConsoleApiCalledType, EventConsoleApiCalled, EventExceptionThrown};
use chromiumoxide::page::ScreenshotParams;
use futures_util::StreamExt;
use serde::de::DeserializeOwned;
use tempfile::TempDir;
use tokio::task::JoinHandle;

use crate::paths;
use crate::wait::{LONG, wait_until};

/// Light or dark, as the viewer's system says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Theme {
    Light,
    Dark,
}

impl Theme {
    pub fn word(self) -> &'static str {
        match self {
            Theme::Light => "light",
            Theme::Dark => "dark",
        }
    }
}

/// What a page is looked at with.
#[derive(Debug, Clone)]
pub struct Look {
    pub theme: Theme,
    pub width: u32,
    pub height: u32,
    pub scripts: bool,
    /// Media features besides the theme: `prefers-reduced-motion`, `forced-colors`.
    pub media: Vec<(&'static str, &'static str)>,
    /// Runs before the page's own scripts.
    pub before: String,
}

impl Default for Look {
    fn default() -> Look {
        Look { theme: Theme::Light, width: 1440, height: 900, scripts: true, media: Vec::new(), before: String::new() }
    }
}

/// The browser; `close` it.
pub struct Browser {
    browser: chromiumoxide::Browser,
    handler: JoinHandle<()>,
    _profile: TempDir,
}

impl Browser {
    pub async fn launch() -> Browser {
        let profile = tempfile::Builder::new().prefix("vitrine-browser-").tempdir().unwrap();
        let config = flags(BrowserConfig::builder()).user_data_dir(profile.path()).build().expect("the browser can be set up");
        let (browser, mut handler) = chromiumoxide::Browser::launch(config).await.expect("the browser starts");
        let handler = tokio::spawn(async move { while handler.next().await.is_some() {} });
        Browser { browser, handler, _profile: profile }
    }

    /// Opens a page and waits until it has loaded.
    pub async fn open(&self, url: &str, look: &Look) -> Page {
        let page = self.browser.new_page("about:blank").await.unwrap();
        let features = [("prefers-color-scheme", look.theme.word())].into_iter().chain(look.media.iter().copied());
        page.emulate_media_features(features.map(|(name, value)| MediaFeature::new(name, value)).collect()).await.unwrap();
        // The driver would stop workers where they start, and never let them go on.
        page.execute(SetAutoAttachParams::new(false, false)).await.unwrap();
        let (width, height) = (i64::from(look.width), i64::from(look.height));
        let is_phone = look.width < 600;
        page.execute(SetDeviceMetricsOverrideParams::new(width, height, 1.0, is_phone)).await.unwrap();
        if !look.scripts {
            page.execute(SetScriptExecutionDisabledParams::new(true)).await.unwrap();
        }
        if !look.before.is_empty() {
            page.evaluate_on_new_document(look.before.as_str()).await.unwrap();
        }
        let complaints = listen(&page).await;
        page.goto(url).await.unwrap();
        page.wait_for_navigation().await.unwrap();
        Page { page, complaints }
    }

    pub async fn close(mut self) {
        self.browser.close().await.unwrap();
        self.browser.wait().await.unwrap();
        self.handler.abort();
    }
}

fn flags(builder: BrowserConfigBuilder) -> BrowserConfigBuilder {
    // Its own sandbox needs what containers and root do not have; it sees nothing but our pages.
    let builder = builder.chrome_executable(paths::chromium()).no_sandbox().disable_https_first();
    let builder = builder.launch_timeout(LONG).request_timeout(LONG).viewport(None);
    builder.new_headless_mode().args(["disable-gpu", "disable-component-update", "no-default-browser-check"])
}

/// Everything that a page complains about: errors, violations of the policy, exceptions.
async fn listen(page: &chromiumoxide::Page) -> Arc<Mutex<Vec<String>>> {
    let complaints: Arc<Mutex<Vec<String>>> = Arc::default();
    page.enable_log().await.unwrap();
    page.enable_runtime().await.unwrap();
    let mut entries = page.event_listener::<EventEntryAdded>().await.unwrap();
    let mut exceptions = page.event_listener::<EventExceptionThrown>().await.unwrap();
    let mut calls = page.event_listener::<EventConsoleApiCalled>().await.unwrap();
    let (first, second, third) = (Arc::clone(&complaints), Arc::clone(&complaints), Arc::clone(&complaints));
    tokio::spawn(async move {
        while let Some(entry) = entries.next().await {
            first.lock().unwrap().push(format!("{:?}: {}", entry.entry.level, entry.entry.text));
        }
    });
    tokio::spawn(async move {
        while let Some(thrown) = exceptions.next().await {
            second.lock().unwrap().push(format!("thrown: {:?}", thrown.exception_details));
        }
    });
    tokio::spawn(async move {
        while let Some(call) = calls.next().await {
            if matches!(call.r#type, ConsoleApiCalledType::Error | ConsoleApiCalledType::Warning | ConsoleApiCalledType::Assert) {
                third.lock().unwrap().push(format!("console: {:?}", call.args));
            }
        }
    });
    complaints
}

/// An open page.
pub struct Page {
    pub(crate) page: chromiumoxide::Page,
    complaints: Arc<Mutex<Vec<String>>>,
}

impl Page {
    /// The value of an expression.
    pub async fn value<T: DeserializeOwned>(&self, expression: &str) -> T {
        let result = self.page.evaluate_expression(expression).await.unwrap_or_else(|error| panic!("{expression}: {error}"));
        result.into_value().unwrap_or_else(|error| panic!("{expression}: {error}"))
    }

    /// The text of the first element that a selector names; empty where there is none.
    pub async fn text(&self, selector: &str) -> String {
        self.value(&format!("document.querySelector({selector:?})?.innerText ?? ''")).await
    }

    /// How many elements a selector names.
    pub async fn count(&self, selector: &str) -> usize {
        self.value(&format!("document.querySelectorAll({selector:?}).length")).await
    }

    /// Waits until an expression is true.
    pub async fn becomes(&self, what: &str, expression: &str) {
        let truth = format!("Boolean({expression})");
        // Between two pages there is nothing to ask.
        let is_true = async || self.page.evaluate_expression(truth.as_str()).await.ok()?.into_value::<bool>().ok();
        wait_until(what, LONG, async || is_true().await.filter(|is_true| *is_true).map(drop)).await;
    }

    /// Shows the page as paper would.
    pub async fn print_media(&self) {
        self.page.execute(SetEmulatedMediaParams::builder().media("print").build()).await.unwrap();
    }

    /// Waits until the page's line to the host is open.
    pub async fn live(&self) {
        self.becomes("the page is live", "document.body.dataset.live === 'live'").await;
    }

    /// Errors, warnings and violations so far.
    pub fn complaints(&self) -> Vec<String> {
        self.complaints.lock().unwrap().clone()
    }

    /// A picture of the whole page in `target/screenshots/NAME.png`.
    pub async fn picture(&self, name: &str) {
        let folder = paths::target_folder().join("screenshots");
        std::fs::create_dir_all(&folder).unwrap();
        let how = ScreenshotParams::builder().format(CaptureScreenshotFormat::Png).full_page(true).build();
        let bytes = self.page.screenshot(how).await.unwrap();
        assert!(bytes.len() > 5_000, "the picture {name} is empty");
        std::fs::write(folder.join(format!("{name}.png")), bytes).unwrap();
    }

    /// What the window shows, as a small WebP in `target/screenshots/NAME.webp`; how many bytes it has.
    pub async fn small_picture(&self, name: &str) -> usize {
        let folder = paths::target_folder().join("screenshots");
        std::fs::create_dir_all(&folder).unwrap();
        let how = ScreenshotParams::builder().format(CaptureScreenshotFormat::Webp).quality(70).build();
        let bytes = self.page.screenshot(how).await.unwrap();
        assert!(bytes.len() > 5_000, "the picture {name} is empty");
        std::fs::write(folder.join(format!("{name}.webp")), &bytes).unwrap();
        bytes.len()
    }

    pub async fn close(self) {
        self.page.close().await.unwrap();
    }
}
