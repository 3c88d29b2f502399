use super::*;
use crate::{
    secret::Secret,
    testing::{PASSWORD, Stage, client},
};
use domain::refusal::Refusal;
use sqlx::PgPool;

const WRONG: &str = "seven owls repair my violin";

fn from(address: &str) -> Client {
    Client {
        address: address.into(),
        ..client()
    }
}

async fn guess(stage: &Stage, client: &Client, email: &str, password: &str) -> Result<()> {
    let password = Secret::new(password.to_owned());
    stage.backend.sign_in(client, email, password).await.map(|_| ())
}

fn wait(outcome: Result<()>) -> Option<Duration> {
    match outcome {
        Err(Error::TooManyAttempts { wait }) => Some(wait),
        Ok(()) | Err(Error::Refused(Refusal::WrongCredentials)) => None,
        Err(error) => panic!("{error:?}"),
    }
}

#[sqlx::test]
async fn auth_04_guesses_from_one_network_end_and_the_owner_gets_in_from_another(pool: PgPool) {
    let stage = Stage::new(pool);
    stage.ada().await;
    let attacker = from("203.0.113.9");
    for n in 1..=30 {
        let wait = wait(guess(&stage, &attacker, "ada@example.test", WRONG).await);
        assert_eq!(wait.is_some(), n > 10, "guess {n}");
    }
    // Even the right password waits there.
    let waits = wait(guess(&stage, &attacker, "ada@example.test", PASSWORD).await);
    assert_eq!(waits, Some(Duration::minutes(10)));
    guess(&stage, &from("198.51.100.1"), "ada@example.test", PASSWORD)
        .await
        .unwrap();
    // The owner's sign-in forgets only what was counted at the owner's network.
    stage.advance(Duration::seconds(599));
    assert!(wait(guess(&stage, &attacker, "ada@example.test", WRONG).await).is_some());
    stage.advance(Duration::seconds(1));
    assert!(wait(guess(&stage, &attacker, "ada@example.test", WRONG).await).is_none());
}

#[sqlx::test]
async fn auth_04_guesses_from_everywhere_do_not_lock_a_known_browser_out(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    let owner = Client {
        browser: Some(stage.backend.new_browser()),
        ..from("198.51.100.1")
    };
    guess(&stage, &owner, "ada@example.test", PASSWORD).await.unwrap();
    for n in 0..110 {
        let attacker = from(&format!("203.0.113.{n}"));
        let wait = wait(guess(&stage, &attacker, "ada@example.test", WRONG).await);
        assert_eq!(wait.is_some(), n >= 100, "network {n}");
    }
    guess(&stage, &owner, "ada@example.test", PASSWORD).await.unwrap();
    // The same cookie is nothing at another account.
    stage.colleague(&ada, "ben@example.test", &[]).await;
    for _ in 0..10 {
        assert!(wait(guess(&stage, &owner, "ben@example.test", WRONG).await).is_none());
    }
    assert!(wait(guess(&stage, &owner, "ben@example.test", WRONG).await).is_some());
}

/// Whoever has one machine, and all the time there is.
#[sqlx::test]
async fn auth_04_one_network_never_keeps_the_owner_out_of_a_new_browser(pool: PgPool) {
    let stage = Stage::new(pool);
    stage.ada().await;
    let attacker = from("203.0.113.9");
    for _ in 0..6 * 60 {
        let _ = guess(&stage, &attacker, "ada@example.test", WRONG).await;
        stage.advance(Duration::minutes(1));
    }
    let new_browser = Client {
        browser: Some(stage.backend.new_browser()),
        ..from("198.51.100.1")
    };
    for mistyped in 0..5 {
        let wait = wait(guess(&stage, &new_browser, "ada@example.test", WRONG).await);
        assert_eq!(wait, None, "{mistyped}");
    }
    guess(&stage, &new_browser, "ada@example.test", PASSWORD)
        .await
        .unwrap();
}

/// Whoever has a /48 has 65536 networks of IPv6, and is one customer.
#[sqlx::test]
async fn auth_04_many_networks_of_one_customer_are_one_at_an_account(pool: PgPool) {
    let stage = Stage::new(pool);
    stage.ada().await;
    for n in 0..120 {
        let attacker = from(&format!("2001:db8:7:{n:x}::1"));
        let wait = wait(guess(&stage, &attacker, "ada@example.test", WRONG).await);
        assert_eq!(wait.is_some(), n >= 10, "network {n}");
    }
    let elsewhere = from("2001:db8:8::1");
    assert_eq!(
        wait(guess(&stage, &elsewhere, "ada@example.test", WRONG).await),
        None
    );
    guess(&stage, &elsewhere, "ada@example.test", PASSWORD)
        .await
        .unwrap();
    // At other accounts each network has its own.
    let attacker = from("2001:db8:7:1::1");
    assert_eq!(
        wait(guess(&stage, &attacker, "ben@example.test", WRONG).await),
        None
    );
}

