//! Names of OpenTelemetry as Prometheus's: letters, digits and `_`, with the unit in words and `_total` for what only grows.

/// Units in UCUM's short form, and in words.
const UNITS: [(&str, &str); 27] = [
    ("d", "days"),
    ("h", "hours"),
    ("min", "minutes"),
    ("s", "seconds"),
    ("ms", "milliseconds"),
    ("us", "microseconds"),
    ("ns", "nanoseconds"),
    ("By", "bytes"),
    ("KiBy", "kibibytes"),
    ("MiBy", "mebibytes"),
    ("GiBy", "gibibytes"),
    ("TiBy", "tibibytes"),
    ("KBy", "kilobytes"),
    ("kBy", "kilobytes"),
    ("MBy", "megabytes"),
    ("GBy", "gigabytes"),
    ("TBy", "terabytes"),
    ("m", "meters"),
    ("V", "volts"),
    ("A", "amperes"),
    ("J", "joules"),
    ("W", "watts"),
    ("g", "grams"),
    ("Cel", "celsius"),
    ("Hz", "hertz"),
    ("1", ""),
    ("%", "percent"),
];

/// Units after a slash.
const RATES: [(&str, &str); 7] =
    [("s", "second"), ("m", "minute"), ("h", "hour"), ("d", "day"), ("w", "week"), ("mo", "month"), ("y", "year")];

fn word<'a>(unit: &'a str, words: &[(&str, &'static str)]) -> &'a str {
    let unit = unit.trim();
    // What stands in braces says what is counted, and is no unit.
    if unit.contains(['{', '}']) {
        return "";
    }
    words.iter().find(|(short, _)| *short == unit).map_or(unit, |(_, word)| word)
}

/// Runs of what a name may not have become one `_`.
fn clean(text: &str) -> String {
    tokens(text).collect::<Vec<_>>().join("_")
}

fn tokens(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != ':').filter(|token| !token.is_empty())
}

/// The unit in words: `seconds`, `bytes_per_second`.
pub(super) fn unit(unit: &str) -> String {
    let (main, rate) = unit.split_once('/').unwrap_or((unit, ""));
    let (main, rate) = (clean(word(main, &UNITS)), clean(word(rate, &RATES)));
    match (main.is_empty(), rate.is_empty()) {
        (_, true) => main,
        (true, false) => format!("per_{rate}"),
        (false, false) => format!("{main}_per_{rate}"),
    }
}

/// A metric's name.
pub(super) fn metric(name: &str, unit: &str, is_gauge: bool, only_grows: bool) -> String {
    let mut parts: Vec<&str> = tokens(name).collect();
    let (main, rate) = unit.split_once('/').unwrap_or((unit, ""));
    let (main, rate) = (clean(word(main, &UNITS)), clean(word(rate, &RATES)));
    let has_rate = !rate.is_empty() && !parts.contains(&rate.as_str());
    if !main.is_empty() && !parts.contains(&main.as_str()) {
        parts.push(&main);
    }
    if has_rate {
        parts.extend(["per", &rate]);
    }
    for (is_so, ending) in [(only_grows, "total"), (is_gauge && unit == "1", "ratio")] {
        if is_so {
            parts.retain(|part| *part != ending);
            parts.push(ending);
        }
    }
    let name = parts.join("_");
    if name.starts_with(|first: char| first.is_ascii_digit()) { format!("_{name}") } else { name }
}

/// A label's name.
pub(super) fn label(name: &str) -> String {
    let clean: String =
        name.chars().map(|letter| if letter.is_ascii_alphanumeric() || letter == '_' { letter } else { '_' }).collect();
    match clean.as_bytes() {
        [first, ..] if first.is_ascii_digit() => format!("key_{clean}"),
        [b'_', b'_', ..] | [] => clean,
        [b'_', ..] => format!("key{clean}"),
        _ => clean,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics_are_named_as_prometheus_names_them() {
        for ((name, unit, is_gauge, only_grows), wanted) in [
            (("http.server.duration", "ms", false, false), "http_server_duration_milliseconds"),
            (("http.server.requests", "{request}", false, true), "http_server_requests_total"),
            (("requests.total.count", "1", false, true), "requests_count_total"),
            (("system.cpu.utilization", "1", true, false), "system_cpu_utilization_ratio"),
            (("system.network.io", "By/s", true, false), "system_network_io_bytes_per_second"),
            (("disk.bytes", "By", true, false), "disk_bytes"),
            (("speed", "m/h", true, false), "speed_meters_per_hour"),
            (("2xx responses__seen", "", false, true), "_2xx_responses_seen_total"),
            (("odd", "foo/bar baz", true, false), "odd_foo_per_bar_baz"),
        ] {
            assert_eq!(metric(name, unit, is_gauge, only_grows), wanted);
        }
        assert_eq!((unit("By/s").as_str(), unit("1").as_str()), ("bytes_per_second", ""));
    }

    #[test]
    fn labels_are_named_as_prometheus_names_them() {
        for (name, wanted) in
            [("http.method", "http_method"), ("1st", "key_1st"), ("_own", "key_own"), ("__own", "__own"), ("ü", "key_")]
        {
            assert_eq!(label(name), wanted);
        }
    }
}
