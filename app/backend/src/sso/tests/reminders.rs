//! Words before a certificate ends, and what housekeeping leaves. The clock stands still until it is moved.

use super::*;
use crate::testing::Stage as Installation;
use time::{Duration, OffsetDateTime};

/// The certificates of an organization end so long from now.
async fn ends_in(pool: &PgPool, stage: &Installation, by: Duration) {
    let ends: OffsetDateTime = stage.backend.now() + by;
    sqlx::query("update saml_certificates set ends_at = $1, told_days = null")
        .bind(ends)
        .execute(pool)
        .await
        .unwrap();
}

/// How many words each of them has got.
async fn told(pool: &PgPool, email: &str) -> i64 {
    let rows = format!("mails where recipient = '{email}' and message ->> 'kind' = 'certificate_ends'");
    count(pool, &rows).await
}

async fn last_days(pool: &PgPool) -> i64 {
    sqlx::query_scalar(
        "select (message ->> 'days')::bigint from mails where message ->> 'kind' = 'certificate_ends'
         order by created_at desc, id desc limit 1",
    )
    .fetch_one(pool)
    .await
    .unwrap()
}

#[sqlx::test]
async fn saml_20_administrators_are_told_30_7_and_1_days_before_a_certificate_ends(pool: PgPool) {
    let stage = Installation::new(pool.clone());
    let ada = stage.ada().await;
    stage.colleague(&ada, "carla@example.test", &["admin"]).await;
    stage
        .colleague(&ada, "ben@example.test", &["read", "write"])
        .await;
    let gone = stage.colleague(&ada, "gone@example.test", &["admin"]).await;
    stage.backend.deactivate_user(&ada, gone.user, "").await.unwrap();
    stage.invite(&ada, "soon@example.test", &["admin"]).await;
    stage.founder("Others", "eve@other.test").await;
    deploy(&stage.backend, &ada).await;
    ends_in(&pool, &stage, Duration::days(30) + Duration::HOUR).await;
    let mut all = 0;
    for (step, due, days) in [
        (Duration::ZERO, 0, 0),
        (Duration::hours(2), 1, 30),
        (Duration::days(22), 0, 30),
        (Duration::days(1), 1, 7),
        (Duration::days(5), 0, 7),
        (Duration::days(1), 1, 1),
        (Duration::hours(22), 0, 1),
        (Duration::hours(2), 0, 1),
        (Duration::days(40), 0, 1),
    ] {
        stage.advance(step);
        assert_eq!(
            stage.backend.remind_of_certificates().await.unwrap(),
            due,
            "{step}"
        );
        assert_eq!(stage.backend.remind_of_certificates().await.unwrap(), 0, "again");
        all += i64::try_from(due).unwrap();
        for (email, told_of) in [
            ("ada@example.test", all),
            ("carla@example.test", all),
            ("ben@example.test", 0),
            ("gone@example.test", 0),
            ("soon@example.test", 0),
            ("eve@other.test", 0),
        ] {
            assert_eq!(told(&pool, email).await, told_of, "{email} after {step}");
        }
        if all > 0 {
            assert_eq!(last_days(&pool).await, days);
        }
    }
    assert_eq!(count(&pool, "audit where action = 'sso.remind'").await, 3);
}

#[sqlx::test]
async fn saml_20_one_word_is_sent_however_many_servers_look_and_however_late(pool: PgPool) {
    let stage = Installation::new(pool.clone());
    let ada = stage.ada().await;
    deploy(&stage.backend, &ada).await;
    ends_in(&pool, &stage, Duration::days(20)).await;
    let servers: Vec<_> = (0..4).map(|_| stage.backend.clone()).collect();
    let looks = servers.iter().map(Backend::remind_of_certificates);
    let told_of: u64 = futures_util::future::join_all(looks)
        .await
        .into_iter()
        .map(Result::unwrap)
        .sum();
    assert_eq!((told_of, told(&pool, "ada@example.test").await), (1, 1));
    stage.advance(Duration::SECOND);
    // Nobody looked for a long time: the nearest is told, and not those before it as well.
    ends_in(&pool, &stage, Duration::hours(12)).await;
    assert_eq!(stage.backend.remind_of_certificates().await.unwrap(), 1);
    assert_eq!(
        (told(&pool, "ada@example.test").await, last_days(&pool).await),
        (2, 1)
    );
}

