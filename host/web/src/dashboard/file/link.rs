//! Links and thresholds of a file: each leads somewhere, each is a number of its own.

use vitrine_config::{Finding, Path};
use vitrine_model::view::Threshold;

use super::check::Check;
use crate::dashboard::file::{LinkFile, PanelFile};
use crate::dashboard::link::{self, Link};

/// Links in one place, and thresholds of one panel.
const MOST: usize = 20;

impl Check<'_> {
    pub(super) fn links(&mut self, files: &[LinkFile], path: &Path) -> Vec<Link> {
        let path = path.clone().key("links");
        self.few(files.len(), &path);
        let mut links = Vec::new();
        for (place, file) in files.iter().enumerate() {
            let here = path.clone().index(place);
            self.text(&file.title, &here.clone().key("title"));
            self.address(&file.to, &here.key("to"));
            links.push(Link { title: file.title.clone(), address: file.to.clone() });
        }
        links
    }

    fn address(&mut self, address: &str, path: &Path) {
        self.text(address, path);
        if let Err(reason) = link::check(address) {
            let hint = "begin with `/`, or with `https://`, a host and `/`, before the first variable";
            self.findings.push(Finding::value(path.clone(), reason).hint(hint));
        }
    }

    /// One of a panel's parts, under this key.
    pub(super) fn part_link(&mut self, address: Option<&String>, path: &Path, key: &str) -> Option<String> {
        self.address(address?, &path.clone().key(key));
        address.cloned()
    }

    pub(super) fn thresholds(&mut self, file: &PanelFile, path: &Path) -> Vec<Threshold> {
        let path = path.clone().key("thresholds");
        self.few(file.thresholds.len(), &path);
        if !file.thresholds.is_empty() && (file.warn.is_some() || file.bad.is_some()) {
            let finding = Finding::key(path.clone(), "`thresholds` and `warn` or `bad` exclude each other");
            self.findings.push(finding.hint("keep `thresholds`"));
        }
        let mut thresholds: Vec<Threshold> = file.thresholds.iter().map(super::panel::ThresholdFile::threshold).collect();
        thresholds.sort_by(|a, b| a.value.total_cmp(&b.value));
        if thresholds.windows(2).any(|two| two[0].value.total_cmp(&two[1].value).is_eq()) {
            self.findings.push(Finding::value(path, "two thresholds have the same value").hint("remove one of them"));
        }
        thresholds
    }

    fn few(&mut self, count: usize, path: &Path) {
        if count > MOST {
            self.findings.push(Finding::value(path.clone(), format!("{count} are more than the {MOST} there may be")));
        }
    }
}
