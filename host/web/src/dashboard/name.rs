//! What series are called on a panel: by the author's template, or by what tells them apart.

use std::collections::BTreeSet;

use vitrine_model::Labels;
use vitrine_model::labels::NAME;

/// One name for each label set.
pub fn names(series: &[&Labels], legend: Option<&str>, alone: &str) -> Vec<String> {
    match legend {
        Some(template) => series.iter().map(|labels| fill(template, labels)).collect(),
        None if series.len() == 1 => vec![alone.to_owned()],
        None => {
            let telling = telling(series);
            series.iter().map(|labels| by_values(labels, &telling)).collect()
        }
    }
}

/// The name of one thing alone: by the template, or what it is called otherwise where it has no labels that tell.
pub fn one(labels: &Labels, legend: Option<&str>, otherwise: &str) -> String {
    match legend {
        Some(template) => fill(template, labels),
        None if labels.is_empty() => otherwise.to_owned(),
        None => labels.to_string(),
    }
}

/// `{{mode}}` becomes the label's value; a label that is not there becomes nothing.
fn fill(template: &str, labels: &Labels) -> String {
    let mut name = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        name.push_str(before);
        let Some((label, more)) = after.split_once("}}") else {
            name.push_str("{{");
            rest = after;
            continue;
        };
        name.push_str(labels.get(label.trim()).unwrap_or(""));
        rest = more;
    }
    name.push_str(rest);
    if name.trim().is_empty() { labels.to_string() } else { name }
}

/// The labels that are not the same on all series: those that are not on each what they are on the first.
fn telling<'a>(series: &[&'a Labels]) -> Vec<&'a str> {
    let Some((first, others)) = series.split_first() else { return Vec::new() };
    let mut telling = BTreeSet::new();
    for other in others {
        telling.extend(other.iter().filter(|(name, value)| first.get(name) != Some(value)).map(|(name, _)| name));
        telling.extend(first.iter().filter(|(name, _)| other.get(name).is_none()).map(|(name, _)| name));
    }
    // The metric's name tells only where nothing else does.
    if telling.len() > 1 {
        telling.remove(NAME);
    }
    telling.into_iter().collect()
}

fn by_values(labels: &Labels, telling: &[&str]) -> String {
    let values: Vec<&str> = telling.iter().filter_map(|name| labels.get(name)).collect();
    if values.is_empty() { labels.to_string() } else { values.join(" ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_template_or_by_what_differs() {
        let user = Labels::from_pairs([(NAME, "cpu"), ("mode", "user"), ("host", "a")]);
        let system = Labels::from_pairs([(NAME, "cpu"), ("mode", "system"), ("host", "a")]);
        let both = [&user, &system];
        assert_eq!(names(&both, None, "CPU"), ["user", "system"]);
        assert_eq!(names(&both[..1], None, "CPU"), ["CPU"]);
        let other = Labels::from_pairs([(NAME, "cpu"), ("host", "a")]);
        assert_eq!(names(&[&user, &other], None, "CPU"), ["user", r#"cpu{host="a"}"#]);
        assert_eq!(names(&both, Some("{{mode}} on {{ host }}{{none}}"), "CPU"), ["user on a", "system on a"]);
        assert_eq!(names(&both[..1], Some("{{none}}"), "CPU"), [r#"cpu{host="a", mode="user"}"#]);
        assert_eq!(names(&both[..1], Some("{{mode"), "CPU"), ["{{mode"]);
    }
}
