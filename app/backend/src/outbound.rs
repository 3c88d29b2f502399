//! Requests that the server itself makes: to providers that the operator has configured, and for metadata at an address
//! that an administrator typed. Every one has an end in time and in size, and follows no redirect.

mod public;

use crate::saml::LONGEST_METADATA;
use ipnet::IpNet;
use oauth2::{AsyncHttpClient, HttpRequest, HttpResponse};
use public::PublicOnly;
use reqwest::{Client, ClientBuilder, redirect::Policy};
use std::{
    error::Error as StdError,
    pin::Pin,
    sync::{Arc, OnceLock},
    time::Duration,
};
use url::Url;

/// Bytes of an answer of a provider: keys, tokens and addresses are a hundredth of it.
const LARGEST_ANSWER: usize = 1 << 20;
/// For an address that an administrator typed and waits for.
const METADATA_TIMEOUT: Duration = Duration::from_secs(5);

/// Why there is no answer. The cause is for the log.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoAnswer {
    #[error("it does not answer: {}", causes(.0))]
    Unreachable(#[from] reqwest::Error),
    #[error("the answer is larger than {0} bytes")]
    TooLarge(usize),
    #[error("the address is not in a public network")]
    NotPublic,
}

fn causes(error: &reqwest::Error) -> String {
    // The address may hold a secret in its query.
    let mut text = String::new();
    let mut next = error.source();
    while let Some(cause) = next {
        text = format!("{text}{}{cause}", if text.is_empty() { "" } else { ": " });
        next = cause.source();
    }
    if text.is_empty() {
        "no cause is known".into()
    } else {
        text
    }
}

/// Cheap to clone. The clients are made when they are first needed: reading the roots of trust takes a moment.
#[derive(Clone)]
pub(crate) struct Outbound(Arc<Parts>);

struct Parts {
    timeout: Duration,
    networks: Arc<[IpNet]>,
    providers: OnceLock<Client>,
    metadata: OnceLock<Client>,
}

impl Outbound {
    pub(crate) fn new(timeout: Duration, networks: &[IpNet]) -> Self {
        Self(Arc::new(Parts {
            timeout,
            networks: networks.into(),
            providers: OnceLock::new(),
            metadata: OnceLock::new(),
        }))
    }

    /// Asks a provider.
    pub(crate) async fn ask(&self, request: HttpRequest) -> Result<HttpResponse, NoAnswer> {
        let client = if let Some(client) = self.0.providers.get() {
            client
        } else {
            let made = common(self.0.timeout).build()?;
            self.0.providers.get_or_init(|| made)
        };
        let request = reqwest::Request::try_from(request)?;
        let response = client.execute(request).await?;
        let (status, headers) = (response.status(), response.headers().clone());
        let body = bounded(response, LARGEST_ANSWER).await?;
        let mut answer = HttpResponse::new(body);
        *answer.status_mut() = status;
        *answer.headers_mut() = headers;
        Ok(answer)
    }

    /// Fetches metadata; the status and the body. Only from public networks and those that the operator allows, by
    /// whatever name: what a name means is looked up once, and what was looked up is what is connected to.
    pub(crate) async fn fetch_metadata(&self, address: &Url) -> Result<(u16, Vec<u8>), NoAnswer> {
        let networks = &self.0.networks;
        if !public::may_be_asked(address, networks) {
            return Err(NoAnswer::NotPublic);
        }
        let client = if let Some(client) = self.0.metadata.get() {
            client
        } else {
            let made = common(METADATA_TIMEOUT)
                .dns_resolver(PublicOnly::new(Arc::clone(networks)))
                .no_proxy()
                .build()?;
            self.0.metadata.get_or_init(|| made)
        };
        let response = match client.get(address.clone()).send().await {
            Err(error) if public::was_refused(&error) => return Err(NoAnswer::NotPublic),
            answer => answer?,
        };
        let status = response.status().as_u16();
        let body = if status == 200 {
            bounded(response, LONGEST_METADATA).await?
        } else {
            Vec::new()
        };
        Ok((status, body))
    }
}

impl<'c> AsyncHttpClient<'c> for Outbound {
    type Error = NoAnswer;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, NoAnswer>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.ask(request))
    }
}

fn common(timeout: Duration) -> ClientBuilder {
    // One that is there already is the same.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder()
        .redirect(Policy::none())
        .timeout(timeout)
        .connect_timeout(timeout)
        // GitHub answers nobody who says nothing of themselves.
        .user_agent(concat!("Usher/", env!("CARGO_PKG_VERSION")))
}

async fn bounded(mut response: reqwest::Response, limit: usize) -> Result<Vec<u8>, NoAnswer> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > limit {
            return Err(NoAnswer::TooLarge(limit));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}
