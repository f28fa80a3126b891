//! What `vitrine routes` says of people: who is on call, and whom an escalation tells when.

use std::io::Write;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;
use vitrine_model::oncall::Override;
use vitrine_model::{Millis, Span};
use vitrine_monitor::Routing;
use vitrine_monitor::notify::oncall::Shift;
use vitrine_monitor::notify::roster::Escalation;
use vitrine_monitor::notify::route::{Node, Receiver};

use super::{channels, moment, shown};

/// Whom a receiver tells, in words.
pub(super) fn receiver(receiver: &Receiver) -> String {
    let people = receiver.people.iter().cloned();
    let schedules = receiver.schedules.iter().map(|name| format!("whoever is on call in `{name}`"));
    let named: Vec<String> = people.chain(schedules).collect();
    let own = Some(&receiver.targets).filter(|targets| !targets.is_empty() || named.is_empty());
    let all: Vec<String> = own.map(|targets| channels(targets)).into_iter().chain(named).collect();
    let fallback = match receiver.fallback.is_empty() {
        true => String::new(),
        false => format!(" (where nobody is on call: {})", channels(&receiver.fallback)),
    };
    let next = receiver.escalation.as_ref().map_or(String::new(), |name| format!("; then by the escalation `{name}`"));
    format!("{}{fallback}{next}", all.join(", "))
}

/// People, schedules and escalations of the files.
pub(super) fn show(out: &mut impl Write, routing: &Routing, now: Millis) -> std::io::Result<()> {
    let roster = &routing.roster;
    if !roster.people.is_empty() {
        writeln!(out, "\npeople")?;
    }
    for (name, targets) in &roster.people {
        writeln!(out, "  {name}: {}", channels(targets))?;
    }
    if !roster.schedules.is_empty() {
        writeln!(out, "\nschedules")?;
    }
    for (name, schedule) in &roster.schedules {
        let (shift, next) = schedule.now_and_next(now, &[]);
        let zone = schedule.zone.iana_name().unwrap_or("UTC");
        writeln!(out, "  {name} ({zone}): {}", turn(&shift, next.as_ref(), &schedule.zone))?;
    }
    if !roster.escalations.is_empty() {
        writeln!(out, "\nescalations")?;
    }
    for (name, escalation) in &roster.escalations {
        writeln!(out, "  {name}{}", rounds(escalation))?;
        let mut after = 0;
        for step in &escalation.steps {
            let when = if after == 0 { "at once".to_owned() } else { format!("after {}", Span::from_millis(after)) };
            writeln!(out, "    {when}: {}", receiver(&step.tell))?;
            after += step.after;
        }
    }
    Ok(())
}

fn rounds(escalation: &Escalation) -> String {
    match escalation.repeat {
        0 => String::new(),
        1 => ", once more where nobody takes it on".to_owned(),
        count => format!(", {count} times more where nobody takes it on"),
    }
}

fn turn(shift: &Shift, next: Option<&Shift>, zone: &TimeZone) -> String {
    let name = |shift: &Shift| shift.person.clone().unwrap_or_else(|| "nobody".to_owned());
    match (shift.until, next) {
        (Some(until), Some(next)) => format!("{} until {}, then {}", name(shift), minute(until, zone), name(next)),
        _ => name(shift),
    }
}

fn minute(moment: Millis, zone: &TimeZone) -> String {
    let timestamp = Timestamp::from_millisecond(moment).unwrap_or(Timestamp::UNIX_EPOCH);
    timestamp.to_zoned(zone.clone()).strftime("%a %Y-%m-%d %H:%M %Z").to_string()
}

/// Who is told of a group's first notice, and of each step after it.
pub(super) fn forecast(
    out: &mut impl Write,
    routing: &Routing,
    node: &Node,
    first: Option<Millis>,
    overrides: &[Override],
    zone: &TimeZone,
) -> std::io::Result<()> {
    let Some(first) = first else { return Ok(()) };
    if let Some(receiver) = routing.receivers.get(&node.receiver)
        && (!receiver.people.is_empty() || !receiver.schedules.is_empty())
    {
        writeln!(out, "    people  {}", told(routing, receiver, first, overrides))?;
    }
    let Some((name, escalation)) = routing.ladder(node) else { return Ok(()) };
    let mut at = first;
    for (number, step) in escalation.steps.iter().enumerate() {
        let told = told(routing, &step.tell, at, overrides);
        let unless = if number == 0 { "" } else { " unless somebody takes it on" };
        writeln!(out, "    step {}  {}{unless}: {told}", number + 1, shown(at, zone))?;
        at = at.saturating_add(step.after);
    }
    writeln!(out, "    by the escalation `{name}`{}", rounds(escalation))
}

/// An override of a running host.
pub(super) fn overriding(value: &Value) -> Option<Override> {
    let text = |key: &str| value[key].as_str().unwrap_or_default().to_owned();
    Some(Override {
        id: text("id"),
        schedule: text("schedule"),
        person: text("person"),
        starts_at: moment(&value["from"])?,
        ends_at: moment(&value["to"])?,
        author: text("author"),
        made_at: moment(&value["made"])?,
        comment: text("comment"),
    })
}

/// Those who are told at a moment, with the channels over which.
fn told(routing: &Routing, receiver: &Receiver, moment: Millis, overrides: &[Override]) -> String {
    let roster = &routing.roster;
    let person = |name: &str, why: &str| format!("{name}{why} ({})", channels(roster.targets_of(name)));
    let own = Some(&receiver.targets).filter(|targets| !targets.is_empty()).map(|targets| channels(targets));
    let people = receiver.people.iter().map(|name| person(name, ""));
    let schedules = receiver.schedules.iter().map(|name| match roster.on_call(name, moment, overrides) {
        Some((who, _)) => person(&who, &format!(", on call in `{name}`")),
        None => {
            let alone = Receiver { schedules: vec![name.clone()], fallback: receiver.fallback.clone(), ..Receiver::default() };
            let instead = routing.told_by(&alone, moment, overrides);
            format!("nobody is on call in `{name}`, so {}", channels(&instead))
        }
    });
    own.into_iter().chain(people).chain(schedules).collect::<Vec<_>>().join("; ")
}
