//! Every other way in, while an organization requires single sign-on: closed for all but the named one, with the words that a
//! stranger hears as well.

use super::{
    required::{BEN, CARLA, pass_test, require},
    scene,
};
use crate::{
    identity_provider::{come, prove},
    phone::{enrol, is_refused, type_code, waiting},
    stage::{Post, caller, colleague, db_count, id_of, settings, sign_in},
    visitor::{PASSWORD, TestConsole, Visitor},
};
use backend::{Error, secret::Secret};
use domain::{identities::Provider, refusal::Refusal, sso::Stage};
use sqlx::PgPool;
use std::collections::HashSet;

const NEW: &str = "nine quiet lamps above the harbour";

/// Ada's organization requires it; Carla is the one who is named, and Ben a member.
async fn required(pool: PgPool) -> (TestConsole, Visitor, String) {
    let (console, ada, org_id) = scene(pool).await;
    colleague(&console, &ada, BEN, &[]).await;
    colleague(&console, &ada, CARLA, &["admin"]).await;
    pass_test(&console, &ada, Stage::Live).await;
    require(&console, &ada, CARLA).await.unwrap();
    (console, ada, org_id)
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn saml_22_the_right_password_is_answered_like_a_wrong_one(pool: PgPool) {
    let (console, _, _) = required(pool.clone()).await;
    let sessions = db_count(&pool, "sessions").await;
    let mut answers = HashSet::new();
    for (email, password) in [
        (BEN, PASSWORD),
        ("ada@example.test", PASSWORD),
        (BEN, "not the right one"),
        (CARLA, "not the right one"),
        ("nobody@example.test", PASSWORD),
    ] {
        let fields = [("email", email), ("password", password)];
        let answer = console.stranger().call("/api/sign_in/password", &fields).await;
        let headers = answer.lasting_headers();
        assert!(!headers.iter().any(|header| header.starts_with("set-cookie")));
        answers.insert((answer.status, headers, answer.body));
    }
    assert_eq!(answers.len(), 1, "{answers:?}");
    assert_eq!(db_count(&pool, "sessions").await, sessions);
    assert_eq!(
        sign_in(&console.stranger(), CARLA, PASSWORD).await.redirect(),
        (303, "/")
    );
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn auth_19_nobody_gets_a_password_link_who_could_not_use_the_password(pool: PgPool) {
    let (console, ada, org_id) = scene(pool.clone()).await;
    let post = Post::open().await;
    for (email, groups) in [(BEN, vec![]), (CARLA, vec!["admin"])] {
        colleague(&console, &ada, email, &groups).await;
    }
    let ask = async |email: &str| {
        let answer = console
            .stranger()
            .call("/api/password_resets/ask", &[("email", email)])
            .await;
        console.backend.finish_beside().await;
        (answer.status, answer.lasting_headers(), answer.body)
    };
    // One link has left, and one waits in the mail for the worker.
    ask(BEN).await;
    let old = post.link_to(&console, BEN, "/recover?token=").await;
    ask("ada@example.test").await;
    pass_test(&console, &ada, Stage::Live).await;
    require(&console, &ada, CARLA).await.unwrap();
    let before = post.server.received().len();
    post.deliver(&console).await;
    let late = post.server.received().split_off(before);
    assert!(
        late.iter()
            .all(|mail| mail.link(&format!("{}/recover?token=", console.origin)).is_none())
    );
    let mut answers = HashSet::new();
    for email in [BEN, "ada@example.test", CARLA, "nobody@example.test"] {
        answers.insert(ask(email).await);
    }
    assert_eq!(answers.len(), 1, "{answers:?}");
    post.link_to(&console, CARLA, "/recover?token=").await;
    for email in [BEN, "ada@example.test"] {
        let mails = post.server.received_by(email);
        let links = mails
            .iter()
            .filter(|mail| mail.link(&format!("{}/recover?token=", console.origin)).is_some());
        assert_eq!(
            links.count(),
            usize::from(email == BEN),
            "{email}: only the old one"
        );
    }
    // And the old one is dead.
    let token = old.strip_prefix("/recover?token=").unwrap();
    let fields = [("token", token), ("password", NEW)];
    let used = console
        .stranger()
        .call("/api/password_resets/complete", &fields)
        .await;
    assert!(is_refused(&used, Refusal::LinkDead), "{}", used.body);
    assert_eq!(
        come(&console, &org_id, BEN, |_| ()).await.1.redirect(),
        (303, "/")
    );
    // It stays dead when it could be used again.
    prove_by_carla(&console).await;
    let used = console
        .stranger()
        .call("/api/password_resets/complete", &fields)
        .await;
    assert!(is_refused(&used, Refusal::LinkDead));
}

/// Carla, who is named, stops it.
async fn prove_by_carla(console: &TestConsole) {
    let carla = console.stranger();
    sign_in(&carla, CARLA, PASSWORD).await;
    let by = caller(console, &carla).await;
    console.backend.stop_requiring_sso(&by).await.unwrap();
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn saml_22_a_sign_in_that_waits_for_its_code_ends(pool: PgPool) {
    let (console, ada, _) = scene(pool.clone()).await;
    let ben = colleague(&console, &ada, BEN, &[]).await;
    let carla = colleague(&console, &ada, CARLA, &["admin"]).await;
    let (of_ben, of_carla) = (enrol(&console, &ben).await, enrol(&console, &carla).await);
    let (ben, carla) = (waiting(&console, BEN).await, waiting(&console, CARLA).await);
    pass_test(&console, &ada, Stage::Live).await;
    prove(&console, &ada).await;
    require(&console, &ada, CARLA).await.unwrap();
    let late = type_code(&ben, &of_ben.phone.next_code(&console)).await;
    assert!(is_refused(&late, Refusal::SignInOver));
    assert_eq!(ben.cookie("usher"), None);
    let code = of_carla.phone.next_code(&console);
    assert_eq!(type_code(&carla, &code).await.status, 200);
    // Nor does the right password lead to the question for a code.
    let again = console.stranger();
    sign_in(&again, BEN, PASSWORD).await;
    assert_eq!(again.cookie("challenge"), None);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn saml_22_nobody_makes_a_way_beside_it_for_themselves(pool: PgPool) {
    let (console, _, org_id) = required(pool.clone()).await;
    // Somebody whom single sign-on made, and somebody with a password of before.
    let (grace, _) = come(&console, &org_id, "grace@example.test", |_| ()).await;
    let (ben, _) = come(&console, &org_id, BEN, |_| ()).await;
    let passwords = db_count(&pool, "passwords").await;
    let mails = db_count(&pool, "mails").await;
    let first = grace.call("/api/account/mail_password_link", &[]).await;
    assert!(is_refused(&first, Refusal::SsoRequired), "{}", first.body);
    let fields = [("current_password", PASSWORD), ("password", NEW)];
    let changed = ben.call("/api/account/change_password", &fields).await;
    assert!(is_refused(&changed, Refusal::SsoRequired), "{}", changed.body);
    for who in [&grace, &ben] {
        let by = caller(&console, who).await;
        let linked = console.backend.depart_to_link(&by, Provider::Google).await;
        assert!(
            matches!(linked, Err(Error::Refused(Refusal::SsoRequired))),
            "{linked:?}"
        );
        let methods = settings(who).await.methods;
        assert!(methods.sso_required && methods.linkable.is_empty());
        let ways = console.backend.proof_ways(&by).await.unwrap();
        assert!(!ways.password && ways.providers.is_empty());
        assert_eq!(ways.sso.map(|org| org.to_string()), Some(org_id.clone()));
    }
    assert_eq!(
        (db_count(&pool, "passwords").await, db_count(&pool, "mails").await),
        (passwords, mails)
    );
    // The named one changes theirs.
    let carla = console.stranger();
    sign_in(&carla, CARLA, PASSWORD).await;
    assert_eq!(
        carla.call("/api/account/change_password", &fields).await.status,
        200
    );
    let password = Secret::new(NEW.to_owned());
    let proof = console
        .backend
        .confirm_identity(&caller(&console, &carla).await, &password)
        .await;
    assert!(proof.is_ok());
    assert_eq!(id_of(&console, CARLA).await.len(), 36);
}
