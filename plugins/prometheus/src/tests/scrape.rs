//! What a scrape brings.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use vitrine_sdk::http::{Error, Placement};
use vitrine_sdk::source::{Batch, MetricKind};

use super::*;

#[test]
fn a_page_becomes_samples_and_what_is_told_of_it() {
    let (samples, trouble) = scraped("", PAGE);
    assert_eq!((samples.len(), trouble), (3 + TOLD, None), "{samples}");
    let check = |name: &str, labels: &[(&str, &str)], wanted: f64| {
        assert_eq!(value(&samples, name, labels), Some(wanted), "{name} in\n{samples}");
    };
    check("a_total", &[("x", "2")], 6.0);
    check("b", &[], 1.5);
    check("up", &[], 1.0);
    check("scrape_samples_scraped", &[], 3.0);
    check("scrape_samples_post_metric_relabeling", &[], 3.0);
    check("scrape_series_added", &[], 3.0);
    assert!(value(&samples, "scrape_duration_seconds", &[]).is_some());
    let batch = Batch::from(samples);
    let family = &batch.families[0];
    assert_eq!((family.name.as_str(), family.kind, family.help.as_str()), ("a_total", MetricKind::Counter, "what is counted"));
    assert!(batch.times.is_empty(), "they are of the poll's moment");
}

#[test]
fn the_request_says_what_can_be_read() {
    let host = Host::new();
    host.answer("https://a:1/m?x=1&x=2%26&y=3", page(""));
    let options = "{'targets':['a:1'],'scheme':'https','path':'/m','params':{'x':['1','2&'],'y':['3']},'timeout':1.5,
        'follow_redirects':false,'auth':{'basic':'me'}}";
    source(options).unwrap().collect().unwrap();
    let request = &host.requests()[0];
    let header = |name: &str| request.headers.iter().find(|header| header.name == name).map(|header| header.value.as_str());
    assert!(header("accept").unwrap().starts_with("application/openmetrics-text;version=1.0.0"));
    assert_eq!((header("accept-encoding"), request.timeout, request.redirects), (Some("gzip"), Some(1500), 0));
    assert_eq!(header("x-prometheus-scrape-timeout-seconds"), Some("1.5"));
    assert!(matches!(&request.secrets[0].placement, Placement::Basic(user) if user == "me"));
    host.answer(URL, page(""));
    source("{'targets':['http://web-1:9100'],'open_metrics':false,'auth':'bearer'}").unwrap().collect().unwrap();
    let request = &host.requests()[1];
    assert!(request.headers.iter().all(|header| !header.value.contains("openmetrics")));
    assert!(matches!(request.secrets[0].placement, Placement::Bearer));
}

#[test]
fn open_metrics_is_held_to_its_word() {
    let host = Host::new();
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    let text = "# TYPE a_seconds histogram\n# UNIT a_seconds seconds\na_seconds_bucket{le=\"+Inf\"} 2 1.5\n# EOF\n";
    host.answer(URL, typed(text.into(), kind));
    host.answer(URL, typed("a 1\n".into(), kind));
    let mut source = source("{'targets':['web-1:9100']}").unwrap();
    let samples = source.collect().unwrap();
    assert_eq!(value(&samples, "a_seconds_bucket", &[("le", "+Inf")]), Some(2.0), "{samples}");
    let batch = Batch::from(samples);
    assert_eq!((batch.families[0].unit.as_str(), batch.times[0]), ("seconds", 1_500));
    assert_eq!(batch.times.len(), 1 + TOLD);
    let samples = source.collect().unwrap();
    assert_eq!((value(&samples, "up", &[]), samples.len()), (Some(0.0), TOLD));
    assert!(source.targets[0].trouble.as_ref().unwrap().contains("line 2, column 1: the text breaks off"));
}

#[test]
fn times_can_be_left_out() {
    let (samples, _) = scraped(",'honor_timestamps':false", "a 1 1500\n");
    assert!(Batch::from(samples).times.is_empty());
    let (samples, trouble) = scraped("", "a 1 -1\n");
    assert_eq!((samples.len(), trouble.as_deref()), (TOLD, Some("a has a time that is not between the years 1970 and 9999")));
}

#[test]
fn answers_are_unpacked_within_bounds() {
    let host = Host::new();
    host.answer(URL, packed(PAGE.as_bytes()));
    // A few kilobytes that would be a hundred megabytes.
    host.answer(URL, packed(&vec![b'\n'; 100 << 20]));
    let mut broken = packed(PAGE.as_bytes());
    broken.body.truncate(30);
    host.answer(URL, broken);
    let mut other = page(PAGE);
    other.headers.push(Header { name: "content-encoding".to_owned(), value: "br".to_owned() });
    host.answer(URL, other);
    let mut source = source("{'targets':['web-1:9100']}").unwrap();
    assert_eq!(source.collect().unwrap().len(), 3 + TOLD);
    for reason in ["more than 8388608 bytes", "cannot be unpacked", "packed as `br`"] {
        assert_eq!(source.collect().unwrap().len(), TOLD);
        let trouble = source.targets[0].trouble.as_ref().unwrap();
        assert!(trouble.contains(reason), "{trouble}");
    }
}

