//! A source that reads a weather station, as in ../../js and ../../python.

use std::collections::BTreeMap;

use serde::Deserialize;
use vitrine_sdk::http::Request;
use vitrine_sdk::source::MetricKind;
use vitrine_sdk::{Fault, Samples, Source, clock, export, log};

/// A reading that is older than this is worth a line in the log.
const OLD_SECONDS: f64 = 600.0;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    station: String,
    url: String,
    #[serde(default)]
    unit: Unit,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Unit {
    #[default]
    Celsius,
    Fahrenheit,
}

/// What the API answers.
#[derive(Debug, Deserialize)]
struct Reading {
    observed_at: i64,
    sensors: BTreeMap<String, f64>,
    humidity: f64,
    count: f64,
}

#[derive(Debug)]
pub struct WeatherStation(Config);

impl Source for WeatherStation {
    type Config = Config;

    fn new(mut config: Config) -> Result<Self, Fault> {
        let known = |letter: char| letter.is_ascii_uppercase() || letter.is_ascii_digit() || letter == '-';
        if !(2..=16).contains(&config.station.len()) || !config.station.chars().all(known) {
            let rule = "is not a station's id: 2 to 16 capital letters, digits and hyphens";
            return Err(Fault::Invalid(format!("`station`: {:?} {rule}", config.station)));
        }
        if !config.url.starts_with("https://") && !config.url.starts_with("http://") {
            return Err(Fault::Invalid(format!("`url`: {:?} does not start with https:// or http://", config.url)));
        }
        config.url.truncate(config.url.trim_end_matches('/').len());
        Ok(WeatherStation(config))
    }

    fn check(&mut self) -> Result<String, Fault> {
        let reading = self.read()?;
        Ok(format!("station {} has {} sensors", self.0.station, reading.sensors.len()))
    }

    fn collect(&mut self) -> Result<Samples, Fault> {
        let station = self.0.station.as_str();
        let reading = self.read()?;
        assert!((0.0..=1.0).contains(&reading.humidity), "a humidity of {} is impossible", reading.humidity);
        let age = (clock::now() - reading.observed_at) as f64 / 1000.0;
        if age > OLD_SECONDS {
            log::warn(&format!("station {station} was last heard of {age:.0} s ago"));
        }

        let mut samples = Samples::new();
        samples.family("weather_temperature_celsius", MetricKind::Gauge, "What each sensor reads.");
        for (sensor, value) in &reading.sensors {
            let labels = [("station", station), ("sensor", sensor.as_str())];
            samples.gauge("weather_temperature_celsius", &labels, self.celsius(*value));
        }
        samples.gauge("weather_humidity_ratio", &[("station", station)], reading.humidity);
        samples.gauge("weather_reading_age_seconds", &[("station", station)], age);
        samples.counter("weather_readings_total", &[("station", station)], reading.count);
        Ok(samples)
    }
}

impl WeatherStation {
    fn read(&self) -> Result<Reading, Fault> {
        let Config { station, url, .. } = &self.0;
        let answer = Request::get(&format!("{url}/stations/{station}")).send()?;
        match answer.status {
            404 => Err(Fault::Upstream(format!("there is no station {station} at {url}"))),
            _ if answer.is_success() => answer.json(),
            status => Err(Fault::Upstream(format!("the API answered {status}"))),
        }
    }

    fn celsius(&self, value: f64) -> f64 {
        match self.0.unit {
            Unit::Celsius => value,
            Unit::Fahrenheit => (value - 32.0) * 5.0 / 9.0,
        }
    }
}

export!(source: WeatherStation);

#[cfg(test)]
mod tests;
