//! Clients that hang up in the middle of a request: half a body, or before the answer. Nothing is done by half, and
//! nothing is held for them.

use super::account::{Account, Trace, rounds};
use crate::{
    console::{Browser, USERS, address, eventually},
    usher::Usher,
};
use reqwest::header;
use sqlx::PgPool;
use std::{fmt::Write, time::Duration};
use tokio::{io::AsyncWriteExt, net::TcpStream, time::sleep};

/// An invitation as it goes over the network: its head, and its body.
fn on_the_wire(ada: &Browser, email: &str) -> (Vec<u8>, Vec<u8>) {
    let request = ada.request("/api/invitations/invite", &[("email", email)]);
    let request = request.build().unwrap();
    let body = request.body().unwrap().as_bytes().unwrap().to_vec();
    let place = request.url().authority();
    let mut head = format!("POST {} HTTP/1.1\r\nhost: {place}\r\n", request.url().path());
    for (name, value) in request.headers() {
        let _ = write!(head, "{name}: {}\r\n", value.to_str().unwrap());
    }
    let _ = write!(head, "{}: {}\r\n\r\n", header::CONTENT_LENGTH, body.len());
    (head.into_bytes(), body)
}

#[sqlx::test(migrations = false)]
async fn rel_03_clients_that_hang_up_leave_nothing_half_done_and_hold_nothing(pool: PgPool) {
    let usher = Usher::new("hang-ups")
        .with("DATABASE_URL", address(&pool))
        // So few that one that is held is missed.
        .with("USHER_DATABASE_CONNECTIONS", "3")
        .with("USHER_REQUESTS_AT_ONCE", "3")
        .with("USHER_CONNECTIONS_PER_ADDRESS", "6")
        .with("USHER_THROTTLE_INVITATIONS_USER", "100000/1s")
        .with("USHER_THROTTLE_INVITATIONS_ORGANIZATION", "100000/1s");
    let mut server = usher.start(&[]);
    let token = server.prints("/setup?token=");
    let [url, metrics] = usher.urls();
    let ada = Browser::ada(&url, &token).await;
    let place = url.strip_prefix("http://").unwrap();
    let rounds = rounds(20);
    let (mut account, mut whole) = (Account::new("clients that hang up", rounds), Vec::new());
    for round in 0..rounds {
        let half = format!("half{round}@example.test");
        let (head, body) = on_the_wire(&ada, &half);
        let mut client = TcpStream::connect(place).await.unwrap();
        client.write_all(&head).await.unwrap();
        client.write_all(&body[..body.len() / 2]).await.unwrap();
        drop(client);

        let email = format!("whole{round}@example.test");
        let (head, body) = on_the_wire(&ada, &email);
        let mut client = TcpStream::connect(place).await.unwrap();
        client.write_all(&[head, body].concat()).await.unwrap();
        // In each round at another moment of the act.
        sleep(Duration::from_millis(round as u64 * 7 % 30)).await;
        drop(client);
        whole.push(email);

        let mut client = TcpStream::connect(place).await.unwrap();
        let page = format!("GET {USERS} HTTP/1.1\r\nhost: {place}\r\n\r\n");
        client.write_all(page.as_bytes()).await.unwrap();
        drop(client);

        // Nobody else is turned away because of them.
        let told = format!("told{round}@example.test");
        eventually("there is place", async || {
            ada.act("/api/invitations/invite", &[("email", &told)]).await != 503
        })
        .await;
        account.enter(&told, true, trace(&pool, &told).await);
        assert_eq!(trace(&pool, &half).await, Trace::Nothing, "half a form is none");
    }
    eventually("what was begun comes to its end", async || {
        let told = reqwest::get(format!("{metrics}/metrics"))
            .await
            .unwrap()
            .text()
            .await
            .unwrap();
        let value = |name: &str| {
            told.lines()
                .find_map(|line| line.strip_prefix(name)?.trim().parse::<f64>().ok())
        };
        let (all, idle) = (
            value("usher_database_connections "),
            value("usher_database_connections_idle "),
        );
        all.is_some() && all == idle
    })
    .await;
    for email in &whole {
        account.enter(email, false, trace(&pool, email).await);
    }
    // As many at once as may be.
    let all = tokio::join!(ada.is_signed_in(), ada.is_signed_in(), ada.is_signed_in());
    assert_eq!(all, (true, true, true));
    server.ask_to_end();
    assert_eq!(server.ended().await, Some(0));
    account.close();
}

async fn trace(database: &PgPool, email: &str) -> Trace {
    let things: Option<Vec<i64>> = sqlx::query_scalar(
        "select array[(select count(*) from invitations i where i.user_id = u.id),
            (select count(*) from mails m where m.user_id = u.id),
            (select count(*) from audit a where a.target_id = u.id)]
         from users u where email = $1",
    )
    .bind(email)
    .fetch_optional(database)
    .await
    .unwrap();
    things.map_or(Trace::Nothing, |things| Trace::of(&things))
}
