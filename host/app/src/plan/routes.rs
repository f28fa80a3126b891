//! Who is told: `config/routes.yaml`, or all channels of `alerts.notify`.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use vitrine_config::{Finding, Loaded, Path};
use vitrine_model::{Clock, Millis};
use vitrine_monitor::Routing;
use vitrine_monitor::clock::SystemClock;
use vitrine_monitor::notify::file::RouteFile;
use vitrine_monitor::notify::heartbeat::{self, Heartbeat};
use vitrine_monitor::notify::route::{Known, check};

use super::Notes;
use crate::settings::Settings;

/// None where the routes are wrong: then those hold that were good before.
pub(super) fn read(loaded: &Loaded<Settings>, notes: &mut Notes) -> Option<Routing> {
    let settings = &loaded.value;
    let known = Known {
        channels: settings.channels.keys().map(String::as_str).collect(),
        local: TimeZone::get(&settings.zone_name()).unwrap_or(TimeZone::UTC),
    };
    match check(&file(settings), &known) {
        Ok(Some(routing)) => {
            if !settings.alerts.notify.is_empty() {
                let path = Path::new().key("alerts").key("notify");
                let finding = Finding::key(path, "`alerts.notify` is of no use beside `route`, which says who is told");
                notes.problems.push(loaded.problem(finding.hint("remove one of the two")));
            }
            gaps(&routing, loaded, notes);
            Some(routing)
        }
        Ok(None) => Some(Routing::everything_to(settings.alerts.notify.iter().cloned())),
        Err(findings) => {
            notes.problems.extend(findings.into_iter().map(|finding| loaded.problem(finding)));
            None
        }
    }
}

/// Schedules in which nobody is on call for a while within the next year.
fn gaps(routing: &Routing, loaded: &Loaded<Settings>, notes: &mut Notes) {
    let now = SystemClock.now();
    for (name, schedule) in &routing.roster.schedules {
        let Some(gap) = schedule.gap(now) else { continue };
        let shown = |moment: Millis| {
            let timestamp = Timestamp::from_millisecond(moment).unwrap_or(Timestamp::UNIX_EPOCH);
            timestamp.to_zoned(schedule.zone.clone()).strftime("%Y-%m-%d %H:%M %Z").to_string()
        };
        let path = Path::new().key("schedules").key(name.clone());
        match gap.until {
            None if gap.from == now => {
                let finding = Finding::key(path, "nobody is on call in this schedule within a year");
                notes.problems.push(loaded.problem(finding.hint("add a layer that has begun, or remove it")));
            }
            until => {
                let end = until.map_or_else(|| "on".to_owned(), |until| format!("to {}", shown(until)));
                let reason = format!("nobody is on call from {} {end}: receivers tell their `fallback` then", shown(gap.from));
                notes.remarks.push(loaded.problem(Finding::key(path, reason)));
            }
        }
    }
}

/// None where they are wrong.
pub(super) fn heartbeats(loaded: &Loaded<Settings>, notes: &mut Notes) -> Option<Vec<Heartbeat>> {
    let channels = loaded.value.channels.keys().map(String::as_str).collect();
    let checked = heartbeat::check(&loaded.value.heartbeats, &channels);
    checked.map_err(|findings| notes.problems.extend(findings.into_iter().map(|finding| loaded.problem(finding)))).ok()
}

fn file(settings: &Settings) -> RouteFile {
    RouteFile {
        global: settings.global.clone(),
        route: settings.route.clone(),
        receivers: settings.receivers.clone(),
        inhibit_rules: settings.inhibit_rules.clone(),
        time_intervals: settings.time_intervals.clone(),
        mute_time_intervals: settings.mute_time_intervals.clone(),
        people: settings.people.clone(),
        schedules: settings.schedules.clone(),
        escalations: settings.escalations.clone(),
    }
}

/// Who is told where the routes are wrong, and none were good before: rather everybody than nobody.
pub fn fallback(settings: &Settings) -> Routing {
    let all = if settings.alerts.notify.is_empty() {
        settings.channels.keys().cloned().collect()
    } else {
        settings.alerts.notify.clone()
    };
    Routing::everything_to(all)
}
