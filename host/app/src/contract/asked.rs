//! What a source offers beside its schedule: asked, acted on and read, while the world behaves and while it does not.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use vitrine_model::Fault;
use vitrine_model::frame::{Frame, TimeRange};
use vitrine_model::port::source::{Action, LogPage, Source};
use vitrine_plugin::{Capability, Offer, PluginSource};

use super::clock::START;
use super::database;
use super::report::{Report, Verdict};
use super::web::{Behaviour, FAULTS};
use super::world::World;
use super::{judge, sane};

const RANGE: TimeRange = TimeRange { start: START - 3_600_000, end: START, step: 15_000 };
/// Pages of a log that are read on, and lines of one.
const PAGES: usize = 10;
const LINES: u32 = 100;
/// Who acts.
const PERSON: &str = "contract";

pub async fn run(world: &World, report: &mut Report) {
    if world.manifest.offers(Offer::Queryable) {
        querying(world, report).await;
    }
    if world.manifest.offers(Offer::Actions) {
        acting(world, report).await;
    }
    if world.manifest.offers(Offer::Logs) {
        reading(world, report).await;
    }
}

/// The same while servers and databases misbehave: an answer, or a fault of the far side.
async fn with_faults<F: AsyncFn(&PluginSource) -> Result<(), Fault>>(world: &World, report: &mut Report, what: &str, ask: F) {
    let borne = |outcome: Result<(), Fault>, allowed: &[&str]| match outcome {
        Ok(()) => Verdict::Good,
        Err(fault) => judge(&fault, allowed),
    };
    let without = ask(&PluginSource::new(world.instance_without_rights())).await;
    report.add(format!("{what} without rights"), borne(without, &["denied"]));
    if world.asks_for(Capability::Http) {
        let outcome = ask(&PluginSource::new(world.instance_at_closed_port())).await;
        report.add(format!("{what} beside a server that is not there"), borne(outcome, &["upstream"]));
        for (name, behaviour) in FAULTS {
            world.web.behave(behaviour);
            let outcome = ask(&PluginSource::new(world.instance())).await;
            world.web.behave(Behaviour::Well);
            report.add(format!("{what} beside {name}"), borne(outcome, &["upstream"]));
        }
    }
    if world.asks_for(Capability::Sql) {
        for (name, mood, allowed) in database::FAULTS {
            world.database.be(mood);
            let outcome = ask(&PluginSource::new(world.instance())).await;
            world.database.be(database::Mood::Well);
            report.add(format!("{what} beside {name}"), borne(outcome, allowed));
        }
    }
}

type Answers = Vec<Result<Vec<Frame>, Fault>>;

fn judged(answers: Result<Answers, Fault>, allowed: &[&str]) -> Verdict {
    let answers = match answers {
        Ok(answers) => answers,
        Err(fault) => return judge(&fault, allowed),
    };
    answers.iter().fold(Verdict::Good, |verdict, answer| {
        verdict.and(|| match answer {
            Ok(frames) => sane::frames(frames),
            Err(fault) => judge(fault, allowed),
        })
    })
}

/// The first fault of any answer, as the outcome of all.
fn first(answers: Answers) -> Result<(), Fault> {
    answers.into_iter().try_for_each(|answer| answer.map(drop))
}

async fn querying(world: &World, report: &mut Report) {
    let queries = &world.manifest.test.queries;
    if queries.is_empty() {
        let hint = "add `queries = [\"…\"]` under `[test]` in plugin.toml";
        report.add("has queries to be tested with", Verdict::bad("it offers `queryable`, and nothing says what to ask", hint));
        return;
    }
    let source = PluginSource::new(world.instance());
    report.add("answers its queries", judged(source.query(queries, RANGE).await, &[]));
    let nonsense: Vec<String> = ["", "\u{0}((((", "select * from", "\u{1F980}"].map(str::to_owned).to_vec();
    report.add("bears queries that mean nothing", judged(source.query(&nonsense, RANGE).await, &["invalid", "upstream"]));
    let backwards = TimeRange { start: RANGE.end, end: RANGE.start, step: 0 };
    report.add("bears a range that runs backwards", judged(source.query(queries, backwards).await, &["invalid", "upstream"]));
    let ask = async |source: &PluginSource| source.query(queries, RANGE).await.and_then(first);
    with_faults(world, report, "answers or says why", ask).await;
}

