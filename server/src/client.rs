//! From where a request comes, for the audit log and the throttles, and whether a proxy of ours sent it on.

use crate::{Console, answers::RequestId, session_cookie};
use axum::extract::{ConnectInfo, Request};
use backend::Client;
use http::{Extensions, HeaderMap, header};
use ipnet::IpNet;
use std::net::{IpAddr, SocketAddr};

/// Characters of a user agent that are kept.
const LONGEST_USER_AGENT: usize = 300;

/// Of a browser, which is recognized by its cookie.
pub(crate) fn of(request: &Request, console: &Console) -> Client {
    let browser = session_cookie::find_token(request.headers(), console.cookies.browser);
    Client {
        browser: Some(browser.unwrap_or_else(|| console.backend.new_browser())),
        ..of_program(request.headers(), request.extensions(), console)
    }
}

/// Of a program, which has no cookies.
pub(crate) fn of_program(headers: &HeaderMap, extensions: &Extensions, console: &Console) -> Client {
    let peer = extensions
        .get::<ConnectInfo<SocketAddr>>()
        .map(|info| info.0.ip());
    let address = peer.map(|peer| address(peer, headers, &console.trusted_proxies));
    let agent = headers
        .get(header::USER_AGENT)
        .and_then(|agent| agent.to_str().ok())
        .unwrap_or_default();
    Client {
        address: address.map(|address| address.to_string()).unwrap_or_default(),
        user_agent: agent.chars().take(LONGEST_USER_AGENT).collect(),
        request_id: extensions
            .get::<RequestId>()
            .map(|id| id.0.clone())
            .unwrap_or_default(),
        browser: None,
    }
}

/// Whether one of our proxies sent a request on, so that we believe what it says of itself.
pub(crate) fn is_sent_on(request: &Request, console: &Console) -> bool {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    peer.is_some_and(|peer| is_trusted(peer.0.ip().to_canonical(), &console.trusted_proxies))
}

fn is_trusted(address: IpAddr, trusted: &[IpNet]) -> bool {
    trusted.iter().any(|network| network.contains(&address))
}

/// Each proxy adds the address that it saw at the right; what stands left of the first untrusted one is hearsay.
fn address(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let mut nearest = peer.to_canonical();
    let lines: Vec<_> = headers.get_all("x-forwarded-for").iter().collect();
    let hops = lines
        .iter()
        .rev()
        .flat_map(|line| line.to_str().unwrap_or("?").rsplit(','));
    for hop in hops {
        if !is_trusted(nearest, trusted) {
            break;
        }
        match parse(hop.trim()) {
            Some(address) => nearest = address,
            None => break,
        }
    }
    nearest
}

/// An address, with or without a port.
fn parse(hop: &str) -> Option<IpAddr> {
    let address = hop
        .parse::<IpAddr>()
        .ok()
        .or_else(|| hop.parse::<SocketAddr>().ok().map(|socket| socket.ip()));
    address.map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(peer: &str, forwarded: &[&str]) -> String {
        let headers = forwarded
            .iter()
            .map(|line| ("x-forwarded-for".parse().unwrap(), line.parse().unwrap()))
            .collect();
        let trusted = ["10.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()];
        address(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn auth_07_a_stranger_is_not_believed() {
        assert_eq!(of("203.0.113.9", &["198.51.100.1"]), "203.0.113.9");
    }

    #[test]
    fn a_proxy_is_believed_about_the_one_before_it() {
        assert_eq!(of("10.0.0.1", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(of("::1", &["1.1.1.1, 198.51.100.1, 10.2.3.4"]), "198.51.100.1");
        assert_eq!(of("10.0.0.1", &["1.1.1.1", "[2001:db8::1]:443"]), "2001:db8::1");
    }

    #[test]
    fn nonsense_ends_the_walk_at_the_last_known_address() {
        assert_eq!(of("10.0.0.1", &["198.51.100.1, unknown"]), "10.0.0.1");
        assert_eq!(of("10.0.0.1", &["198.51.100.1, unknown, 10.0.0.2"]), "10.0.0.2");
        assert_eq!(of("10.0.0.1", &[]), "10.0.0.1");
    }

    #[test]
    fn an_address_has_one_form() {
        assert_eq!(of("::ffff:203.0.113.9", &[]), "203.0.113.9");
        assert_eq!(of("::ffff:10.0.0.1", &["198.51.100.1"]), "198.51.100.1");
    }
}
