//! Files that a dashboard includes: their panels and rows stand where they are included, and a mistake in one of them is
//! told at its own place.

use std::path::{Path, PathBuf};

use vitrine_config::typed::read_as;
use vitrine_config::{Document, Finding, Path as Place, Problem, Problems};
use vitrine_web::{DashboardFile, PanelFile, PartFile, RowFile};

/// How deep files may include each other, and how many inclusions one dashboard has in all.
const DEEPEST: usize = 5;
const MOST: usize = 100;
/// Panels and rows in all; a dashboard may have fewer, which is told later.
const MOST_ENTRIES: usize = 1_000;

/// A dashboard with all that it includes, and where each part of it stands.
pub(super) struct Whole {
    pub(super) file: DashboardFile,
    documents: Vec<Document>,
    /// What stands elsewhere: where it is in `file`, in which document, and where there.
    moved: Vec<(Place, usize, Place)>,
}

impl Whole {
    /// The document and the place in it where something of the whole stands.
    fn origin(&self, path: &Place) -> (&Document, Place) {
        let fits = |(whole, ..): &&(Place, usize, Place)| path.0.starts_with(&whole.0);
        let Some((whole, document, own)) = self.moved.iter().filter(fits).max_by_key(|(whole, ..)| whole.0.len()) else {
            return (&self.documents[0], path.clone());
        };
        (&self.documents[*document], own.clone().join(&Place(path.0[whole.0.len()..].to_vec())))
    }

    /// The files that it includes, as they are named below the folder.
    pub(super) fn included(&self) -> impl Iterator<Item = &Path> {
        self.documents.iter().skip(1).map(Document::file)
    }

    pub(super) fn problem(&self, finding: Finding) -> Problem {
        let (document, path) = self.origin(&finding.path);
        document.problem(Finding { path, ..finding })
    }

    pub(super) fn holds(&self, path: &Place) -> bool {
        let (document, path) = self.origin(path);
        document.holds(&path)
    }
}

/// Walks through all inclusions.
struct Walk<'a> {
    folder: &'a Path,
    documents: Vec<Document>,
    /// Of each document, what it includes: read once.
    parts: Vec<PartFile>,
    moved: Vec<(Place, usize, Place)>,
    inclusions: usize,
    entries: usize,
    problems: Vec<Problem>,
}

/// Puts what is included in its place.
pub(super) fn resolve(folder: &Path, document: Document, read: DashboardFile) -> Result<Whole, Vec<Problem>> {
    let mut walk = Walk {
        folder,
        documents: vec![document],
        parts: vec![PartFile::default()],
        moved: Vec::new(),
        inclusions: 0,
        entries: 0,
        problems: Vec::new(),
    };
    let mut file = read;
    let panels = walk.panels(&std::mem::take(&mut file.panels), &[0], &Place::new().key("panels"));
    let at = Place::new().key("panels");
    for (index, (panel, document, place)) in panels.into_iter().enumerate() {
        walk.moved.push((at.clone().index(index), document, place));
        file.panels.push(panel);
    }
    let rows = walk.rows(&std::mem::take(&mut file.rows), &[0], &Place::new().key("rows"));
    for (index, (row, panels, document, place)) in rows.into_iter().enumerate() {
        let at = Place::new().key("rows").index(index);
        walk.moved.push((at.clone(), document, place));
        let mut list = Vec::new();
        for (index, (panel, document, place)) in panels.into_iter().enumerate() {
            walk.moved.push((at.clone().key("panels").index(index), document, place));
            list.push(panel);
        }
        file.rows.push(RowFile { panels: list, ..row });
    }
    for (document, part) in walk.parts.iter().enumerate().skip(1) {
        for (name, variable) in &part.variables {
            if !file.variables.contains_key(name) {
                let place = Place::new().key("variables").key(name.as_str());
                walk.moved.push((place.clone(), document, place));
                file.variables.insert(name.clone(), variable.clone());
                file.order.push(name.clone());
            }
        }
    }
    match walk.problems.is_empty() {
        true => Ok(Whole { file, documents: walk.documents, moved: walk.moved }),
        false => Err(walk.problems),
    }
}

type Placed = (PanelFile, usize, Place);

