//! Where a PostgreSQL is and who logs in, from the admin's URL.

use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;

use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};

const USUAL_PORT: u16 = 5432;

/// Why something is no URL; nothing of it is repeated, as a password may be in any of its parts.
const NO_URL: &str =
    "this is no PostgreSQL URL: write `postgres://user@host:5432/name`, with `%40` for an `@` in a name or password";

pub(in crate::database) struct Login {
    pub(super) config: Config,
    pub(super) ca_file: Option<PathBuf>,
    pub(super) places: Vec<Place>,
}

/// One address to try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    Tcp {
        host: String,
        port: u16,
    },
    /// The socket's own path.
    Unix(PathBuf),
}

impl Login {
    pub(in crate::database) fn new(url: &str, password: Option<&str>, ca_file: Option<PathBuf>) -> Result<Login, String> {
        if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
            return Err(NO_URL.to_owned());
        }
        let mut config: Config = url.parse().map_err(|_| NO_URL.to_owned())?;
        if config.get_user().is_none() {
            return Err("the URL names no user: write `postgres://user@host/name`".to_owned());
        }
        if let Some(password) = password {
            config.password(password);
        }
        config.application_name("vitrine");
        let places = places(&config)?;
        // Outside this machine nothing goes in clear unless the admin says so.
        if config.get_ssl_mode() == SslMode::Prefer {
            let is_near = places.iter().all(Place::is_near);
            config.ssl_mode(if is_near { SslMode::Disable } else { SslMode::Require });
        }
        Ok(Login { config, ca_file, places })
    }
}

fn places(config: &Config) -> Result<Vec<Place>, String> {
    let port = |place: usize| {
        let ports = config.get_ports();
        ports.get(place).or(ports.first()).copied().unwrap_or(USUAL_PORT)
    };
    let place = |(place, host): (usize, &Host)| match host {
        Host::Tcp(host) => Place::Tcp { host: host.clone(), port: port(place) },
        Host::Unix(folder) => Place::Unix(folder.join(format!(".s.PGSQL.{}", port(place)))),
    };
    let places: Vec<Place> = config.get_hosts().iter().enumerate().map(place).collect();
    if places.is_empty() { Err("the URL names no host: write `postgres://user@host/name`".to_owned()) } else { Ok(places) }
}

impl Place {
    fn is_near(&self) -> bool {
        match self {
            Place::Unix(_) => true,
            Place::Tcp { host, .. } => {
                host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
            }
        }
    }
}

/// For logs: never with what is secret.
impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Login").field("places", &self.places).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;

    #[test]
    fn far_places_are_reached_in_private_and_near_ones_as_they_are() {
        for (url, mode) in [
            ("postgres://me@db.shop.example/shop", SslMode::Require),
            ("postgres://me@db.shop.example/shop?sslmode=prefer", SslMode::Require),
            ("postgres://me@db.shop.example/shop?sslmode=disable", SslMode::Disable),
            ("postgresql://me@127.0.0.1:5433/shop", SslMode::Disable),
            ("postgres://me@localhost/shop", SslMode::Disable),
            ("postgres://me@localhost/shop?sslmode=require", SslMode::Require),
            ("postgres://me@%2Frun%2Fpostgresql/shop", SslMode::Disable),
            ("postgres:///shop?host=/run/postgresql&user=me", SslMode::Disable),
            ("postgres://me@127.0.0.1,db.shop.example/shop", SslMode::Require),
        ] {
            let login = Login::new(url, None, None).unwrap();
            assert_eq!(login.config.get_ssl_mode(), mode, "{url}");
        }
        let login = Login::new("postgres://me@%2Frun%2Fpostgresql:5433/shop", None, None).unwrap();
        assert_eq!(login.places, [Place::Unix("/run/postgresql/.s.PGSQL.5433".into())]);
    }

    #[test]
    fn a_url_that_cannot_be_read_is_not_repeated() {
        for url in [
            "",
            "mysql://me:marked@host/shop",
            "postgres://me:marked@host:port/shop",
            "postgres://me:marked@host/shop?sslmode=marked",
            "host=marked user=marked",
            "postgres://host/marked",
        ] {
            let reason = Login::new(url, Some("marked"), None).unwrap_err();
            assert!(!reason.contains("marked") && reason.contains("postgres://user@host"), "{url}: {reason}");
        }
        let login = Login::new("postgres://me:marked@host/shop", Some("marked"), None).unwrap();
        assert!(!format!("{login:?}").contains("marked"));
    }
}
