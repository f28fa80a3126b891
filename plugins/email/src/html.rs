//! The HTML part: one column of 600 px that becomes as narrow as a phone, light or dark as the reader's system is. Mail programs
//! drop style sheets as they please, so what must be there stands in each element, and the sheet only says what differs in the
//! dark and on a phone. Nothing is loaded from elsewhere. Everything that is not of this file is escaped; only web addresses
//! become links.

mod page;
mod sheet;

use vitrine_sdk::Label;
use vitrine_sdk::channel::Status;

use crate::story::{Mood, Paragraph, Picture, Story, word};
use page::Page;

/// What a mood looks like in the light; the sheet has the dark.
struct Tone {
    class: &'static str,
    ink: &'static str,
    ground: &'static str,
}

fn tone(mood: Mood) -> Tone {
    let (class, ink, ground) = match mood {
        Mood::Calm => ("calm", "#2b6e2f", "#e8f4e9"),
        Mood::Notice => ("notice", "#1f5fbf", "#e8effb"),
        Mood::Warning => ("warning", "#8a5200", "#fdf1dc"),
        Mood::Alarm => ("alarm", "#b71c1c", "#fdeaea"),
    };
    Tone { class, ink, ground }
}

pub(crate) fn write(story: &Story<'_>) -> String {
    let mut page = Page::new(sheet::HEAD);
    page.text(&story.subject).raw(sheet::SHEET);
    // What a list of messages shows beside the subject.
    if let Some(first) = story.paragraphs.first() {
        page.raw("<div style=\"display:none;max-height:0;overflow:hidden;mso-hide:all\">").text(first.what);
        page.raw(" · ").text(&first.when).raw("</div>\n");
    }
    page.raw(sheet::BEGIN);
    match story.paragraphs.as_slice() {
        [only] => alone(&mut page, story, only),
        all => together(&mut page, story, all),
    }
    page.raw("<tr><td class=\"quiet foot\" style=\"padding:16px 4px;font-size:13px;line-height:20px;color:#58616a\">");
    page.raw("Sent by Vitrine at ").text(story.host).raw(" to ").text(story.person);
    if story.links.acknowledge.is_some() {
        page.raw(". The buttons are yours: whoever has this message acts in your name.");
    }
    page.raw("</td></tr>\n").raw(sheet::END);
    page.finish()
}

/// The whole message is about it.
fn alone(page: &mut Page, story: &Story<'_>, paragraph: &Paragraph<'_>) {
    open_card(page, story.mood);
    head(page, story.mood, story.status, paragraph.severity, &story.title);
    quiet(page, &paragraph.when);
    if paragraph.what != story.title {
        page.raw("<p style=\"margin:12px 0 0\">").text(paragraph.what).raw("</p>\n");
    }
    value(page, paragraph, "34px", "40px");
    description(page, paragraph);
    pictures(page, story.pictures);
    buttons(page, story, Some(paragraph));
    labels(page, paragraph.labels);
    close_card(page);
}

/// First what they have in common, then each.
fn together(page: &mut Page, story: &Story<'_>, all: &[Paragraph<'_>]) {
    open_card(page, story.mood);
    head(page, story.mood, story.status, None, &story.title);
    pictures(page, story.pictures);
    buttons(page, story, None);
    close_card(page);
    for paragraph in all {
        open_card(page, paragraph.mood);
        pill(page, paragraph.mood, paragraph.status, paragraph.severity);
        page.raw("<h2 style=\"margin:8px 0 0;font-size:17px;line-height:24px;font-weight:600\">")
            .text(paragraph.what)
            .raw("</h2>\n");
        quiet(page, &paragraph.when);
        value(page, paragraph, "22px", "28px");
        description(page, paragraph);
        labels(page, paragraph.labels);
        page.raw("<p style=\"margin:12px 0 0;font-size:14px\">");
        page.anchor("Open in Vitrine", paragraph.link);
        if let Some(runbook) = paragraph.runbook {
            page.raw(" &nbsp; ").anchor("Runbook", runbook);
        }
        page.raw("</p>\n");
        close_card(page);
    }
    if story.more > 0 {
        page.raw("<tr><td class=\"quiet\" style=\"padding:0 4px 16px;color:#58616a\">and ").text(&story.more.to_string());
        page.raw(" more</td></tr>\n");
    }
}

fn open_card(page: &mut Page, mood: Mood) {
    let tone = tone(mood);
    page.raw(
        "<tr><td style=\"padding:0 0 16px\"><table role=\"presentation\" class=\"card\" width=\"100%\" cellpadding=\"0\" \
         cellspacing=\"0\" style=\"border-collapse:separate;background:#ffffff;border:1px solid #dde1e5;border-radius:10px\">\n",
    );
    page.raw("<tr><td class=\"stripe-")
        .raw(tone.class)
        .raw("\" style=\"height:5px;line-height:5px;font-size:0;background:")
        .raw(tone.ink);
    page.raw(";border-radius:9px 9px 0 0\">&nbsp;</td></tr>\n<tr><td class=\"inner\" style=\"padding:20px 20px 24px\">\n");
}

fn close_card(page: &mut Page) {
    page.raw("</td></tr></table></td></tr>\n");
}

