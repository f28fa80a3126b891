//! What is done to alerts and deliveries from their pages: one form for many alerts, one for each, each act written down.

use std::collections::HashSet;
use std::sync::Arc;

use axum::Form;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use vitrine_model::silence::{Acknowledgement, Condition, all_match};
use vitrine_model::{Labels, Millis, Span};
use vitrine_monitor::Teller;
use vitrine_monitor::notify::Draft;

use crate::alerts::filter::Wanted;
use crate::alerts::{Board, Entry};
use crate::audit;
use crate::page::messages::filled;
use crate::page::reader::{Reader, own_part};
use crate::page::silences::Caller;
use crate::page::{address, alerts};
use crate::web::Web;

/// Silences that one act may make, where one for all would keep others quiet too.
const MOST_SILENCES: usize = 100;
/// Values that a pattern may list.
const MOST_VALUES: usize = 50;

type Pairs = Vec<(String, String)>;

/// What somebody wants, as the form brought it.
struct Wish {
    act: String,
    author: String,
    comment: String,
    until: Millis,
}

impl Wish {
    fn read(pairs: &Pairs, now: Millis) -> Result<Wish, String> {
        let text = |name: &str| last(pairs, name).trim();
        let span = if text("span").is_empty() { "2h" } else { text("span") };
        let span: Span = span.parse().map_err(|error: vitrine_model::duration::NotASpan| error.to_string())?;
        let author = if text("author").is_empty() { "local" } else { text("author") };
        let (act, author, comment) = (text("act").to_owned(), author.to_owned(), text("comment").to_owned());
        Ok(Wish { act, author, comment, until: now.saturating_add(span.millis()) })
    }

    fn given(&self, target: &str, now: Millis) -> Acknowledgement {
        let until = (self.act == "snooze").then_some(self.until);
        Acknowledgement { target: target.to_owned(), author: self.author.clone(), comment: self.comment.clone(), at: now, until }
    }

    fn draft(&self, conditions: Vec<Condition>, now: Millis) -> Draft {
        let (author, comment) = (self.author.clone(), self.comment.clone());
        Draft { id: None, conditions, starts_at: now, ends_at: self.until, author, comment, remind: None }
    }

    /// Does it. Blocks.
    fn fulfil(&self, teller: &Teller, chosen: &[&Entry], board: &Board, reader: Reader, now: Millis) -> Result<(), String> {
        let told = |reason: vitrine_monitor::notify::NotHushed| reason.to_string();
        match self.act.as_str() {
            "acknowledge" | "snooze" => {
                let given: Vec<_> = chosen.iter().map(|entry| self.given(&entry.id, now)).collect();
                teller.acknowledge_all(&given).map_err(told)
            }
            "withdraw" => chosen.iter().try_for_each(|entry| teller.withdraw(&entry.id, &self.author)).map_err(told),
            "silence" => {
                let drafts = silences(chosen, board);
                if drafts.len() > MOST_SILENCES {
                    return Err(filled(reader.alerting().too_many_silences, &[&drafts.len().to_string()]));
                }
                drafts.into_iter().try_for_each(|conditions| teller.silence(self.draft(conditions, now)).map(drop)).map_err(told)
            }
            "comment" if self.comment.is_empty() => Ok(()),
            "comment" => chosen.iter().try_for_each(|entry| teller.comment(&entry.id, &self.author, &self.comment)).map_err(told),
            other => Err(format!("there is no act `{other}`")),
        }
    }
}

fn last<'a>(pairs: &'a Pairs, name: &str) -> &'a str {
    pairs.iter().rfind(|(key, _)| key == name).map_or("", |(_, value)| value)
}

/// Does something about many alerts.
pub(crate) async fn many(
    State(web): State<Arc<Web>>,
    reader: Reader,
    Query(mut pairs): Query<Pairs>,
    caller: Caller,
    Form(more): Form<Pairs>,
) -> Response {
    // A row's own button says in its address what it does.
    pairs.extend(more);
    let done = match (web.board().await, Wish::read(&pairs, web.clock.now())) {
        (Ok(board), Ok(wish)) => do_many(&web, reader, board, wish, &pairs, caller).await,
        (Err(reason), _) | (_, Err(reason)) => Err(reason),
    };
    match done {
        Ok(()) => Redirect::to(&own_part(&format!("http://localhost/alerts?{}", last(&pairs, "back")))).into_response(),
        Err(reason) => {
            let back: Pairs = url::form_urlencoded::parse(last(&pairs, "back").as_bytes()).into_owned().collect();
            let refusal = Some(filled(reader.alerting().not_doable, &[&reason]));
            (StatusCode::BAD_REQUEST, alerts::shown(&web, reader, &back, true, refusal).await).into_response()
        }
    }
}

async fn do_many(web: &Web, reader: Reader, board: Arc<Board>, wish: Wish, pairs: &Pairs, caller: Caller) -> Result<(), String> {
    let wanted = Wanted::read(pairs);
    let (teller, now) = (web.teller.clone(), web.clock.now());
    let targets: HashSet<String> = match pairs.iter().rfind(|(name, _)| name == "one") {
        Some((_, only)) => HashSet::from([only.clone()]),
        None => picked(&board, &wanted, pairs)?,
    };
    let (act, author) = (wish.act.clone(), wish.author.clone());
    let work = move || {
        let chosen: Vec<&Entry> = board.entries.iter().filter(|entry| targets.contains(&entry.id)).collect();
        if chosen.is_empty() {
            return Err(reader.alerting().nothing_chosen.to_owned());
        }
        wish.fulfil(&teller, &chosen, &board, reader, now)?;
        Ok(chosen.iter().map(|entry| entry.alert.labels.to_string()).collect::<Vec<_>>())
    };
    let done = tokio::task::spawn_blocking(work).await.map_err(|error| error.to_string())??;
    let from = caller.map(|one| one.0.0.ip());
    done.iter().for_each(|thing| audit::acted(&author, from, &act, thing));
    Ok(())
}

