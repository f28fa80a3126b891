//! The policy as tables: which request suits which grant, and which addresses are open.

use std::net::IpAddr;

use url::Url;

use super::grants;

/// Grant, method, URL as a guest may write it, verdict.
const REQUESTS: &[(&str, &str, &str, bool)] = &[
    // Scheme, host, port, method.
    ("https://shop.example", "GET", "https://shop.example/health", true),
    ("https://shop.example", "GET", "https://SHOP.example:443/", true),
    ("https://shop.example", "GET", "https://shop.example./", true),
    ("https://shop.example.", "GET", "https://shop.example/", true),
    ("https://shop.example", "GET", "http://shop.example/", false),
    ("https://shop.example", "GET", "https://shop.example:8443/", false),
    ("https://shop.example:8443", "GET", "https://shop.example:8443/", true),
    ("https://shop.example:8443", "GET", "https://shop.example/", false),
    ("http://shop.example", "GET", "http://shop.example:80/", true),
    ("http://shop.example", "GET", "http://shop.example:443/", false),
    ("GET https://shop.example", "POST", "https://shop.example/", false),
    ("get https://shop.example", "GET", "https://shop.example/", true),
    // Names that look alike.
    ("https://shop.example", "GET", "https://shop.example.evil.example/", false),
    ("https://shop.example", "GET", "https://evilshop.example/", false),
    ("https://shop.example", "GET", "https://shop.example@evil.example/", false),
    ("https://shop.example", "GET", "https://shop.example%2eevil.example/", false),
    ("https://shop.example", "GET", "https://shop.example\\@evil.example/", true),
    ("https://shop.example", "GET", "https://evil.example\\@shop.example/", false),
    ("https://shop.example", "GET", "https://evil.example#@shop.example/", false),
    ("https://shop.example", "GET", "https://evil.example?@shop.example/", false),
    ("https://shop.example", "GET", "https://sub.shop.example/", false),
    ("https://shop.example", "GET", "https:shop.example/", true),
    ("https://shop.example", "GET", "https:///shop.example/", true),
    ("https://shop.example", "GET", "https://s\u{200b}hop.example/", true),
    ("https://xn--bcher-kva.example", "GET", "https://b\u{fc}cher.example/", true),
    ("https://shop.example", "GET", "https://sh\u{3bf}p.example/", false),
    // Stars.
    ("https://*.example", "GET", "https://a.b.example/", true),
    ("https://*.example", "GET", "https://a.example./", true),
    ("https://*.example", "GET", "https://example/", false),
    ("https://*.example", "GET", "https://notexample/", false),
    ("https://*.example", "GET", "https://a.example.evil/", false),
    ("https://*.example", "GET", "https://a.example:444/", false),
    ("https://*", "POST", "https://anything.org/", true),
    ("https://*", "POST", "https://anything.org:444/", false),
    ("https://*", "POST", "http://anything.org/", false),
    ("https://*:444", "POST", "https://anything.org:444/", true),
    // Addresses in all their clothes are the one address.
    ("http://127.0.0.1:9000", "GET", "http://127.1:9000/", true),
    ("http://127.0.0.1:9000", "GET", "http://0x7f.1:9000/", true),
    ("http://127.0.0.1", "GET", "http://2130706433/", true),
    ("http://127.0.0.1", "GET", "http://0177.0.0.1/", true),
    ("http://127.0.0.1", "GET", "http://0x7f000001/", true),
    ("http://127.0.0.1", "GET", "http://017700000001/", true),
    ("http://127.0.0.1", "GET", "http://127.0.0.1./", true),
    ("http://127.0.0.1", "GET", "http://127%2e0.0.1/", true),
    ("http://127.0.0.1", "GET", "http://\u{ff11}27.0.0.1/", true),
    ("http://127.0.0.1", "GET", "http://127\u{3002}0.0.1/", true),
    ("http://127.0.0.1", "GET", "http://127.0.0.2/", false),
    ("http://127.0.0.1", "GET", "http://[::1]/", false),
    ("http://127.0.0.1", "GET", "http://[::ffff:127.0.0.1]/", false),
    ("http://127.0.0.1", "GET", "http://localhost/", false),
    ("http://localhost", "GET", "http://127.0.0.1/", false),
    ("http://[::1]", "GET", "http://[0:0:0:0:0:0:0:1]/", true),
    // Other schemes.
    ("https://shop.example", "GET", "ftp://shop.example/", false),
    ("https://shop.example", "GET", "ws://shop.example/", false),
    ("https://shop.example", "GET", "file:///shop.example", false),
    ("https://*", "GET", "data:text/plain,x", false),
    // Sockets, by their very path and in no other way.
    ("unix:/run/app.sock", "GET", "http+unix://%2Frun%2Fapp.sock/status", true),
    ("unix:/run/app.sock", "GET", "http+unix://%2frun%2fapp.sock", true),
    ("GET unix:/run/app.sock", "POST", "http+unix://%2Frun%2Fapp.sock/", false),
    ("unix:/run/app.sock", "GET", "http+unix://%2Frun%2Fother.sock/", false),
    ("unix:/run/app.sock", "GET", "http+unix://%2Frun%2F..%2Frun%2Fapp.sock/", false),
    ("unix:/run/app.sock", "GET", "http+unix://%2Frun%2F%2Fapp.sock/", false),
    ("unix:/run/app.sock", "GET", "http+unix://%2Frun%2Fapp.sock%00/", false),
    ("unix:/run/app.sock", "GET", "http+unix://%2FRUN%2Fapp.sock/", false),
    ("unix:/run/app.sock", "GET", "http+unix://user@%2Frun%2Fapp.sock/", false),
    ("unix:/run/app.sock", "GET", "http+unix://%2Frun%2Fapp.sock:80/", false),
    ("unix:/run/app.sock", "GET", "unix:/run/app.sock", false),
    ("https://*", "GET", "http+unix://%2Frun%2Fapp.sock/", false),
    ("http://*", "GET", "http+unix://%2Frun%2Fapp.sock/", false),
];

