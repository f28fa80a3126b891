use serde::Deserialize;
use vitrine_sdk::{Fault, Samples, Source, export, http::Request};

#[derive(Deserialize)]
struct Config {
    url: String,
}

struct Hello(Config);
impl Source for Hello {
    type Config = Config;

    fn new(config: Config) -> Result<Self, Fault> {
        Ok(Hello(config))
    }

    fn collect(&mut self) -> Result<Samples, Fault> {
        let answer = Request::get(&self.0.url).send()?;
        let mut samples = Samples::new();
        samples.gauge("hello_answer_bytes", &[("url", &self.0.url)], answer.body.len() as f64);
        Ok(samples)
    }
}

export!(source: Hello);
