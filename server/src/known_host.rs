//! Layer: answers only for the console's own address. A request for another host comes from a misled browser (DNS
//! rebinding) or from a proxy that does not pass the host on.

use crate::{
    Console,
    answers::{self, Reader, RequestId},
    config::PublicUrl,
};
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use http::{StatusCode, header};
use std::net::SocketAddr;

/// The origin under which this request came, which is one of ours: what `Origin` and `Referer` must equal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OwnOrigin(pub(crate) String);

pub(crate) async fn layer(State(console): State<Console>, mut request: Request, next: Next) -> Response {
    // HTTP/1.1 wants exactly one (RFC 9112 section 3.2); a second would be read by somebody else.
    let mut hosts = request.headers().get_all(header::HOST).iter();
    let host = match (hosts.next(), hosts.next(), request.uri().authority()) {
        (Some(host), None, None) => host.to_str().ok(),
        (_, None, Some(authority)) => Some(authority.as_str()),
        _ => None,
    };
    match host.and_then(|host| own_origin(&console.address, console.listen, host)) {
        Some(origin) => {
            request.extensions_mut().insert(origin);
            next.run(request).await
        }
        None => answers::refusal(
            Reader::of(&request),
            StatusCode::MISDIRECTED_REQUEST,
            "This console is not served under the address that was asked for. Its operator set another one \
             (public_url); a proxy in front of it must pass the header Host on.",
            &RequestId::of(&request),
        ),
    }
}

/// The origin of a `Host` header, if it is ours. A console for this machine only is there under every name of it.
fn own_origin(address: &PublicUrl, listen: SocketAddr, host: &str) -> Option<OwnOrigin> {
    let host = host.to_ascii_lowercase();
    if host == address.host() {
        return Some(OwnOrigin(address.as_str().to_owned()));
    }
    let (name, port) = host.rsplit_once(':')?;
    // Compared as it is written: what reads as the same number, like `+3000` or `03000`, would make another origin.
    let here = ["localhost", "127.0.0.1", "[::1]"].contains(&name) && port == listen.port().to_string();
    (here && address.is_loopback()).then(|| OwnOrigin(format!("{}://{host}", address.scheme())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(address: &str, host: &str) -> Option<String> {
        let listen = "127.0.0.1:3000".parse().unwrap();
        own_origin(&PublicUrl::parse(address).unwrap(), listen, host).map(|origin| origin.0)
    }

    #[test]
    fn the_public_host_is_ours_in_any_case() {
        assert_eq!(
            of("https://console.example.com", "Console.example.com").unwrap(),
            "https://console.example.com"
        );
        assert_eq!(
            of("https://console.example.com:8443", "console.example.com:8443").unwrap(),
            "https://console.example.com:8443"
        );
    }

    #[test]
    fn every_other_host_is_not() {
        for host in [
            "console.example.com.evil.test",
            "evil-console.example.com",
            "sub.console.example.com",
            "example.com",
            "console.example.com:8443",
            "console.example.com.",
            "localhost:3000",
            "127.0.0.1:3000",
            "",
        ] {
            assert_eq!(of("https://console.example.com", host), None, "{host}");
        }
    }

    #[test]
    fn a_console_for_this_machine_has_all_its_names_but_no_other_port() {
        for host in ["localhost:3000", "127.0.0.1:3000", "[::1]:3000"] {
            assert_eq!(of("http://localhost:3000", host), Some(format!("http://{host}")));
        }
        for host in [
            "localhost:3001",
            "localhost:+3000",
            "localhost:03000",
            "127.0.0.1:+3000",
            "[::1]:003000",
            "localhost: 3000",
            "localhost:３０００",
            "localhost:3000:3000",
            "localhost:",
            "localhost",
            "rebound.evil.test:3000",
            "127.0.0.1.evil.test:3000",
        ] {
            assert_eq!(of("http://localhost:3000", host), None, "{host}");
        }
    }
}
