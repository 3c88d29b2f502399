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

#[tokio::test(flavor = "multi_thread")]
async fn rel_01_a_replica_that_is_promoted_under_load_has_all_and_is_found() {
    let (mut primary, mut replica) = (Postgres::new("one").await, Postgres::without_files("two"));
    replica.follow(&primary).await;
    let url = format!(
        "postgres://usher@{},{}/postgres?target_session_attrs=read-write",
        primary.host(),
        replica.host()
    );
    let mails = MailServer::start().await;
    let pair = Pair::start_at("replica", &url, &mails.url()).await;
    let urls = pair.urls();
    let (seen, own) = (Arc::<Seen>::default(), database(&primary.url()));
    let (mut inviting, mut deactivating) = (JoinSet::new(), JoinSet::new());
    for name in 0..4 {
        let server = name % 2;
        let ada = Person {
            browser: pair.ada.elsewhere(&urls[server]),
            server,
            seen: Arc::clone(&seen),
        };
        inviting.spawn(ada.clone().invites(name));
        if name < 2 {
            let email = format!("ben{name}@example.test");
            colleague(&pair, &mails, &own, &email, "read").await;
            let id = id_of(&own, &email).await;
            deactivating.spawn(async move { (id.clone(), ada.deactivates(id).await) });
        }
    }
    own.close().await;

    let rounds = rounds(2);
    let mut account = Account::new("replica promoted", rounds);
    for round in 0..rounds {
        let acknowledged = || Seen::of(&seen.acknowledged);
        let act_on = async |before: [usize; 2]| {
            eventually("people act at both servers", async || {
                let now = acknowledged();
                now[0] > before[0] + 10 && now[1] > before[1] + 10
            })
            .await;
        };
        act_on(acknowledged()).await;
        let refused = Seen::of(&seen.unavailable);
        let down = Instant::now();
        primary.end(if round % 2 == 0 { "QUIT" } else { "KILL" });
        eventually("both servers say so", async || {
            let now = Seen::of(&seen.unavailable);
            now[0] > refused[0] && now[1] > refused[1]
        })
        .await;
        let alive = reqwest::get(format!("{}/livez", urls[0])).await.unwrap();
        assert_eq!(alive.status(), 200);
        if round == 0 {
            let report = pair.ushers[0].run(&["doctor"]);
            let report = String::from_utf8(report.stdout).unwrap();
            let host = replica.host();
            assert!(report.contains(&format!("{host} is a replica")), "{report}");
        }
        let before = acknowledged();
        replica.promote();
        let promoted = Instant::now();
        for server in 0..2 {
            eventually("it serves again", async || {
                acknowledged()[server] > before[server]
            })
            .await;
        }
        let back = promoted.elapsed();
        let refused: usize =
            Seen::of(&seen.unavailable).iter().sum::<usize>() - refused.iter().sum::<usize>();
        println!(
            "round {round}: {:?} without a primary, {back:?} more until both servers served again; {refused} refusals",
            promoted - down
        );
        // Here all is there and stays, with whatever is done from now on.
        std::mem::swap(&mut primary, &mut replica);
        act_on(acknowledged()).await;
        for url in &urls {
            assert!(pair.ada.elsewhere(url).is_signed_in().await);
        }
        replica.follow(&primary).await;
    }
    let report = pair.ushers[1].run(&["doctor"]);
    let report = String::from_utf8(report.stdout).unwrap();
    let [primary_host, replica_host] = [&primary, &replica].map(Postgres::host);
    for host in [
        format!("{primary_host} is the primary"),
        format!("{replica_host} is a replica"),
    ] {
        assert!(report.contains(&host), "{report}");
    }
    pair.ushers[0].output(&["migrate"]);

    seen.enough.store(true, Ordering::SeqCst);
    let own = database(&primary.url());
    let invited: Vec<_> = inviting.join_all().await.into_iter().flatten().collect();
    account.enter_all(&invited, &traces(&own, INVITED, &invited).await);
    let all: i64 = sqlx::query_scalar("select count(*) from users where status = 'invited'")
        .fetch_one(&own)
        .await
        .unwrap();
    assert_eq!(usize::try_from(all).unwrap(), invited.len());
    for (id, times) in deactivating.join_all().await {
        let found = deactivations(&own, &id).await;
        for n in 1..=i64::try_from(times).unwrap() {
            let things = found.map(|found| i64::from(found >= n));
            account.enter(format!("deactivation {n}"), true, Trace::of(&things));
        }
        let more = found.map(|found| found - i64::try_from(times).unwrap());
        assert_eq!(more, [0, 0], "deactivated once for each time");
    }
    own.close().await;
    pair.end().await;
    account.close();
}
