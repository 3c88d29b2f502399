//! The primary of a database with a replica is killed while people work at two servers, and the replica is promoted: there
//! and back, without anybody touching the servers. The replication is synchronous, so nothing acknowledged may be lost.

use super::{
    account::{Account, Trace, rounds},
    kills::{INVITED, traces},
    two_servers::{Pair, colleague},
};
use crate::{
    console::{Browser, database, eventually, id_of},
    postgres::Postgres,
};
use backend::mail::testing::MailServer;
use reqwest::{Response, header};
use sqlx::PgPool;
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::{task::JoinSet, time::sleep};

const DEACTIVATE: &str = "/api/users/deactivate";
const REACTIVATE: &str = "/api/users/reactivate";

/// What happened so far at each of the servers.
#[derive(Default)]
struct Seen {
    acknowledged: [AtomicUsize; 2],
    unavailable: [AtomicUsize; 2],
    enough: AtomicBool,
}

impl Seen {
    fn of(counts: &[AtomicUsize; 2]) -> [usize; 2] {
        [&counts[0], &counts[1]].map(|count| count.load(Ordering::SeqCst))
    }

    fn is_enough(&self) -> bool {
        self.enough.load(Ordering::SeqCst)
    }
}

/// Somebody who acts at one of the servers.
#[derive(Clone)]
struct Person {
    browser: Browser,
    server: usize,
    seen: Arc<Seen>,
}

impl Person {
    /// Tries the same again for as long as it can't be done, as people do; the last answer, and whether it is the first.
    async fn insists(&self, action: &str, fields: &[(&str, &str)]) -> (Response, bool) {
        let mut is_first = true;
        loop {
            let answer = self.browser.request(action, fields).send().await.unwrap();
            if answer.status() != 503 {
                self.seen.acknowledged[self.server].fetch_add(1, Ordering::SeqCst);
                return (answer, is_first);
            }
            assert!(answer.headers().contains_key(header::RETRY_AFTER));
            self.seen.unavailable[self.server].fetch_add(1, Ordering::SeqCst);
            is_first = false;
            sleep(Duration::from_millis(50)).await;
        }
    }

    /// Until it is enough; whom.
    async fn invites(self, name: usize) -> Vec<String> {
        let mut invited = Vec::new();
        while !self.seen.is_enough() {
            let email = format!("p{name}n{}@example.test", invited.len());
            let (answer, is_first) = self
                .insists("/api/invitations/invite", &[("email", &email)])
                .await;
            match answer.status().as_u16() {
                200 => {}
                422 if !is_first => {
                    let why = answer.text().await.unwrap();
                    assert!(why.contains("AlreadyInvited"), "{email}: {why}");
                }
                other => panic!("{email}: {other}"),
            }
            invited.push(email);
        }
        invited
    }

    /// Puts the same person out and back in until it is enough; how often.
    async fn deactivates(self, id: String) -> usize {
        let mut times = 0;
        while !self.seen.is_enough() {
            for action in [DEACTIVATE, REACTIVATE] {
                let (answer, _) = self.insists(action, &[("user", &id)]).await;
                assert_eq!(answer.status(), 200, "{action}");
            }
            times += 1;
        }
        times
    }
}

/// How often somebody was deactivated, as the audit log and the mails have it.
async fn deactivations(own: &PgPool, id: &str) -> [i64; 2] {
    sqlx::query_scalar::<_, Vec<i64>>(
        "select array[
            (select count(*) from audit where target_id = $1::uuid and action = 'users.deactivate'),
            (select count(*) from mails where user_id = $1::uuid and message->>'kind' = 'account_deactivated')]",
    )
    .bind(id)
    .fetch_one(own)
    .await
    .unwrap()
    .try_into()
    .unwrap()
}

/// What happens to the primary: a signal, or it stops to answer, or it answers and takes no writes.
const FAULTS: [&str; 4] = ["QUIT", "KILL", "frozen", "read-only"];

struct Scene {
    primary: Postgres,
    replica: Postgres,
    mails: MailServer,
    pair: Pair,
    seen: Arc<Seen>,
}

impl Scene {
    async fn start() -> Self {
        let (primary, mut replica) = (Postgres::new("one").await, Postgres::without_files("two"));
        replica.follow(&primary).await;
        let url = format!(
            "postgres://usher@{},{}/postgres?target_session_attrs=read-write",
            primary.host(),
            replica.host()
        );
        let mails = MailServer::start().await;
        Self {
            pair: Pair::start_at("replica", &url, &mails.url()).await,
            primary,
            replica,
            mails,
            seen: Arc::default(),
        }
    }

