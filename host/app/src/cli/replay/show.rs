//! What a replay came to, as lines of text and as JSON. No wall clock is in it: the same samples give the same bytes.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use vitrine_model::alert::EventKind;
use vitrine_model::{Millis, Span};
use vitrine_monitor::replay::{Course, Difference, Noise, Sent};

/// Alerts of one message that are shown; the others are counted.
const ALERTS: usize = 10;
/// Rules in the report of noise.
const RULES: usize = 30;

/// One replay, with its report.
pub(super) struct Side<'a> {
    course: &'a Course,
    noise: Vec<Noise>,
}

impl<'a> Side<'a> {
    pub(super) fn of(course: &'a Course) -> Side<'a> {
        Side { course, noise: course.noise() }
    }
}

pub(super) struct Shown<'a> {
    pub(super) now: Side<'a>,
    pub(super) new: Option<Side<'a>>,
    pub(super) difference: Option<Difference>,
    pub(super) rule: Option<&'a str>,
    pub(super) receiver: Option<&'a str>,
    pub(super) zone: &'a TimeZone,
}

/// A message, and on which side it is: `both`, `now` or `new`.
struct Line<'a> {
    sent: &'a Sent,
    side: &'static str,
    /// When the new files tell the same.
    new_at: Option<Millis>,
}

impl<'a> Shown<'a> {
    fn is_asked_for(&self, sent: &Sent) -> bool {
        self.rule.is_none_or(|rule| sent.rules().contains(&rule))
            && self.receiver.is_none_or(|receiver| sent.receiver.as_deref() == Some(receiver))
    }

    /// What is shown, in order of time.
    fn lines(&self) -> Vec<Line<'a>> {
        let now = &self.now.course.sent;
        let mut lines: Vec<Line<'a>> = match (&self.difference, &self.new) {
            (Some(difference), Some(new)) => {
                let new = &new.course.sent;
                let both = difference.both.iter().map(|(one, other)| (&now[*one], "both", Some(new[*other].at)));
                let only = difference.only_now.iter().map(|one| (&now[*one], "now", None));
                let others = difference.only_new.iter().map(|other| (&new[*other], "new", None));
                both.chain(only).chain(others).map(|(sent, side, new_at)| Line { sent, side, new_at }).collect()
            }
            _ => now.iter().map(|sent| Line { sent, side: "now", new_at: None }).collect(),
        };
        lines.retain(|line| self.is_asked_for(line.sent));
        lines.sort_by(|a, b| {
            let key = |line: &Line<'a>| (line.sent.at, line.side);
            key(a).cmp(&key(b)).then_with(|| a.sent.channel.cmp(&b.sent.channel))
        });
        lines
    }

    fn is_told(&self, noise: &Noise) -> bool {
        self.rule.is_none_or(|rule| noise.rule == rule)
    }
}

pub(super) fn time(moment: Millis, zone: &TimeZone) -> String {
    let timestamp = Timestamp::from_millisecond(moment).unwrap_or(Timestamp::UNIX_EPOCH);
    timestamp.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M:%S %Z").to_string()
}

fn receiver(sent: &Sent) -> &str {
    sent.receiver.as_deref().unwrap_or("nobody any more")
}

pub(super) fn text(out: &mut impl Write, shown: &Shown<'_>) -> std::io::Result<()> {
    let lines = shown.lines();
    for line in &lines {
        let sign = match (line.side, &shown.new) {
            ("now", Some(_)) => "- ",
            ("new", Some(_)) => "+ ",
            (_, Some(_)) => "  ",
            _ => "",
        };
        message(out, sign, line, shown.zone)?;
    }
    if !lines.is_empty() {
        writeln!(out)?;
    }
    summary(out, shown, &lines)
}

