//! Where the panels of a dashboard stand on a picture: as the page's grid of twelve columns places them; on paper, in pages.

use futures_util::StreamExt;
use futures_util::stream;
use vitrine_model::Millis;

use crate::dashboard::Panel;
use crate::dashboard::layout::Layout;
use crate::draw::still::{Body, GAP, Heading, Placed, ROW, Sheet};
use crate::render::look::{Format, Look};
use crate::render::{PANELS_MOST, Problem, paint, paper};
use crate::web::Web;

const COLUMNS: usize = 12;
/// Room of the sheet's heading, of a row's, and of a page's foot.
const TITLE: f64 = 40.0;
const ROW_TITLE: f64 = 32.0;
const USUAL_WIDTH: u32 = 1_200;
const USUAL_PANEL: (u32, u32) = (800, 360);
/// Drawn no higher: paths are cut beyond.
const HIGHEST_PANEL: f64 = 2_000.0;
/// Panels that are asked at the same time.
const ABREAST: usize = 8;

/// A panel's cells: from the left, from the top, wide and high.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Cells {
    column: usize,
    row: usize,
    width: usize,
    height: usize,
}

/// What stands where, before anybody was asked.
pub(super) struct Plan {
    title: String,
    width: f64,
    height: f64,
    headings: Vec<Heading>,
    places: Vec<(Panel, [f64; 4])>,
    /// How high a page is, where there are pages.
    page: Option<f64>,
}

impl Plan {
    /// The whole dashboard, or one panel of it.
    pub(super) fn new(layout: &Layout, only: Option<&str>, look: &Look, times: &str) -> Result<Plan, Problem> {
        let plan = match only {
            Some(id) => Plan::alone(layout, id, look)?,
            None => Plan::whole(layout, look, times),
        };
        if plan.places.len() > PANELS_MOST {
            let count = plan.places.len();
            return Err(Problem::TooLarge(format!(
                "the dashboard has {count} panels and a picture {PANELS_MOST} at most: choose fewer values of its variables"
            )));
        }
        // Before anybody is asked for data that no picture could hold.
        let scale = f64::from(look.scale());
        let (width, height) = (plan.width * scale, plan.height * scale);
        let most = f64::from(u32::try_from(paint::PIXELS_MOST).unwrap_or(u32::MAX));
        if look.format == Format::Png && (width * height > most || width.max(height) > f64::from(paint::SIDE_MOST)) {
            return Err(Problem::TooLarge(format!(
                "{width:.0} by {height:.0} pixels are more than {} million: ask for less `width` or `scale`, for a panel by itself, \
                 or for `.svg` or `.pdf`",
                paint::PIXELS_MOST / 1_000_000
            )));
        }
        Ok(plan)
    }

    fn alone(layout: &Layout, id: &str, look: &Look) -> Result<Plan, Problem> {
        let name = &layout.dashboard.name;
        let missing = || Problem::Missing(format!("the dashboard `{name}` has no panel `{id}`: `id:` in its file names one"));
        let panel = layout.panels().find(|panel| panel.id == id).ok_or_else(missing)?.clone();
        let (mut width, mut height) = (look.width.unwrap_or(USUAL_PANEL.0), look.height.unwrap_or(USUAL_PANEL.1));
        if look.format == Format::Pdf {
            width = look.width.unwrap_or(paper::PAGE.0 as u32);
            height = look.height.unwrap_or(paper::PAGE.1 as u32);
        }
        let (width, height) = (f64::from(width), f64::from(height));
        let title = if panel.title.is_empty() { layout.title.clone() } else { panel.title.clone() };
        Ok(Plan { title, width, height, headings: Vec::new(), places: vec![(panel, [0.0, 0.0, width, height])], page: None })
    }

