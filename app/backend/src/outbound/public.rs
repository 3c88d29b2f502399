//! Which addresses may be asked for what somebody typed: those that the whole internet has, since behind any other is
//! something that trusts this machine (OWASP Server-Side Request Forgery Prevention Cheat Sheet).

use ipnet::IpNet;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::{
    error::Error as StdError,
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
};
use url::{Host, Url};

/// Looks names up and gives only addresses that may be asked.
pub(super) struct PublicOnly {
    networks: Arc<[IpNet]>,
}

impl PublicOnly {
    pub(super) fn new(networks: Arc<[IpNet]>) -> Self {
        Self { networks }
    }
}

/// All that a name leads to is in networks that may not be asked.
#[derive(Debug)]
struct Refused;

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name leads to no public network")
    }
}

impl StdError for Refused {}

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        let networks = Arc::clone(&self.networks);
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let open: Vec<SocketAddr> = found.filter(|address| is_open(address.ip(), &networks)).collect();
            if open.is_empty() {
                return Err(Refused.into());
            }
            let addresses: Addrs = Box::new(open.into_iter());
            Ok(addresses)
        })
    }
}

pub(super) fn was_refused(error: &reqwest::Error) -> bool {
    let mut next = error.source();
    while let Some(cause) = next {
        if cause.is::<Refused>() {
            return true;
        }
        next = cause.source();
    }
    false
}

/// Whether an address can be asked as it is written; what its name leads to is judged when it is looked up. Without
/// encryption only the operator's own networks are.
pub(super) fn may_be_asked(address: &Url, networks: &[IpNet]) -> bool {
    let plain_allowed = !networks.is_empty();
    let scheme = match address.scheme() {
        "https" => true,
        "http" => plain_allowed && in_networks_as_written(address, networks),
        _ => false,
    };
    let host = match address.host() {
        // The resolver is not asked about addresses that are numbers.
        Some(Host::Ipv4(ip)) => is_open(ip.into(), networks),
        Some(Host::Ipv6(ip)) => is_open(ip.into(), networks),
        Some(Host::Domain(_)) => true,
        None => false,
    };
    scheme && host && address.username().is_empty() && address.password().is_none()
}

/// For http the address must itself be in a network of the operator: a name could lead elsewhere.
fn in_networks_as_written(address: &Url, networks: &[IpNet]) -> bool {
    let ip = match address.host() {
        Some(Host::Ipv4(ip)) => IpAddr::from(ip),
        Some(Host::Ipv6(ip)) => IpAddr::from(ip),
        Some(Host::Domain("localhost")) => IpAddr::from(Ipv4Addr::LOCALHOST),
        _ => return false,
    };
    networks
        .iter()
        .any(|network| network.contains(&ip.to_canonical()))
}

fn is_open(address: IpAddr, networks: &[IpNet]) -> bool {
    let address = address.to_canonical();
    networks.iter().any(|network| network.contains(&address)) || is_public(address)
}

/// Whether an address belongs to the whole internet (IANA's registries of special-purpose addresses, RFC 6890).
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !(address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_broadcast()
        || address.is_documentation()
        || a == 0
        // Behind carriers (RFC 6598), protocol assignments, 6to4 relays, benchmarks, and what is reserved.
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (18..20).contains(&b))
        || a >= 240)
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, ..] = address.segments();
    // Global unicast is 2000::/3, without what embeds an address of IPv4 or is for documents and protocols.
    (0x2000..0x4000).contains(&a)
        && !(a == 0x2001 && b < 0x0200)
        && !(a == 0x2001 && b == 0x0db8)
        && a != 0x2002
        && !(a == 0x3fff && b < 0x1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(address: &str, networks: &[&str]) -> bool {
        let networks: Vec<IpNet> = networks.iter().map(|n| n.parse().unwrap()).collect();
        may_be_asked(&Url::parse(address).unwrap(), &networks)
    }

    #[test]
    fn saml_19_only_the_internet_is_asked_and_only_by_https() {
        assert!(judge("https://idp.example.com/metadata", &[]));
        assert!(judge("https://93.184.216.34/metadata", &[]));
        assert!(judge("https://[2606:2800:220:1::1]/metadata", &[]));
        for closed in [
            "http://idp.example.com/metadata",
            "http://127.0.0.1:5432/",
            "https://127.0.0.1/",
            "https://127.1/",
            "https://2130706433/",
            "https://0x7f.0.0.1/",
            "https://0.0.0.0/",
            "https://10.0.0.1/",
            "https://172.16.0.1/",
            "https://192.168.1.1/",
            "https://169.254.169.254/latest/meta-data",
            "https://100.64.0.1/",
            "https://192.0.0.8/",
            "https://198.18.0.1/",
            "https://224.0.0.1/",
            "https://255.255.255.255/",
            "https://[::1]/",
            "https://[::]/",
            "https://[::ffff:127.0.0.1]/",
            "https://[::ffff:10.0.0.1]/",
            "https://[64:ff9b::7f00:1]/",
            "https://[2002:7f00:1::]/",
            "https://[fe80::1]/",
            "https://[fd00::1]/",
            "https://[ff02::1]/",
            "https://user@idp.example.com/",
            "https://user:secret@idp.example.com/",
            "ftp://idp.example.com/",
            "file:///etc/passwd",
            "gopher://idp.example.com/",
        ] {
            assert!(!judge(closed, &[]), "{closed}");
        }
    }

    #[test]
    fn the_operator_opens_networks_of_their_own() {
        let own = ["10.1.0.0/16", "127.0.0.0/8"];
        assert!(judge("https://10.1.2.3/metadata", &own));
        assert!(judge("http://10.1.2.3/metadata", &own));
        assert!(judge("http://127.0.0.1:8080/metadata", &own));
        assert!(!judge("https://10.2.0.1/metadata", &own));
        assert!(!judge("http://idp.example.com/metadata", &own));
        assert!(!judge("http://93.184.216.34/metadata", &own));
    }

    #[tokio::test]
    async fn a_name_that_leads_home_is_refused() {
        let home = PublicOnly::new(Arc::new([]));
        let found = home.resolve("localhost".parse().unwrap()).await;
        assert!(found.is_err_and(|error| error.is::<Refused>()));
        let own = PublicOnly::new(Arc::new([
            "127.0.0.0/8".parse().unwrap(),
            "::1/128".parse().unwrap(),
        ]));
        assert!(own.resolve("localhost".parse().unwrap()).await.is_ok());
    }
}
