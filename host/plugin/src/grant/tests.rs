#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use super::*;

fn grants(http: &[&str], networks: &[&str]) -> Grants {
    let texts = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect();
    Grants::read_details(&DetailedGrant { http: texts(http), networks: texts(networks), ..DetailedGrant::default() }).unwrap()
}

#[test]
fn requests_go_where_a_grant_says_and_nowhere_else() {
    let cases = [
        ("https://shop.example", "GET", "https://shop.example/health", true),
        ("https://shop.example", "GET", "https://SHOP.example:443/", true),
        ("https://shop.example", "GET", "http://shop.example/", false),
        ("https://shop.example", "GET", "https://shop.example:8443/", false),
        ("https://shop.example", "GET", "https://shop.example.evil.example/", false),
        ("https://shop.example", "GET", "https://shop.example@evil.example/", false),
        ("https://*.example", "GET", "https://a.b.example/", true),
        ("https://*.example", "GET", "https://example/", false),
        ("https://*", "POST", "https://anything.org/", true),
        ("https://*", "POST", "https://anything.org:444/", false),
        ("GET https://shop.example", "POST", "https://shop.example/", false),
        ("GET https://shop.example", "GET", "https://shop.example/", true),
        ("http://127.0.0.1:9000", "GET", "http://127.1:9000/", true),
        ("http://127.0.0.1:9000", "GET", "http://0x7f.1:9000/", true),
    ];
    for (grant, method, url, wanted) in cases {
        let verdict = grants(&[grant], &[]).require_http(method, &url.parse().unwrap());
        assert_eq!(verdict.is_ok(), wanted, "{grant} for {method} {url}: {verdict:?}");
    }
}

#[test]
fn nonsense_is_no_grant() {
    for text in ["", "shop.example", "ftp://shop.example", "https://shop.example/path", "https://a@b.example", "https://"] {
        assert!(text.parse::<HttpGrant>().is_err(), "{text}");
    }
}

#[test]
fn closed_addresses_need_a_word_of_their_own() {
    let open = grants(&["https://*"], &[]);
    for address in [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fd00::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "ff02::1",
        "::127.0.0.1",
    ] {
        let verdict = open.require_address(&url::Host::Domain("innocent.example"), address.parse().unwrap());
        assert!(verdict.is_err(), "{address}");
    }
    for address in ["93.184.216.34", "2606:2800:220:1::1", "8.8.8.8"] {
        assert_eq!(open.require_address(&url::Host::Domain("innocent.example"), address.parse().unwrap()), Ok(()), "{address}");
    }
}

#[test]
fn a_star_is_no_word_for_a_closed_address() {
    let wide = grants(&["http://*", "http://*.example"], &[]);
    for host in ["127.0.0.1", "169.254.169.254", "168.63.129.16", "10.0.0.1"] {
        let address: std::net::Ipv4Addr = host.parse().unwrap();
        assert!(wide.require_address(&url::Host::Ipv4(address), IpAddr::V4(address)).is_err(), "{host}");
    }
    assert!(wide.require_address(&url::Host::Domain("localhost"), "127.0.0.1".parse().unwrap()).is_err());
    assert!(wide.require_address(&url::Host::Ipv6("::1".parse().unwrap()), "::1".parse().unwrap()).is_err());
}

#[test]
fn a_written_address_a_network_or_localhost_is_a_word_of_its_own() {
    let address: IpAddr = "127.0.0.1".parse().unwrap();
    let plain = grants(&["http://127.0.0.1"], &[]);
    assert_eq!(plain.require_address(&url::Host::Ipv4("127.0.0.1".parse().unwrap()), address), Ok(()));
    let local = grants(&["http://localhost"], &[]);
    assert_eq!(local.require_address(&url::Host::Domain("localhost"), address), Ok(()));
    assert!(local.require_address(&url::Host::Domain("localhost"), "10.0.0.1".parse().unwrap()).is_err());
    assert!(plain.require_address(&url::Host::Domain("localhost"), address).is_err());
    let wide = grants(&["http://db.internal"], &["10.0.0.0/8"]);
    assert_eq!(wide.require_address(&url::Host::Domain("db.internal"), "10.0.0.1".parse().unwrap()), Ok(()));
    assert!(wide.require_address(&url::Host::Domain("db.internal"), "192.168.0.1".parse().unwrap()).is_err());
}