#[sqlx::test]
async fn saml_20_of_what_is_over_or_not_in_use_nobody_is_told(pool: PgPool) {
    let stage = Installation::new(pool.clone());
    let (backend, ada) = (&stage.backend, stage.ada().await);
    let remind = async || backend.remind_of_certificates().await.unwrap();
    backend.configure_sso(&ada, typed()).await.unwrap();
    ends_in(&pool, &stage, Duration::days(3)).await;
    assert_eq!(remind().await, 0, "it is only prepared");
    let version = backend.sso_settings(&ada).await.unwrap().draft.unwrap().version;
    backend.deploy_sso(&ada, version).await.unwrap();
    for ended in [Duration::ZERO, -Duration::SECOND, -Duration::days(3)] {
        ends_in(&pool, &stage, ended).await;
        assert_eq!(remind().await, 0, "it has ended");
    }
    ends_in(&pool, &stage, Duration::days(3)).await;
    backend.switch_sso(&ada, false).await.unwrap();
    assert_eq!(remind().await, 0, "nobody signs in by it");
    backend
        .close_organization(&client(), ada.org_id.as_str())
        .await
        .unwrap();
    assert_eq!(remind().await, 0);
    backend
        .reopen_organization(&client(), ada.org_id.as_str())
        .await
        .unwrap();
    let session = backend
        .sign_in(
            &client(),
            "ada@example.test",
            crate::secret::Secret::new(crate::testing::PASSWORD.into()),
        )
        .await;
    let ada = stage.caller(&session.unwrap().session().unwrap()).await.unwrap();
    backend.switch_sso(&ada, true).await.unwrap();
    assert_eq!(remind().await, 1);
    assert_eq!(told(&pool, "ada@example.test").await, 1);
}

#[sqlx::test]
async fn rel_11_what_is_over_of_sign_ins_elsewhere_is_deleted_and_nothing_else(pool: PgPool) {
    let stage = Installation::new(pool.clone());
    let (backend, ada) = (&stage.backend, stage.ada().await);
    deploy(backend, &ada).await;
    sign_in(backend, &ada, "ben@example.test").await;
    let waiting = async || {
        [
            count(&pool, "external_sign_ins").await,
            count(&pool, "pending_identities").await,
            count(&pool, "saml_used").await,
        ]
    };
    let used = waiting().await[2];
    assert!(used > 0);
    backend
        .depart_to_sso(&client(), None, &ada.org_id, SsoAsked::default(), None)
        .await
        .unwrap();
    sqlx::query(
        "insert into pending_identities (token_hash, provider, issuer, subject, email, email_key, first_name, last_name,
                                         created_at, expires_at)
         values ('\\x01', 'google', 'i', 's', 'a@b.test', 'a@b.test', '', '', $1, $1 + interval '30 minutes')",
    )
    .bind(backend.now())
    .execute(&pool)
    .await
    .unwrap();
    assert_eq!(waiting().await, [1, 1, used]);
    // What was used is known for as long as it could be brought again.
    let tidied = async |by: Duration| {
        stage.advance(by);
        backend.tidy_up().await.unwrap();
        waiting().await
    };
    assert_eq!(
        tidied(Duration::minutes(10) - Duration::SECOND).await[..2],
        [1, 1]
    );
    assert_eq!(tidied(Duration::SECOND).await[..2], [0, 1]);
    let [_, pending, kept] = tidied(Duration::minutes(20)).await;
    assert!(pending == 0 && kept > 0, "the request is known for a day");
    assert_eq!(tidied(Duration::hours(24)).await, [0, 0, 0]);
    assert_eq!(count(&pool, "identities").await, 1);
    assert_eq!(count(&pool, "saml_configurations").await, 1);
}
