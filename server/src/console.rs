//! What every request is answered from: the backend, and the parts of the configuration that the layers go by.

use crate::{
    assets::Assets,
    config::{Config, PublicUrl},
    database::moves::Moves,
    metrics::Metrics,
    onlookers::Onlookers,
    trial,
};
use app::request::CookieNames;
use backend::{Backend, mail::Mailbox, secret::Chance};
use ipnet::IpNet;
use leptos::config::{Env, LeptosOptions};
use std::{net::SocketAddr, ops::Deref, sync::Arc, time::Duration};
use tokio::sync::Semaphore;

/// Cheap to clone.
#[derive(Clone)]
pub struct Console(Arc<Parts>);

pub struct Parts {
    pub backend: Backend,
    /// For the ids of requests.
    pub(crate) chance: Chance,
    pub(crate) address: PublicUrl,
    /// Where the server itself listens: another name of it for people at this machine.
    pub(crate) listen: SocketAddr,
    pub(crate) cookies: CookieNames,
    pub(crate) trusted_proxies: Vec<IpNet>,
    /// A place for each request that may be worked on.
    pub(crate) places: Arc<Semaphore>,
    pub onlookers: Onlookers,
    pub(crate) metrics: Metrics,
    pub(crate) database_connections: u32,
    pub(crate) database_moves: Moves,
    pub(crate) request_timeout: Duration,
    pub(crate) request_body_limit: usize,
    /// Of a trial.
    pub(crate) mailbox: Option<Mailbox>,
    pub(crate) assets: Assets,
    pub(crate) leptos: LeptosOptions,
}

impl Console {
    pub fn new(backend: Backend, config: &Config) -> Self {
        let assets = Assets::find(config.site_root.as_deref());
        Self::following(Moves::none(), backend, config, assets)
    }

    /// Of a database that may move to another host.
    pub(crate) fn following(
        database_moves: Moves,
        backend: Backend,
        config: &Config,
        assets: Assets,
    ) -> Self {
        let hash_file = assets.hash_file();
        let leptos = LeptosOptions::builder()
            .output_name("usher")
            .site_root(assets.root().display().to_string())
            .site_pkg_dir("pkg")
            .site_addr(config.listen)
            .env(if cfg!(debug_assertions) {
                Env::DEV
            } else {
                Env::PROD
            })
            .hash_files(hash_file.is_some())
            .hash_file(
                hash_file
                    .map_or_else(String::new, |file| file.display().to_string())
                    .into(),
            )
            .build();
        Self(Arc::new(Parts {
            backend,
            chance: Chance::system(),
            address: config.public_url.clone(),
            listen: config.listen,
            cookies: CookieNames::new(config.public_url.is_https()),
            trusted_proxies: config.trusted_proxies.clone(),
            places: Arc::new(Semaphore::new(config.requests_at_once)),
            onlookers: Onlookers::default(),
            metrics: Metrics::default(),
            database_connections: config.database_connections,
            database_moves,
            request_timeout: config.request_timeout,
            request_body_limit: config.request_body_limit,
            mailbox: trial::mailbox_of(config),
            assets,
            leptos,
        }))
    }
}

impl Deref for Console {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}
