//! Exporters as they come, before a fake host.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod any;
mod relabel;
mod scrape;

use std::io::Write;

use vitrine_sdk::fake::{self, Host};
use vitrine_sdk::http::{Header, Response};
use vitrine_sdk::source::configure;
use vitrine_sdk::{Fault, Samples};

use super::*;

const URL: &str = "http://web-1:9100/metrics";
const PAGE: &str = "# HELP a_total what is counted\n# TYPE a_total counter\na_total{x=\"1\"} 5\na_total{x=\"2\"} 6\nb 1.5\n";
/// What is told of each scrape.
const TOLD: usize = 5;

/// JSON with single quotes.
fn source(options: &str) -> Result<Prometheus, Fault> {
    configure(&options.replace('\'', "\""))
}

fn page(text: &str) -> Response {
    typed(text.as_bytes().to_vec(), "text/plain; version=0.0.4")
}

fn typed(body: Vec<u8>, content_type: &str) -> Response {
    let header = Header { name: "Content-Type".to_owned(), value: content_type.to_owned() };
    Response { headers: vec![header], body, ..fake::response(200, "") }
}

fn packed(text: &[u8]) -> Response {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    writer.write_all(text).unwrap();
    let mut response = typed(writer.finish().unwrap(), "text/plain");
    response.headers.push(Header { name: "content-encoding".to_owned(), value: "gzip".to_owned() });
    response
}

/// One scrape of one target, which shows this.
fn scraped(options: &str, text: &str) -> (Samples, Option<String>) {
    let host = Host::new();
    host.answer(URL, page(text));
    let mut source = source(&format!("{{'targets':['web-1:9100']{options}}}")).unwrap();
    let samples = source.collect().unwrap();
    (samples, source.targets[0].trouble.clone())
}

fn value(samples: &Samples, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
    samples.value(name, &[&[("job", "prometheus"), ("instance", "web-1:9100")], labels].concat())
}
