//! Two servers on a PostgreSQL that none of them starts, with a mail server and a clock that can be disturbed.

use super::{
    Extent, Fault, HOUR,
    clock::ServerClock,
    ledger::Ledger,
    post::{Post, Way},
    slow_clients,
    work::Shift,
};
use crate::{
    console::{Browser, KEY, database, eventually, is_ready},
    usher::{HeldAddress, Running, Usher},
};
use sqlx::PgPool;
use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::time::sleep;

/// Where every byte finds the disk full.
const FULL: &str = "/dev/full";

pub(super) struct Installation {
    pub(super) shift: Arc<Shift>,
    pub(super) servers: [Running; 2],
    /// The test's own connection.
    pub(super) database: PgPool,
    /// How long after each fault both servers acknowledged something again, at the longest.
    pub(super) back: BTreeMap<Fault, Duration>,
    ushers: [Usher; 2],
    clock: Option<ServerClock>,
    postgres: Usher,
    running_postgres: Running,
    _mail_place: HeldAddress,
}

impl Installation {
    pub(super) async fn start(pause: Duration) -> Self {
        let postgres = Usher::new("endurance-database");
        let mut running_postgres = postgres.start(&["database"]);
        let url = running_postgres.prints("DATABASE_URL=");
        let mail_place = HeldAddress::new();
        let post = Post::open(mail_place.address).await;
        let clock = ServerClock::build(postgres.folder());
        let ushers = [0, 1].map(|n| {
            let usher = Usher::new(&format!("endurance-{n}"))
                .with("DATABASE_URL", url.clone())
                .with("USHER_SECRET_KEY", KEY)
                .with("USHER_MAIL_URL", format!("smtp://{}", mail_place.address))
                .with("USHER_MAIL_FIRST_WAIT", "1s")
                .with("USHER_MAIL_LONGEST_WAIT", "2s")
                .with("USHER_MAIL_LEASE", "20s")
                .with("USHER_CONNECTIONS_PER_ADDRESS", "2000")
                .with("USHER_THROTTLE_QUESTIONS_TOKEN", "1000000")
                .with("USHER_THROTTLE_GUESSES_NETWORK", "100000/1s")
                .with("USHER_THROTTLE_INVITATIONS_USER", "100000/1s")
                .with("USHER_THROTTLE_INVITATIONS_ORGANIZATION", "100000/1s")
                // What is spent when a clock is set back stays so until as much time has passed again.
                .with("USHER_THROTTLE_TAKEN_ADDRESSES", "100000/1s");
            match &clock {
                Some(clock) => clock.given_to(usher),
                None => usher,
            }
        });
        let mut servers = [ushers[0].start(&[]), ushers[1].start(&[])];
        let urls = [0, 1].map(|n: usize| ushers[n].urls()[0].clone());
        for (server, url) in servers.iter_mut().zip(&urls) {
            server.prints("/setup?token=");
            is_ready(url).await;
        }
        let printed = ushers[0].output(&["setup-link"]);
        let token = printed.trim().split("/setup?token=").nth(1).unwrap();
        let ada = Browser::ada(&urls[0], token).await;
        let database = database(&url);
        let group: sqlx::types::Uuid = sqlx::query_scalar("select id from groups where name = 'write'")
            .fetch_one(&database)
            .await
            .unwrap();
        let shift = Shift {
            ledger: Ledger::default(),
            post,
            token: token_of(&ada).await,
            ada,
            urls,
            group: group.to_string(),
            pause,
            over: AtomicBool::new(false),
        };
        Self {
            shift: Arc::new(shift),
            servers,
            database,
            back: BTreeMap::new(),
            ushers,
            clock,
            postgres,
            running_postgres,
            _mail_place: mail_place,
        }
    }