    fn person(&self, server: usize) -> Person {
        Person {
            browser: self.pair.ada.elsewhere(&self.pair.urls()[server]),
            server,
            seen: Arc::clone(&self.seen),
        }
    }

    fn doctor(&self) -> String {
        String::from_utf8(self.pair.ushers[0].run(&["doctor"]).stdout).unwrap()
    }

    async fn are_done(&self, more: usize) {
        let before = Seen::of(&self.seen.acknowledged);
        eventually("people act at both servers", async || {
            let now = Seen::of(&self.seen.acknowledged);
            now[0] >= before[0] + more && now[1] >= before[1] + more
        })
        .await;
    }

    /// From a primary that goes to its successor, which has a replica again.
    async fn fails_over(&mut self, fault: &str) {
        self.are_done(10).await;
        let refused = Seen::of(&self.seen.unavailable);
        let down = Instant::now();
        match fault {
            "frozen" => self.primary.freeze(),
            "read-only" => self.primary.refuse_writes().await,
            signal => self.primary.end(signal),
        }
        for (server, url) in self.pair.urls().iter().enumerate() {
            let status = async |path| reqwest::get(format!("{url}{path}")).await.unwrap().status();
            eventually("it says so", async || {
                status("/readyz").await == 503 || Seen::of(&self.seen.unavailable)[server] > refused[server]
            })
            .await;
            assert_eq!(status("/livez").await, 200);
        }
        if fault == "QUIT" {
            let report = self.doctor();
            let host = format!("{} is a replica", self.replica.host());
            assert!(report.contains(&host), "{report}");
        }
        self.replica.promote();
        let promoted = Instant::now();
        self.are_done(1).await;
        let back = promoted.elapsed();
        let [one, two] = Seen::of(&self.seen.unavailable);
        println!(
            "{fault}: {:?} without a primary, {back:?} more until both servers served again; {} refusals",
            promoted - down,
            one + two - refused[0] - refused[1]
        );
        if fault == "frozen" {
            // It comes back and knows nothing of the new one: nobody goes back to it, and the operator is told.
            self.primary.thaw();
            let told = async || self.doctor().contains("Two take writes");
            eventually("the doctor tells of two", told).await;
        }
        self.are_done(10).await;
        self.primary.end("QUIT");
        std::mem::swap(&mut self.primary, &mut self.replica);
        self.replica.follow(&self.primary).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rel_01_a_replica_that_is_promoted_under_load_has_all_and_is_found() {
    let mut scene = Scene::start().await;
    let own = database(&scene.primary.url());
    let (mut inviting, mut deactivating) = (JoinSet::new(), JoinSet::new());
    for name in 0..4 {
        let person = scene.person(name % 2);
        inviting.spawn(person.clone().invites(name));
        if name < 2 {
            let email = format!("ben{name}@example.test");
            colleague(&scene.pair, &scene.mails, &own, &email, "read").await;
            let id = id_of(&own, &email).await;
            deactivating.spawn(async move { (id.clone(), person.deactivates(id).await) });
        }
    }
    own.close().await;

    let rounds = rounds(FAULTS.len());
    let mut account = Account::new("replica promoted", rounds);
    for round in 0..rounds {
        scene.fails_over(FAULTS[round % FAULTS.len()]).await;
        for server in 0..2 {
            assert!(scene.person(server).browser.is_signed_in().await);
        }
    }
    let report = scene.doctor();
    let [primary, replica] = [&scene.primary, &scene.replica].map(Postgres::host);
    for host in [
        format!("{primary} is the primary"),
        format!("{replica} is a replica"),
    ] {
        assert!(report.contains(&host), "{report}");
    }
    scene.pair.ushers[0].output(&["migrate"]);

    scene.seen.enough.store(true, Ordering::SeqCst);
    let own = database(&scene.primary.url());
    let invited: Vec<_> = inviting.join_all().await.into_iter().flatten().collect();
    account.enter_all(&invited, &traces(&own, INVITED, &invited).await);
    let all: i64 = sqlx::query_scalar("select count(*) from users where status = 'invited'")
        .fetch_one(&own)
        .await
        .unwrap();
    assert_eq!(usize::try_from(all).unwrap(), invited.len());
    for (id, times) in deactivating.join_all().await {
        let (found, times) = (deactivations(&own, &id).await, i64::try_from(times).unwrap());
        for n in 1..=times {
            let things = found.map(|found| i64::from(found >= n));
            account.enter(format!("deactivation {n}"), true, Trace::of(&things));
        }
        assert!(found.iter().all(|found| *found <= times), "{found:?} of {times}");
    }
    own.close().await;
    scene.pair.end().await;
    account.close();
}
