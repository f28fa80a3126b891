use vitrine_model::frame::TimeRange;

use super::*;

fn picture(table: &Table) -> String {
    let range = TimeRange { start: 0, end: 1, step: 1 };
    let surroundings = Surroundings::tested("Disks", range);
    let mut html = Html::new();
    draw(&mut html, table, &surroundings);
    html.finish().replace("><", ">\n<")
}

fn column(title: &str, unit: &str, align: Align, values: Values, states: Vec<State>) -> TableColumn {
    TableColumn {
        title: title.to_owned(),
        unit: unit.to_owned(),
        align,
        values,
        states,
        cell: Cell::Plain,
        minimum: f64::NAN,
        maximum: f64::NAN,
        links: Vec::new(),
    }
}

#[test]
fn rows_of_every_type() {
    let table = Table {
        columns: vec![
            column("mount", "", Align::Start, Values::Texts(vec!["/".into(), "/<script>".into()]), vec![]),
            column("used", "ratio", Align::End, Values::Numbers(vec![0.5, 0.91]), vec![State::Good, State::Bad]),
            column("inodes", "", Align::End, Values::Numbers(vec![12_345.0, f64::NAN]), vec![]),
            column("seen", "", Align::Start, Values::Times(vec![0, 1_763_632_800_000]), vec![]),
            column("read-only", "", Align::Start, Values::Flags(vec![true, false]), vec![]),
        ],
    };
    insta::assert_snapshot!(picture(&table));
}

#[test]
fn cells_as_gauges_in_colours_and_with_links() {
    let names = column("mount", "", Align::Start, Values::Texts(vec!["/".into(), "/var".into()]), vec![]);
    let used = column("used", "ratio", Align::End, Values::Numbers(vec![0.5, f64::NAN]), vec![State::Good, State::Neutral]);
    let ping = column("ping", "seconds", Align::End, Values::Numbers(vec![0.5, 0.25]), vec![State::Bad, State::Good]);
    let links = vec!["/d/disk?mount=%2F".to_owned(), "javascript:alert(1)".to_owned()];
    let table = Table {
        columns: vec![
            TableColumn { links, ..names },
            TableColumn { cell: Cell::Gauge, minimum: 0.0, maximum: 1.0, ..used },
            TableColumn { cell: Cell::Gauge, ..ping.clone() },
            TableColumn { cell: Cell::Tinted, ..ping },
        ],
    };
    insta::assert_snapshot!(picture(&table));
}

#[test]
fn of_a_hundred_thousand_rows_one_page_is_drawn() {
    let rows = 100_000;
    let used = (0..rows).map(|row| if row % 1_000 == 7 { f64::NAN } else { f64::from(row) }).collect();
    let names = (0..rows).map(|row| format!("/mnt/{row}")).collect();
    let table = Table {
        columns: vec![
            column("mount", "", Align::Start, Values::Texts(names), vec![]),
            TableColumn { cell: Cell::Gauge, ..column("used", "", Align::End, Values::Numbers(used), vec![]) },
        ],
    };
    let drawn = |look: Look| {
        let looked = Looked { id: "p0".to_owned(), scope: Vec::new(), look, rows: 50 };
        let range = TimeRange { start: 0, end: 1, step: 1 };
        let surroundings = Surroundings { looked, ..Surroundings::tested("Disks", range) };
        let mut html = Html::new();
        draw(&mut html, &table, &surroundings);
        html.finish()
    };
    let sort = |descending| Some(Sort { by: "used".to_owned(), descending });
    let page = drawn(Look { sort: sort(true), page: 1, ..Look::default() });
    assert!(page.contains("51–100 of 100,000") && page.len() < 40_000, "{} bytes", page.len());
    // A gauge reaches as far as the whole column does.
    assert!(page.contains(">/mnt/99949<") && page.contains("width=\"99.9%\""), "{page}");
    // What is no number comes last, whichever way.
    for descending in [false, true] {
        let page = drawn(Look { sort: sort(descending), page: 1_999, ..Look::default() });
        assert!(page.contains(">/mnt/99007<") && page.contains("99,951–100,000 of 100,000"), "{page}");
    }
    let page = drawn(Look { filter: "T/99".to_owned(), ..Look::default() });
    assert!(page.contains("1–50 of 1111 found in 100,000"), "{page}");
}