#[test]
fn requests_go_where_a_grant_says_and_nowhere_else() {
    for (grant, method, url, wanted) in REQUESTS {
        let Ok(url) = url.parse::<Url>() else {
            assert!(!wanted, "{url} cannot be read");
            continue;
        };
        let verdict = grants(&[grant], &[]).require_http(method, &url);
        assert_eq!(verdict.is_ok(), *wanted, "{grant} for {method} {url}: {verdict:?}");
    }
}

/// Address, and what it is; nothing: open.
const ADDRESSES: &[(&str, &str)] = &[
    ("0.0.0.0", "unspecified"),
    ("0.1.2.3", "this-network"),
    ("127.0.0.1", "loopback"),
    ("127.255.255.254", "loopback"),
    ("10.0.0.0", "private"),
    ("10.255.255.255", "private"),
    ("9.255.255.255", ""),
    ("11.0.0.0", ""),
    ("172.15.255.255", ""),
    ("172.16.0.1", "private"),
    ("172.31.255.255", "private"),
    ("172.32.0.0", ""),
    ("192.168.1.1", "private"),
    ("192.167.255.255", ""),
    ("100.63.255.255", ""),
    ("100.64.0.1", "shared"),
    ("100.127.255.255", "shared"),
    ("100.128.0.0", ""),
    ("100.100.100.200", "metadata"),
    ("169.254.169.254", "metadata"),
    ("169.254.0.1", "link-local"),
    ("169.254.170.2", "link-local"),
    ("168.63.129.16", "metadata"),
    ("192.0.0.192", "reserved"),
    ("192.0.2.1", "reserved"),
    ("198.51.100.1", "reserved"),
    ("203.0.113.1", "reserved"),
    ("198.18.0.1", "reserved"),
    ("198.19.255.255", "reserved"),
    ("198.20.0.0", ""),
    ("192.88.99.1", "relay"),
    ("224.0.0.1", "multicast"),
    ("239.255.255.255", "multicast"),
    ("240.0.0.1", "reserved"),
    ("255.255.255.255", "broadcast"),
    ("93.184.216.34", ""),
    ("8.8.8.8", ""),
    ("::", "unspecified"),
    ("::1", "loopback"),
    ("fe80::1", "link-local"),
    ("febf::1", "link-local"),
    ("fec0::1", "site-local"),
    ("fc00::1", "private"),
    ("fd00:ec2::254", "metadata"),
    ("fd20:ce::254", "metadata"),
    ("fdff::1", "private"),
    ("ff02::1", "multicast"),
    ("100::1", "reserved"),
    ("2001:db8::1", "reserved"),
    ("3fff::1", "reserved"),
    ("2001:2::1", "reserved"),
    ("2001:20::1", "reserved"),
    ("5f00::1", "segment-routing"),
    ("2606:2800:220:1::1", ""),
    ("2001:4860:4860::8888", ""),
    // IPv4 inside: mapped, compatible, translated, NAT64, 6to4, Teredo, ISATAP.
    ("::ffff:127.0.0.1", "loopback"),
    ("::ffff:10.0.0.1", "private"),
    ("::ffff:169.254.169.254", "metadata"),
    ("::ffff:8.8.8.8", ""),
    ("::127.0.0.1", "loopback"),
    ("::8.8.8.8", "translated"),
    ("::ffff:0:127.0.0.1", "loopback"),
    ("64:ff9b::127.0.0.1", "loopback"),
    ("64:ff9b::169.254.169.254", "metadata"),
    ("64:ff9b::8.8.8.8", "translated"),
    ("64:ff9b:1::1", "translated"),
    ("2002:7f00:1::", "loopback"),
    ("2002:a9fe:a9fe::1", "metadata"),
    ("2002:808:808::1", "6to4"),
    ("2001:0:7f00:1::", "Teredo"),
    ("2001::1", "Teredo"),
    ("2606:2800::5efe:10.0.0.1", "private"),
    ("2606:2800::200:5efe:127.0.0.1", "loopback"),
    ("2606:2800::5efe:8.8.8.8", ""),
];