    fn whole(layout: &Layout, look: &Look, times: &str) -> Plan {
        let is_paper = look.format == Format::Pdf;
        let width = f64::from(look.width.unwrap_or(if is_paper { paper::PAGE.0 as u32 } else { USUAL_WIDTH }));
        let gap = f64::from(GAP);
        let column = (width - gap) / COLUMNS as f64;
        let mut headings = vec![Heading { y: gap + 16.0, text: layout.title.clone(), beside: times.to_owned(), size: 18.0 }];
        let mut places: Vec<(Panel, [f64; 4])> = Vec::new();
        let mut y = TITLE;
        for row in &layout.rows {
            if !row.title.is_empty() {
                headings.push(Heading { y: y + 18.0, text: row.title.clone(), beside: String::new(), size: 15.0 });
                y += ROW_TITLE;
            }
            let (cells, high) = packed(row.panels.iter().map(|panel| (panel.width.into(), panel.height.into())));
            for (panel, cell) in row.panels.iter().zip(cells) {
                let (left, top) = (gap + cell.column as f64 * column, y + cell.row as f64 * f64::from(ROW));
                let size = (cell.width as f64 * column - gap, (cell.height as f64 * f64::from(ROW) - gap).min(HIGHEST_PANEL));
                places.push((panel.clone(), [left, top, size.0, size.1]));
            }
            y += high as f64 * f64::from(ROW);
        }
        let page = is_paper.then(|| width * paper::PAGE.1 / paper::PAGE.0);
        Plan { title: layout.title.clone(), width, height: y.max(TITLE + gap), headings, places, page }
    }

    /// Asks every panel what it has to show: one sheet, or one for each page.
    pub(super) async fn fill(self, web: &Web, layout: &Layout, now: Millis, dark: bool) -> Vec<Sheet> {
        let (title, width, height, page, headings) = (self.title, self.width, self.height, self.page, self.headings);
        let asked = self.places.into_iter().map(|(panel, place)| one(web, layout, panel, place, (now, dark)));
        let panels: Vec<Placed> = stream::iter(asked).buffered(ABREAST).collect().await;
        let whole = Sheet { width, height, title, headings, panels };
        match page {
            Some(high) => pages(whole, high),
            None => vec![whole],
        }
    }
}

async fn one(web: &Web, layout: &Layout, panel: Panel, [x, y, width, height]: [f64; 4], (now, dark): (Millis, bool)) -> Placed {
    let size = (width.max(1.0) as u32, height.max(1.0) as u32);
    let body = web.evaluator.view(layout, &panel, now, size, dark).await;
    let body = body.unwrap_or_else(|fault| Body::Failed(fault.reason().to_owned()));
    Placed { x, y, width, height, title: panel.title, body }
}

/// Cuts a long sheet where no panel is cut: as much on each page as fits.
fn pages(sheet: Sheet, high: f64) -> Vec<Sheet> {
    let mut edges: Vec<f64> =
        sheet.panels.iter().map(|panel| panel.y).chain(sheet.headings.iter().skip(1).map(|one| one.y - 18.0)).collect();
    edges.sort_by(f64::total_cmp);
    // A heading stays with what it is the heading of.
    let after_heading = |edge: f64| sheet.headings.iter().skip(1).any(|one| (one.y - 18.0 + ROW_TITLE - edge).abs() < 0.5);
    let is_free = |edge: f64| !sheet.panels.iter().any(|panel| panel.y < edge - 0.5 && panel.y + panel.height > edge + 0.5);
    let mut cuts: Vec<f64> = edges.into_iter().filter(|edge| is_free(*edge) && !after_heading(*edge)).collect();
    cuts.dedup_by(|a, b| (*a - *b).abs() < 0.5);
    let mut starts = vec![0.0];
    for (place, cut) in cuts.iter().enumerate() {
        let start = starts.last().copied().unwrap_or(0.0);
        let end = cuts.get(place + 1).copied().unwrap_or(sheet.height);
        let head = if starts.len() > 1 { TITLE } else { 0.0 };
        if end - start + head > high && *cut > start && *cut > TITLE {
            starts.push(*cut);
        }
    }
    let count = starts.len();
    let title = sheet.headings.first().cloned();
    let page = |(place, start): (usize, &f64)| {
        let end = starts.get(place + 1).copied().unwrap_or(sheet.height);
        // Each further page says what it is of.
        let down = if place == 0 { 0.0 } else { TITLE - start };
        let mut headings: Vec<Heading> = Vec::new();
        if let Some(title) = &title {
            let beside = if count > 1 { format!("{} · {} / {count}", title.beside, place + 1) } else { title.beside.clone() };
            headings.push(Heading { beside, ..title.clone() });
        }
        let on_page = |y: f64| y >= *start - 20.0 && y < end - 20.0 + if end == sheet.height { 40.0 } else { 0.0 };
        headings.extend(
            sheet
                .headings
                .iter()
                .skip(1)
                .filter(|one| on_page(one.y - 18.0))
                .map(|one| Heading { y: one.y + down, ..one.clone() }),
        );
        let panels = sheet.panels.iter().filter(|panel| panel.y >= *start - 0.5 && panel.y < end - 0.5);
        let panels: Vec<Placed> = panels.map(|panel| Placed { y: panel.y + down, ..panel.clone() }).collect();
        Sheet { width: sheet.width, height: (end + down).max(high), title: sheet.title.clone(), headings, panels }
    };
    starts.iter().enumerate().map(page).collect()
}

