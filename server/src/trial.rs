//! Who may look into the mailbox of a trial. Its mails hold links that open accounts, so it is there only where mails go
//! into a folder and the console is for this machine alone, and only for requests from this machine.

use crate::{Console, config::Config};
use axum::extract::{ConnectInfo, Request};
use backend::mail::{MailUrl, Mailbox};
use http::{HeaderMap, HeaderName};
use std::net::SocketAddr;

/// The mailbox of a console that is a trial.
pub(crate) fn mailbox_of(config: &Config) -> Option<Mailbox> {
    let for_this_machine = config.listen.ip().is_loopback() && config.public_url.is_loopback();
    let url: MailUrl = config.mail_url.expose().parse().ok()?;
    Mailbox::of(&url).filter(|_| for_this_machine)
}

/// The mailbox, if this request may see it.
pub(crate) fn mailbox_for(request: &Request, console: &Console) -> Option<Mailbox> {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let from_here = peer.is_some_and(|peer| peer.0.ip().to_canonical().is_loopback());
    console
        .mailbox
        .clone()
        .filter(|_| from_here && !came_through_a_proxy(request.headers()))
}

/// A proxy on this machine speaks for others, whatever its own address. One that hides itself can't be told apart, but
/// then it must also have asked for a name of this machine, see `known_host.rs`.
fn came_through_a_proxy(headers: &HeaderMap) -> bool {
    // Every proxy has names of its own for it. Of those with `x-` browsers send one, and only when a script asks them to.
    let tells = |name: &HeaderName| {
        let name = name.as_str();
        ["forwarded", "via"].contains(&name)
            || (name.starts_with("x-") && name != "x-requested-with")
            || name.starts_with("cf-")
            || name.ends_with("-ip")
    };
    headers.keys().any(tells)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_trial(keys: &[(&'static str, &str)]) -> bool {
        mailbox_of(&Config::of(keys).unwrap()).is_some()
    }

    #[test]
    fn only_a_console_for_this_machine_with_a_folder_for_mails_is_a_trial() {
        assert!(is_trial(&[]), "what a first start has");
        assert!(is_trial(&[
            ("listen", "[::1]:3000"),
            ("mail_url", "dir:/tmp/mails")
        ]));
        assert!(!is_trial(&[("mail_url", "smtp://localhost")]));
        for listen in ["0.0.0.0:3000", "[::]:3000", "192.0.2.7:3000"] {
            assert!(!is_trial(&[("listen", listen)]), "{listen}");
        }
        assert!(!is_trial(&[("public_url", "https://console.example.com")]));
    }

    #[test]
    fn a_proxy_is_known_by_what_it_adds() {
        let came = |name: &'static str| {
            came_through_a_proxy(&HeaderMap::from_iter([(
                HeaderName::from_static(name),
                "127.0.0.1".parse().unwrap(),
            )]))
        };
        for name in [
            "x-forwarded-for",
            "x-forwarded-host",
            "forwarded",
            "via",
            "x-real-ip",
            "cf-connecting-ip",
            "cf-ray",
            "fly-client-ip",
            "true-client-ip",
            "x-cluster-client-ip",
            "x-envoy-external-address",
            "x-original-host",
        ] {
            assert!(came(name), "{name}");
        }
        for name in ["accept", "referer", "x-requested-with"] {
            assert!(!came(name), "{name}");
        }
    }
}
