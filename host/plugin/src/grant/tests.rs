#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod policy;

use super::*;

fn grants(http: &[&str], networks: &[&str]) -> Grants {
    let texts = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect();
    Grants::read_details(&DetailedGrant { http: texts(http), networks: texts(networks), ..DetailedGrant::default() }).unwrap()
}

#[test]
fn nonsense_is_no_grant() {
    for text in [
        "",
        "shop.example",
        "ftp://shop.example",
        "https://shop.example/path",
        "https://a@b.example",
        "https://:b@c.example",
        "https://",
        "https://a.*.example",
        "unix:",
        "unix:app.sock",
        "unix:/",
        "unix:/run/../app.sock",
        "unix:/run//app.sock",
        "unix://run/app.sock",
    ] {
        assert!(text.parse::<HttpGrant>().is_err(), "{text}");
    }
}

#[test]
fn a_grant_prints_as_it_is_written() {
    for text in ["https://a.example", "http://a.example:8080", "GET https://*.example", "https://*", "POST unix:/run/a.sock"] {
        assert_eq!(text.parse::<HttpGrant>().unwrap().to_string(), text);
    }
}

const SEEKER: &str = r#"
name = "seeker"
kind = "data-source"
version = "0.1.0"
title = "Seeker"
description = "Signs in."
offers = ["collector"]
rights.http = { reason = "signs in" }
secrets.token = { reason = "signs in", hosts = ["https://api.example", "https://*.cloud.example", "broken"] }
secrets.open = { reason = "signs in", hosts = ["*"] }
"#;

fn with_secrets(secrets: SecretGrants) -> Result<Grants, Vec<GrantProblem>> {
    // A host that cannot be read must narrow what is asked for, not open it.
    let manifest = Manifest::parse(&SEEKER.replace(", \"broken\"", "")).unwrap();
    let mut manifest = manifest;
    if let Some(secret) = manifest.secrets.get_mut("token") {
        secret.hosts.push("broken".to_owned());
    }
    let details = DetailedGrant { http: vec!["https://api.example".to_owned()], secrets, ..DetailedGrant::default() };
    Grants::new(&GrantSettings::Detailed(details), &manifest)
}

#[test]
fn a_secret_is_asked_for_and_granted_and_goes_only_where_it_is_bound() {
    let same = with_secrets(SecretGrants::Same(vec!["token".to_owned()])).unwrap();
    let renamed = [("token", "pager"), ("open", "pager")].map(|(own, host)| (own.to_owned(), host.to_owned()));
    let renamed = with_secrets(SecretGrants::Renamed(renamed.into())).unwrap();
    assert_eq!(same.secret("token").unwrap().host_name, "token");
    assert_eq!(renamed.secret("token").unwrap().host_name, "pager");
    let reason = same.secret("open").unwrap_err();
    assert!(reason.contains("add `secrets: [open]` under `grant`"), "{reason}");
    for (name, url, wanted) in [
        ("token", "https://api.example/x", true),
        ("token", "https://eu.cloud.example/", true),
        ("token", "https://cloud.example/", false),
        ("token", "http://api.example/", false),
        ("token", "https://api.example:444/", false),
        ("token", "https://evil.example/", false),
        ("open", "https://evil.example/", true),
    ] {
        let asked = renamed.secret(name).unwrap().is_asked_for("GET", &url.parse().unwrap());
        assert_eq!(asked, wanted, "{name} {url}");
    }
}

#[test]
fn a_secret_that_leads_nowhere_is_told() {
    let grants = with_secrets(SecretGrants::Same(vec!["token".to_owned(), "open".to_owned()])).unwrap();
    let way = |name: &str, bound: &str| grants.secret(name).unwrap().require_way(&[bound.parse().unwrap()], grants.places());
    assert_eq!(way("token", "https://api.example"), Ok(()));
    assert_eq!(way("open", "https://api.example"), Ok(()));
    assert_eq!(way("token", "POST https://api.example"), Ok(()));
    for (name, bound, part) in [
        ("token", "https://evil.example", "the plugin asks to send it to https://api.example"),
        ("token", "https://eu.cloud.example", "no grant of `http` leads there"),
        ("open", "https://evil.example", "no grant of `http` leads there"),
    ] {
        let reason = way(name, bound).unwrap_err();
        assert!(reason.contains(part), "{reason}");
    }
}

#[test]
fn a_secret_that_nobody_asks_for_is_no_grant() {
    let problems = with_secrets(SecretGrants::Same(vec!["token".to_owned(), "tokn".to_owned()])).unwrap_err();
    assert_eq!(problems[0].path, ["secrets", "1"]);
    assert!(problems[0].reason.contains("does not ask for a secret `tokn`"), "{problems:?}");
    assert!(problems[0].hint.as_ref().unwrap().contains("open, token"), "{problems:?}");
}
