//! Units: Grafana's ids and our words.

/// Our word for a unit, and what is lost with it.
pub fn unit(id: &str) -> (Option<String>, Option<String>) {
    const SAME: [(&str, &str); 60] = [
        ("bytes", "bytes"),
        ("binBps", "bytes/s"),
        ("Bps", "bytes/s"),
        ("bps", "bits/s"),
        ("binbps", "bits/s"),
        ("percentunit", "ratio"),
        ("percent", "percent"),
        ("s", "seconds"),
        ("dtdurations", "seconds"),
        ("clocks", "seconds"),
        ("bits", "bit"),
        ("decbits", "bit"),
        ("ms", "ms"),
        ("µs", "µs"),
        ("us", "µs"),
        ("ns", "ns"),
        ("m", "min"),
        ("h", "h"),
        ("d", "d"),
        ("hertz", "Hz"),
        ("rotrpm", "rpm"),
        ("reqps", "req/s"),
        ("ops", "ops/s"),
        ("iops", "IO/s"),
        ("rps", "reads/s"),
        ("wps", "writes/s"),
        ("cps", "/s"),
        ("eps", "events/s"),
        ("mps", "messages/s"),
        ("recps", "records/s"),
        ("rowsps", "rows/s"),
        ("pps", "packets/s"),
        ("reqpm", "req/min"),
        ("opm", "ops/min"),
        ("rpm", "reads/min"),
        ("wpm", "writes/min"),
        ("cpm", "/min"),
        ("celsius", "°C"),
        ("fahrenheit", "°F"),
        ("kelvin", "K"),
        ("humidity", "%H"),
        ("pressurehpa", "hPa"),
        ("pressurembar", "mbar"),
        ("watt", "W"),
        ("voltamp", "VA"),
        ("watth", "Wh"),
        ("kwatth", "kWh"),
        ("joule", "J"),
        ("volt", "V"),
        ("amp", "A"),
        ("ohm", "Ω"),
        ("dB", "dB"),
        ("dBm", "dBm"),
        ("lengthm", "m"),
        ("lengthkm", "km"),
        ("massg", "g"),
        ("masskg", "kg"),
        ("velocityms", "m/s"),
        ("velocitykmh", "km/h"),
        ("degree", "°"),
    ];
    const SCALED: [(&str, &str); 16] = [
        ("kbytes", "KiB"),
        ("mbytes", "MiB"),
        ("gbytes", "GiB"),
        ("tbytes", "TiB"),
        ("deckbytes", "kB"),
        ("decmbytes", "MB"),
        ("decgbytes", "GB"),
        ("dectbytes", "TB"),
        ("KBs", "kB/s"),
        ("MBs", "MB/s"),
        ("GBs", "GB/s"),
        ("KiBs", "KiB/s"),
        ("MiBs", "MiB/s"),
        ("Kbits", "kbit/s"),
        ("Mbits", "Mbit/s"),
        ("dtdurationms", "ms"),
    ];
    const NONE: [&str; 8] = ["", "none", "short", "sishort", "locale", "string", "bool", "number"];
    if NONE.contains(&id) {
        return (None, None);
    }
    if let Some((_, ours)) = SAME.iter().chain(&SCALED).find(|(theirs, _)| *theirs == id) {
        return (Some((*ours).to_owned()), None);
    }
    if id == "decbytes" {
        return (Some("bytes".to_owned()), Some("`decbytes` is shown in powers of 1024".to_owned()));
    }
    if let Some(code) =
        id.strip_prefix("currency").filter(|code| code.len() == 3 && code.bytes().all(|one| one.is_ascii_uppercase()))
    {
        return (Some(code.to_owned()), None);
    }
    if let Some((_, word)) = id.split_once(':').filter(|(kind, _)| matches!(*kind, "suffix" | "si" | "short" | "currency")) {
        return (Some(word.trim().to_owned()).filter(|word| !word.is_empty()), None);
    }
    if id.starts_with("dateTime") || id.starts_with("time:") {
        let reason = format!("the unit `{id}` counts milliseconds: write `unit: date`, and divide the query by 1000");
        return (None, Some(reason));
    }
    let word: String = id.chars().filter(|letter| !letter.is_control()).take(32).collect();
    (Some(word.clone()), Some(format!("the unit `{word}` is not known: it is written after the numbers as it is")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_have_our_words() {
        for (id, ours, is_noted) in [
            ("percentunit", Some("ratio"), false),
            ("Bps", Some("bytes/s"), false),
            ("short", None, false),
            ("currencyUSD", Some("USD"), false),
            ("suffix: carts", Some("carts"), false),
            ("decbytes", Some("bytes"), true),
            ("dateTimeAsIso", None, true),
            ("flops", Some("flops"), true),
        ] {
            let (unit, note) = unit(id);
            assert_eq!((unit.as_deref(), note.is_some()), (ours, is_noted), "{id}");
        }
    }
}