impl Walk<'_> {
    /// `stack` are the documents from the dashboard to the one whose list this is.
    fn panels(&mut self, list: &[PanelFile], stack: &[usize], at: &Place) -> Vec<Placed> {
        let here = stack.last().copied().unwrap_or_default();
        let mut found = Vec::new();
        for (index, panel) in list.iter().enumerate() {
            let place = at.clone().index(index);
            let Some(include) = &panel.include else {
                self.entries += 1;
                found.push((panel.clone(), here, place));
                continue;
            };
            if !panel.show.is_empty() || panel.query.is_some() || !panel.queries.is_empty() {
                let finding = Finding::key(place.clone().key("include"), "an `include` stands alone");
                self.find(here, finding.hint("move the panel's own keys into an entry of its own"));
            }
            let Some(stack) = self.enter(include, stack, &place.key("include")) else { continue };
            let part = stack.last().map(|document| self.parts[*document].clone()).unwrap_or_default();
            if part.panels.is_empty() {
                let finding = Finding::value(at.clone().index(index).key("include"), format!("{include} has no `panels`"));
                self.find(here, finding.hint("include it under `rows`, or give it panels"));
            }
            found.extend(self.panels(&part.panels, &stack, &Place::new().key("panels")));
        }
        found
    }

    fn rows(&mut self, list: &[RowFile], stack: &[usize], at: &Place) -> Vec<(RowFile, Vec<Placed>, usize, Place)> {
        let here = stack.last().copied().unwrap_or_default();
        let mut found = Vec::new();
        for (index, row) in list.iter().enumerate() {
            let place = at.clone().index(index);
            let Some(include) = &row.include else {
                self.entries += 1;
                let panels = self.panels(&row.panels, stack, &place.clone().key("panels"));
                found.push((row.clone(), panels, here, place));
                continue;
            };
            if !row.panels.is_empty() || !row.title.is_empty() {
                let finding = Finding::key(place.clone().key("include"), "an `include` stands alone");
                self.find(here, finding.hint("move the row's own keys into an entry of its own"));
            }
            let Some(stack) = self.enter(include, stack, &place.key("include")) else { continue };
            let part = stack.last().map(|document| self.parts[*document].clone()).unwrap_or_default();
            if part.rows.is_empty() {
                let finding = Finding::value(at.clone().index(index).key("include"), format!("{include} has no `rows`"));
                self.find(here, finding.hint("include it under `panels`, or give it rows"));
            }
            found.extend(self.rows(&part.rows, &stack, &Place::new().key("rows")));
        }
        found
    }

    fn find(&mut self, document: usize, finding: Finding) {
        let problem = self.documents[document].problem(finding);
        self.problems.push(problem);
    }

    /// The stack with the included file on top; nothing where it cannot be had, which is then a problem.
    fn enter(&mut self, include: &str, stack: &[usize], at: &Place) -> Option<Vec<usize>> {
        let here = stack.last().copied().unwrap_or_default();
        let file = match self.inside(include, here) {
            Ok(file) => file,
            Err((reason, hint)) => {
                self.find(here, Finding::value(at.clone(), reason).hint(hint));
                return None;
            }
        };
        self.inclusions += 1;
        let circle = stack.iter().any(|document| self.documents[*document].file() == file);
        let refused = if circle {
            Some((format!("{include} includes itself, by way of {} files", stack.len()), "let one of them do without the others"))
        } else if stack.len() > DEEPEST {
            Some((format!("files include each other more than {DEEPEST} deep"), "include it higher up"))
        } else if self.inclusions > MOST || self.entries > MOST_ENTRIES {
            Some(("the dashboard includes too much".to_owned(), "split it into several dashboards"))
        } else {
            None
        };
        if let Some((reason, hint)) = refused {
            self.find(here, Finding::value(at.clone(), reason).hint(hint));
            return None;
        }
        let known = self.documents.iter().skip(1).position(|document| document.file() == file).map(|place| place + 1);
        let document = known.map_or_else(|| self.read(&file), Some)?;
        Some(stack.iter().copied().chain([document]).collect())
    }

    fn read(&mut self, file: &Path) -> Option<usize> {
        let read: Result<(PartFile, Document), Problems> =
            Document::read(file).map_err(Into::into).and_then(|document| Ok((read_as(&document)?, document)));
        match read {
            Ok((part, document)) => {
                self.documents.push(document);
                self.parts.push(part);
                Some(self.documents.len() - 1)
            }
            Err(problems) => {
                // Included twice, it is wrong once.
                self.problems
                    .extend(problems.0.into_iter().filter(|problem| !self.problems.contains(problem)).collect::<Vec<_>>());
                None
            }
        }
    }

    /// The file, if it is one and lies in the folder of the dashboards.
    fn inside(&self, include: &str, here: usize) -> Result<PathBuf, (String, String)> {
        let relative = Path::new(include);
        let beside = self.documents[here].file().parent().unwrap_or(self.folder);
        let outside = || {
            (
                format!("{include} is not in the folder of the dashboards"),
                "name a file below it, from this file's folder".to_owned(),
            )
        };
        if relative.is_absolute() {
            return Err(outside());
        }
        let file = beside.join(relative);
        let missing = || {
            (
                format!("there is no file {}", file.display()),
                "names are taken from the folder of the file that includes".to_owned(),
            )
        };
        let real = file.canonicalize().map_err(|_| missing())?;
        let folder = self.folder.canonicalize().map_err(|_| missing())?;
        let Ok(below) = real.strip_prefix(&folder) else { return Err(outside()) };
        Ok(self.folder.join(below))
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
mod tests {
    use super::*;

    /// A folder of files, gone with the test.
    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let file = folder.path().join(name);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, text).unwrap();
        }
        folder
    }

    fn read(folder: &tempfile::TempDir, name: &str) -> Result<Whole, Vec<String>> {
        let document = Document::read(&folder.path().join(name)).unwrap();
        let file = read_as(&document).unwrap();
        let short = |problem: Problem| problem.one_line().replace(&format!("{}/", folder.path().display()), "");
        resolve(folder.path(), document, file).map_err(|problems| problems.into_iter().map(short).collect())
    }

    #[test]
    fn panels_rows_and_variables_come_in_their_places() {
        let folder = folder(&[
            (
                "team/web.yaml",
                "title: Web\nvariables: { b: [1] }\npanels:\n  - { title: A, show: text }\n  - include: ../_parts/two.yaml\n  - { title: D, show: text }\nrows:\n  - include: ../_parts/row.yaml\n",
            ),
            (
                "_parts/two.yaml",
                "variables: { a: [x], b: [y] }\npanels:\n  - { title: B, show: text }\n  - { title: C, show: text, width: 12 }\n",
            ),
            ("_parts/row.yaml", "rows:\n  - title: More\n    panels:\n      - include: two.yaml\n"),
        ]);
        let whole = read(&folder, "team/web.yaml").unwrap();
        let titles = |panels: &[PanelFile]| panels.iter().map(|panel| panel.title.clone()).collect::<String>();
        assert_eq!((titles(&whole.file.panels), titles(&whole.file.rows[0].panels)), ("ABCD".to_owned(), "BC".to_owned()));
        assert_eq!(whole.file.variables.len(), 2);
        let at = |path: Place| whole.problem(Finding::value(path, "x")).one_line();
        let panels = Place::new().key("panels");
        assert!(
            at(panels.clone().index(2).key("width")).contains("_parts/two.yaml:4:36:"),
            "{}",
            at(panels.index(2).key("width"))
        );
        let in_row = Place::new().key("rows").index(0).key("panels").index(0).key("title");
        assert!(at(in_row.clone()).contains("_parts/two.yaml:3:14:"), "{}", at(in_row));
        assert!(at(Place::new().key("title")).contains("team/web.yaml:1:"), "{}", at(Place::new().key("title")));
    }

    #[test]
    fn what_cannot_be_included_is_told_where_it_is_asked_for() {
        let folder = folder(&[
            (
                "a.yaml",
                "title: A\npanels:\n  - include: _b.yaml\n  - include: none.yaml\n  - include: /etc/passwd\n  - include: ../x.yaml\n  - { include: _c.yaml, show: text }\n",
            ),
            ("_b.yaml", "panels:\n  - include: _b.yaml\n"),
            ("_c.yaml", "panels:\n  - { titel: C }\n"),
        ]);
        let problems = read(&folder, "a.yaml").err().unwrap();
        for (place, part) in [
            ("_b.yaml:2:14:", "_b.yaml includes itself"),
            ("a.yaml:4:14:", "there is no file"),
            ("a.yaml:5:14:", "is not in the folder of the dashboards"),
            ("a.yaml:6:14:", "there is no file"),
            ("a.yaml:7:7:", "stands alone"),
            ("_c.yaml:2:7:", "unknown key `titel`"),
        ] {
            assert!(problems.iter().any(|one| one.starts_with(place) && one.contains(part)), "{place} {part}: {problems:#?}");
        }
        assert_eq!(problems.len(), 6, "{problems:#?}");
    }
}
