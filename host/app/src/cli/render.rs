//! `vitrine render`: a dashboard or a panel as a file. The running host makes it; where none runs, one of its own does, in a
//! folder that goes with it, over the samples and alerts of the data folder, which it only reads.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, anyhow, bail};
use clap::Args;
use vitrine_monitor::clock::SystemClock;
use vitrine_store::Store;
use vitrine_web::dashboard::scope::Asked;
use vitrine_web::render::{Format, Look, Wanted};

use super::serve::{cores, threads};
use super::{ask, compile, query};
use crate::host::{Host, Surroundings};
use crate::plan::{self, Origins};
use crate::settings::Settings;

/// What is looked at, as on the page.
#[derive(Debug, Args)]
pub(super) struct View {
    /// The dashboard's name: its file's path below the folder of dashboards, without the ending
    #[arg(value_name = "DASHBOARD")]
    dashboard: String,
    /// One panel alone, by its id
    #[arg(long, value_name = "ID")]
    panel: Option<String>,
    /// Where the time begins: -6h, now-6h, RFC 3339 [default: the dashboard's own range]
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    from: Option<String>,
    /// Where it ends [default: now]
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    to: Option<String>,
    /// What is chosen of a variable; may be given often
    #[arg(long = "var", value_name = "NAME=VALUE", value_parser = pair)]
    variables: Vec<(String, String)>,
}

/// What is made of it, and how it looks.
#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  vitrine render machine --png machine.png --from -6h
  vitrine render shop/orders --panel p0 --svg orders.svg --var host=web-1
  vitrine render tour --pdf tour.pdf
  vitrine render machine --png - --theme dark --scale 2 > machine.png")]
pub(super) struct Wish {
    #[command(flatten)]
    view: View,
    #[command(flatten)]
    target: Target,
    /// The picture's colours: light or dark
    #[arg(long, value_name = "THEME")]
    theme: Option<String>,
    /// In CSS pixels, 200 to 4000 [default: 1200, and 800 for a panel]
    #[arg(long, value_name = "PIXELS")]
    width: Option<String>,
    /// Of a panel, 100 to 2000 [default: 360]; a dashboard is as high as its panels
    #[arg(long, value_name = "PIXELS", requires = "panel")]
    height: Option<String>,
    /// Points for each CSS pixel of a PNG, 0.25 to 4
    #[arg(long, value_name = "FACTOR")]
    scale: Option<String>,
    /// The zone that times are told in, an IANA name [default: the dashboard's, or the host's]
    #[arg(long, value_name = "ZONE")]
    tz: Option<String>,
    /// Address of the host [default: where the settings say that it listens; the data folder where none answers there]
    #[arg(long, value_name = "URL")]
    url: Option<String>,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Target {
    /// Write a PNG to this file; `-` is standard output
    #[arg(long, value_name = "FILE")]
    png: Option<PathBuf>,
    /// Write an SVG to this file
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
    /// Write a PDF to this file: A4, lying, as many pages as it takes
    #[arg(long, value_name = "FILE")]
    pdf: Option<PathBuf>,
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write it as NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

impl View {
    pub(super) fn dashboard(&self) -> &str {
        &self.dashboard
    }

    pub(super) fn panel(&self) -> Option<&str> {
        self.panel.as_deref()
    }

    /// As an address asks for it.
    pub(super) fn pairs(&self) -> Vec<(String, String)> {
        let moment = |text: &String| if text.starts_with('-') { format!("now{text}") } else { text.clone() };
        let mut pairs = Vec::new();
        if let Some(from) = &self.from {
            pairs.push(("from".to_owned(), moment(from)));
            pairs.push(("to".to_owned(), self.to.as_ref().map_or("now".to_owned(), moment)));
        } else if let Some(to) = &self.to {
            pairs.push(("to".to_owned(), moment(to)));
        }
        pairs.extend(self.variables.iter().map(|(name, value)| (format!("var-{name}"), value.clone())));
        pairs
    }
}

impl Wish {
    fn target(&self) -> (Format, &Path) {
        match &self.target {
            Target { svg: Some(file), .. } => (Format::Svg, file),
            Target { pdf: Some(file), .. } => (Format::Pdf, file),
            Target { png, .. } => (Format::Png, png.as_deref().unwrap_or(Path::new("-"))),
        }
    }

    fn pairs(&self) -> Vec<(String, String)> {
        let mut pairs = self.view.pairs();
        let own =
            [("theme", &self.theme), ("width", &self.width), ("height", &self.height), ("scale", &self.scale), ("tz", &self.tz)];
        pairs.extend(own.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value.clone()?))));
        pairs
    }
}

