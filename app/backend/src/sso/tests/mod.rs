//! Single sign-on on a real database, as far as no browser is needed: rights, the audit log, reminders and housekeeping.
//! What an identity provider says is that of `saml::testing`.

mod people;
mod reminders;
mod rights;

use super::{SsoArrived, SsoAsked, SsoTyped, TypedSource};
use crate::{
    Backend, Caller,
    identities::Stopped,
    saml::{
        ServiceProvider,
        testing::{Answer, Asked, CERTIFICATE, ENTITY_ID},
    },
    secret::Token,
    testing::client,
};
use domain::{ids::SsoTestId, sso::Stage};
use sqlx::{AssertSqlSafe, PgPool};

fn typed() -> SsoTyped {
    SsoTyped {
        source: TypedSource::Manual {
            entity_id: ENTITY_ID.into(),
            sso_url: "https://made-idp.example.test/sso".into(),
            certificate: CERTIFICATE.into(),
        },
        require_signed_assertion: false,
        asks_for_code: false,
        creates_accounts: true,
        domains: "example.test, engines.test, other.test".into(),
        version: None,
    }
}

/// Saves and deploys it where there was none.
pub(crate) async fn deploy(backend: &Backend, by: &Caller) -> i32 {
    backend.configure_sso(by, typed()).await.unwrap();
    let version = backend.sso_settings(by).await.unwrap().draft.unwrap().version;
    backend.deploy_sso(by, version).await.unwrap();
    version
}

/// A genuine response for somebody with this address, at the consumer of the caller's organization.
async fn arrive(
    backend: &Backend,
    by: &Caller,
    left: crate::identities::Departure,
    email: &str,
) -> Result<SsoArrived, Stopped> {
    let asked = Asked::by(left.url.expose());
    let sp = ServiceProvider {
        entity_id: asked.issuer,
        acs_url: asked.acs_url,
    };
    let mut answer = Answer::to(&sp, &asked.request_id, backend.now());
    answer.name_id = Some(format!("id-of-{email}"));
    answer.attributes[0].1 = vec![email.to_owned()];
    let state = Some(asked.relay_state.as_str());
    backend
        .arrive_by_sso(
            &client(),
            &by.org_id,
            &answer.posted(),
            state,
            Some(&left.browser),
        )
        .await
}

/// A test that passes.
async fn pass_test(backend: &Backend, by: &Caller, stage: Stage) -> SsoTestId {
    let left = backend.depart_to_test_sso(by, stage).await.unwrap();
    match arrive(backend, by, left, "anybody@example.test").await {
        Ok(SsoArrived::Tested(id)) => id,
        other => panic!("{other:?}"),
    }
}

/// Somebody signs in; their session.
pub(crate) async fn sign_in(backend: &Backend, by: &Caller, email: &str) -> Token {
    let left = backend
        .depart_to_sso(&client(), None, &by.org_id, SsoAsked::default(), None)
        .await
        .unwrap();
    match arrive(backend, by, left, email).await {
        Ok(SsoArrived::SignedIn { signed_in, .. }) => signed_in.session().unwrap(),
        other => panic!("{other:?}"),
    }
}

async fn count(pool: &PgPool, rows: &str) -> i64 {
    let sql = format!("select count(*) from {rows}");
    sqlx::query_scalar(AssertSqlSafe(sql))
        .fetch_one(pool)
        .await
        .unwrap()
}