/// Ten networks at once use up what all together have: then a new browser waits, and a known one does not.
#[sqlx::test]
async fn auth_04_many_networks_keep_the_owner_out_of_a_new_browser_only(pool: PgPool) {
    let stage = Stage::new(pool);
    stage.ada().await;
    let owner = Client {
        browser: Some(stage.backend.new_browser()),
        ..from("198.51.100.1")
    };
    guess(&stage, &owner, "ada@example.test", PASSWORD).await.unwrap();
    for n in 0..100 {
        let attacker = from(&format!("203.0.113.{}", n / 10));
        assert_eq!(
            wait(guess(&stage, &attacker, "ada@example.test", WRONG).await),
            None,
            "{n}"
        );
    }
    let new_browser = Client {
        browser: Some(stage.backend.new_browser()),
        ..from("198.51.100.2")
    };
    let waits = wait(guess(&stage, &new_browser, "ada@example.test", PASSWORD).await);
    assert_eq!(waits, Some(Duration::minutes(5)));
    guess(&stage, &owner, "ada@example.test", PASSWORD).await.unwrap();
    stage.advance(Duration::minutes(5));
    guess(&stage, &new_browser, "ada@example.test", PASSWORD)
        .await
        .unwrap();
}

#[sqlx::test]
async fn auth_01_an_unknown_address_is_throttled_like_a_known_one(pool: PgPool) {
    let stage = Stage::new(pool);
    stage.ada().await;
    for email in ["nobody@example.test", "not an address"] {
        for n in 1..=12 {
            let wait = wait(guess(&stage, &from("203.0.113.9"), email, WRONG).await);
            assert_eq!(wait.is_some(), n > 10, "{email} {n}");
        }
    }
}

#[sqlx::test]
async fn auth_06_a_parallel_burst_gets_no_further_than_the_limit(pool: PgPool) {
    let stage = Stage::new(pool);
    stage.ada().await;
    let guesses = (0..60).map(|n| {
        let (backend, client) = (stage.backend.clone(), from("203.0.113.9"));
        let password = if n == 59 { PASSWORD } else { WRONG };
        tokio::spawn(async move {
            backend
                .sign_in(&client, "ada@example.test", Secret::new(password.into()))
                .await
                .map(|_| ())
        })
    });
    let mut outcomes = Vec::new();
    for guess in guesses.collect::<Vec<_>>() {
        outcomes.push(guess.await.unwrap());
    }
    let right = outcomes.pop().unwrap();
    assert!(outcomes.iter().all(Result::is_err), "no wrong one signs in");
    let mut judged = 0;
    for outcome in outcomes {
        judged += usize::from(wait(outcome).is_none());
    }
    match right {
        // It was among the first ten, and so made room for ten more.
        Ok(()) => assert!((9..=19).contains(&judged), "{judged} were judged"),
        Err(Error::TooManyAttempts { .. }) => assert_eq!(judged, 10),
        Err(error) => panic!("the right one is judged rightly or not at all: {error:?}"),
    }
}

#[sqlx::test]
async fn many_accounts_from_one_network_end_too(pool: PgPool) {
    let stage = Stage::new(pool);
    stage.ada().await;
    for n in 0..70 {
        let email = format!("person{n}@example.test");
        let wait = wait(guess(&stage, &from("2001:db8::1:0:0:1"), &email, WRONG).await);
        assert_eq!(wait.is_some(), n >= 60, "account {n}");
    }
    let neighbour = from("2001:db8::ffff");
    assert!(wait(guess(&stage, &neighbour, "other@example.test", WRONG).await).is_some());
    let stranger = from("2001:db8:0:1::1");
    assert!(wait(guess(&stage, &stranger, "other@example.test", WRONG).await).is_none());
}

#[sqlx::test]
async fn a_clock_that_was_set_back_keeps_nobody_out(pool: PgPool) {
    let stage = Stage::new(pool);
    stage.ada().await;
    stage.advance(Duration::days(30));
    for _ in 0..11 {
        let _ = guess(&stage, &from("203.0.113.9"), "ada@example.test", WRONG).await;
    }
    stage.advance(-Duration::days(30));
    let mut passed = 0;
    for _ in 0..30 {
        let guess = guess(&stage, &from("203.0.113.9"), "ada@example.test", WRONG).await;
        passed += usize::from(wait(guess).is_none());
    }
    assert_eq!(passed, 10);
}

