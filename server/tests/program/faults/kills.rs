//! Servers that are killed in the middle of their work, with their embedded database. What was acknowledged is there
//! after it, nothing is there twice or by half, and people can go on.

use super::account::{Account, Trace, rounds};
use crate::{
    console::{Browser, PASSWORD, acceptance, address, database, eventually, id_of, is_ready, mailed_token},
    usher::{Running, Usher},
};
use backend::mail::testing::MailServer;
use reqwest::RequestBuilder;
use sqlx::PgPool;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::time::sleep;

/// People who act at the same time.
const AT_ONCE: usize = 3;

/// A server that is killed and started again.
pub(super) struct Victim {
    usher: Usher,
    server: Running,
    pub(super) database: PgPool,
    pub(super) ada: Browser,
}

impl Victim {
    pub(super) async fn start(name: &str, mails: &MailServer) -> Self {
        let usher = Usher::new(name)
            .with("USHER_MAIL_URL", mails.url())
            .with("USHER_THROTTLE_INVITATIONS_USER", "100000/1s")
            .with("USHER_THROTTLE_INVITATIONS_ORGANIZATION", "100000/1s")
            .with("USHER_THROTTLE_GUESSES_NETWORK", "100000/1s");
        let mut server = usher.start(&[]);
        let token = server.prints("/setup?token=");
        let url = usher.urls()[0].clone();
        is_ready(&url).await;
        Self {
            server,
            database: database(&usher.embedded_database()),
            ada: Browser::ada(&url, &token).await,
            usher,
        }
    }

    pub(super) fn url(&self) -> String {
        self.usher.urls()[0].clone()
    }

    /// Sends these acts until they are done or the server is killed; says which were acknowledged. The server is
    /// killed after some of them, in each round at another moment of an act, and the same in each run.
    pub(super) async fn killed_during(
        &mut self,
        round: usize,
        acts: impl IntoIterator<Item = (String, RequestBuilder)>,
    ) -> BTreeSet<String> {
        let acts: Vec<_> = acts.into_iter().collect();
        let some = 1 + round * 3 % (acts.len() / 2);
        let (acts, acknowledged) = (Arc::new(Mutex::new(acts.into_iter())), Arc::default());
        let people: Vec<_> = (0..AT_ONCE)
            .map(|_| tokio::spawn(act_until_it_ends(acts.clone(), Arc::clone(&acknowledged))))
            .collect();
        eventually("some acts", async || acknowledged.lock().unwrap().len() >= some).await;
        sleep(moment(round, 40)).await;
        self.server.kill();
        for person in people {
            person.await.unwrap();
        }
        self.server = self.usher.start(&[]);
        is_ready(&self.url()).await;
        std::mem::take(&mut *acknowledged.lock().unwrap())
    }

    pub(super) async fn ends(mut self) {
        self.database.close().await;
        self.server.ask_to_end();
        assert_eq!(self.server.ended().await, Some(0));
    }
}

async fn act_until_it_ends(
    acts: Arc<Mutex<impl Iterator<Item = (String, RequestBuilder)>>>,
    acknowledged: Arc<Mutex<BTreeSet<String>>>,
) {
    loop {
        let Some((name, request)) = acts.lock().unwrap().next() else {
            return;
        };
        match request.send().await {
            Ok(answer) if answer.status().is_success() => acknowledged.lock().unwrap().insert(name),
            Ok(answer) => panic!("{name}: {}", answer.status()),
            Err(_) => return,
        };
    }
}

fn moment(round: usize, longest: u64) -> Duration {
    Duration::from_millis(round as u64 * 67 % longest)
}

/// Of each person of these: what `query` counts, whose first column is the address.
pub(crate) async fn traces(
    database: &PgPool,
    query: &'static str,
    emails: &[String],
) -> BTreeMap<String, Trace> {
    let rows: Vec<(String, Vec<i64>)> = sqlx::query_as(query)
        .bind(emails)
        .fetch_all(database)
        .await
        .unwrap();
    rows.into_iter()
        .map(|(email, things)| (email, Trace::of(&things)))
        .collect()
}

pub(crate) const INVITED: &str = "select email, array[
        count(*) over (partition by email),
        (select count(*) from invitations i where i.user_id = u.id),
        (select count(*) from mails m where m.user_id = u.id),
        (select count(*) from audit a where a.target_id = u.id)]
    from users u where email = any($1)";
const ACCEPTED: &str = "select email, array[
        (status = 'active')::int::bigint,
        (select count(*) from invitations i where i.user_id = u.id and i.accepted_at is not null),
        (select count(*) from passwords p where p.user_id = u.id),
        (select count(*) from memberships m where m.user_id = u.id),
        (select count(*) from sessions s where s.user_id = u.id),
        (select count(*) from audit a where a.target_id = u.id and a.action = 'invitations.accept')]
    from users u where email = any($1)";
/// The session must be gone, so its absence is counted.
const DEACTIVATED: &str = "select email, array[
        (status = 'deactivated')::int::bigint,
        (not exists (select from sessions s where s.user_id = u.id))::int::bigint,
        (select count(*) from mails m where m.user_id = u.id and m.message->>'kind' = 'account_deactivated'),
        (select count(*) from audit a where a.target_id = u.id and a.action = 'users.deactivate')]
    from users u where email = any($1)";

