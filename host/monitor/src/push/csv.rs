//! History as a table: comma-separated values, whose columns are told by a format or by the first line.
//!
//! A column is a time (`time:rfc3339`, `time:unix_s`, `time:unix_ms`, `time:unix_ns`), a label (`label:NAME`) or a metric
//! (`metric:NAME`). A format names them by their place, `1:time:rfc3339,2:label:host,3:metric:temperature`; a first line has
//! the same words without the place, and leaves columns empty that do not matter. Each metric of each row is a sample.

mod column;

use csv_core::{ReadRecordResult, Reader};
use vitrine_model::labels::NAME;
use vitrine_model::push::Push;

use super::{Import, Refusals, SAMPLES, Unreadable, check_room, series};
pub use column::Columns;

/// Columns of a row, and its bytes.
const CELLS: usize = 1_000;
const ROW: usize = 1024 * 1024;

/// A table under way.
pub struct CsvImport {
    /// Nothing as long as the first line has not been read.
    columns: Option<Columns>,
    reader: Reader,
    /// The row under way: its text, and where its cells end.
    text: Vec<u8>,
    ends: Vec<usize>,
    length: usize,
    cells: usize,
    /// Where the row began.
    line: u64,
    refused: Refusals,
}

impl std::fmt::Debug for CsvImport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CsvImport").field("columns", &self.columns).field("line", &self.line).finish_non_exhaustive()
    }
}

impl CsvImport {
    /// Without columns, the first line names them.
    pub fn new(columns: Option<Columns>) -> CsvImport {
        CsvImport {
            columns,
            reader: Reader::new(),
            text: vec![0; 4096],
            ends: vec![0; CELLS],
            length: 0,
            cells: 0,
            line: 1,
            refused: Refusals::default(),
        }
    }

    /// Takes in what there is of rows. No bytes at all are the end.
    fn read(&mut self, mut bytes: &[u8], push: &mut Push) -> Result<(), Unreadable> {
        loop {
            let (result, taken, written, ended) =
                self.reader.read_record(bytes, &mut self.text[self.length..], &mut self.ends[self.cells..]);
            bytes = &bytes[taken..];
            self.length += written;
            self.cells += ended;
            match result {
                ReadRecordResult::InputEmpty | ReadRecordResult::End => return Ok(()),
                ReadRecordResult::OutputFull if self.text.len() < ROW => self.text.resize(self.text.len() * 2, 0),
                ReadRecordResult::OutputFull => return Err(self.broken(0, format!("the row has more than {ROW} bytes"))),
                ReadRecordResult::OutputEndsFull => {
                    return Err(self.broken(CELLS, format!("the row has more than {CELLS} columns")));
                }
                ReadRecordResult::Record => {
                    self.row(push)?;
                    (self.length, self.cells) = (0, 0);
                    self.line = self.reader.line();
                }
            }
        }
    }

    fn broken(&self, column: usize, reason: impl std::fmt::Display) -> Unreadable {
        Unreadable(format!("line {}, column {}: {reason}", self.line, column + 1))
    }

    fn row(&mut self, push: &mut Push) -> Result<(), Unreadable> {
        let text = std::str::from_utf8(&self.text[..self.length]).map_err(|_| self.broken(0, "the row is not UTF-8"))?;
        let mut begin = 0;
        let mut cells = Vec::with_capacity(self.cells);
        for end in &self.ends[..self.cells] {
            // A cell may not end within a letter: the commas around it are none.
            cells.push(text.get(begin..*end).unwrap_or_default());
            begin = *end;
        }
        let Some(columns) = &self.columns else {
            let columns = Columns::of_header(&cells).map_err(|(column, reason)| self.broken(column, reason))?;
            self.columns = Some(columns);
            return Ok(());
        };
        if cells.len() < columns.count() {
            let reason = format!("the row has {} columns, and {} are told of", cells.len(), columns.count());
            return Err(self.broken(cells.len(), reason));
        }
        let time = columns.time(&cells).map_err(|(column, reason)| self.broken(column, reason))?;
        let mut labels: Vec<(&str, &str)> = vec![(NAME, "")];
        labels.extend(columns.labels.iter().map(|(column, name)| (name.as_str(), cells[*column].trim())));
        for (column, metric) in &columns.metrics {
            let cell = cells[*column].trim();
            if cell.is_empty() {
                continue;
            }
            let value = cell.parse().map_err(|_| self.broken(*column, format!("`{}` is not a number", column::short(cell))))?;
            check_room(push.len(), SAMPLES, "samples")?;
            labels[0].1 = metric;
            if let Some(place) = series(push, &labels, 1, &mut self.refused) {
                push.sample(place, time, value);
            }
        }
        Ok(())
    }
}

