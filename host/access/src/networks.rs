//! Addresses that an admin trusts with something.

use std::net::IpAddr;

use ipnet::IpNet;

/// Networks, and single addresses as networks of one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Networks(Vec<IpNet>);

impl Networks {
    /// Reads `10.0.0.0/8`, `192.168.1.7` or `fd00::/8`; the error is the first text that is neither.
    pub fn parse<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> Result<Networks, String> {
        let read = |text: T| {
            let text = text.as_ref();
            text.parse().or_else(|_| text.parse::<IpAddr>().map(IpNet::from)).map_err(|_| text.to_owned())
        };
        texts.into_iter().map(read).collect::<Result<_, _>>().map(Networks)
    }

    pub fn contain(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_and_addresses_are_read() {
        let networks = Networks::parse(["10.0.0.0/8", "192.168.1.7", "fd00::/8"]).unwrap_or_default();
        for (address, is_in) in [
            ("10.9.8.7", true),
            ("::ffff:10.9.8.7", true),
            ("192.168.1.7", true),
            ("fd12::1", true),
            ("192.168.1.8", false),
            ("127.0.0.1", false),
        ] {
            assert_eq!(address.parse().map(|address| networks.contain(address)), Ok(is_in), "{address}");
        }
        assert_eq!(Networks::parse(["10.0.0.0/8", "shop.example"]), Err("shop.example".to_owned()));
    }
}
