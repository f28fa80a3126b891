//! The source `{{name}}`: every number of a JSON document becomes a series.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use vitrine_sdk::http::Request;
use vitrine_sdk::{Fault, Samples, Source, export};

/// What the admin writes under `with:`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    url: String,
}

#[derive(Debug)]
pub struct {{type}} {
    config: Config,
}

impl Source for {{type}} {
    type Config = Config;

    /// What is wrong with the configuration is `Fault::Invalid`: the admin's to mend.
    fn new(config: Config) -> Result<Self, Fault> {
        if !config.url.starts_with("https://") && !config.url.starts_with("http://") {
            return Err(Fault::Invalid(format!("`url`: {} does not start with https:// or http://", config.url)));
        }
        Ok({{type}} { config })
    }

    /// One sentence for the admin, or why it cannot work.
    fn check(&mut self) -> Result<String, Fault> {
        let numbers = self.numbers()?;
        Ok(format!("{} holds {} numbers", self.config.url, numbers.len()))
    }

    /// Called as often as the admin's `every:` says.
    fn collect(&mut self) -> Result<Samples, Fault> {
        let mut samples = Samples::new();
        for (name, number) in self.numbers()? {
            samples.gauge("{{metric}}_value", &[("name", &name)], number);
        }
        Ok(samples)
    }
}

impl {{type}} {
    /// What is wrong with the far side is `Fault::Upstream`: the host tries again, and nothing counts against you.
    fn numbers(&self) -> Result<BTreeMap<String, f64>, Fault> {
        // `?` sorts the ways in which a request can fail: not granted, not sensible, not answered.
        let answer = Request::get(&self.config.url).send()?;
        if !answer.is_success() {
            return Err(Fault::Upstream(format!("{} answers {}", self.config.url, answer.status)));
        }
        let document: BTreeMap<String, Value> = serde_json::from_slice(&answer.body)
            .map_err(|error| Fault::Upstream(format!("{} is not a JSON object: {error}", self.config.url)))?;
        let numbers = document.into_iter().filter_map(|(name, value)| Some((name, value.as_f64()?)));
        Ok(numbers.collect())
    }
}

export!(source: {{type}});

/// Run by `cargo test`, away from WebAssembly: a fake host answers, and denies what is not set up.
#[cfg(test)]
mod tests {
    use vitrine_sdk::fake::{self, Host};
    use vitrine_sdk::source::configure;

    use super::*;

    const URL: &str = "https://weather.example/now.json";

    fn source() -> {{type}} {
        configure(&format!(r#"{{"url":"{URL}"}}"#)).unwrap()
    }

    #[test]
    fn every_number_is_a_series() {
        let host = Host::new();
        host.answer(URL, fake::response(200, r#"{"temperature": 21.5, "place": "roof"}"#));
        let samples = source().collect().unwrap();
        assert_eq!(samples.value("{{metric}}_value", &[("name", "temperature")]), Some(21.5));
        assert_eq!(samples.len(), 1);
    }

    #[test]
    fn a_broken_answer_is_the_far_sides_fault() {
        for answer in [fake::response(503, ""), fake::response(200, "<html>"), fake::response(200, "")] {
            let host = Host::new();
            host.answer(URL, answer);
            assert!(matches!(source().collect(), Err(Fault::Upstream(_))));
        }
    }

    #[test]
    fn without_a_grant_it_says_so() {
        let _host = Host::new();
        assert!(matches!(source().collect(), Err(Fault::Denied(_))));
    }

    #[test]
    fn the_url_is_checked() {
        assert!(matches!(configure::<{{type}}>(r#"{"url":"weather.example"}"#), Err(Fault::Invalid(_))));
    }
}
