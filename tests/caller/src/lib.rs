//! A source that uses what an instance owns: it reads a file, remembers how often it did, and counts that too. Asked, it
//! answers with the file's lines, hands them out page by page, and sets what it remembers.

use vitrine_sdk::source::{Action, Page};
use vitrine_sdk::{Column, Fault, Frame, Samples, Source, TimeRange, Values, export, files, metrics, state};

/// The longest file.
const MOST: usize = 2 << 20;

#[derive(Debug, serde::Deserialize)]
struct Config {
    file: String,
}

#[derive(Debug, serde::Deserialize)]
struct Remember {
    runs: u32,
}

#[derive(Debug)]
struct Caller(Config);

impl Source for Caller {
    type Config = Config;

    fn new(config: Config) -> Result<Self, Fault> {
        Ok(Caller(config))
    }

    fn collect(&mut self) -> Result<Samples, Fault> {
        let content = files::read_text(&self.0.file, MOST)?;
        let folder = self.0.file.rsplit_once('/').map_or("", |(folder, _)| folder);
        let entries = files::entries(folder)?.len();
        let runs = state::load::<u32>("runs")?.unwrap_or(0) + 1;
        state::save("runs", &runs)?;
        metrics::count("caller_runs", &[("file", &self.0.file)], 1.0)?;
        let mut samples = Samples::new();
        samples.gauge("caller_lines", &[], content.lines().count() as f64);
        samples.gauge("caller_entries", &[], entries as f64);
        samples.counter("caller_runs_total", &[], f64::from(runs));
        Ok(samples)
    }

    /// The lines that hold the query's text.
    fn query(&mut self, query: &str, _range: TimeRange) -> Result<Vec<Frame>, Fault> {
        if query.is_empty() {
            return Err(Fault::Invalid("nothing to look for".to_owned()));
        }
        let lines = self.lines()?;
        let found: Vec<(usize, String)> = lines.into_iter().enumerate().filter(|(_, line)| line.contains(query)).collect();
        let column = |name: &str, values| Column { name: name.to_owned(), labels: Vec::new(), unit: None, values };
        let numbers = found.iter().map(|(number, _)| *number as f64).collect();
        let texts = found.into_iter().map(|(_, line)| line).collect();
        let columns = vec![column("number", Values::Numbers(numbers)), column("line", Values::Texts(texts))];
        Ok(vec![Frame { name: "lines".to_owned(), columns }])
    }

    fn actions(&mut self) -> Vec<Action> {
        let action = |name: &str, title: &str, destructive, arguments: &str| Action {
            name: name.to_owned(),
            title: title.to_owned(),
            description: "Changes how often it ran, as it remembers.".to_owned(),
            destructive,
            arguments: arguments.to_owned(),
        };
        let runs = r#"{"type":"object","properties":{"runs":{"type":"integer","minimum":0}},"required":["runs"],
            "additionalProperties":false,"examples":[{"runs":100}]}"#;
        let none = r#"{"type":"object","additionalProperties":false}"#;
        vec![action("remember", "Remember", false, runs), action("forget", "Forget", true, none)]
    }

    fn run(&mut self, name: &str, arguments: &str, person: &str) -> Result<String, Fault> {
        match name {
            "remember" => {
                let wanted: Remember = serde_json::from_str(arguments).map_err(|error| Fault::Invalid(error.to_string()))?;
                state::save("runs", &wanted.runs)?;
                Ok(format!("{person} had it remember {} runs", wanted.runs))
            }
            "forget" => {
                state::delete("runs")?;
                Ok(format!("{person} had it forget"))
            }
            _ => Err(Fault::Invalid(format!("there is no action `{name}`"))),
        }
    }

    /// The cursor is the number of the next line.
    fn logs(&mut self, cursor: Option<&str>, limit: u32) -> Result<Page, Fault> {
        let from =
            cursor.map_or(Ok(0), str::parse::<usize>).map_err(|_| Fault::Invalid("that is no line's number".to_owned()))?;
        let lines = self.lines()?;
        let messages: Vec<String> = lines.iter().skip(from).take(limit as usize).cloned().collect();
        let next = from.saturating_add(messages.len());
        Ok(Page {
            times: (from..next).map(|number| number as i64 * 1_000).collect(),
            levels: vec!["info".to_owned(); messages.len()],
            messages,
            labels: Vec::new(),
            cursor: (next < lines.len()).then(|| next.to_string()),
        })
    }
}

impl Caller {
    fn lines(&self) -> Result<Vec<String>, Fault> {
        Ok(files::read_text(&self.0.file, MOST)?.lines().map(str::to_owned).collect())
    }
}

export!(source: Caller);
