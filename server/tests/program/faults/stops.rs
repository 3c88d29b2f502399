//! SIGTERM under load: what is under way is answered, nobody new is let in, and what was answered is there.

use super::account::{Account, Trace, rounds};
use crate::{
    console::{Browser, USERS, address, eventually, is_ready},
    usher::Usher,
};
use backend::mail::testing::MailServer;
use sqlx::PgPool;
use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::{net::TcpStream, task::JoinSet, time::sleep};

const AT_ONCE: i64 = 4;
/// What requests under way get, and a little more.
const GRACE: Duration = Duration::from_secs(22);

/// Invites until no connection is left; says which were acknowledged.
async fn inviting(ada: Browser, name: String, stopping: Arc<AtomicBool>) -> Vec<(String, bool)> {
    let mut invited = Vec::new();
    loop {
        let email = format!("{name}n{}@example.test", invited.len());
        let asked = ada.request("/api/invitations/invite", &[("email", &email)]);
        match asked.send().await {
            Ok(answer) => {
                assert_eq!(answer.status(), 200, "{email}");
                invited.push((email, true));
            }
            Err(error) => {
                assert!(stopping.load(Ordering::SeqCst), "{email}: {error}");
                invited.push((email, false));
                return invited;
            }
        }
    }
}

/// Reads pages until no connection is left. A page that begins comes to its end.
async fn reading(ada: Browser, stopping: Arc<AtomicBool>) {
    while let Ok(answer) = ada.page(USERS).send().await {
        assert_eq!(answer.status(), 200);
        assert!(answer.text().await.unwrap().contains("</html>"));
    }
    assert!(stopping.load(Ordering::SeqCst));
}

#[sqlx::test(migrations = false)]
async fn rel_05_a_server_that_is_asked_to_end_answers_what_is_under_way_and_nothing_more(pool: PgPool) {
    let mails = MailServer::start().await;
    let usher = Usher::new("stops")
        .with("DATABASE_URL", address(&pool))
        .with("USHER_MAIL_URL", mails.url())
        .with("USHER_THROTTLE_INVITATIONS_USER", "100000/1s")
        .with("USHER_THROTTLE_INVITATIONS_ORGANIZATION", "100000/1s");
    let mut server = usher.start(&[]);
    let token = server.prints("/setup?token=");
    let [url, _] = usher.urls();
    let ada = Browser::ada(&url, &token).await;
    let rounds = rounds(2);
    let mut account = Account::new("asked to end under load", rounds);
    for round in 0..rounds {
        is_ready(&url).await;
        let (stopping, mut load, mut readers) =
            (Arc::<AtomicBool>::default(), JoinSet::new(), JoinSet::new());
        for n in 0..AT_ONCE {
            load.spawn(inviting(
                ada.clone(),
                format!("r{round}c{n}"),
                Arc::clone(&stopping),
            ));
            readers.spawn(reading(ada.clone(), Arc::clone(&stopping)));
        }
        sleep(Duration::from_millis(400)).await;
        // From here on every invitation waits for us in the middle of its transaction.
        let mut hold = pool.begin().await.unwrap();
        sqlx::query("lock table audit in access exclusive mode")
            .execute(&mut *hold)
            .await
            .unwrap();
        eventually("all wait", async || {
            let waiting: i64 = sqlx::query_scalar(
                "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
            )
            .fetch_one(&pool)
            .await
            .unwrap();
            waiting == AT_ONCE
        })
        .await;
        stopping.store(true, Ordering::SeqCst);
        let asked = Instant::now();
        server.ask_to_end();
        let place = url.strip_prefix("http://").unwrap();
        eventually("nobody new is let in", async || {
            TcpStream::connect(place).await.is_err()
        })
        .await;
        assert!(asked.elapsed() < Duration::from_secs(2), "{:?}", asked.elapsed());
        readers.join_all().await;
        assert!(load.try_join_next().is_none(), "they are not given up");
        hold.rollback().await.unwrap();

        let tried: Vec<_> = load.join_all().await.into_iter().flatten().collect();
        assert_eq!(server.ended().await, Some(0));
        assert!(asked.elapsed() < GRACE, "{:?}", asked.elapsed());
        let said = server.said();
        assert!(
            said.contains("stopping") && !said.contains("took too long"),
            "they are waited for: {said}"
        );
        let found: Vec<(String, Vec<i64>)> = sqlx::query_as(
            "select email, array[(select count(*) from invitations i where i.user_id = u.id),
                (select count(*) from mails m where m.user_id = u.id),
                (select count(*) from audit a where a.target_id = u.id)]
             from users u where status = 'invited'",
        )
        .fetch_all(&pool)
        .await
        .unwrap();
        let found: BTreeMap<_, _> = found.into_iter().collect();
        for (email, acknowledged) in tried {
            let trace = Trace::of(found.get(&email).map_or(&[0], Vec::as_slice));
            assert!(
                acknowledged || trace == Trace::Nothing,
                "done, and not answered: {email}"
            );
            account.enter(email, acknowledged, trace);
        }
        server = usher.start(&[]);
    }
    let invited: Vec<String> = sqlx::query_scalar("select recipient from mails")
        .fetch_all(&pool)
        .await
        .unwrap();
    assert_eq!(invited.len(), account.found());
    eventually("every mail arrives", async || {
        mails.received().len() >= invited.len()
    })
    .await;
    for email in &invited {
        assert_eq!(mails.received_by(email).len(), 1, "{email}");
    }
    server.ask_to_end();
    assert_eq!(server.ended().await, Some(0));
    account.close();
}
