//! Which addresses are closed unless somebody says otherwise.
//!
//! The lists are IANA's special-purpose registries for IPv4 and IPv6, and what clouds put beside them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// What kind of closed address this is, if it is one: no request goes there without an explicit grant.
pub fn closed_kind(address: IpAddr) -> Option<&'static str> {
    match address.to_canonical() {
        IpAddr::V4(address) => closed_v4(address),
        IpAddr::V6(address) => closed_v6(address),
    }
}

fn closed_v4(address: Ipv4Addr) -> Option<&'static str> {
    let [a, b, c, d] = address.octets();
    match (a, b, c) {
        (0, 0, 0) if d == 0 => Some("unspecified"),
        (0, ..) => Some("this-network"),
        (127, ..) => Some("loopback"),
        // Where clouds' machines ask for their secrets.
        (169, 254, 169) if d == 254 => Some("metadata"),
        (168, 63, 129) if d == 16 => Some("metadata"),
        (100, 100, 100) if d == 200 => Some("metadata"),
        (10, ..) | (172, 16..=31, _) | (192, 168, _) => Some("private"),
        (100, 64..=127, _) => Some("shared"),
        (169, 254, _) => Some("link-local"),
        (192, 0, 0) | (192, 0, 2) | (198, 51, 100) | (203, 0, 113) | (198, 18..=19, _) => Some("reserved"),
        (192, 88, 99) => Some("relay"),
        (224..=239, ..) => Some("multicast"),
        (255, 255, 255) if d == 255 => Some("broadcast"),
        (240..=255, ..) => Some("reserved"),
        _ => None,
    }
}

fn closed_v6(address: Ipv6Addr) -> Option<&'static str> {
    let segments = address.segments();
    match segments {
        [0, 0, 0, 0, 0, 0, 0, 0] => Some("unspecified"),
        [0, 0, 0, 0, 0, 0, 0, 1] => Some("loopback"),
        // IPv4 in disguise: compatible, translated, NAT64, 6to4; named after the address inside, and closed in any case.
        [0, 0, 0, 0, 0, 0, high, low] | [0, 0, 0, 0, 0xffff, 0, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
            embedded(high, low).or(Some("translated"))
        }
        [0x64, 0xff9b, 1, ..] => Some("translated"),
        [0x2002, high, low, ..] => embedded(high, low).or(Some("6to4")),
        [0x2001, 0, ..] => Some("Teredo"),
        [0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254] | [0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254] => Some("metadata"),
        // Of 2001::/23 only what the registry calls reachable from everywhere; and what is for books and for nobody.
        [0x2001, 0x1..=0x1ff, ..] | [0x2001, 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] | [0x100, 0, 0, 0..=1, ..] => Some("reserved"),
        [0x5f00, ..] => Some("segment-routing"),
        [first, ..] if first & 0xfe00 == 0xfc00 => Some("private"),
        [first, ..] if first & 0xffc0 == 0xfe80 => Some("link-local"),
        [first, ..] if first & 0xffc0 == 0xfec0 => Some("site-local"),
        [first, ..] if first & 0xff00 == 0xff00 => Some("multicast"),
        // ISATAP: the address inside is where the packet goes.
        [_, _, _, _, 0 | 0x200, 0x5efe, high, low] => embedded(high, low),
        _ => None,
    }
}

fn embedded(high: u16, low: u16) -> Option<&'static str> {
    let [a, b] = high.to_be_bytes();
    let [c, d] = low.to_be_bytes();
    closed_v4(Ipv4Addr::new(a, b, c, d))
}
