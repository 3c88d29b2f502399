//! A database that is stopped or killed while people work, or that is not there yet when its server starts. Nothing
//! acknowledged is lost or done twice, nobody waits for long, and nobody starts anything again by hand.

use super::{
    account::{Account, rounds},
    kills::{INVITED, traces},
};
use crate::{
    console::{Browser, address, database, eventually, is_ready},
    usher::{HeldAddress, Usher},
};
use sqlx::PgPool;
use std::{
    collections::BTreeSet,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::{
    io::copy_bidirectional,
    net::{TcpSocket, TcpStream, UnixStream},
    task::JoinSet,
    time::sleep,
};
use url::Url;

/// People who invite at the same time.
const AT_ONCE: usize = 4;
/// Whoever asks while the database is down is told so within this.
const TOLD: Duration = Duration::from_secs(5);
/// From a fault to a server that can do its work again.
const BACK: Duration = Duration::from_secs(10);

/// What the people of this test have seen.
#[derive(Default)]
struct Seen {
    unavailable: AtomicUsize,
    invited: AtomicUsize,
    enough: AtomicBool,
}

/// Invites until it is enough. Whoever is told that it can't be done now tries the same again, as people do: what had
/// been done all the same is then refused, and is not done twice.
async fn inviting(ada: Browser, name: usize, seen: Arc<Seen>) -> Vec<String> {
    let mut invited = Vec::new();
    while !seen.enough.load(Ordering::SeqCst) {
        let email = format!("p{name}n{}@example.test", invited.len());
        let mut tried = 0;
        loop {
            let asked = Instant::now();
            let answer = ada
                .request("/api/invitations/invite", &[("email", &email)])
                .send()
                .await
                .unwrap();
            assert!(asked.elapsed() < TOLD, "{email}: {:?}", asked.elapsed());
            match answer.status().as_u16() {
                200 => break,
                422 if tried > 0 => {
                    let why = answer.text().await.unwrap();
                    assert!(why.contains("AlreadyInvited"), "{email}: {why}");
                    break;
                }
                503 => {
                    seen.unavailable.fetch_add(1, Ordering::SeqCst);
                    tried += 1;
                    sleep(Duration::from_millis(50)).await;
                }
                other => panic!("{email}: {other}"),
            }
        }
        seen.invited.fetch_add(1, Ordering::SeqCst);
        invited.push(email);
    }
    invited
}

#[tokio::test(flavor = "multi_thread")]
async fn rel_01_a_database_that_goes_under_load_loses_and_doubles_nothing() {
    let usher = Usher::new("database-goes")
        .with("USHER_THROTTLE_INVITATIONS_USER", "100000/1s")
        .with("USHER_THROTTLE_INVITATIONS_ORGANIZATION", "100000/1s");
    let mut server = usher.start(&[]);
    let token = server.prints("/setup?token=");
    let [url, _] = usher.urls();
    is_ready(&url).await;
    let ada = Browser::ada(&url, &token).await;
    let (seen, mut people) = (Arc::<Seen>::default(), JoinSet::new());
    for name in 0..AT_ONCE {
        people.spawn(inviting(ada.clone(), name, Arc::clone(&seen)));
    }
    let rounds = rounds(4);
    let mut account = Account::new("database stopped and killed", rounds);
    for round in 0..rounds {
        let count = || {
            (
                seen.unavailable.load(Ordering::SeqCst),
                seen.invited.load(Ordering::SeqCst),
            )
        };
        let before = count();
        eventually("people invite", async || count().1 >= before.1 + 2 * AT_ONCE).await;
        sleep(Duration::from_millis(round as u64 * 67 % 40)).await;
        let down = Instant::now();
        if round % 2 == 0 {
            usher.stop_postgres();
        } else {
            usher.kill_postgres();
        }
        eventually("somebody is told", async || count().0 > before.0).await;
        let alive = reqwest::get(format!("{url}/livez")).await.unwrap();
        assert_eq!(alive.status(), 200);
        is_ready(&url).await;
        assert!(
            down.elapsed() < BACK,
            "round {round}: ready after {:?}",
            down.elapsed()
        );
        assert!(ada.is_signed_in().await);
    }
    seen.enough.store(true, Ordering::SeqCst);
    let invited: BTreeSet<_> = people.join_all().await.into_iter().flatten().collect();
    let own = database(&usher.embedded_database());
    let emails: Vec<_> = invited.iter().cloned().collect();
    account.enter_all(&invited, &traces(&own, INVITED, &emails).await);
    let all: i64 = sqlx::query_scalar("select count(*) from users where status = 'invited'")
        .fetch_one(&own)
        .await
        .unwrap();
    assert_eq!(usize::try_from(all).unwrap(), invited.len());
    own.close().await;
    server.ask_to_end();
    assert_eq!(server.ended().await, Some(0));
    account.close();
}

/// Where a database listens, and its address with another place in it.
fn elsewhere(database: &PgPool, place: SocketAddr) -> (Url, String) {
    let real: Url = address(database).parse().unwrap();
    let mut other = real.clone();
    other.set_host(Some(&place.ip().to_string())).unwrap();
    other.set_port(Some(place.port())).unwrap();
    (real, other.into())
}

/// Opens a port at which a database answers that listens elsewhere.
fn open_port(place: SocketAddr, real: &Url) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_reuseaddr(true).unwrap();
    socket.bind(place).unwrap();
    let listener = socket.listen(64).unwrap();
    let host = real.host_str().unwrap().as_bytes();
    // The folder of a socket stands there percent-encoded.
    let host = url::form_urlencoded::parse(host).next().unwrap().0.into_owned();
    let port = real.port().unwrap_or(5432);
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let host = host.clone();
            tokio::spawn(async move {
                if host.starts_with('/') {
                    let server = UnixStream::connect(format!("{host}/.s.PGSQL.{port}")).await;
                    let _ = copy_bidirectional(&mut client, &mut server.unwrap()).await;
                } else {
                    let server = TcpStream::connect((host, port)).await;
                    let _ = copy_bidirectional(&mut client, &mut server.unwrap()).await;
                }
            });
        }
    });
}

#[sqlx::test(migrations = false)]
async fn rel_01_a_server_that_is_started_before_its_database_waits_for_it(pool: PgPool) {
    let held = HeldAddress::new();
    let (real, url) = elsewhere(&pool, held.address);
    let usher = Usher::new("database-later").with("DATABASE_URL", url);
    let mut server = usher.start(&[]);
    sleep(Duration::from_millis(1_500)).await;
    assert!(!server.has_ended(), "{}", server.said());
    open_port(held.address, &real);
    let opened = Instant::now();
    is_ready(&usher.urls()[0]).await;
    assert!(opened.elapsed() < BACK, "{:?}", opened.elapsed());
    server.ask_to_end();
    assert_eq!(server.ended().await, Some(0));
    let said = server.said();
    assert!(said.contains("the database does not answer yet"), "{said}");
}
