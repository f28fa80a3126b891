//! What stands in a panel that has nothing to show, and why.

use jiff::tz::TimeZone;
use vitrine_model::{Fault, Millis};

use crate::dashboard::Panel;
use crate::dashboard::evaluate::frame::Asking;
use crate::dashboard::evaluate::{PanelState, Shown};
use crate::draw::Kind;
use crate::draw::html::Html;
use crate::words;

/// No series at all, with the queries that found none and what they may have meant.
pub(super) fn empty(queries: &[Asking], nearest: &[String]) -> Shown {
    let mut html = Html::new();
    let is_promql = queries.iter().any(|query| query.expr.is_some());
    html.raw("<div class=\"notice empty\"><p>")
        .raw(if is_promql { "No series match" } else { "The answer has no rows" })
        .raw("</p>");
    for query in queries {
        html.raw("<code>").text(&query.text).raw("</code>");
    }
    match nearest {
        [] => {
            html.raw("<p class=\"hint\">in this range. Is its <a href=\"/sources\">source</a> well?</p></div>");
        }
        nearest => {
            html.raw("<p class=\"hint\">").raw(if nearest.len() == 1 { "the nearest is" } else { "the nearest are" }).raw("</p>");
            for selector in nearest {
                html.raw("<code class=\"near\">").text(selector).raw("</code>");
            }
            html.raw("</div>");
        }
    }
    Shown { kind: Kind::Markup, html: html.finish().into(), plot: None, state: PanelState::Ok, text: String::new() }
}

/// Who can mend it, in words for whoever looks at the page.
fn blame(fault: &Fault) -> &'static str {
    match fault {
        Fault::Invalid(_) => "The query or a setting is wrong",
        Fault::Upstream(_) => "The system watched does not answer",
        Fault::Denied(_) => "This is not granted",
        Fault::Internal(_) => "The panel failed",
        Fault::Busy(_) => "The host has no room just now",
    }
}

/// What was good stays; without it, the reason takes its place.
pub(super) fn failed(fault: &Fault, since: Millis, before: Option<&Shown>, panel: &Panel, zone: &TimeZone) -> Shown {
    let state = if let Fault::Denied(_) = fault { PanelState::Denied } else { PanelState::Error };
    let clock = words::clock(since, zone);
    if let Some(before) = before {
        let text = format!("{} since {clock}: {}", blame(fault), fault.reason());
        return Shown { state, text, ..before.clone() };
    }
    let mut html = Html::new();
    html.raw("<div class=\"notice ").raw(state.word()).raw("\"><p>").raw(blame(fault)).raw("</p><code>").text(fault.reason());
    html.raw("</code><p class=\"hint\">since <time datetime=\"")
        .text(&words::machine(since))
        .raw("\">")
        .text(&clock)
        .raw("</time>, ");
    html.text(&format!("shown by {}", panel.show)).raw("</p></div>");
    Shown { kind: Kind::Markup, html: html.finish().into(), plot: None, state, text: state.word().to_owned() }
}
