//! One source in three languages: the same samples, the same faults, the same contract.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;
use vitrine_tests::{Behaviour, Files, Start, Target, Vitrine, stations, wait_until};

/// Python's run-time is 18 MB, and compiling it takes half a minute where nothing else runs: on a busy machine minutes.
pub(crate) const COMPILED: Duration = Duration::from_secs(300);

const LANGUAGES: [&str; 3] = ["rust", "js", "python"];

const READING: &str = r#"{ "observed_at": 1767225510000, "sensors": { "roof": 50, "ground": 41 }, "humidity": 0.6, "count": 7 }"#;
const IMPOSSIBLE: &str = r#"{ "observed_at": 1767225510000, "sensors": {}, "humidity": 7, "count": 7 }"#;

/// Where the bug is that `IMPOSSIBLE` wakes.
const PLACES: [(&str, &str); 3] = [("rust", "src/lib.rs:"), ("js", "src/index.js:"), ("python", "weather_station.py:")];

#[tokio::test]
async fn a_station_is_the_same_in_every_language() {
    let well = Target::start(Behaviour::Say(READING)).await;
    let mad = Target::start(Behaviour::Say(IMPOSSIBLE)).await;
    let ill = Target::start(Behaviour::Answer(503)).await;
    let files = files(&well, &mad, &ill);
    let vitrine = Start::new(&files).patient().serve().await;

    let mut samples = Vec::new();
    for language in LANGUAGES {
        samples.push(collected(&vitrine, language).await);
        for (name, whose, reason) in [
            ("ill", "upstream", "the API answered 503"),
            ("down", "upstream", "cannot connect"),
            ("denied", "denied", "not granted"),
            ("mad", "internal", "a humidity of 7 is impossible"),
        ] {
            let fault = fault(&vitrine, &format!("{language}-{name}")).await;
            assert_eq!(fault["whose"], whose, "{language}: {fault}");
            assert!(fault["reason"].as_str().unwrap().contains(reason), "{language}: {fault}");
        }
    }
    assert_eq!(samples[0].len(), 4, "{samples:?}");
    assert!(samples.iter().all(|other| *other == samples[0]), "{samples:#?}");
    assert_eq!(samples[0][&("weather_temperature_celsius".to_owned(), "roof".to_owned())], 10.0);

    let log = vitrine.log();
    for (language, place) in PLACES {
        let told = log.lines().filter(|line| line.contains(&format!("\"plugin.instance\":\"{language}-mad\"")));
        let told: Vec<&str> = told.filter(|line| line.contains("impossible")).collect();
        assert!(told.iter().any(|line| line.contains(place)), "{language}: {told:?}");
        let refused = format!("source `{language}-wrong` cannot be started: `station`: ");
        assert!(log.contains(&refused), "`{refused}` is missing in the log:\n{log}");
        let old = format!("\"plugin.instance\":\"{language}-well\"");
        assert!(log.lines().any(|line| line.contains(&old) && line.contains("station BER-1 was last heard of")), "{log}");
    }
    vitrine.stop().await;
}

fn files(well: &Target, mad: &Target, ill: &Target) -> Files {
    let files = Files::new().with_shared_code();
    let mut text = format!("plugins: {{ folder: '{}', compile_seconds: 300 }}\nsources:\n", stations().display());
    for language in LANGUAGES {
        let mut add = |name: &str, station: &str, url: &str, grant: &str| {
            text.push_str(&format!(
                "  {language}-{name}: {{ plugin: weather-station-{language}, every: 2s, \
                 with: {{ station: {station}, url: '{url}', unit: fahrenheit }}, grant: {{ http: ['{grant}'] }} }}\n"
            ));
        };
        add("well", "BER-1", &well.url(), &well.url());
        add("mad", "BER-1", &mad.url(), &mad.url());
        add("ill", "BER-1", &ill.url(), &ill.url());
        // Nothing listens there, and nothing else may.
        add("down", "BER-1", "http://127.0.0.1:1", "http://127.0.0.1:1");
        add("denied", "BER-1", &well.url(), "https://elsewhere.test");
        add("wrong", "ber", &well.url(), &well.url());
    }
    files.write("config/sources.yaml", &text);
    files
}

/// What a language's station reads, by name and sensor; but not its age, which passes.
async fn collected(vitrine: &Vitrine, language: &str) -> BTreeMap<(String, String), f64> {
    let query = format!("{{__name__=~'weather_.*', source='{language}-well'}}");
    let find = async || Some(vitrine.query(&query).await).filter(|series| !series.is_empty());
    let series = wait_until(&format!("{language} has collected"), COMPILED, find).await;
    let age = |name: &str| name == "weather_reading_age_seconds";
    assert!(series.iter().any(|(labels, value)| age(&labels["__name__"]) && *value > 0.0), "{series:?}");
    assert!(series.iter().all(|(labels, _)| labels["station"] == "BER-1"), "{series:?}");
    let kept = series.into_iter().filter(|(labels, _)| !age(&labels["__name__"]));
    kept.map(|(mut labels, value)| {
        let sensor = labels.remove("sensor").unwrap_or_default();
        ((labels.remove("__name__").unwrap(), sensor), value)
    })
    .collect()
}

async fn fault(vitrine: &Vitrine, name: &str) -> Value {
    let find = async || vitrine.source(name).await.map(|source| source["fault"].clone()).filter(|fault| !fault.is_null());
    wait_until(&format!("{name} fails"), COMPILED, find).await
}

#[tokio::test]
async fn the_contract_is_kept_in_every_language() {
    let files = Files::new();
    files.write("config/vitrine.yaml", "plugins: { compile_seconds: 300 }\n");
    for language in LANGUAGES {
        let file = stations().join(format!("weather-station-{language}.wasm"));
        let ran = Start::bare(&files).patient().run(&["plugin", "test", file.to_str().unwrap()]).await;
        assert_eq!(ran.code, Some(0), "{language}\n{}{}", ran.out, ran.err);
    }
}
