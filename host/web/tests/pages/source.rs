//! A source that can be asked: it answers a frame, does one thing, and has three log lines.

use std::cell::Cell;

use async_trait::async_trait;
use vitrine_model::frame::{Column, Frame, TimeRange, Values};
use vitrine_model::port::source::{Action, LogLine, LogPage, Source};
use vitrine_model::sample::Batch;
use vitrine_model::{Fault, Labels};

thread_local! {
    /// How often the source restarted something in this test, which has a thread of its own.
    pub static RESTARTS: Cell<usize> = const { Cell::new(0) };
}

pub struct Shop;

#[async_trait]
impl Source for Shop {
    async fn collect(&self) -> Result<Batch, Fault> {
        Ok(Batch::default())
    }

    async fn check(&self) -> Result<String, Fault> {
        Ok("well".to_owned())
    }

    async fn query(&self, queries: &[String], range: TimeRange) -> Result<Vec<Result<Vec<Frame>, Fault>>, Fault> {
        let answer = |query: &String| match query.as_str() {
            "wrong" => Err(Fault::Invalid("no such table".to_owned())),
            _ => {
                let column = |name: &str, values| {
                    let (name, labels) = (name.to_owned(), Labels::from_pairs([("shop", "one")]));
                    Column { name, labels, unit: None, values }
                };
                let columns = vec![
                    column("time", Values::Times(vec![range.start, range.end])),
                    column("orders", Values::Numbers(vec![1.5, f64::NAN])),
                    column("note", Values::Texts(vec!["a".to_owned(), query.clone()])),
                    column("open", Values::Flags(vec![true, false])),
                ];
                Ok(vec![Frame { name: "orders".to_owned(), columns }])
            }
        };
        Ok(queries.iter().map(answer).collect())
    }

    async fn actions(&self) -> Result<Vec<Action>, Fault> {
        let arguments =
            r#"{"type":"object","properties":{"service":{"type":"string"}},"required":["service"],"additionalProperties":false}"#;
        Ok(vec![Action {
            name: "restart".to_owned(),
            title: "Restart".to_owned(),
            description: "Restarts a service.".to_owned(),
            destructive: true,
            arguments: arguments.to_owned(),
        }])
    }

    async fn act(&self, action: &str, arguments: &str, person: &str) -> Result<String, Fault> {
        RESTARTS.set(RESTARTS.get() + 1);
        Ok(format!("{person}: {action} {arguments}"))
    }

    async fn logs(&self, cursor: Option<&str>, limit: u32) -> Result<LogPage, Fault> {
        let from: i64 = cursor.map_or(Ok(0), str::parse).map_err(|_| Fault::Invalid("no such place".to_owned()))?;
        let line = |number| LogLine { time: number * 1_000, level: "info".to_owned(), message: format!("line {number}") };
        let lines: Vec<LogLine> = (from..3).take(limit as usize).map(line).collect();
        let next = from + lines.len() as i64;
        Ok(LogPage { lines, labels: Labels::from_pairs([("unit", "shop")]), cursor: (next < 3).then(|| next.to_string()) })
    }
}