/// What is marked: rows, whole groups, or all that was found.
fn picked(board: &Board, wanted: &Wanted, pairs: &Pairs) -> Result<HashSet<String>, String> {
    let filter = wanted.filter()?;
    let all = |name: &str| pairs.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str()).collect::<HashSet<_>>();
    let (rows, groups) = (all("target"), all("of-group"));
    let is_all = !last(pairs, "all").is_empty();
    let of_group =
        |entry: &Entry| !wanted.group.is_empty() && groups.contains(entry.alert.labels.get(&wanted.group).unwrap_or(""));
    let is_picked = |entry: &&Entry| rows.contains(entry.id.as_str()) || (filter.takes(entry) && (is_all || of_group(entry)));
    Ok(board.entries.iter().filter(is_picked).map(|entry| entry.id.clone()).collect())
}

/// The matchers of one silence for all that are chosen, where it keeps no other quiet; else of one for each.
fn silences(chosen: &[&Entry], board: &Board) -> Vec<Vec<Condition>> {
    let exactly = |labels: &Labels| labels.iter().map(|(name, value)| Condition::equal(name, value)).collect::<Vec<_>>();
    if let ([_], _) | (_, None) = (chosen, common(chosen)) {
        return chosen.iter().map(|entry| exactly(&entry.alert.labels)).collect();
    }
    let joint = common(chosen).unwrap_or_default();
    let matchers: Option<Vec<_>> = joint.iter().map(|condition| condition.matcher().ok()).collect();
    let ids: HashSet<&str> = chosen.iter().map(|entry| entry.id.as_str()).collect();
    let is_exact = matchers.is_some_and(|matchers| {
        let mut hushed = board.entries.iter().filter(|entry| all_match(&matchers, &entry.alert.labels));
        hushed.all(|entry| ids.contains(entry.id.as_str()))
    });
    match is_exact {
        true => vec![joint],
        false => chosen.iter().map(|entry| exactly(&entry.alert.labels)).collect(),
    }
}

/// What all have in common: each label with the values it has among them.
fn common(chosen: &[&Entry]) -> Option<Vec<Condition>> {
    let first = chosen.first()?;
    let mut conditions = Vec::new();
    for (name, value) in first.alert.labels.iter() {
        let mut values: Vec<&str> = chosen.iter().map(|entry| entry.alert.labels.get(name).unwrap_or("")).collect();
        values.sort_unstable();
        values.dedup();
        match values.as_slice() {
            [_] => conditions.push(Condition::equal(name, value)),
            many if many.len() <= MOST_VALUES && !many.contains(&"") => {
                let pattern = many.iter().map(|value| escaped(value)).collect::<Vec<_>>().join("|");
                conditions.push(Condition { name: name.to_owned(), value: pattern, is_regex: true, is_equal: true });
            }
            _ => {}
        }
    }
    (!conditions.is_empty()).then_some(conditions)
}

/// As a pattern that fits this text and no other.
fn escaped(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len());
    for letter in text.chars() {
        if "\\.+*?()|[]{}^$#&-~".contains(letter) {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern
}

/// Does something about one alert, from its own page.
pub(crate) async fn one(
    State(web): State<Arc<Web>>,
    reader: Reader,
    caller: Caller,
    Path((target, act)): Path<(String, String)>,
    Form(mut pairs): Form<Pairs>,
) -> Response {
    pairs.extend([("act".to_owned(), act), ("one".to_owned(), target.clone())]);
    let done = match (web.board().await, Wish::read(&pairs, web.clock.now())) {
        // What is said is kept of an alert that is over, too.
        (Ok(board), Ok(wish)) if wish.act == "comment" && board.find(&target).is_none() => {
            let (teller, target) = (web.teller.clone(), target.clone());
            let work = move || teller.comment(&target, &wish.author, &wish.comment).map_err(|reason| reason.to_string());
            tokio::task::spawn_blocking(work).await.map_err(|error| error.to_string()).flatten()
        }
        (Ok(board), Ok(wish)) => do_many(&web, reader, board, wish, &pairs, caller).await,
        (Err(reason), _) | (_, Err(reason)) => Err(reason),
    };
    match done {
        Ok(()) => Redirect::to(&format!("/alerts/{}", address(&target))).into_response(),
        Err(reason) => {
            let reason = filled(reader.alerting().not_doable, &[&reason]);
            web.error_page(reader, StatusCode::BAD_REQUEST, reader.says().alerts, &reason).await
        }
    }
}

/// Tries a delivery again that was given up.
pub(crate) async fn resend(
    State(web): State<Arc<Web>>,
    reader: Reader,
    caller: Caller,
    Path(id): Path<i64>,
    Form(pairs): Form<Pairs>,
) -> Response {
    let teller = web.teller.clone();
    if let Err(reason) = web.blocking(move || teller.resend(id)).await {
        return web.error_page(reader, StatusCode::INTERNAL_SERVER_ERROR, reader.says().alerts, &reason).await;
    }
    audit::acted("local", caller.map(|one| one.0.0.ip()), "resent delivery", &id.to_string());
    let back = last(&pairs, "back");
    Redirect::to(&own_part(&format!("http://localhost/{}", if back.is_empty() { "deliveries" } else { back }))).into_response()
}
