//! `vitrine routes`: who is told of what, by the files; and what a running host adds to that.

mod people;

use std::io::Write;
use std::process::ExitCode;

use anyhow::{anyhow, bail};
use clap::{Args, Subcommand};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;
use vitrine_model::oncall::Override;
use vitrine_model::silence::{Condition, all_match};
use vitrine_model::{Clock, Labels, Millis, Span};
use vitrine_monitor::Routing;
use vitrine_monitor::clock::SystemClock;
use vitrine_monitor::notify::forecast::{Forecast, forecast};
use vitrine_monitor::notify::inhibit::Inhibitions;
use vitrine_monitor::notify::route::{GroupBy, Node, Quiet, Target};

use super::query::reachable;
use super::{ask, color};
use crate::plan::{self, Origins};

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Draw the tree of routes, with times and receivers
    Show,
    /// Say who would be told of an alert, when, and what would keep them from it
    ///
    /// The routes are those of the files. Silences, inhibitions and groups are asked from the running host, if one answers.
    #[command(after_help = "EXAMPLES:
  vitrine routes test alertname=ShopDown severity=critical
  vitrine routes test team=web --at 2026-12-24T23:00:00Z")]
    Test(Test),
}

#[derive(Debug, Args)]
pub(super) struct Test {
    /// The alert's labels
    #[arg(value_name = "LABEL=VALUE", required = true, value_parser = label)]
    labels: Vec<(String, String)>,
    /// When it begins to fire, RFC 3339 [default: now]
    #[arg(long, value_name = "TIME")]
    at: Option<Timestamp>,
    /// Address of the host [default: where the settings say that it listens]
    #[arg(long, value_name = "URL")]
    url: Option<String>,
}

fn label(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write it as `severity=critical`")?;
    Ok((name.trim().to_owned(), value.trim().trim_matches('"').to_owned()))
}