async fn acting(world: &World, report: &mut Report) {
    let source = PluginSource::new(world.instance());
    let actions = match source.actions().await {
        Ok(actions) => actions,
        Err(fault) => return report.add("lists its actions", judge(&fault, &[])),
    };
    report.add("lists its actions", described(&actions));
    let unknown = match source.act("no-such-action", "{}", PERSON).await {
        Ok(_) => Verdict::bad("it says that it did what it does not offer", "answer `Invalid` for names that you do not know"),
        Err(fault) => judge(&fault, &["invalid"]),
    };
    report.add("refuses an action that it does not offer", unknown);
    let mut done = Verdict::Good;
    for action in &actions {
        let outcome = match arguments(action) {
            Ok(arguments) => source.act(&action.name, &arguments.to_string(), PERSON).await,
            Err(verdict) => {
                done = done.and(|| verdict);
                continue;
            }
        };
        let verdict = outcome.map_or_else(|fault| judge(&fault, &[]), |said| sentence(&said));
        done = done.and(|| verdict.at(&action.name));
    }
    report.add("does its actions", done);
    let Some((action, arguments)) = actions.iter().find_map(|action| Some((action, arguments(action).ok()?))) else { return };
    let arguments = arguments.to_string();
    let ask = async |source: &PluginSource| source.act(&action.name, &arguments, PERSON).await.map(drop);
    with_faults(world, report, "acts or says why not", ask).await;
}

fn described(actions: &[Action]) -> Verdict {
    if actions.is_empty() {
        return Verdict::bad("it offers `actions`, and lists none", "remove it from `offers`");
    }
    let bare = actions.iter().find(|action| action.title.trim().is_empty() || action.description.trim().is_empty());
    bare.map_or(Verdict::Good, |action| {
        Verdict::bad(format!("the action `{}` has no title or no description", action.name), "people read it before they act")
    })
}

fn sentence(said: &str) -> Verdict {
    match said.trim().is_empty() {
        true => Verdict::bad("it answers an empty sentence", "say in one sentence what was done"),
        false => Verdict::Good,
    }
}

/// The schema's first example; else nothing, where nothing is required.
fn arguments(action: &Action) -> Result<Value, Verdict> {
    let schema: Value = serde_json::from_str(&action.arguments).unwrap_or_default();
    let example = schema["examples"].get(0).cloned();
    let needs_none = schema["required"].as_array().is_none_or(Vec::is_empty);
    example.or_else(|| needs_none.then(|| json!({}))).ok_or_else(|| {
        let reason = format!("the action `{}` needs arguments, and its schema shows none", action.name);
        Verdict::bad(reason, "add `examples` to the schema, with arguments that may be tried")
    })
}

async fn reading(world: &World, report: &mut Report) {
    report.add("reads its log page by page", pages(world).await);
    let source = PluginSource::new(world.instance());
    let verdict = match source.logs(Some("\u{0}no such place"), LINES).await {
        Ok(_) => Verdict::Good,
        Err(fault) => judge(&fault, &["invalid", "upstream"]),
    };
    report.add("bears a cursor that means nothing", verdict);
    let ask = async |source: &PluginSource| source.logs(None, LINES).await.map(drop);
    with_faults(world, report, "reads its log or says why not", ask).await;
}

/// Each cursor leads on, and a page of one line is what the longer page began with.
async fn pages(world: &World) -> Verdict {
    let source = PluginSource::new(world.instance());
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let mut cursor: Option<String> = None;
    let mut begin: Option<LogPage> = None;
    for _ in 0..PAGES {
        let page = match source.logs(cursor.as_deref(), LINES).await {
            Ok(page) => page,
            Err(fault) => return judge(&fault, &[]),
        };
        cursor.clone_from(&page.cursor);
        begin.get_or_insert(page);
        match &cursor {
            None => break,
            Some(next) if !seen.insert(next.clone()) => {
                // Nothing new has come: reading again from the same place is how one waits for more.
                break;
            }
            Some(_) => {}
        }
    }
    match source.logs(None, 1).await {
        Ok(page) if page.lines.first() == begin.as_ref().and_then(|page| page.lines.first()) => Verdict::Good,
        Ok(_) => Verdict::bad("a page of one line begins elsewhere than a longer one", "begin at the cursor, whatever the limit"),
        Err(fault) => judge(&fault, &[]),
    }
}