/// Of throttles at which nobody had spent anything. What was spent stays so until as much time has passed again.
#[sqlx::test]
async fn a_clock_that_was_set_back_by_a_little_holds_up_nobody_who_did_nothing_wrong(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    // Both within twice the time in which a throttle is whole again: 10 minutes and an hour.
    for (n, back) in [15, 90].into_iter().enumerate() {
        stage.advance(Duration::minutes(back));
        guess(&stage, &client(), "ada@example.test", PASSWORD)
            .await
            .unwrap();
        let invite = async |when: &str| {
            let email = format!("{when}{n}@example.test");
            stage.backend.invite(&ada, &email, &[]).await.unwrap();
        };
        invite("before").await;
        stage.advance(-Duration::minutes(back));
        guess(&stage, &client(), "ada@example.test", PASSWORD)
            .await
            .unwrap();
        invite("after").await;
    }
}

#[sqlx::test]
async fn inv_11_an_address_gets_no_more_mails_than_the_limit(pool: PgPool) {
    let stage = Stage::new(pool.clone());
    let ada = stage.ada().await;
    let user = stage.backend.invite(&ada, "ben@example.test", &[]).await.unwrap();
    let mut sent = 1;
    for _ in 0..60 {
        sent += usize::from(wait(stage.backend.resend_invitation(&ada, user).await).is_none());
    }
    assert_eq!(sent, 6);
    stage.advance(Duration::hours(1));
    stage.backend.resend_invitation(&ada, user).await.unwrap();
}

#[sqlx::test]
async fn boot_03_wrong_set_up_links_end_and_the_right_one_goes_on_working(pool: PgPool) {
    let stage = Stage::new(pool);
    let link = stage.backend.open_set_up().await.unwrap().unwrap();
    let set_up = async |token: &crate::secret::Token| {
        stage
            .backend
            .set_up(&client(), token, crate::testing::ada())
            .await
    };
    for n in 1..=31 {
        let outcome = set_up(&stage.backend.new_browser()).await;
        let throttled = matches!(outcome, Err(Error::TooManyAttempts { .. }));
        assert_eq!(throttled, n > 30, "link {n}");
    }
    set_up(&link).await.unwrap();
}

#[test]
fn a_network_is_what_one_subscriber_has() {
    for (address, expected) in [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("a", "unknown"),
    ] {
        assert_eq!(network(&from(address)), expected);
    }
}

/// Two who hold buckets in different orders would wait for each other, and the database would end one of them.
#[sqlx::test]
async fn buckets_are_taken_and_emptied_one_after_the_other_in_their_order(pool: PgPool) {
    let stage = Stage::new(pool.clone());
    let limits = stage.backend.settings.throttles;
    for n in 0..8 {
        let email = format!("person-{n}@example.test");
        let guess = Guess::of_stranger(&limits, &email, &from("2001:db8::1"));
        stage.backend.take_guess(&guess).await.unwrap();
        stage.backend.take_guess(&guess).await.unwrap();
        let all = guess.all();
        assert_eq!(all.len(), 4);
        let held = async |bucket: &Bucket| {
            let mut tx = pool.begin().await.unwrap();
            sqlx::query("select from throttles where scope = $1 and subject = $2 for update nowait")
                .bind(bucket.scope)
                .bind(&bucket.subject[..])
                .fetch_one(&mut *tx)
                .await
                .map(|_| tx)
        };
        for (first, acts) in all.iter().zip(1..) {
            let first = held(first).await.unwrap();
            let taking = stage.backend.take_guess(&guess);
            let forgiving = async {
                let mut tx = Tx::begin(&pool).await.unwrap();
                let forgiven = forgive(&mut tx, &guess, stage.backend.now()).await;
                tx.rollback().await.unwrap();
                forgiven
            };
            let looking = async {
                crate::testing::until_waiting(&pool, 1).await;
                for later in &all[acts..] {
                    held(later).await.expect("nobody holds what comes later");
                }
                first.rollback().await.unwrap();
            };
            if n % 2 == 0 {
                let (taken, ()) = tokio::join!(taking, looking);
                taken.unwrap();
            } else {
                let (forgiven, ()) = tokio::join!(forgiving, looking);
                forgiven.unwrap();
            }
        }
    }
}
