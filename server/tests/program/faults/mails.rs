//! Mail servers that are down, stalled or refuse, with two servers on one database that both deliver.

use super::{
    account::{Account, Trace},
    two_servers::Pair,
};
use crate::{
    console::{Browser, USERS, eventually, is_ready},
    usher::HeldAddress,
};
use backend::mail::testing::{MailServer, Rule};
use sqlx::PgPool;
use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};
use tokio::{io::AsyncWriteExt, net::TcpSocket, task::JoinHandle, time::sleep};

/// Nobody who invites waits for a mail server: far less than the 10 seconds that it has to greet.
const PROMPT: Duration = Duration::from_secs(3);

/// Invites at both servers in turn; nobody is held up.
async fn invite_all(pair: &Pair, emails: &[String]) {
    let browsers = pair.urls().map(|url| pair.ada.elsewhere(&url));
    for (n, email) in emails.iter().enumerate() {
        let began = Instant::now();
        browsers[n % 2].invites(email).await;
        assert!(began.elapsed() < PROMPT, "{email}: {:?}", began.elapsed());
    }
}

async fn row(database: &PgPool, recipient: &str) -> (String, i32, String) {
    sqlx::query_as("select state, attempts, coalesce(reason, '') from mails where recipient = $1")
        .bind(recipient)
        .fetch_one(database)
        .await
        .unwrap()
}

/// One mail to each of these, whatever happened.
fn enter_received(account: &mut Account, mails: &MailServer, emails: &[String]) {
    for email in emails {
        let received = i64::try_from(mails.received_by(email).len()).unwrap();
        account.enter(email, true, Trace::of(&[received]));
    }
}

#[sqlx::test(migrations = false)]
async fn mail_04_a_mail_server_that_was_down_gets_each_mail_once_from_two_servers(pool: PgPool) {
    let held = HeldAddress::new();
    let address = held.address;
    let mut pair = Pair::start("mail-down", &pool, &format!("smtp://{address}")).await;
    let good: Vec<_> = (0..12).map(|n| format!("good{n}@example.test")).collect();
    let [refused, put_off, stalled] = ["refused", "put-off", "stalled"].map(|n| format!("{n}@example.test"));
    let others = [refused.clone(), put_off.clone(), stalled.clone()];
    invite_all(&pair, &good).await;
    invite_all(&pair, &others).await;
    eventually("the first attempt", async || row(&pool, &good[0]).await.1 > 0).await;
    assert!(row(&pool, &good[0]).await.2.contains("can't be reached"));
    pair.servers[0].kill();

    let mails = MailServer::start_at(address).await;
    mails.rule(&refused, Rule::Always("550 5.1.1 No such user here".into()));
    mails.rule(&put_off, Rule::Times(2, "451 4.3.0 Try again later".into()));
    mails.rule(&stalled, Rule::Stall);
    pair.servers[0] = pair.ushers[0].start(&[]);
    is_ready(&pair.urls()[0]).await;
    eventually("the good ones arrive, and the one that was put off", async || {
        mails.received().len() == good.len() + 1
    })
    .await;
    eventually("the refused one is given up", async || {
        row(&pool, &refused).await.0 == "failed"
    })
    .await;
    let attempts = row(&pool, &refused).await.1;
    // By when a later one is there, what would be sent twice or tried again in vain has had its turn at both servers.
    let later: Vec<_> = (0..12).map(|n| format!("later{n}@example.test")).collect();
    invite_all(&pair, &later).await;
    eventually("the later ones arrive", async || {
        mails.received().len() >= good.len() + 1 + later.len()
    })
    .await;
    assert_eq!(row(&pool, &refused).await.1, attempts);
    assert_eq!(row(&pool, &stalled).await.0, "queued");
    let page = pair.ada.page(USERS).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("550 5.1.1"), "an administrator sees why");
    let mut account = Account::new("mail server down, then up", 1);
    let mut expected = [good, later].concat();
    expected.push(put_off);
    enter_received(&mut account, &mails, &expected);
    // They have a mail in hand that is not answered, and would wait for it.
    for server in &mut pair.servers {
        server.kill();
    }
    account.close();
}

/// Takes connections and says a byte a second, without end.
async fn tar_pit(address: SocketAddr) -> JoinHandle<()> {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_reuseaddr(true).unwrap();
    socket.bind(address).unwrap();
    let listener = socket.listen(64).unwrap();
    tokio::spawn(async move {
        let mut clients = Vec::new();
        loop {
            tokio::select! {
                client = listener.accept() => clients.push(client.unwrap().0),
                () = sleep(Duration::from_secs(1)) => {
                    for client in &mut clients {
                        let _ = client.write_all(b"2").await;
                    }
                }
            }
        }
    })
}

#[sqlx::test(migrations = false)]
async fn mail_06_a_tar_pit_holds_up_no_request_and_no_mail_for_longer_than_its_time(pool: PgPool) {
    let held = HeldAddress::new();
    let address = held.address;
    let pit = tar_pit(address).await;
    let pair = Pair::start("mail-pit", &pool, &format!("smtp://{address}")).await;
    let emails: Vec<_> = (0..12).map(|n| format!("n{n}@example.test")).collect();
    let began = Instant::now();
    invite_all(&pair, &emails).await;
    let pages = async || pair.ada.page(USERS).send().await.unwrap().status();
    assert_eq!(pages().await, 200);
    let in_transaction: i64 = sqlx::query_scalar(
        "select count(*) from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'",
    )
    .fetch_one(&pool)
    .await
    .unwrap();
    assert_eq!(in_transaction, 0, "no transaction waits for a mail server");
    eventually("one is put off", async || {
        sqlx::query_scalar("select exists (select from mails where reason like '%in time%')")
            .fetch_one(&pool)
            .await
            .unwrap()
    })
    .await;
    assert!(began.elapsed() < Duration::from_secs(15), "{:?}", began.elapsed());
    pit.abort();
    let _ = pit.await;
    let mails = MailServer::start_at(address).await;
    eventually("all arrive", async || mails.received().len() >= emails.len()).await;
    sleep(Duration::from_secs(2)).await;
    let mut account = Account::new("mail server stalled, then well", 1);
    enter_received(&mut account, &mails, &emails);
    assert!(
        Browser::sign_in(&pair.urls()[1], "ada@example.test")
            .await
            .is_signed_in()
            .await
    );
    pair.end().await;
    account.close();
}
