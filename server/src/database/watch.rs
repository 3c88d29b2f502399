//! Keeps a pool at the one of several hosts that takes writes. A task looks at it every second, and at the others more
//! seldom, unless it is gone; when another host is found the pool opens its connections there, and hands out none that
//! was opened before.

use super::{FRESH, PATIENCE, hosts::Hosts, moves::Mover};
use backend::database::find_standing;
use sqlx::{Connection, PgPool, Postgres, pool::PoolOptions, postgres::PgConnectOptions};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::{
    sync::Notify,
    time::{sleep, timeout},
};

const LOOK_EVERY: Duration = Duration::from_secs(1);
/// A host that was the primary and comes back as one must not stay unnoticed.
const LOOK_AT_ALL_EVERY: Duration = Duration::from_secs(10);
/// While no host takes writes; also the least between two looks, however often somebody asks for one.
const LOOK_SOON: Duration = Duration::from_millis(200);

/// What the pool and the task know of each other.
struct Shared {
    mover: Mover,
    /// Somebody met a connection that was not good.
    alarm: Notify,
}

pub(super) struct Watch {
    hosts: Hosts,
    shared: Arc<Shared>,
}

impl Watch {
    pub(super) fn new(hosts: Hosts, mover: Mover) -> Self {
        let shared = Shared {
            mover,
            alarm: Notify::new(),
        };
        Self {
            hosts,
            shared: Arc::new(shared),
        }
    }

    /// A pool that refuses what is no connection to such a host.
    pub(super) fn guard(&self, pool: PoolOptions<Postgres>) -> PoolOptions<Postgres> {
        let target = self.hosts.target;
        let [opened, taken, returned] = [(); 3].map(|()| Arc::clone(&self.shared));
        pool.after_connect(move |connection, _| {
            let shared = Arc::clone(&opened);
            Box::pin(async move {
                if target.suits(find_standing(connection).await?) {
                    return Ok(());
                }
                shared.alarm.notify_one();
                Err(sqlx::Error::Protocol("the host takes no writes".into()))
            })
        })
        .before_acquire(move |connection, about| {
            let shared = Arc::clone(&taken);
            Box::pin(async move {
                if shared.mover.is_stale(about.age) {
                    return Ok(false);
                }
                if about.idle_for <= FRESH {
                    return Ok(true);
                }
                let found = find_standing(connection).await;
                let good = matches!(&found, Ok(standing) if target.suits(*standing));
                if !good {
                    shared.alarm.notify_one();
                }
                found.map(|_| good)
            })
        })
        .after_release(move |connection, about| {
            let shared = Arc::clone(&returned);
            Box::pin(async move {
                // The pool itself waits without an end, and a host that is gone without a word never answers.
                if shared.mover.is_stale(about.age) {
                    return Err(sqlx::Error::PoolTimedOut);
                }
                let answer = timeout(PATIENCE, connection.ping()).await;
                answer.unwrap_or(Err(sqlx::Error::PoolTimedOut)).map(|()| true)
            })
        })
    }

    /// Until the pool is closed.
    pub(super) async fn run(mut self, pool: PgPool, limits: impl Fn(PgConnectOptions) -> PgConnectOptions) {
        let _ = pool
            .close_event()
            .do_until(async {
                let (mut known, mut looked_at_all) = (true, Instant::now());
                loop {
                    sleep(LOOK_SOON).await;
                    if known {
                        let _ = timeout(LOOK_EVERY, self.shared.alarm.notified()).await;
                    }
                    let before = self.hosts.current;
                    let is_recent = looked_at_all.elapsed() < LOOK_AT_ALL_EVERY;
                    if known && is_recent && self.hosts.look_at_current().await {
                        continue;
                    }
                    let found = self.hosts.look_at_all().await;
                    looked_at_all = Instant::now();
                    self.tell(known, before, found);
                    known = found.is_some();
                    if found.is_some() && found != before {
                        self.lead(&pool, &limits);
                    }
                }
            })
            .await;
    }

    fn lead(&self, pool: &PgPool, limits: impl Fn(PgConnectOptions) -> PgConnectOptions) {
        if let Some(current) = self.hosts.current {
            pool.set_connect_options(limits(self.hosts.options(current).clone()));
            self.shared.mover.has_moved();
        }
    }

    fn tell(&self, was_known: bool, before: Option<usize>, found: Option<usize>) {
        let seen = self.hosts.sentence();
        match found {
            None if was_known => tracing::error!(seen, "no host of the database takes writes"),
            Some(found) if Some(found) != before => {
                let host = self.hosts.name(found);
                tracing::warn!(host, seen, "the database has moved");
            }
            Some(_) if !was_known => tracing::info!(seen, "the database takes writes again"),
            Some(_) | None => {}
        }
        if !self.hosts.is_clear() {
            tracing::error!(
                seen,
                "more than one host of the database takes writes; end the older one"
            );
        }
    }
}
