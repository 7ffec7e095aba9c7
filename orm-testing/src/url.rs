//! Connection strings: another database on the same server, and showing one without its password.
//!
//! Both forms that `tokio_postgres::Config` parses are understood: `postgres://...` and
//! `host=... user=...`. All that is not the database's name stays as it was written.

use tokio_postgres::Config;
use tokio_postgres::config::Host;

use crate::Error;

/// Parses a connection string; the error shows it without its password.
pub(crate) fn parse(url: &str) -> Result<Config, Error> {
    url.parse().map_err(|source| Error::url(&without_password(url), source))
}

/// The same server, user and options with another database. The name needs no quoting.
pub(crate) fn with_database(url: &str, name: &str) -> String {
    let Some(scheme_end) = scheme_end(url) else {
        return format!("{url} dbname={name}");
    };
    // As the driver has it: a host begins after the first `@`, wherever that is.
    let host = url[scheme_end..].find('@').map_or(scheme_end, |at| scheme_end + at + 1);
    let host_end = url[host..].find(['/', '?']).map_or(url.len(), |end| host + end);
    let query = url[host_end..].split_once('?').map_or("", |(_, query)| query);
    let query: Vec<&str> =
        query.split('&').filter(|part| !part.is_empty() && !part.starts_with("dbname=")).collect();
    let mark = if query.is_empty() { "" } else { "?" };
    format!("{}/{name}{mark}{}", &url[..host_end], query.join("&"))
}

/// What a message may show of a connection string.
pub(crate) fn without_password(url: &str) -> String {
    let Ok(config) = url.parse::<Config>() else {
        return unparsed_without_password(url);
    };
    let mut shown: Vec<String> = config.get_hosts().iter().map(show_host).collect();
    shown.extend(config.get_ports().iter().map(|port| format!("port={port}")));
    shown.extend(config.get_user().map(|user| format!("user={user}")));
    shown.extend(config.get_dbname().map(|name| format!("dbname={name}")));
    shown.join(" ")
}

/// Percent-encodes all but letters, digits and `-_.`.
pub(crate) fn encode(bytes: &[u8]) -> String {
    let mut encoded = String::with_capacity(bytes.len());
    for &byte in bytes {
        if byte.is_ascii_alphanumeric() || b"-_.".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

fn scheme_end(url: &str) -> Option<usize> {
    ["postgres://", "postgresql://"].iter().find(|s| url.starts_with(**s)).map(|s| s.len())
}

fn show_host(host: &Host) -> String {
    match host {
        Host::Tcp(name) => format!("host={name}"),
        Host::Unix(path) => format!("host={}", path.display()),
    }
}

/// What comes before the first place where a password may begin.
fn unparsed_without_password(url: &str) -> String {
    let scheme = url.find("://").map(|at| at + "://".len());
    let password = url.find("pass");
    match scheme.into_iter().chain(password).min() {
        Some(end) => format!("{}...", &url[..end]),
        None => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{with_database, without_password};

    #[test]
    fn another_database_keeps_all_else() {
        let cases = [
            ("postgres://u:p%2F@h:1/a?sslmode=disable", "postgres://u:p%2F@h:1/b?sslmode=disable"),
            ("postgres://u:p@h", "postgres://u:p@h/b"),
            ("postgresql:///a?host=%2Ftmp&dbname=c", "postgresql:///b?host=%2Ftmp"),
            ("postgres://u:p/q@h/a", "postgres://u:p/q@h/b"),
            ("host=h user=u dbname=a", "host=h user=u dbname=a dbname=b"),
        ];
        for (url, expected) in cases {
            assert_eq!(with_database(url, "b"), expected);
            let config: tokio_postgres::Config = expected.parse().expect("a valid URL");
            assert_eq!(config.get_dbname(), Some("b"));
        }
    }

    #[test]
    fn a_password_is_never_shown() {
        let urls = [
            "postgres://u:secret@h:1/a",
            "postgres://u:secret@h:wrong/a",
            "host=h user=u password=secret",
            "host=h password='secret",
            "mysql://u:secret@h/a",
        ];
        for url in urls {
            assert!(!without_password(url).contains("secret"), "{url}");
        }
    }
}
