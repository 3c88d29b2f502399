//! What was acknowledged is there after the server was killed in the middle of its work, and nothing is there twice or
//! by half.

use crate::usher::Usher;
use reqwest::{Client, RequestBuilder, header};
use sqlx::{Connection, PgConnection};
use std::time::Duration;
use tokio::time::{sleep, timeout};

const ROUNDS: usize = 8;
/// Fewer in all than one person may invite at once.
const INVITATIONS: usize = 20;

fn post(client: &Client, url: &str, action: &str, body: String) -> RequestBuilder {
    client
        .post(format!("{url}{action}"))
        .header(header::ACCEPT, "application/json")
        .header(header::ORIGIN, url)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(body)
}

async fn is_ready(client: &Client, url: &str) {
    let ready = async {
        while !client
            .get(format!("{url}/readyz"))
            .send()
            .await
            .is_ok_and(|answer| answer.status() == 200)
        {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(Duration::from_mins(1), ready).await.unwrap();
}

#[tokio::test]
async fn rel_03_a_server_that_is_killed_while_it_invites_loses_and_doubles_nothing() {
    let usher = Usher::new("kills");
    let [url, _] = usher.urls();
    let client = Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    let mut server = usher.start(&[]);
    let token = server.prints("/setup?token=");
    is_ready(&client, &url).await;
    let typed = format!(
        "token={token}&organization=Engines&first_name=Ada&last_name=Lovelace&email=ada%40example.test\
         &password=seven+owls+repair+my+piano"
    );
    let answer = post(&client, &url, "/api/setup/complete", typed)
        .send()
        .await
        .unwrap();
    let cookies: Vec<_> = answer
        .headers()
        .get_all(header::SET_COOKIE)
        .iter()
        .map(|cookie| cookie.to_str().unwrap().split(';').next().unwrap().to_owned())
        .collect();
    let cookies = cookies.join("; ");
    assert!(cookies.contains("usher="), "{cookies}");

    let mut acknowledged = Vec::new();
    for round in 0..ROUNDS {
        let (client, url, cookies) = (client.clone(), url.clone(), cookies.clone());
        let inviting = tokio::spawn(async move {
            let mut acknowledged = Vec::new();
            for n in 0..INVITATIONS {
                let email = format!("r{round}n{n}@example.test");
                let body = format!("email={}", email.replace('@', "%40"));
                let request =
                    post(&client, &url, "/api/invitations/invite", body).header(header::COOKIE, &cookies);
                match request.send().await {
                    Ok(answer) if answer.status().is_success() => acknowledged.push(email),
                    Ok(answer) => panic!("{email}: {}", answer.status()),
                    Err(_) => break,
                }
            }
            acknowledged
        });
        // Another moment of the act in each round.
        sleep(Duration::from_millis(40 + 37 * round as u64)).await;
        server.kill();
        acknowledged.extend(inviting.await.unwrap());
        server = usher.start(&[]);
        is_ready(&reqwest::Client::new(), &usher.urls()[0]).await;
    }
    assert!(!acknowledged.is_empty() && acknowledged.len() < ROUNDS * INVITATIONS);

    let socket = usher.folder().join("data/postgres/socket");
    let socket = socket.display().to_string().replace('/', "%2F");
    let mut database = PgConnection::connect(&format!("postgres://usher@localhost/usher?host={socket}"))
        .await
        .unwrap();
    // Of each person: invitations, mails, entries in the audit log.
    let found: Vec<(String, i64, i64, i64)> = sqlx::query_as(
        "select email,
                (select count(*) from invitations i where i.user_id = u.id),
                (select count(*) from mails m where m.user_id = u.id),
                (select count(*) from audit a where a.target_id = u.id)
         from users u where status = 'invited'",
    )
    .fetch_all(&mut database)
    .await
    .unwrap();
    for (email, invitations, mails, entries) in &found {
        assert_eq!((*invitations, *mails, *entries), (1, 1, 1), "{email}");
    }
    for email in &acknowledged {
        assert_eq!(
            found.iter().filter(|(found, ..)| found == email).count(),
            1,
            "{email}"
        );
    }
    // At each kill one more may have been done whose answer did not arrive.
    assert!(found.len() <= acknowledged.len() + ROUNDS);
    assert_eq!(server.stop(), Some(0));
}
