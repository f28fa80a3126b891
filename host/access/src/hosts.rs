//! Which names this host answers to.
//!
//! A page elsewhere can point its own name at our address and read our answers through the visitor's browser
//! (DNS rebinding). It cannot do so with an IP address or `localhost`, so these pass, and so do the names the admin gave.

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, Ipv6Addr};

/// The names in a `Host` header that are ours.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AllowedHosts {
    names: BTreeSet<String>,
}

impl AllowedHosts {
    pub fn new<T: AsRef<str>>(names: impl IntoIterator<Item = T>) -> AllowedHosts {
        let names = names.into_iter().map(|name| name.as_ref().trim_end_matches('.').to_ascii_lowercase()).collect();
        AllowedHosts { names }
    }

    /// Whether `host`, with or without a port, is one of ours.
    pub fn allows(&self, host: &str) -> bool {
        if let Some(bracketed) = host.strip_prefix('[') {
            let Some((address, port)) = bracketed.split_once(']') else { return false };
            return address.parse::<Ipv6Addr>().is_ok() && is_port(port);
        }
        let (name, port) = match host.find(':') {
            Some(place) => host.split_at(place),
            None => (host, ""),
        };
        let plain = name.trim_end_matches('.').to_ascii_lowercase();
        is_port(port) && (plain == "localhost" || plain.parse::<Ipv4Addr>().is_ok() || self.names.contains(&plain))
    }
}

/// Nothing, or `:` and a port.
fn is_port(text: &str) -> bool {
    text.is_empty() || text.strip_prefix(':').is_some_and(|digits| digits.parse::<u16>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_to_addresses_to_localhost_and_to_its_own_names_only() {
        let hosts = AllowedHosts::new(["Status.Shop.example"]);
        for host in [
            "127.0.0.1",
            "127.0.0.1:7878",
            "192.168.1.4:80",
            "[::1]:7878",
            "[fe80::1]",
            "localhost",
            "LOCALHOST:7878",
            "status.shop.example",
            "status.shop.example.:443",
        ] {
            assert!(hosts.allows(host), "{host}");
        }
        for host in [
            "",
            "evil.example",
            "evil.example:7878",
            "127.0.0.1.evil.example",
            "localhost.evil.example",
            "[::1",
            "[evil]:80",
            "localhost:port",
            "status.shop.example:99999",
            "::1",
        ] {
            assert!(!hosts.allows(host), "{host}");
        }
    }
}
