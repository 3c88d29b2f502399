//! Whom single sign-on lets in and keeps out, as far as no browser is needed.

use super::*;
use crate::{
    identities::{enter::Entrant, store::Known},
    sessions::Vouching,
    testing::Stage as Installation,
};
use domain::{identities::Method, sign_in_problem::SignInProblem};
use sqlx::types::Uuid;

/// Somebody as they are known by an identity that was linked before, and as whoever reads it at this moment knows them.
async fn known(pool: &PgPool, of: &Caller, may: bool) -> Entrant {
    let identity: Uuid = sqlx::query_scalar(
        "insert into identities (id, organization_id, user_id, provider, issuer, subject, email, linked_at)
         values (gen_random_uuid(), $1, $2, 'google', 'https://accounts.google.com', $3, $3, now())
         on conflict (user_id, provider) where provider <> 'saml' do update set email = excluded.email returning id",
    )
    .bind(of.organization.0)
    .bind(of.user.0)
    .bind(&of.email)
    .fetch_one(pool)
    .await
    .unwrap();
    Entrant::from(Known {
        identity,
        user_id: of.user.0,
        organization_id: of.organization.0,
        organization: of.organization_name.clone(),
        email: of.email.clone(),
        may,
        knows_browser: true,
    })
}

#[sqlx::test]
async fn saml_22_google_and_github_let_in_nobody_but_the_named_one(pool: PgPool) {
    let stage = Installation::new(pool.clone());
    let (backend, ada) = (&stage.backend, stage.ada().await);
    let ben = stage.colleague(&ada, "ben@example.test", &[]).await;
    deploy(backend, &ada).await;
    pass_test(backend, &ada, Stage::Live).await;
    let enter = async |who: &Caller, may: bool| {
        let entrant = known(&pool, who, may).await;
        backend
            .enter(&client(), &entrant, Method::Google, Vouching::default())
            .await
    };
    assert!(enter(&ben, true).await.is_ok());
    backend.require_sso(&ada, ada.user).await.unwrap();
    let sessions = count(&pool, "sessions").await;
    // As read before it was required, and since.
    for may in [true, false] {
        let stopped = enter(&ben, may).await.unwrap_err();
        assert_eq!(stopped.problem, SignInProblem::NoAccount, "{may}");
    }
    assert_eq!(count(&pool, "sessions").await, sessions);
    assert_eq!(
        count(
            &pool,
            "audit where action = 'sessions.sign_in' and result = 'refused'"
        )
        .await,
        2
    );
    assert!(enter(&ada, true).await.is_ok());
    backend.stop_requiring_sso(&ada).await.unwrap();
    assert!(enter(&ben, true).await.is_ok());
}

/// An organization in which the ones have the same names at one identity provider as the others here.
#[sqlx::test]
async fn saml_18_one_name_is_a_person_of_each_organization(pool: PgPool) {
    let stage = Installation::new(pool.clone());
    let ada = stage.ada().await;
    let eve = stage.founder("Others", "eve@other.test").await;
    deploy(&stage.backend, &ada).await;
    deploy(&stage.backend, &eve).await;
    sign_in(&stage.backend, &ada, "ben@example.test").await;
    // The name of Ben, with another address.
    let left = stage
        .backend
        .depart_to_sso(&client(), None, &eve.org_id, SsoAsked::default(), None)
        .await
        .unwrap();
    let asked = Asked::by(left.url.expose());
    let sp = ServiceProvider {
        entity_id: asked.issuer,
        acs_url: asked.acs_url,
    };
    let mut answer = Answer::to(&sp, &asked.request_id, stage.backend.now());
    answer.name_id = Some("id-of-ben@example.test".into());
    answer.attributes[0].1 = vec!["ed@other.test".into()];
    let (posted, state) = (answer.posted(), Some(asked.relay_state.as_str()));
    let arrived = stage
        .backend
        .arrive_by_sso(&client(), &eve.org_id, &posted, state, Some(&left.browser))
        .await;
    let Ok(SsoArrived::SignedIn { signed_in, .. }) = arrived else {
        panic!("{arrived:?}");
    };
    let ed = stage.caller(&signed_in.session().unwrap()).await.unwrap();
    assert_eq!(
        (ed.email.as_str(), ed.organization),
        ("ed@other.test", eve.organization)
    );
    assert_eq!(
        count(&pool, "identities where subject = 'id-of-ben@example.test'").await,
        2
    );
}
