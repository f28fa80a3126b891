//! The source `http-check`: one request per poll, measured under blackbox_exporter's names.

mod config;

use vitrine_sdk::http::{Error, Request, Response};
use vitrine_sdk::{Fault, Samples, Source, clock, export, log};

pub use config::Config;

#[derive(Debug)]
pub struct HttpCheck {
    config: Config,
    request: Request,
    /// What was wrong last time, so that the log tells changes only.
    last_trouble: Option<String>,
}

/// One exchange, judged.
struct Verdict {
    /// Seconds.
    duration: f64,
    response: Option<Response>,
    /// The text that the body must contain is not in it.
    body_missing: bool,
    /// Why the check failed; nothing where all is well.
    trouble: Option<String>,
}

impl Source for HttpCheck {
    type Config = Config;

    fn new(config: Config) -> Result<Self, Fault> {
        let request = config.request()?;
        Ok(HttpCheck { config, request, last_trouble: None })
    }

    fn check(&mut self) -> Result<String, Fault> {
        let verdict = self.probe()?;
        match (verdict.trouble, verdict.response) {
            (Some(trouble), _) => Err(Fault::Upstream(trouble)),
            (None, Some(response)) => Ok([&self.config.url, " answers ", &response.status.to_string()].concat()),
            (None, None) => Ok([&self.config.url, " answers"].concat()),
        }
    }

    /// A target that does not answer is a result, not a fault.
    fn collect(&mut self) -> Result<Samples, Fault> {
        let verdict = self.probe()?;
        let mut samples = Samples::new();
        add(&mut samples, &self.config.url, &verdict);
        self.tell_change(verdict.trouble);
        Ok(samples)
    }
}

impl HttpCheck {
    /// The faults are those of the admin: a request that is not granted, or that nobody could send.
    fn probe(&self) -> Result<Verdict, Fault> {
        let start = clock::monotonic();
        let answer = self.request.send();
        let duration = clock::monotonic().saturating_sub(start) as f64 / 1e9;
        match answer {
            Ok(response) => Ok(self.judge(response, duration)),
            Err(Error::Denied(reason)) => Err(Fault::Denied(reason)),
            Err(Error::Invalid(reason)) => Err(Fault::Invalid(reason)),
            Err(error) => {
                let trouble = Some(error.reason().to_owned());
                Ok(Verdict { duration, response: None, body_missing: false, trouble })
            }
        }
    }

    fn judge(&self, response: Response, duration: f64) -> Verdict {
        let expect = &self.config.expect;
        let body_missing = expect.body.as_ref().is_some_and(|text| !contains(&response.body, text.as_bytes()));
        let trouble = if !expect.wants(response.status) {
            Some(["the status is ", &response.status.to_string()].concat())
        } else if body_missing {
            Some("the body does not contain the text".to_owned())
        } else if expect.max_seconds.is_some_and(|most| duration > most) {
            Some("the answer took too long".to_owned())
        } else {
            None
        };
        Verdict { duration, response: Some(response), body_missing, trouble }
    }

    fn tell_change(&mut self, trouble: Option<String>) {
        if self.last_trouble == trouble {
            return;
        }
        match &trouble {
            Some(trouble) => log::warn(&[&self.config.url, " fails: ", trouble].concat()),
            None => log::info(&[&self.config.url, " is well again"].concat()),
        }
        self.last_trouble = trouble;
    }
}

fn add(samples: &mut Samples, url: &str, verdict: &Verdict) {
    let target = [("target", url)];
    let flag = |truth: bool| f64::from(u8::from(truth));
    samples.gauge("probe_success", &target, flag(verdict.trouble.is_none()));
    samples.gauge("probe_duration_seconds", &target, verdict.duration);
    samples.gauge("probe_failed_due_to_regex", &target, flag(verdict.body_missing));
    let Some(response) = &verdict.response else {
        samples.gauge("probe_http_status_code", &target, 0.0);
        return;
    };
    let phases = [
        ("resolve", response.timing.resolve),
        ("connect", response.timing.connect),
        ("tls", response.timing.tls),
        ("processing", response.timing.processing),
        ("transfer", response.timing.transfer),
    ];
    for (phase, seconds) in phases {
        samples.gauge("probe_http_duration_seconds", &[("phase", phase), ("target", url)], seconds);
    }
    samples.gauge("probe_http_status_code", &target, f64::from(response.status));
    samples.gauge("probe_http_redirects", &target, f64::from(response.redirects));
    samples.gauge("probe_http_content_length", &target, response.body.len() as f64);
    samples.gauge("probe_http_version", &target, response.version.parse().unwrap_or(0.0));
    if let Some(tls) = &response.tls {
        samples.gauge("probe_ssl_earliest_cert_expiry", &target, tls.not_after as f64);
    }
}

fn contains(body: &[u8], text: &[u8]) -> bool {
    text.is_empty() || body.windows(text.len()).any(|window| window == text)
}

export!(source: HttpCheck);

#[cfg(test)]
mod tests;