fn message(out: &mut impl Write, sign: &str, line: &Line<'_>, zone: &TimeZone) -> std::io::Result<()> {
    let sent = line.sent;
    let (at, kind) = (time(sent.at, zone), sent.status.word());
    let moved = match line.new_at.map(|new| new - sent.at) {
        None | Some(0) => String::new(),
        Some(later) if later > 0 => format!(" ({} later)", Span::from_millis(later)),
        Some(sooner) => format!(" ({} sooner)", Span::from_millis(-sooner)),
    };
    writeln!(out, "{sign}{at}  {kind:<8}  {} → {}  {}{moved}", receiver(sent), sent.channel, sent.title)?;
    writeln!(out, "{sign}    group {}", sent.group)?;
    for alert in sent.alerts.iter().take(ALERTS) {
        let mark = if alert.status == EventKind::Firing { "firing  " } else { "resolved" };
        writeln!(out, "{sign}    {mark} {}", alert.labels)?;
    }
    if sent.alerts.len() > ALERTS {
        writeln!(out, "{sign}    and {} more", sent.alerts.len() - ALERTS)?;
    }
    Ok(())
}

fn summary(out: &mut impl Write, shown: &Shown<'_>, lines: &[Line<'_>]) -> std::io::Result<()> {
    let count = |side: &str| lines.iter().filter(|line| line.side == side).count();
    let course = shown.now.course;
    let span = format!("from {} to {}", time(course.from, shown.zone), time(course.to, shown.zone));
    match &shown.new {
        None => writeln!(out, "{} {span}", messages(lines.len()))?,
        Some(_) => {
            let (both, now, new) = (count("both"), count("now"), count("new"));
            writeln!(out, "{} now and {} by the new files, {span}", messages(both + now), both + new)?;
            writeln!(out, "{both} by both, {now} only now (-), {new} only by the new files (+)")?;
        }
    }
    receivers(out, shown, lines)?;
    noise(out, "", &shown.now, shown)?;
    match &shown.new {
        Some(new) => noise(out, " by the new files", new, shown),
        None => Ok(()),
    }
}

fn messages(count: usize) -> String {
    if count == 1 { "1 message".to_owned() } else { format!("{count} messages") }
}

/// How many messages each receiver has, now and by the new files.
fn by_receiver<'a>(lines: &[Line<'a>]) -> BTreeMap<&'a str, (usize, usize)> {
    let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for line in lines {
        let (now, new) = counts.entry(receiver(line.sent)).or_default();
        *now += usize::from(line.side != "new");
        *new += usize::from(line.side != "now");
    }
    counts
}

fn receivers(out: &mut impl Write, shown: &Shown<'_>, lines: &[Line<'_>]) -> std::io::Result<()> {
    let counts = by_receiver(lines);
    if counts.is_empty() {
        return Ok(());
    }
    let heads = if shown.new.is_some() { "     now      new" } else { "messages" };
    let widest = counts.keys().map(|name| name.chars().count()).chain(["receiver".len()]).max().unwrap_or(0);
    writeln!(out, "\n{:<widest$}  {heads}", "receiver")?;
    for (name, (now, new)) in counts {
        match shown.new {
            Some(_) => writeln!(out, "{name:<widest$}  {now:>8} {new:>8}")?,
            None => writeln!(out, "{name:<widest$}  {now:>8}")?,
        }
    }
    Ok(())
}

fn noise(out: &mut impl Write, which: &str, side: &Side<'_>, shown: &Shown<'_>) -> std::io::Result<()> {
    let rules: Vec<&Noise> = side.noise.iter().filter(|noise| shown.is_told(noise)).collect();
    if rules.is_empty() {
        return Ok(());
    }
    let widest = rules.iter().take(RULES).map(|noise| noise.rule.chars().count()).max().unwrap_or(0).max(4);
    writeln!(out, "\n{:<widest$}  messages    fired  flapped   shortest     median{which}", "rule")?;
    let span = |span: Option<Millis>| span.map_or("-".to_owned(), |span| Span::from_millis(span).to_string());
    for noise in rules.iter().take(RULES) {
        let (shortest, median) = (span(noise.shortest), span(noise.median));
        let Noise { rule, messages, fired, flapped, .. } = noise;
        writeln!(out, "{rule:<widest$}  {messages:>8} {fired:>8} {flapped:>8} {shortest:>10} {median:>10}")?;
    }
    if rules.len() > RULES {
        writeln!(out, "and {} more rules", rules.len() - RULES)?;
    }
    Ok(())
}

