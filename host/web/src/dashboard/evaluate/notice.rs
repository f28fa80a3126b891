//! What stands in a panel that has nothing to show, and why.

use vitrine_model::{Fault, Millis};

use crate::dashboard::Panel;
use crate::dashboard::evaluate::frame::Asking;
use crate::dashboard::evaluate::{PanelState, Shown, Sight};
use crate::draw::Kind;
use crate::draw::html::Html;
use crate::page::messages::{Messages, filled};
use crate::words;

/// No series at all, with the queries that found none and what they may have meant.
pub(super) fn empty(queries: &[Asking], nearest: &[String], says: &Messages) -> Shown {
    let mut html = Html::new();
    let is_promql = queries.iter().any(|query| query.expr.is_some());
    html.raw("<div class=\"notice empty\"><p>").text(if is_promql { says.no_match } else { says.no_rows }).raw("</p>");
    for query in queries {
        html.raw("<code>").text(&query.text).raw("</code>");
    }
    match nearest {
        [] => {
            let (before, after) = says.in_this_range.split_once("{}").unwrap_or_default();
            html.raw("<p class=\"hint\">").text(before).raw("<a href=\"/sources\">").text(says.source_word);
            html.raw("</a>").text(after).raw("</p></div>");
        }
        nearest => {
            html.raw("<p class=\"hint\">")
                .text(if nearest.len() == 1 { says.the_nearest_is } else { says.the_nearest_are })
                .raw("</p>");
            for selector in nearest {
                html.raw("<code class=\"near\">").text(selector).raw("</code>");
            }
            html.raw("</div>");
        }
    }
    Shown { kind: Kind::Markup, html: html.finish().into(), plot: None, state: PanelState::Ok, text: String::new() }
}

/// Who can mend it, in words for whoever looks at the page.
fn blame(fault: &Fault, says: &Messages) -> &'static str {
    match fault {
        Fault::Invalid(_) => says.blame_invalid,
        Fault::Upstream(_) => says.blame_upstream,
        Fault::Denied(_) => says.blame_denied,
        Fault::Internal(_) => says.blame_internal,
        Fault::Busy(_) => says.blame_busy,
    }
}

fn said(state: PanelState, says: &Messages) -> &'static str {
    match state {
        PanelState::Ok => "",
        PanelState::Stale => says.stale_word,
        PanelState::Error => says.error_word,
        PanelState::Denied => says.denied_word,
    }
}

/// What was good stays; without it, the reason takes its place.
pub(super) fn failed(fault: &Fault, since: Millis, before: Option<&Shown>, panel: &Panel, sight: &Sight) -> Shown {
    let says = sight.says();
    let state = if let Fault::Denied(_) = fault { PanelState::Denied } else { PanelState::Error };
    let clock = words::clock(since, &sight.zone);
    let blame = blame(fault, says);
    if let Some(before) = before {
        let text = filled(says.since_because, &[blame, &clock, fault.reason()]);
        return Shown { state, text, ..before.clone() };
    }
    let mut html = Html::new();
    html.raw("<div class=\"notice ").raw(state.word()).raw("\"><p>").text(blame).raw("</p><code>").text(fault.reason());
    html.raw("</code><p class=\"hint\">")
        .text(says.since_word)
        .raw(" <time datetime=\"")
        .text(&words::machine(since))
        .raw("\">")
        .text(&clock)
        .raw("</time>, ");
    html.text(&filled(says.shown_by, &[&panel.show])).raw("</p></div>");
    Shown { kind: Kind::Markup, html: html.finish().into(), plot: None, state, text: said(state, says).to_owned() }
}