    /// One fault from its beginning to its end; and whoever can work meanwhile does.
    pub(super) async fn suffers(&mut self, fault: Fault, extent: &Extent) {
        // The other half is for what comes after it.
        let (began, half) = (Instant::now(), extent.each / 2);
        let post = &self.shift.post;
        match fault {
            Fault::DatabaseStopped => self.postgres.stop_postgres(),
            Fault::DatabaseAborted => self.postgres.abort_postgres(),
            Fault::DatabaseKilled => self.postgres.kill_postgres(),
            Fault::MailServerDown => post.set(Way::Closed),
            Fault::MailServerStalled => post.set(Way::Stalled),
            Fault::ClockForth => self.set_clock(HOUR).await,
            Fault::ClockBack => self.set_clock(0).await,
            Fault::SlowClients => {
                let place = |url: &String| url.trim_start_matches("http://").to_owned();
                let places: Vec<_> = self.shift.urls.iter().map(place).collect();
                let clients = slow_clients::hold(&places, extent.slow_clients).await;
                self.goes_on(fault).await;
                self.is_back(fault, began);
                sleep(half).await;
                drop(clients);
                return;
            }
            Fault::LogFull if Path::new(FULL).exists() => {
                self.servers[1].kill();
                let log = fs::OpenOptions::new().write(true).open(FULL).unwrap();
                self.servers[1] = self.ushers[1].start_logging_to(log);
            }
            Fault::LogFull | Fault::ServerKilled => {
                self.servers[1].kill();
                self.servers[1] = self.ushers[1].start(&[]);
            }
        }
        for url in &self.shift.urls {
            is_ready(url).await;
        }
        self.goes_on(fault).await;
        self.is_back(fault, began);
        sleep(half).await;
        self.shift.post.set(Way::Open);
    }

    fn is_back(&mut self, fault: Fault, began: Instant) {
        let longest = self.back.entry(fault).or_default();
        *longest = began.elapsed().max(*longest);
    }

    /// Both servers acknowledge something that was not done yet.
    pub(super) async fn goes_on(&mut self, during: Fault) {
        for (n, server) in self.servers.iter_mut().enumerate() {
            let count = || self.shift.ledger.acknowledged[n].load(Ordering::SeqCst);
            let before = count();
            eventually((during, "acts at server", n), async || count() > before).await;
            assert!(
                !server.has_ended(),
                "{during:?}: server {n} has ended: {}",
                server.said()
            );
        }
    }

    async fn set_clock(&self, ahead: i64) {
        let Some(clock) = &self.clock else {
            return;
        };
        clock.set_ahead(ahead);
        eventually("the servers believe it", async || {
            sqlx::query_scalar(
                "select abs(extract(epoch from at - now()) - $1) < 60 from audit order by id desc limit 1",
            )
            .bind(ahead)
            .fetch_one(&self.database)
            .await
            .unwrap()
        })
        .await;
    }

    pub(super) async fn all_mails_left(&self) {
        loop {
            let queued: bool = sqlx::query_scalar("select exists (select from mails where state = 'queued')")
                .fetch_one(&self.database)
                .await
                .unwrap();
            if !queued {
                return;
            }
            sleep(Duration::from_millis(200)).await;
        }
    }

    pub(super) async fn ends(mut self) {
        self.database.close().await;
        for server in self.servers.iter_mut().chain([&mut self.running_postgres]) {
            server.ask_to_end();
            assert_eq!(server.ended().await, Some(0));
        }
    }
}

/// An access token of somebody, from the page that shows it once.
async fn token_of(person: &Browser) -> String {
    let fields = [("name", "Programs"), ("expires", "never")];
    let made = person
        .request("/api/tokens/create", &fields)
        .send()
        .await
        .unwrap();
    assert_eq!(made.status(), 200);
    let page = person.also_given(&made).page("/tokens?dialog=secret");
    let shown = page.send().await.unwrap().text().await.unwrap();
    let (_, rest) = shown.split_once("usher_").unwrap();
    format!("usher_{}", &rest[..49])
}