pub(super) fn json(out: &mut impl Write, shown: &Shown<'_>) -> anyhow::Result<()> {
    let lines = shown.lines();
    let sides: BTreeSet<&str> = lines.iter().map(|line| line.side).collect();
    let receivers: BTreeMap<&str, Value> =
        by_receiver(&lines).into_iter().map(|(name, (now, new))| (name, counted(now, new, shown.new.is_some()))).collect();
    let rules = |side: &Side<'_>| -> Vec<Value> { side.noise.iter().filter(|one| shown.is_told(one)).map(noise_json).collect() };
    let mut whole = json!({
        "from": moment(shown.now.course.from),
        "to": moment(shown.now.course.to),
        "evaluations": shown.now.course.evaluations,
        "messages": lines.iter().map(|line| message_json(line, shown.new.is_some())).collect::<Vec<_>>(),
        "receivers": receivers,
        "rules": rules(&shown.now),
        "faults": faults(shown.now.course),
    });
    if let (Some(new), Value::Object(whole)) = (&shown.new, &mut whole) {
        let count = |side: &str| if sides.contains(side) { lines.iter().filter(|line| line.side == side).count() } else { 0 };
        whole.insert("new_rules".to_owned(), rules(new).into());
        whole.insert("new_faults".to_owned(), faults(new.course));
        let counts = json!({ "both": count("both"), "only_now": count("now"), "only_new": count("new") });
        whole.insert("difference".to_owned(), counts);
    }
    serde_json::to_writer_pretty(&mut *out, &whole)?;
    writeln!(out)?;
    Ok(())
}

fn counted(now: usize, new: usize, is_compared: bool) -> Value {
    if is_compared { json!({ "now": now, "new": new }) } else { json!(now) }
}

fn moment(millis: Millis) -> String {
    Timestamp::from_millisecond(millis).unwrap_or(Timestamp::UNIX_EPOCH).to_string()
}

fn message_json(line: &Line<'_>, is_compared: bool) -> Value {
    let sent = line.sent;
    let alerts: Vec<Value> = sent
        .alerts
        .iter()
        .map(|alert| {
            json!({
                "status": alert.status.word(),
                "labels": alert.labels,
                "annotations": alert.annotations,
                "starts_at": moment(alert.starts_at),
                "ends_at": alert.ends_at.map(moment),
            })
        })
        .collect();
    let mut message = json!({
        "at": moment(sent.at),
        "receiver": sent.receiver,
        "channel": sent.channel,
        "group": sent.group,
        "status": sent.status.word(),
        "title": sent.title,
        "alerts": alerts,
    });
    if let Value::Object(message) = &mut message
        && is_compared
    {
        message.insert("in".to_owned(), line.side.into());
        message.insert("new_at".to_owned(), line.new_at.map(moment).into());
    }
    message
}

fn noise_json(noise: &Noise) -> Value {
    let seconds = |span: Option<Millis>| span.map(|span| span as f64 / 1e3);
    json!({
        "rule": noise.rule,
        "messages": noise.messages,
        "fired": noise.fired,
        "flapped": noise.flapped,
        "shortest_seconds": seconds(noise.shortest),
        "median_seconds": seconds(noise.median),
    })
}

fn faults(course: &Course) -> Value {
    let one = |(rule, (count, reason)): (&String, &(u64, String))| json!({ "rule": rule, "count": count, "reason": reason });
    course.faults.iter().map(one).collect()
}