#[test]
fn closed_addresses_need_a_word_of_their_own() {
    let open = grants(&["https://*", "http://*"], &[]);
    for (text, kind) in ADDRESSES {
        let address: IpAddr = text.parse().unwrap();
        // As a name leads to it, and as it stands in the URL: a star is a word for neither.
        let literal = if address.is_ipv4() { format!("http://{address}") } else { format!("http://[{address}]") };
        for url in ["http://innocent.example", "http://localhost", &literal] {
            match open.require_address(&url.parse().unwrap(), address) {
                Ok(()) => assert_eq!(*kind, "", "{url} → {text} is open"),
                Err(reason) => {
                    assert!(!kind.is_empty() && reason.contains(&format!("a {kind} address")), "{url} → {text}: {reason}");
                }
            }
        }
    }
}

/// Grants, networks, host of the URL, address, verdict.
type Word = (&'static [&'static str], &'static [&'static str], &'static str, &'static str, bool);

const WORDS: &[Word] = &[
    (&["http://127.0.0.1"], &[], "http://127.0.0.1", "127.0.0.1", true),
    (&["http://127.0.0.1"], &[], "http://2130706433", "127.0.0.1", true),
    (&["http://127.0.0.1"], &[], "http://rebound.example", "127.0.0.1", false),
    (&["http://127.0.0.1"], &[], "http://localhost", "127.0.0.1", false),
    (&["http://localhost"], &[], "http://localhost", "127.0.0.1", true),
    (&["http://localhost"], &[], "http://localhost.", "127.0.0.1", true),
    (&["http://localhost"], &[], "http://localhost", "::1", true),
    (&["http://localhost"], &[], "http://localhost", "10.0.0.1", false),
    // A word for one port is none for another that only a star covers.
    (&["http://127.0.0.1:80", "http://*:81"], &[], "http://127.0.0.1:81", "127.0.0.1", false),
    (&["https://localhost", "http://*"], &[], "http://localhost", "127.0.0.1", false),
    (&["http://*", "http://*.localhost"], &[], "http://localhost", "127.0.0.1", false),
    (&["http://[::ffff:127.0.0.1]"], &[], "http://[::ffff:127.0.0.1]", "127.0.0.1", true),
    (&["http://169.254.169.254"], &[], "http://169.254.169.254", "169.254.169.254", true),
    (&["http://metadata.google.internal"], &[], "http://metadata.google.internal", "169.254.169.254", false),
    (&["http://*.internal"], &[], "http://metadata.google.internal", "169.254.169.254", false),
    (&["http://db.internal"], &["10.0.0.0/8"], "http://db.internal", "10.0.0.1", true),
    (&["http://db.internal"], &["10.0.0.0/8"], "http://db.internal", "::ffff:10.0.0.1", true),
    (&["http://db.internal"], &["10.0.0.0/8"], "http://db.internal", "192.168.0.1", false),
    (&["http://db.internal"], &["10.0.0.0/8"], "http://db.internal", "64:ff9b::10.0.0.1", false),
    (&["http://db.internal"], &["10.0.0.7"], "http://db.internal", "10.0.0.7", true),
    (&["http://db.internal"], &["10.0.0.7"], "http://db.internal", "10.0.0.8", false),
    (&["http://db.internal"], &["fd00::/8"], "http://db.internal", "fd00::1", true),
];

#[test]
fn a_written_address_a_network_or_localhost_is_a_word_of_its_own() {
    for (places, networks, url, address, wanted) in WORDS {
        let url: Url = url.parse().unwrap();
        let verdict = grants(places, networks).require_address(&url, address.parse().unwrap());
        assert_eq!(verdict.is_ok(), *wanted, "{places:?} {networks:?} for {url} → {address}: {verdict:?}");
    }
}
