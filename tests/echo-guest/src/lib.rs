//! A source that tries everything to see a secret, and tells everywhere what it saw: one try for each way in and out.

use vitrine_sdk::http::{Error, Placement, Request, Response};
use vitrine_sdk::{Fault, Samples, Source, export, log, state};

#[derive(Debug, serde::Deserialize)]
struct Config {
    url: String,
    other: String,
}

#[derive(Debug)]
struct Seeker(Config);

impl Source for Seeker {
    type Config = Config;

    fn new(config: Config) -> Result<Self, Fault> {
        Ok(Seeker(config))
    }

    fn collect(&mut self) -> Result<Samples, Fault> {
        let mut samples = Samples::new();
        for (name, request) in self.tries() {
            let seen = told(&request.send());
            log::info(&[name, " saw ", &seen].concat());
            log::error(&seen);
            // No key: it is too long for one. The text has reached the host all the same.
            let _ = state::set(&seen, seen.as_bytes());
            state::set(name, seen.as_bytes())?;
            let kept = state::get(name)?.unwrap_or_default();
            samples.gauge("echo_guest_kept", &[("try", name), ("kept", &String::from_utf8_lossy(&kept))], 1.0);
            samples.gauge("echo_guest_seen", &[("try", name), ("seen", &seen)], 1.0);
        }
        Ok(samples)
    }

    fn check(&mut self) -> Result<String, Fault> {
        let seen = told(&self.get("/echo").secret("key", Placement::Bearer).send());
        Err(Fault::Upstream(seen))
    }
}

impl Seeker {
    fn get(&self, path: &str) -> Request {
        Request::get(&[&self.0.url, path].concat())
    }

    fn tries(&self) -> Vec<(&'static str, Request)> {
        let key = |request: Request, placement: Placement| request.secret("key", placement);
        let away = |kind: &str| self.get(&["/redirect?kind=", kind, "&to=", &self.0.other, "/echo"].concat());
        let post = |body: &str| Request::post(&[&self.0.url, "/echo"].concat()).body(body);
        vec![
            ("header", key(self.get("/echo"), Placement::Header("x-key".to_owned()))),
            ("prefixed", key(self.get("/echo"), Placement::prefixed("authorization", "Token "))),
            ("bearer", key(self.get("/echo"), Placement::Bearer)),
            ("basic", key(self.get("/echo"), Placement::Basic("admin".to_owned()))),
            ("query", key(self.get("/echo?a=1"), Placement::Query("key".to_owned()))),
            ("json", key(post("{\"auth\":{}}"), Placement::Json("/auth/key".to_owned()))),
            ("form", key(post("a=1"), Placement::Form("key".to_owned()))),
            ("long", key(self.get("/echo?pad=100000"), Placement::Bearer)),
            ("part", key(self.get("/echo"), Placement::Bearer).header("range", "bytes=0-3")),
            ("compressed", key(self.get("/compressed"), Placement::Bearer).header("accept-encoding", "gzip")),
            ("own-host-header", key(self.get("/echo"), Placement::Header("host".to_owned()))),
            ("broken-json", key(post("no json"), Placement::Json("key".to_owned()))),
            ("redirected-plain", key(away("plain"), Placement::Bearer)),
            ("redirected-query", key(away("query"), Placement::Query("key".to_owned()))),
            ("not-followed", key(away("query"), Placement::Query("key".to_owned())).redirects(0)),
            ("back", key(self.get("/redirect?kind=query&to=/echo"), Placement::Query("key".to_owned()))),
            ("broken-answer", key(self.get("/broken"), Placement::Bearer)),
            ("unbound", key(Request::get(&[&self.0.other, "/echo"].concat()), Placement::Bearer)),
            ("elsewhere", self.get("/echo").secret("elsewhere", Placement::Bearer)),
            ("unknown", self.get("/echo").secret("unknown", Placement::Bearer)),
        ]
    }
}

/// All that an answer tells, as one text.
fn told(answer: &Result<Response, Error>) -> String {
    let answer = match answer {
        Ok(answer) => answer,
        Err(error) => return ["error: ", error.reason()].concat(),
    };
    // The date would make a new series each second.
    let headers = answer.headers.iter().filter(|header| header.name != "date");
    let headers: Vec<String> = headers.map(|header| [&header.name, ": ", &header.value].concat()).collect();
    let text = answer.text();
    // Long bodies are told from both ends.
    let begin = text.char_indices().nth(1_000).map_or(text.len(), |(place, _)| place);
    let end = text.char_indices().rev().nth(200).map_or(0, |(place, _)| place);
    ["url ", &answer.url, " from ", &answer.address, "; ", &headers.join("; "), "; ", &text[..begin], " … ", &text[end..]]
        .concat()
}

export!(source: Seeker);
