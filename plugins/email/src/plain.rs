//! The text part.

use crate::story::{Paragraph, Story, word};

pub(crate) fn write(story: &Story<'_>) -> String {
    let mut text = String::new();
    line(&mut text, &[&story.subject]);
    for paragraph in &story.paragraphs {
        text.push('\n');
        add(&mut text, paragraph);
    }
    if story.more > 0 {
        line(&mut text, &["\nand ", &story.more.to_string(), " more"]);
    }
    for picture in story.pictures {
        match &picture.trouble {
            Some(trouble) => line(&mut text, &["\nno picture of ", &picture.name, ": ", trouble]),
            None => line(&mut text, &["\nattached: the panel ", &picture.name]),
        }
    }
    let links = [("acknowledge", &story.links.acknowledge), ("silence for 2 h", &story.links.silence)];
    for (words, address) in links {
        if let Some(address) = address {
            line(&mut text, &["\n", words, ":\n", address]);
        }
    }
    line(&mut text, &["\n-- \nVitrine at ", story.host, ", to ", story.person]);
    text
}

fn add(text: &mut String, paragraph: &Paragraph<'_>) {
    line(text, &[paragraph.what]);
    line(text, &[word(paragraph.status), ": ", &paragraph.when]);
    if let Some(value) = &paragraph.value {
        line(text, &["value: ", value]);
    }
    if let Some(description) = paragraph.description {
        line(text, &["\n", description, "\n"]);
    }
    for label in paragraph.labels {
        line(text, &["  ", &label.name, ": ", &label.value]);
    }
    if let Some(runbook) = paragraph.runbook {
        line(text, &["runbook: ", runbook]);
    }
    if !paragraph.link.is_empty() {
        line(text, &["open: ", paragraph.link]);
    }
}

fn line(text: &mut String, parts: &[&str]) {
    text.extend(parts.iter().copied());
    text.push('\n');
}