pub(super) fn run(verb: &Verb, origins: &Origins) -> anyhow::Result<ExitCode> {
    let (settings, routing) = match plan::read(origins) {
        Ok(plan) => match plan.routing {
            Some(routing) => (plan.settings, routing),
            None => bail!("the routes are wrong:\n{}", plan.problems.render(color())),
        },
        Err((problems, _)) => bail!("the settings cannot be read:\n{}", problems.render(color())),
    };
    let mut out = std::io::stdout().lock();
    match verb {
        Verb::Show => show(&mut out, &routing)?,
        Verb::Test(asked) => {
            let zone = TimeZone::get(&settings.zone_name()).unwrap_or(TimeZone::UTC);
            let address = asked.url.clone().unwrap_or_else(|| reachable(&settings.listen.to_string()));
            test(&mut out, asked, &routing, &zone, &address)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn show(out: &mut impl Write, routing: &Routing) -> std::io::Result<()> {
    for node in routing.nodes() {
        let indent = "  ".repeat(node.depth);
        let what = if node.matchers_text.is_empty() { "everything".to_owned() } else { format!("{{{}}}", node.matchers_text) };
        let goes_on = if node.goes_on { ", and the routes that follow" } else { "" };
        writeln!(out, "{indent}{what} → {}{goes_on}", node.receiver)?;
        writeln!(out, "{indent}    {}; {}", grouped(node), times(node))?;
        for (word, names) in [("mute at", &node.mute), ("active only at", &node.active)] {
            if !names.is_empty() {
                writeln!(out, "{indent}    {word} {}", names.join(", "))?;
            }
        }
        if let Some(name) = &node.escalation {
            writeln!(out, "{indent}    escalates by {name}")?;
        }
    }
    writeln!(out)?;
    for (name, receiver) in &routing.receivers {
        writeln!(out, "{name}: {}", people::receiver(receiver))?;
    }
    people::show(out, routing, SystemClock.now())
}

fn grouped(node: &Node) -> String {
    match &node.group_by {
        GroupBy::Alert => "each alert by itself".to_owned(),
        GroupBy::Labels(labels) if labels.is_empty() => "all in one group".to_owned(),
        GroupBy::Labels(labels) => format!("grouped by {}", labels.join(", ")),
    }
}

fn times(node: &Node) -> String {
    let span = |millis: Millis| if millis == 0 { "at once".to_owned() } else { format!("after {}", Span::from_millis(millis)) };
    let again = node.repeat.map_or("never again".to_owned(), |repeat| format!("again after {}", Span::from_millis(repeat)));
    format!("{}, news {}, {again}", span(node.wait), span(node.interval))
}

fn channels(targets: &[Target]) -> String {
    let one = |target: &Target| {
        let others = match target.fallbacks.is_empty() {
            true => String::new(),
            false => format!(" (if that fails: {})", target.fallbacks.join(", ")),
        };
        let deaf = if target.send_resolved { "" } else { " (not of ends)" };
        format!("{}{others}{deaf}", target.channel)
    };
    if targets.is_empty() { "nobody".to_owned() } else { targets.iter().map(one).collect::<Vec<_>>().join(", ") }
}

fn test(out: &mut impl Write, asked: &Test, routing: &Routing, zone: &TimeZone, address: &str) -> anyhow::Result<()> {
    let labels = Labels::from_pairs(asked.labels.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    let fires_at = asked.at.map_or_else(|| SystemClock.now(), Timestamp::as_millisecond);
    writeln!(out, "{labels}, firing from {}", shown(fires_at, zone))?;
    let running = Running::ask(address);
    for one in forecast(routing, &labels, fires_at) {
        let receiver = routing.receivers.get(&one.node.receiver).map(people::receiver).unwrap_or_default();
        writeln!(out, "\n{} → {}: {}", one.node.key, one.node.receiver, receiver)?;
        writeln!(out, "    group   {}, {}", one.group, times(one.node))?;
        writeln!(out, "    notice  {}", notice(&one, running.as_ref().ok(), zone))?;
        let overrides = running.as_ref().map_or(&[][..], |running| &running.overrides);
        people::forecast(out, routing, one.node, one.first, overrides, zone)?;
    }
    writeln!(out)?;
    match running {
        Ok(running) => running.tell(out, routing, &labels, fires_at, zone)?,
        Err(error) => writeln!(out, "silences, inhibitions and groups are not known: {error:#}")?,
    }
    Ok(())
}

fn notice(one: &Forecast<'_>, running: Option<&Running>, zone: &TimeZone) -> String {
    let reason = match &one.quiet {
        None => String::new(),
        Some(Quiet::Mute(name)) => format!(", as `{name}` holds until then"),
        Some(Quiet::Inactive(names)) => format!(", as none of {} holds until then", names.join(", ")),
    };
    if running.is_some_and(|running| running.has_group(&one.node.receiver, &one.group)) {
        let interval = Span::from_millis(one.node.interval);
        return format!("with the next look at the group, which is there already: within {interval}{reason}");
    }
    let first = one.first.map(|first| format!("{}{reason}", shown(first, zone)));
    first.unwrap_or_else(|| format!("never{}", reason.replace(" until then", "")))
}

fn shown(moment: Millis, zone: &TimeZone) -> String {
    let timestamp = Timestamp::from_millisecond(moment).unwrap_or(Timestamp::UNIX_EPOCH);
    timestamp.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M:%S %Z").to_string()
}

/// What a running host says of now.
struct Running {
    silences: Vec<Value>,
    groups: Vec<Value>,
    overrides: Vec<Override>,
}

impl Running {
    fn ask(address: &str) -> anyhow::Result<Running> {
        let list = |path: &str| -> anyhow::Result<Vec<Value>> {
            ask::get(address, path)?.as_array().cloned().ok_or_else(|| anyhow!("{address} is no host of this version"))
        };
        let overrides = ask::get(address, "/api/v1/oncall/overrides")?;
        let overrides = overrides["data"]["overrides"].as_array().into_iter().flatten().filter_map(people::overriding).collect();
        Ok(Running { silences: list("/api/v2/silences")?, groups: list("/api/v2/alerts/groups")?, overrides })
    }

    fn has_group(&self, receiver: &str, labels: &Labels) -> bool {
        let is_it = |group: &&Value| group["receiver"]["name"] == receiver && labels_of(&group["labels"]) == *labels;
        self.groups.iter().any(|group| is_it(&group))
    }

    fn tell(
        &self,
        out: &mut impl Write,
        routing: &Routing,
        labels: &Labels,
        fires_at: Millis,
        zone: &TimeZone,
    ) -> std::io::Result<()> {
        let mut is_silenced = false;
        for silence in self.silences.iter().filter(|silence| holds(silence, labels, fires_at)) {
            is_silenced = true;
            let (id, author) = (silence["id"].as_str().unwrap_or_default(), silence["createdBy"].as_str().unwrap_or_default());
            let comment = silence["comment"].as_str().unwrap_or_default();
            let end = moment(&silence["endsAt"]).map_or_else(String::new, |end| shown(end, zone));
            writeln!(out, "silenced until {end} by {author}: {comment} ({id})")?;
        }
        if !is_silenced {
            writeln!(out, "no silence holds")?;
        }
        let alerts = self.groups.iter().flat_map(|group| group["alerts"].as_array().into_iter().flatten());
        let firing: Vec<Labels> = alerts.map(|alert| labels_of(&alert["labels"])).filter(|other| other != labels).collect();
        match Inhibitions::new(&routing.inhibitions, firing.iter()).source_of(labels) {
            Some((source, rule)) => writeln!(out, "inhibited by {source}, says {rule}"),
            None => writeln!(out, "nothing inhibits it"),
        }
    }
}

fn holds(silence: &Value, labels: &Labels, at: Millis) -> bool {
    let conditions: Vec<Condition> = serde_json::from_value(silence["matchers"].clone()).unwrap_or_default();
    let matchers: Option<Vec<_>> = conditions.iter().map(|condition| condition.matcher().ok()).collect();
    let (start, end) = (moment(&silence["startsAt"]), moment(&silence["endsAt"]));
    let is_now = start.is_some_and(|start| start <= at) && end.is_some_and(|end| at < end);
    is_now && matchers.is_some_and(|matchers| !matchers.is_empty() && all_match(&matchers, labels))
}

fn moment(text: &Value) -> Option<Millis> {
    text.as_str()?.parse::<Timestamp>().ok().map(Timestamp::as_millisecond)
}

fn labels_of(value: &Value) -> Labels {
    serde_json::from_value(value.clone()).unwrap_or_default()
}