fn head(page: &mut Page, mood: Mood, status: Status, severity: Option<&str>, title: &str) {
    pill(page, mood, status, severity);
    page.raw("<h1 style=\"margin:10px 0 0;font-size:22px;line-height:29px;font-weight:650\">").text(title).raw("</h1>\n");
}

/// The state in words, beside its colour.
fn pill(page: &mut Page, mood: Mood, status: Status, severity: Option<&str>) {
    let tone = tone(mood);
    page.raw("<span class=\"pill-")
        .raw(tone.class)
        .raw(
            "\" style=\"display:inline-block;padding:3px 10px;border-radius:12px;\
         font-size:13px;line-height:18px;font-weight:600;color:",
        )
        .raw(tone.ink)
        .raw(";background:")
        .raw(tone.ground)
        .raw("\">");
    page.raw(word(status));
    if let Some(severity) = severity {
        page.raw(" · ").text(severity);
    }
    page.raw("</span>\n");
}

fn quiet(page: &mut Page, text: &str) {
    page.raw("<p class=\"quiet\" style=\"margin:4px 0 0;color:#58616a\">").text(text).raw("</p>\n");
}

/// What has ended has no value worth a large letter.
fn value(page: &mut Page, paragraph: &Paragraph<'_>, size: &'static str, height: &'static str) {
    let Some(value) = paragraph.value.as_ref().filter(|_| paragraph.status == Status::Firing) else { return };
    let tone = tone(paragraph.mood);
    page.raw("<p style=\"margin:14px 0 0\"><span class=\"quiet\" style=\"font-size:13px;color:#58616a\">value</span><br>");
    page.raw("<span class=\"ink-").raw(tone.class).raw("\" style=\"font-size:").raw(size).raw(";line-height:").raw(height);
    page.raw(";font-weight:600;font-variant-numeric:tabular-nums;color:")
        .raw(tone.ink)
        .raw("\">")
        .text(value)
        .raw("</span></p>\n");
}

fn description(page: &mut Page, paragraph: &Paragraph<'_>) {
    if let Some(description) = paragraph.description {
        page.raw("<p style=\"margin:14px 0 0\">").text(description).raw("</p>\n");
    }
}

/// Two pictures, of which the theme shows one; where the sheet is dropped, it is the light one.
fn pictures(page: &mut Page, pictures: &[Picture]) {
    for picture in pictures {
        page.raw("<div style=\"margin:16px 0 0\">");
        if let Some(light) = &picture.light {
            page.raw("<img class=\"in-light\" src=\"cid:")
                .text(light)
                .raw("\" width=\"558\" alt=\"The panel ")
                .text(&picture.name);
            page.raw("\" style=\"display:block;width:100%;max-width:558px;height:auto;border:0;border-radius:6px\">");
        }
        if let Some(dark) = &picture.dark {
            page.raw("<div class=\"in-dark\" style=\"display:none;max-height:0;overflow:hidden;mso-hide:all\"><img src=\"cid:")
                .text(dark);
            page.raw("\" width=\"558\" alt=\"The panel ").text(&picture.name);
            page.raw("\" style=\"display:block;width:100%;max-width:558px;height:auto;border:0;border-radius:6px\"></div>");
        }
        if let Some(trouble) = &picture.trouble {
            page.raw("<p class=\"quiet\" style=\"margin:0;font-size:13px;color:#58616a\">There is no picture of ")
                .text(&picture.name);
            page.raw(": ").text(trouble).raw("</p>");
        }
        page.raw("</div>\n");
    }
}

/// What has ended asks for nothing: its one button is a quiet one.
fn buttons(page: &mut Page, story: &Story<'_>, alone: Option<&Paragraph<'_>>) {
    page.raw("<div style=\"margin:20px 0 0\">");
    if let Some(address) = &story.links.acknowledge {
        page.button("Acknowledge", true, address);
    }
    if let Some(address) = &story.links.silence {
        page.button("Silence 2 h", false, address);
    }
    match alone {
        Some(paragraph) => {
            page.button("Open in Vitrine", false, paragraph.link);
            match paragraph.runbook {
                Some(runbook) if page::is_web(runbook) => page.button("Runbook", false, runbook),
                Some(runbook) => drop(page.raw("<p style=\"margin:12px 0 0\">Runbook: ").text(runbook).raw("</p>")),
                None => {}
            }
        }
        None => page.button("Open in Vitrine", false, &[story.host.trim_end_matches('/'), "/alerts"].concat()),
    }
    page.raw("</div>\n");
}

fn labels(page: &mut Page, labels: &[Label]) {
    if labels.is_empty() {
        return;
    }
    page.raw(
        "<table class=\"labels\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" style=\"margin:20px 0 0;font-size:14px;\
         line-height:20px;border-collapse:collapse\">\n",
    );
    for label in labels {
        page.raw(
            "<tr><th class=\"quiet line\" style=\"width:30%;padding:5px 16px 5px 0;border-top:1px solid #e7eaed;text-align:left;\
             vertical-align:top;font-weight:400;color:#58616a\">",
        )
        .text(&label.name);
        page.raw("</th><td class=\"line\" style=\"padding:5px 0;border-top:1px solid #e7eaed;word-break:break-word\">")
            .text(&label.value);
        page.raw("</td></tr>\n");
    }
    page.raw("</table>\n");
}