/// Each panel in the first place after the one before it where it fits, as CSS grids do; and how high all is.
fn packed(sizes: impl Iterator<Item = (usize, usize)>) -> (Vec<Cells>, usize) {
    let mut taken: Vec<[bool; COLUMNS]> = Vec::new();
    let mut cells = Vec::new();
    let (mut row, mut column) = (0, 0);
    for (width, height) in sizes {
        let width = width.clamp(1, COLUMNS);
        let is_free = |taken: &Vec<[bool; COLUMNS]>, row: usize, column: usize| {
            column + width <= COLUMNS
                && taken.iter().skip(row).take(height).all(|line| !line[column..column + width].iter().any(|cell| *cell))
        };
        while !is_free(&taken, row, column) {
            column += 1;
            if column >= COLUMNS {
                (row, column) = (row + 1, 0);
            }
        }
        if taken.len() < row + height {
            taken.resize(row + height, [false; COLUMNS]);
        }
        taken[row..row + height].iter_mut().for_each(|line| line[column..column + width].fill(true));
        cells.push(Cells { column, row, width, height });
        column += width;
        if column >= COLUMNS {
            (row, column) = (row + 1, 0);
        }
    }
    (cells, taken.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panels_stand_as_on_the_page() {
        let (cells, high) = packed([(8, 4), (4, 2), (4, 2), (6, 3), (12, 1)].into_iter());
        let corners: Vec<(usize, usize)> = cells.iter().map(|cell| (cell.column, cell.row)).collect();
        assert_eq!((corners, high), (vec![(0, 0), (8, 0), (8, 2), (0, 4), (0, 7)], 8));
        assert_eq!(packed(std::iter::empty()), (Vec::new(), 0));
    }

    fn sheet(panels: &[(f64, f64)], headings: &[f64]) -> Sheet {
        let placed = |(y, height): &(f64, f64)| Placed {
            x: 0.0,
            y: *y,
            width: 100.0,
            height: *height,
            title: String::new(),
            body: Body::Empty(String::new()),
        };
        let heading = |y: f64| Heading { y, text: "row".to_owned(), beside: String::new(), size: 15.0 };
        let height = panels.iter().map(|(y, height)| y + height).fold(0.0, f64::max);
        let headings = std::iter::once(heading(28.0)).chain(headings.iter().map(|y| heading(*y))).collect();
        Sheet { width: 100.0, height, title: String::new(), headings, panels: panels.iter().map(placed).collect() }
    }

    #[test]
    fn pages_are_cut_between_panels_and_nothing_is_lost() {
        // Two beside each other of different heights, then a row with a heading, then one that is higher than a page.
        let whole = sheet(&[(40.0, 200.0), (40.0, 420.0), (240.0, 200.0), (500.0, 300.0), (800.0, 1000.0)], &[486.0]);
        let pages = pages(whole, 600.0);
        let counts: Vec<(usize, usize)> = pages.iter().map(|page| (page.panels.len(), page.headings.len())).collect();
        assert_eq!(counts, [(3, 1), (1, 2), (1, 1)]);
        assert!(pages.iter().flat_map(|page| &page.panels).all(|panel| panel.y >= TITLE - 0.5));
        assert!(pages[1].headings[1].y < pages[1].panels[0].y && pages[1].headings[0].beside.contains("2 / 3"));
        assert_eq!(super::pages(sheet(&[], &[]), 600.0).len(), 1);
        // Rows of two beside each other are cut like others.
        let rows: Vec<(f64, f64)> = (0..8).map(|place| (40.0 + f64::from(place / 2) * 250.0, 240.0)).collect();
        let pages = super::pages(sheet(&rows, &[]), 600.0);
        assert_eq!(pages.iter().map(|page| page.panels.len()).collect::<Vec<_>>(), [4, 4]);
        assert!(pages.iter().all(|page| page.height <= 601.0));
    }
}