#[test]
fn limits_refuse_the_whole_target() {
    let refused = |options: &str, text: &str, reason: &str| {
        let (samples, trouble) = scraped(options, text);
        assert_eq!((samples.len(), value(&samples, "up", &[])), (TOLD, Some(0.0)), "{samples}");
        assert!(trouble.as_ref().is_some_and(|trouble| trouble.contains(reason)), "{trouble:?}");
    };
    refused(",'sample_limit':2", PAGE, "sample_limit");
    refused(",'label_limit':2", PAGE, "label_limit");
    refused(",'label_name_length_limit':10", "a{a_long_label=\"1\"} 1\n", "longer than allowed");
    refused(",'label_value_length_limit':20", "a{x=\"123456789012345678901\"} 1\n", "longer than allowed");
    refused("", &format!("a{{x=\"{}\"}} 1\n", "x".repeat(5_000)), "longer than allowed");
    refused(",'body_size_limit':20", PAGE, "body_size_limit");
    refused("", "a b\n", "line 1, column 3: `b` is not a number");
    let (samples, _) = scraped(",'sample_limit':3,'label_limit':4", PAGE);
    assert_eq!(samples.len(), 3 + TOLD);
}

#[test]
fn a_page_for_people_is_told_apart() {
    let host = Host::new();
    host.answer(URL, typed(b"<html>".to_vec(), "text/html"));
    host.answer(URL, fake::response(404, ""));
    let mut source = source("{'targets':['web-1:9100']}").unwrap();
    source.collect().unwrap();
    assert!(source.targets[0].trouble.as_ref().unwrap().contains("is the path right?"));
    source.collect().unwrap();
    assert_eq!(source.targets[0].trouble.as_deref(), Some("the status is 404"));
}

#[test]
fn labels_of_targets_win_or_give_way() {
    let text = "a{job=\"own\",x=\"1\"} 1\nb{job=\"own\",exported_job=\"too\",source=\"s\"} 2\nc{instance=\"\"} 3\n";
    let (samples, _) = scraped("", text);
    assert_eq!(value(&samples, "a", &[("exported_job", "own"), ("x", "1")]), Some(1.0), "{samples}");
    let labels = [("exported_exported_job", "own"), ("exported_job", "too"), ("exported_source", "s")];
    assert_eq!(value(&samples, "b", &labels), Some(2.0), "{samples}");
    assert_eq!(value(&samples, "c", &[]), Some(3.0), "{samples}");
    let (samples, _) = scraped(",'honor_labels':true", text);
    assert_eq!(samples.value("a", &[("job", "own"), ("x", "1"), ("instance", "web-1:9100")]), Some(1.0), "{samples}");
    assert_eq!(samples.value("c", &[("job", "prometheus")]), Some(3.0), "{samples}");
}

#[test]
fn names_of_all_letters_become_names() {
    let (samples, trouble) = scraped("", "{\"http.requests\",\"url.path\"=\"/\"} 1\n");
    assert_eq!((value(&samples, "http_requests", &[("url_path", "/")]), trouble), (Some(1.0), None), "{samples}");
}

#[test]
fn a_target_that_fails_leaves_the_others_alone() {
    let host = Host::new();
    let second = "http://web-2:9100/metrics";
    host.answer(URL, page(PAGE));
    host.answer(second, page(PAGE));
    host.fail(second, Error::Connect("connection refused".to_owned()));
    host.answer(second, page(PAGE));
    let mut source = source("{'targets':['web-1:9100','web-2:9100'],'job':'shop'}").unwrap();
    let of = |samples: &Samples, name: &str, instance: &str| samples.value(name, &[("job", "shop"), ("instance", instance)]);
    let polls: Vec<Samples> = (0..4).map(|_| source.collect().unwrap()).collect();
    let lengths: Vec<usize> = polls.iter().map(Samples::len).collect();
    assert_eq!(lengths, [6 + 2 * TOLD, 3 + 2 * TOLD, 6 + 2 * TOLD, 6 + 2 * TOLD]);
    let up: Vec<_> = polls.iter().map(|samples| (of(samples, "up", "web-1:9100"), of(samples, "up", "web-2:9100"))).collect();
    assert_eq!(up[1], (Some(1.0), Some(0.0)));
    assert_eq!((of(&polls[1], "b", "web-1:9100"), of(&polls[1], "b", "web-2:9100")), (Some(1.5), None));
    let added: Vec<_> = polls.iter().map(|samples| of(samples, "scrape_series_added", "web-2:9100")).collect();
    assert_eq!(added, [Some(3.0), Some(0.0), Some(3.0), Some(0.0)]);
    assert_eq!(host.lines().len(), 2, "what changes is logged, once: {:?}", host.lines());
}

#[test]
fn what_is_not_granted_is_the_admins_to_know() {
    let host = Host::new();
    let mut both = source("{'targets':['web-1:9100','web-2:9100']}").unwrap();
    assert!(matches!(both.collect(), Err(Fault::Denied(_))));
    host.answer(URL, page(PAGE));
    assert_eq!(both.collect().unwrap().len(), 3 + 2 * TOLD);
    let fault = both.check().unwrap_err();
    assert!(matches!(&fault, Fault::Upstream(reason) if reason.starts_with("of 2 targets fail http://web-2:9100")), "{fault:?}");
    assert_eq!(source("{'targets':['web-1:9100']}").unwrap().check().unwrap(), "1 targets answer");
}

#[test]
fn mistakes_in_the_configuration_are_the_admins() {
    let reason = |options: &str| source(options).unwrap_err().reason().to_owned();
    assert_eq!(reason("{}"), "missing field `targets`");
    assert!(reason("{'targets':['ftp://x']}").starts_with("`targets[0]`: ftp://x begins with neither"));
    assert!(reason("{'targets':['a','']}").starts_with("`targets[1]`"));
    assert!(reason("{'targets':['a'],'timeout':0}").starts_with("`timeout`"));
    assert!(reason("{'targets':[{'address':'a','labels':{'b-c':'1'}}]}").contains("is not a label name"));
    let rules = "{'targets':['a'],'metric_relabel_configs':[{'action':'drop'},{'regex':'(','target_label':'x'}]}";
    assert!(reason(rules).starts_with("`metric_relabel_configs[1]`: `regex`: ( is not an expression"));
}