pub(super) fn run(wish: &Wish, origins: Origins) -> anyhow::Result<ExitCode> {
    let (format, file) = wish.target();
    let pairs = wish.pairs();
    // Mistakes are told before anybody is asked.
    let asked = Asked::parse(&pairs).map_err(|reason| anyhow!(reason))?;
    let look = Look::parse(format, &pairs).map_err(|reason| anyhow!(reason))?;
    let settings = plan::read(&origins).map_err(|(problems, _)| anyhow!("{}", problems.render(false)))?.settings;
    let address = wish.url.clone().unwrap_or_else(|| query::reachable(&settings.listen.to_string()));
    let runs = ask::get(&address, "/api/v1/status/buildinfo").is_ok();
    let bytes = if runs || wish.url.is_some() {
        of_host(&address, wish, format, &pairs)?
    } else {
        let (dashboard, panel) = (wish.view.dashboard.clone(), wish.view.panel.clone());
        of_folder(Wanted { dashboard, panel, asked, look }, origins, &settings)?
    };
    if file == Path::new("-") {
        std::io::stdout().lock().write_all(&bytes)?;
    } else {
        std::fs::write(file, &bytes).with_context(|| format!("cannot write {}", file.display()))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn of_host(address: &str, wish: &Wish, format: Format, pairs: &[(String, String)]) -> anyhow::Result<Vec<u8>> {
    let encode = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20");
    let name = wish.view.dashboard.split('/').map(encode).collect::<Vec<_>>().join("/");
    let panel = wish.view.panel.as_ref().map_or(String::new(), |panel| format!("/{}", encode(panel)));
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    match ask::bytes(address, &format!("/render/{name}{panel}.{}?{query}", format.ending()))? {
        (200, bytes) => Ok(bytes),
        (status, body) => {
            let told: serde_json::Value = serde_json::from_slice(&body).unwrap_or_default();
            bail!("{address} answers {status}: {}", told["error"].as_str().unwrap_or("the answer has no reason"))
        }
    }
}

/// As the host would make it, if it ran.
fn of_folder(wanted: Wanted, mut origins: Origins, settings: &Settings) -> anyhow::Result<Vec<u8>> {
    let data_dir = &settings.data_dir;
    if !data_dir.is_dir() {
        bail!(
            "no host answers, and there is no data folder {}: start the host, or name one with `--data-dir` or `--url`",
            data_dir.display()
        );
    }
    let store = Store::open_with(data_dir, settings.store.checked()).with_context(|| {
        format!("no host answers, and {} cannot be read: is it another's? Name it with `--url`", data_dir.display())
    })?;
    let own = tempfile::tempdir().context("there is no room for the picture's own files")?;
    if let serde_json::Value::Object(flags) = &mut origins.flags {
        flags.insert("data_dir".to_owned(), own.path().to_string_lossy().into());
    }
    let file = settings.dashboards_dir.join(format!("{}.yaml", wanted.dashboard));
    origins.preview = Some(plan::Preview { file, data_dir: data_dir.clone() });
    let plan = plan::read(&origins).map_err(|(problems, _)| anyhow!("{}", problems.render(false)))?;
    let collecting = threads("collect", 1)?;
    let runtime = threads("vitrine", cores())?;
    let around = Surroundings {
        clock: Arc::new(SystemClock),
        collecting: collecting.handle().clone(),
        compiler: Some(compile::program()),
        samples: Some(store.samples()),
        alerts: Some(store.alerts()),
    };
    runtime.block_on(async {
        let host = Box::pin(Host::start(plan, origins, around)).await?;
        let made = host.web().picture(&wanted).await;
        host.stop().await?;
        Ok(made.map_err(|problem| anyhow!(problem))?.bytes.to_vec())
    })
}
