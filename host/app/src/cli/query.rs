//! `vitrine query`: asks a running host, and prints what it answers.

mod answer;
mod chart;
mod table;

use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use anyhow::{anyhow, bail};
use clap::{Args, ValueEnum};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use vitrine_model::{Clock, Millis, Span};
use vitrine_monitor::clock::SystemClock;

use super::ask;
use crate::plan::{self, Origins};
use answer::Answer;

/// Points of a chart whose step nobody named.
const POINTS: Millis = 240;

/// What is asked, of whom, and how it is shown.
#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  vitrine query up                                    the value of each series now
  vitrine query 'rate(node_cpu_seconds_total[1m])' --range 1h
                                                      a chart of the last hour
  vitrine query up --range 1h --step 15s --format csv > up.csv")]
pub(super) struct Question {
    /// A PromQL expression
    #[arg(value_name = "EXPR")]
    expression: String,
    /// Ask over so long a time, which ends at `--at`: 1h, 30m, 7d
    #[arg(long, value_name = "DURATION")]
    range: Option<Span>,
    /// Time between two values of a range [default: a 240th of it]
    #[arg(long, value_name = "DURATION", requires = "range")]
    step: Option<Span>,
    /// The moment to ask for: RFC 3339, or seconds since 1970 [default: now]
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// How to print the answer [default: a chart of a range on a terminal, else a table]
    #[arg(long, value_name = "FORMAT")]
    format: Option<Format>,
    /// Address of the host [default: where the settings say that it listens]
    #[arg(long, value_name = "URL")]
    url: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A line for each series or value
    Table,
    /// The answer as the host gives it
    Json,
    /// A line for each value, with a column for each label
    Csv,
    /// A line for each series, drawn with dots
    Chart,
}

pub(super) fn run(question: &Question, origins: &Origins) -> anyhow::Result<ExitCode> {
    let settings = plan::read(origins).ok().map(|plan| plan.settings);
    let (listen, zone) = settings.map_or_else(Default::default, |settings| (settings.listen.to_string(), settings.zone_name()));
    let listen = if listen.is_empty() { "127.0.0.1:7878".to_owned() } else { listen };
    let address = question.url.clone().unwrap_or_else(|| reachable(&listen));
    let zone = TimeZone::get(&zone).unwrap_or(TimeZone::UTC);
    let path = path(question)?;
    let (status, body) = ask::ask(&address, &path)?;
    if status != 200 {
        let reason = body["error"].as_str().unwrap_or("the answer has no reason");
        bail!("{address} answers {status}: {reason}");
    }
    let mut out = std::io::stdout().lock();
    let is_terminal = out.is_terminal();
    let usual = if question.range.is_some() && is_terminal { Format::Chart } else { Format::Table };
    let format = question.format.unwrap_or(usual);
    if format == Format::Json {
        writeln!(out, "{}", serde_json::to_string_pretty(&body["data"])?)?;
        return Ok(ExitCode::SUCCESS);
    }
    for note in ["warnings", "infos"].iter().flat_map(|kind| body[*kind].as_array().into_iter().flatten()) {
        writeln!(std::io::stderr(), "note: {}", note.as_str().unwrap_or_default())?;
    }
    let answer = Answer::read(&body["data"]).ok_or_else(|| anyhow!("{address} does not answer as a host of this version"))?;
    match format {
        Format::Csv => table::csv(&mut out, &answer)?,
        Format::Chart => chart::draw(&mut out, &answer, &zone, chart::Size::of_terminal(), is_terminal && super::color())?,
        Format::Table | Format::Json => table::table(&mut out, &answer, &zone)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// An address to listen on all of the machine's is reached by its own.
pub(super) fn reachable(listen: &str) -> String {
    listen.replacen("0.0.0.0:", "127.0.0.1:", 1).replacen("[::]:", "[::1]:", 1)
}

fn path(question: &Question) -> anyhow::Result<String> {
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    form.append_pair("query", &question.expression);
    let at = question.at.as_deref().map(moment).transpose()?;
    let Some(range) = question.range else {
        if let Some(at) = at {
            form.append_pair("time", &seconds(at));
        }
        return Ok(format!("/api/v1/query?{}", form.finish()));
    };
    if range <= Span::ZERO {
        bail!("`--range` is nothing: write `--range 1h`");
    }
    let end = at.unwrap_or_else(|| SystemClock.now());
    let usual = Span::from_millis((range.millis() / POINTS / 1_000).max(1) * 1_000);
    let step = question.step.unwrap_or(usual);
    form.append_pair("start", &seconds(end - range.millis())).append_pair("end", &seconds(end));
    form.append_pair("step", &seconds(step.millis()));
    Ok(format!("/api/v1/query_range?{}", form.finish()))
}

fn seconds(millis: Millis) -> String {
    (millis as f64 / 1000.0).to_string()
}

fn moment(text: &str) -> anyhow::Result<Millis> {
    if let Ok(seconds) = text.parse::<f64>()
        && seconds.abs() < 1e12
    {
        return Ok((seconds * 1000.0).round() as Millis);
    }
    let timestamp = text.parse::<Timestamp>();
    timestamp
        .map(Timestamp::as_millisecond)
        .map_err(|_| anyhow!("`--at {text}` is not a moment: write seconds since 1970, or RFC 3339 as in `2026-11-20T08:00:00Z`"))
}

/// For people, to the second.
fn shown(moment: Millis, zone: &TimeZone, pattern: &str) -> String {
    let timestamp = Timestamp::from_millisecond(moment).unwrap_or(Timestamp::UNIX_EPOCH);
    timestamp.to_zoned(zone.clone()).strftime(pattern).to_string()
}