impl Import for CsvImport {
    fn feed(&mut self, bytes: &[u8], push: &mut Push) -> Result<(), Unreadable> {
        if bytes.is_empty() { Ok(()) } else { self.read(bytes, push) }
    }

    fn end(&mut self, push: &mut Push) -> Result<(), Unreadable> {
        self.read(&[], push)
    }

    fn refused(&mut self) -> Refusals {
        std::mem::take(&mut self.refused)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
mod tests {
    use super::*;
    use crate::push::tests::{fed, shown};

    const ROWS: &str = "2025-11-20T10:00:00Z,Zürich,21.5,\n1763632860,\"a, \"\"b\"\"\nc\",-3e2,0.5\r\n";

    fn check(columns: Option<&str>, text: &str, wanted: &[&str]) {
        for size in 1..=text.len() {
            let mut import = CsvImport::new(columns.map(|columns| Columns::parse(columns).unwrap()));
            let push = fed(&mut import, text.as_bytes(), size).unwrap();
            assert_eq!(shown(&push), wanted, "in parts of {size}");
        }
    }

    #[test]
    fn a_table_is_read_the_same_however_it_is_cut() {
        let wanted = [
            r#"temperature{place="Zürich"} 1763632800000 21.5"#,
            r#"temperature{place="a, \"b\"\nc"} 1763632860000 -300"#,
            r#"rain{place="a, \"b\"\nc"} 1763632860000 0.5"#,
        ];
        check(Some("1:time,2:label:place,3:metric:temperature,4:metric:rain"), ROWS, &wanted);
        check(None, &format!("time,label:place,metric:temperature,metric:rain\n{ROWS}"), &wanted);
        check(Some("3:metric:x,1:time:unix_ms"), "5,nothing,7", &["x 5 7"]);
        check(None, "metric:x,,time:unix_ns\n7,?,5000000\n", &["x 5 7"]);
    }

    #[test]
    fn mistakes_have_a_line_and_a_column() {
        for (columns, text, wanted) in [
            (None, "time,metric:x\n1,2\nyesterday,2\n", "line 3, column 1: `yesterday` is not a time"),
            (None, "time,metric:x\n1,2\n1,many\n", "line 3, column 2: `many` is not a number"),
            (None, "time,metric:x\n1,2\n1\n", "line 3, column 2: the row has 1 columns, and 2 are told of"),
            (None, "time,host\n", "line 1, column 2: `host` is no column"),
            (None, "label:a,metric:x\n", "line 1, column 1: no column is the time"),
            (None, "time,label:a\n", "line 1, column 1: no column is a metric"),
            (None, "time,time,metric:x\n", "line 1, column 2: there is a time already"),
            (Some("1:time:unix_s,2:metric:x"), "1,2\n\"x\ny\",2", "line 2, column 1: `x\ny` is not a time"),
        ] {
            let mut import = CsvImport::new(columns.map(|columns| Columns::parse(columns).unwrap()));
            let told = fed(&mut import, text.as_bytes(), 3).unwrap_err().to_string();
            assert!(told.starts_with(wanted), "{told}");
        }
        for (format, wanted) in [
            ("1:time", "no column is a metric"),
            ("x:time", "`x` is not the place of a column"),
            ("0:time", "`0` is not the place of a column"),
            ("1:time:later,2:metric:x", "`time:later` is no column"),
            ("1:time,2:metric:", "`metric:` is no column"),
        ] {
            let told = Columns::parse(format).unwrap_err();
            assert!(told.contains(wanted), "{told}");
        }
        let wide = ",".repeat(CELLS);
        let told = fed(&mut CsvImport::new(None), wide.as_bytes(), wide.len()).unwrap_err().to_string();
        assert!(told.contains("more than 1000 columns"), "{told}");
        let long = "x".repeat(ROW + 1);
        let told = fed(&mut CsvImport::new(None), long.as_bytes(), long.len()).unwrap_err().to_string();
        assert!(told.contains("more than 1048576 bytes"), "{told}");
    }
}