#[tokio::test(flavor = "multi_thread")]
async fn rel_03_a_server_that_is_killed_while_it_invites_loses_and_doubles_nothing() {
    let mails = MailServer::start().await;
    let mut victim = Victim::start("kills-inviting", &mails).await;
    let rounds = rounds(6);
    let (mut account, mut done) = (Account::new("killed while inviting", rounds), 0);
    for round in 0..rounds {
        let emails: Vec<_> = (0..20).map(|n| format!("r{round}n{n}@example.test")).collect();
        let acts = emails.iter().map(|email| {
            let request = victim.ada.request("/api/invitations/invite", &[("email", email)]);
            (email.clone(), request)
        });
        let acts: Vec<_> = acts.collect();
        let acknowledged = victim.killed_during(round, acts).await;
        let traces = traces(&victim.database, INVITED, &emails).await;
        account.enter_all(&acknowledged, &traces);
        // At a kill the answers of those who act at once may not arrive.
        assert!(traces.len() <= acknowledged.len() + AT_ONCE);
        done += emails.len();
    }
    assert!(account.found() < done, "no server was killed in the middle of it");
    victim.ends().await;
    account.close();
}

#[tokio::test(flavor = "multi_thread")]
async fn rel_03_a_server_that_is_killed_while_people_join_and_leave_does_nothing_by_half() {
    const PEOPLE: usize = 10;
    let mails = MailServer::start().await;
    let mut victim = Victim::start("kills-joining", &mails).await;
    let (url, rounds) = (victim.url(), rounds(4));
    let mut joining = Account::new("killed while accepting", rounds);
    let mut leaving = Account::new("killed while deactivating", rounds);
    let group: sqlx::types::Uuid = sqlx::query_scalar("select id from groups where name = 'read'")
        .fetch_one(&victim.database)
        .await
        .unwrap();
    for round in 0..rounds {
        let emails: Vec<_> = (0..PEOPLE)
            .map(|n| format!("r{round}n{n}@example.test"))
            .collect();
        let mut links = BTreeMap::new();
        for email in &emails {
            let fields = [("email", email.as_str()), ("groups[]", &group.to_string())];
            assert_eq!(victim.ada.act("/api/invitations/invite", &fields).await, 200);
        }
        for email in &emails {
            links.insert(email.clone(), mailed_token(&mails, email).await);
        }

        let accept = |token: &String| {
            Browser::at(&url).request("/api/invitations/accept", &acceptance(token, PASSWORD))
        };
        let acts: Vec<_> = links
            .iter()
            .map(|(email, token)| (email.clone(), accept(token)))
            .collect();
        let acknowledged = victim.killed_during(round, acts).await;
        let found = traces(&victim.database, ACCEPTED, &emails).await;
        joining.enter_all(&acknowledged, &found);
        for (email, token) in &links {
            let expected = if found[email] == Trace::Nothing { 200 } else { 409 };
            assert_eq!(
                accept(token).send().await.unwrap().status(),
                expected,
                "{email} goes on"
            );
        }
        let now = traces(&victim.database, ACCEPTED, &emails).await;
        assert!(now.values().all(|trace| *trace == Trace::Done), "{now:?}");

        let mut acts = Vec::new();
        for email in &emails {
            let id = id_of(&victim.database, email).await;
            acts.push((
                email.clone(),
                victim.ada.request("/api/users/deactivate", &[("user", &id)]),
            ));
        }
        let again: Vec<_> = acts
            .iter()
            .map(|(_, request)| request.try_clone().unwrap())
            .collect();
        let acknowledged = victim.killed_during(round, acts).await;
        leaving.enter_all(
            &acknowledged,
            &traces(&victim.database, DEACTIVATED, &emails).await,
        );
        for request in again {
            assert_eq!(
                request.send().await.unwrap().status(),
                200,
                "whoever is gone already is no fault"
            );
        }
        let now = traces(&victim.database, DEACTIVATED, &emails).await;
        assert!(now.values().all(|trace| *trace == Trace::Done), "{now:?}");
    }
    for account in [&joining, &leaving] {
        assert!(
            account.found() < rounds * PEOPLE,
            "no server was killed in the middle of it"
        );
    }
    assert!(victim.ada.is_signed_in().await);
    victim.ends().await;
    joining.close();
    leaving.close();
}

#[sqlx::test(migrations = false)]
async fn rel_06_a_migration_that_is_killed_leaves_a_schema_that_the_next_start_completes(pool: PgPool) {
    let rounds = rounds(6);
    let mut account = Account::new("killed while migrating", rounds);
    for round in 0..rounds {
        sqlx::raw_sql("drop schema public cascade; create schema public")
            .execute(&pool)
            .await
            .unwrap();
        let usher = Usher::new("kills-migrating").with("DATABASE_URL", address(&pool));
        let mut migrating = usher.start(&["migrate"]);
        eventually("the first step", async || {
            sqlx::query_scalar("select to_regclass('_sqlx_migrations') is not null")
                .fetch_one(&pool)
                .await
                .unwrap()
        })
        .await;
        sleep(moment(round, 50)).await;
        migrating.kill();
        usher.output(&["migrate"]);
        let applied: Vec<(i64, i64)> = sqlx::query_as(
            "select version, count(*) from _sqlx_migrations where success group by 1 order by 1",
        )
        .fetch_all(&pool)
        .await
        .unwrap();
        for (version, times) in applied {
            account.enter(format!("migration {version}"), true, Trace::of(&[times]));
        }
        assert!(usher.output(&["setup-link"]).contains("/setup?token="));
    }
    account.close();
}
