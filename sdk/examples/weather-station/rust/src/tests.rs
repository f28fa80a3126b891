#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use vitrine_sdk::fake::{self, Host};
use vitrine_sdk::http::Error;
use vitrine_sdk::source::configure;

use super::*;

const CONFIG: &str = r#"{"station":"BER-1","url":"https://weather.test/","unit":"fahrenheit"}"#;
const ADDRESS: &str = "https://weather.test/stations/BER-1";
/// Ninety seconds before the fake host's now.
const READING: &str = r#"{"observed_at":1767225510000,"sensors":{"roof":50,"ground":41},"humidity":0.6,"count":7}"#;

fn collect(status: u16, body: &str) -> Result<Samples, Fault> {
    let host = Host::new();
    host.answer(ADDRESS, fake::response(status, body));
    configure::<WeatherStation>(CONFIG)?.collect()
}

#[test]
fn a_reading_becomes_samples() {
    assert_eq!(
        collect(200, READING).unwrap().to_string(),
        "weather_temperature_celsius{station=\"BER-1\",sensor=\"ground\"} 5\n\
         weather_temperature_celsius{station=\"BER-1\",sensor=\"roof\"} 10\n\
         weather_humidity_ratio{station=\"BER-1\"} 0.6\n\
         weather_reading_age_seconds{station=\"BER-1\"} 90\n\
         weather_readings_total{station=\"BER-1\"} 7\n"
    );
}

#[test]
fn an_old_reading_is_worth_a_line() {
    let host = Host::new();
    host.answer(ADDRESS, fake::response(200, READING));
    host.advance(600_000);
    let mut station: WeatherStation = configure(CONFIG).unwrap();
    assert_eq!(station.check().unwrap(), "station BER-1 has 2 sensors");
    station.collect().unwrap();
    assert_eq!(host.lines(), [(log::Level::Warn, "station BER-1 was last heard of 690 s ago".to_owned())]);
}

#[test]
fn each_failure_says_whose_it_is() {
    let wrong = |config: &str| configure::<WeatherStation>(config).unwrap_err().reason().to_owned();
    assert!(wrong(r#"{"station":"ber","url":"https://a.test"}"#).starts_with("`station`: "));
    assert!(wrong(r#"{"station":"BER-1","url":"a.test"}"#).starts_with("`url`: "));
    assert!(matches!(collect(404, ""), Err(Fault::Upstream(_))));
    assert!(matches!(collect(503, ""), Err(Fault::Upstream(_))));
    assert!(matches!(collect(200, "no JSON"), Err(Fault::Upstream(_))));
    let host = Host::new();
    let mut station: WeatherStation = configure(CONFIG).unwrap();
    assert!(matches!(station.collect(), Err(Fault::Denied(_))));
    host.fail(ADDRESS, Error::Connect("nobody answers".to_owned()));
    assert!(matches!(station.collect(), Err(Fault::Upstream(_))));
}

#[test]
#[should_panic(expected = "a humidity of 7 is impossible")]
fn nonsense_is_a_fault_of_the_plugins() {
    let _ = collect(200, &READING.replace("0.6", "7"));
}
