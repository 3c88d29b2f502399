//! An administrator takes somebody's two-factor authentication away.

use crate::{
    phone::{enrol, is_faulty, is_in, is_refused, sign_in_with, type_code, waiting, wants_proof},
    stage::{Post, colleague, db_count, db_state, eve, id_of, settings, sign_in},
    visitor::{PASSWORD, TestConsole},
};
use domain::{
    field::{Fault, Field},
    refusal::Refusal,
};
use sqlx::PgPool;

const BEN: &str = "ben@example.test";
const RESET: &str = "/api/users/reset_two_factor";
const MINUTE: i64 = 60;

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn mfa_14_only_an_iam_admin_of_the_organization_resets_and_never_their_own(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let ada = console.ada().await;
    let ben = colleague(&console, &ada, BEN, &["read"]).await;
    enrol(&console, &ben).await;
    enrol(&console, &ada).await;
    let id = id_of(&console, BEN).await;
    let page = format!("/organization/users/{id}");
    let dialog = format!("{page}?dialog=reset-two-factor");
    let fields = [("user", id.as_str()), ("current_password", PASSWORD)];
    let mut others = Vec::new();
    for name in ["", "write", "read", "metrics", "billing_viewer"] {
        let groups: Vec<_> = [name].into_iter().filter(|name| !name.is_empty()).collect();
        others.push((
            name,
            colleague(&console, &ada, &format!("p-{name}@example.test"), &groups).await,
        ));
    }
    let eve = eve(&console).await;
    let before = db_state(&pool).await;
    for (name, person) in &others {
        assert_eq!(person.call(RESET, &fields).await.status, 403, "{name}");
        assert!(
            !person
                .open(&dialog)
                .await
                .body
                .contains("Reset two-factor authentication of")
        );
    }
    assert_eq!(ben.call(RESET, &fields).await.status, 403, "not even their own");
    assert_eq!(
        eve.call(RESET, &fields).await.status,
        404,
        "not of another organization"
    );
    assert!(!eve.open(&dialog).await.body.contains(BEN));
    let nobody = [("user", "01890000-0000-7000-8000-000000000000")];
    assert_eq!(ada.call(RESET, &nobody).await.status, 404);
    let own = id_of(&console, "ada@example.test").await;
    let refused = ada.call(RESET, &[("user", &own)]).await;
    assert!(is_refused(&refused, Refusal::OwnTwoFactor));
    let own = format!("/organization/users/{own}?dialog=reset-two-factor");
    assert!(
        !ada.open(&own)
            .await
            .body
            .contains("Reset two-factor authentication of")
    );
    assert_eq!(db_state(&pool).await, before);
    assert!(is_in(&ben).await);
    assert!(
        ada.open(&dialog)
            .await
            .body
            .contains("Reset two-factor authentication of")
    );
    assert_eq!(ada.call(RESET, &fields).await.status, 200);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn mfa_14_a_reset_is_proved_audited_and_told_and_ends_every_session(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let (ada, post) = (console.ada().await, Post::open().await);
    let ben = colleague(&console, &ada, BEN, &["read"]).await;
    let of_ben = enrol(&console, &ben).await;
    let other = sign_in_with(&console, BEN, &of_ben.phone).await;
    let id = id_of(&console, BEN).await;
    console.advance(5 * MINUTE + 1);
    let waits = waiting(&console, BEN).await;
    assert!(wants_proof(&ada.call(RESET, &[("user", &id)]).await));
    let wrong = [("user", id.as_str()), ("current_password", "nine herons carry")];
    let refused = ada.call(RESET, &wrong).await;
    assert!(is_faulty(&refused, Field::CurrentPassword, &Fault::WrongPassword));
    assert!(is_in(&ben).await && is_in(&other).await);

    let (page, old) = (format!("/organization/users/{id}"), ada.cookie("usher"));
    let dialog = format!("{page}?dialog=reset-two-factor");
    let proof = [("user", id.as_str()), ("current_password", PASSWORD)];
    assert!(ada.open(&dialog).await.body.contains("name=\"current_password\""));
    let done = ada.post(&dialog, RESET, &proof).await;
    assert_eq!(
        done.redirect(),
        (303, format!("{page}?notice=two-factor-reset").as_str())
    );
    assert!(is_in(&ada).await && ada.cookie("usher") != old);
    assert!(!is_in(&ben).await && !is_in(&other).await);
    for code in [&of_ben.phone.next_code(&console), &of_ben.codes[0]] {
        assert!(is_refused(&type_code(&waits, code).await, Refusal::SignInOver));
    }
    let entry = "audit where action = 'users.reset_two_factor' and result = 'done'";
    assert_eq!(db_count(&pool, entry).await, 1);
    let by_ada = format!("{entry} and actor_label = 'ada@example.test' and target_label = '{BEN}'");
    assert_eq!(db_count(&pool, &by_ada).await, 1);
    assert_eq!(ada.call(RESET, &proof).await.status, 200, "again does nothing");
    assert_eq!(db_count(&pool, entry).await, 1);
    post.deliver(&console).await;
    let mails = post.server.received_by(BEN);
    let told = mails.iter().filter(|mail| {
        let subject = mail.header("Subject").unwrap_or_default();
        subject.starts_with("Your two-factor authentication was reset")
    });
    assert_eq!(told.count(), 1);
    assert!(
        post.server
            .received_by("ada@example.test")
            .iter()
            .all(|mail| !mail.text().contains(BEN))
    );

    let back = console.stranger();
    assert_eq!(sign_in(&back, BEN, PASSWORD).await.redirect(), (303, "/"));
    let own = settings(&back).await.two_factor;
    assert!(own.authenticators.is_empty() && own.recovery_codes_left == 0);
    enrol(&console, &back).await;
}
