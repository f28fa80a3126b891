//! `vitrine share`: a link to give away, sealed with the key of the data folder; and the end of all links.

use std::io::Write;
use std::process::ExitCode;

use anyhow::{anyhow, bail};
use clap::Args;
use vitrine_model::{Clock, Millis};
use vitrine_monitor::clock::SystemClock;
use vitrine_web::dashboard::scope::{Asked, Moment, Time};
use vitrine_web::share::{Share, lasting};

use super::render::View;
use crate::plan::{self, Origins};
use crate::seal::FileSeal;

/// What is shared, and for how long.
#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  vitrine share machine --expires 7d               shows what is new whenever it is opened
  vitrine share shop/orders --panel p0 --from 2026-11-20T08:00:00Z --to 2026-11-20T10:00:00Z
  vitrine share --revoke-all                       no link that was made before holds any more")]
pub(super) struct Wish {
    #[command(flatten)]
    view: Option<View>,
    /// How long the link holds, at most 90d
    #[arg(long, value_name = "DURATION", default_value = "7d")]
    expires: String,
    /// Show this very time from now on, and not what is new when the link is opened
    #[arg(long)]
    freeze: bool,
    /// Take a new key: no link that was made before holds any more
    #[arg(long, conflicts_with_all = ["dashboard", "expires", "freeze"])]
    revoke_all: bool,
}

pub(super) fn run(wish: &Wish, origins: &Origins) -> anyhow::Result<ExitCode> {
    let plan = plan::read(origins).map_err(|(problems, _)| anyhow!("{}", problems.render(false)))?;
    let data_dir = &plan.settings.data_dir;
    if !data_dir.is_dir() {
        bail!("there is no data folder {}: start the host once, or name it with `--data-dir`", data_dir.display());
    }
    let seal = FileSeal::new(data_dir);
    if wish.revoke_all {
        seal.renew().map_err(|reason| anyhow!(reason))?;
        writeln!(std::io::stderr(), "no link that was made before holds any more")?;
        return Ok(ExitCode::SUCCESS);
    }
    let Some(view) = &wish.view else { bail!("name a dashboard: `vitrine share machine`") };
    let name = view.dashboard();
    let Some(dashboard) = plan.dashboards.iter().find(|dashboard| dashboard.name == name) else {
        let known: Vec<&str> = plan.dashboards.iter().map(|dashboard| dashboard.name.as_str()).collect();
        bail!("there is no dashboard `{name}`: there are: {}", known.join(", "));
    };
    let lasts = lasting(&wish.expires).map_err(|reason| anyhow!(reason))?;
    let pairs = view.pairs();
    let asked = Asked::parse(&pairs).map_err(|reason| anyhow!(reason))?;
    let now = SystemClock.now();
    let time = asked.time.unwrap_or_else(|| Time::last(dashboard.range));
    let shown = if wish.freeze { frozen(time, now) } else { time };
    let mut scope = shown.pairs();
    scope.extend(pairs.into_iter().filter(|(key, _)| key.starts_with("var-")));
    let panel = view.panel().map(str::to_owned);
    let share = Share { dashboard: name.to_owned(), panel, scope, expires: now + lasts.millis() };
    let token = share.token(&seal).map_err(|reason| anyhow!(reason))?;
    writeln!(std::io::stdout(), "{}/s/{token}", plan.settings.address().trim_end_matches('/'))?;
    Ok(ExitCode::SUCCESS)
}

fn frozen(time: Time, now: Millis) -> Time {
    Time { from: Moment::At(time.from.at(now)), to: Moment::At(time.to.at(now)) }
}
