//! What is refused to whoever signs in by a provider, and to whoever sets single sign-on up.

use super::Reached;
use crate::{
    sso_settings::{CONFIGURE, PROVIDER, db_sso_tested},
    stage::{acceptance, colleague, id_of, invite},
    visitor::{TestConsole, Visitor},
};
use domain::refusal::Refusal;

pub(super) async fn sign_in_methods(console: &TestConsole, ada: &Visitor, reached: &mut Reached) {
    let names = [("first_name", "Ida"), ("last_name", "Rhodes")];
    let stranger = console.stranger();
    reached
        .refuses(&stranger, "/api/identities/join", &names, Refusal::IdentityOver)
        .await;
    // Google vouches for somebody, and the link that they paste is of somebody else.
    let token = "A".repeat(43);
    sqlx::query(
        "insert into pending_identities (token_hash, provider, issuer, subject, email, email_key, first_name, last_name,
                                         created_at, expires_at)
         values (sha256($1::text::bytea), 'google', 'https://accounts.google.com', 'ida', 'ida@example.test',
                 'ida@example.test', 'Ida', 'Rhodes', now(), now() + interval '1 hour')",
    )
    .bind(&token)
    .execute(&console.pool)
    .await
    .unwrap();
    stranger.set_cookie("identity", &token);
    let link = invite(console, ada, "other-than-ida@example.test", &[]).await;
    let link = format!("{}{link}", console.origin);
    reached
        .refuses(
            &stranger,
            "/api/identities/paste",
            &[("link", &link)],
            Refusal::OtherAddressInvited,
        )
        .await;
    let olga = colleague(console, ada, "olga@example.test", &[]).await;
    for (provider, why) in [
        ("saml", Refusal::NotYoursToUnlink),
        ("google", Refusal::LastMethod),
    ] {
        let identity: sqlx::types::Uuid = sqlx::query_scalar(
            "with gone as (delete from identities where provider = 'saml'),
                  forgotten as (delete from passwords p using users u where u.id = p.user_id and u.email_key = 'olga@example.test')
             insert into identities (id, organization_id, user_id, provider, issuer, subject, email, linked_at)
             select gen_random_uuid(), organization_id, id, $1, 'https://issuer.example.test', 'olga', email, now()
             from users where email_key = 'olga@example.test' returning id",
        )
        .bind(provider)
        .fetch_one(&console.pool)
        .await
        .unwrap();
        let identity = identity.to_string();
        reached
            .refuses(&olga, "/api/identities/unlink", &[("identity", &identity)], why)
            .await;
    }
}

pub(super) async fn single_sign_on(console: &TestConsole, ada: &Visitor, reached: &mut Reached) {
    let version = [("version", "1")];
    reached
        .refuses(ada, "/api/sso/deploy", &version, Refusal::NoSsoConfiguration)
        .await;
    for (action, fields) in [(CONFIGURE, &PROVIDER[..]), ("/api/sso/deploy", &version)] {
        assert_eq!(ada.call(action, fields).await.status, 200, "{action}");
    }
    reached
        .refuses(ada, "/api/sso/require", &[], Refusal::SsoNotTested)
        .await;
    db_sso_tested(&console.pool).await;
    reached
        .refuses(ada, "/api/sso/require", &[], Refusal::NoBreakGlass)
        .await;
    let own = id_of(console, "ada@example.test").await;
    let named = [("break_glass", own.as_str())];
    colleague(console, ada, "second@example.test", &["admin"]).await;
    let link = invite(console, ada, "third@example.test", &[]).await;
    assert_eq!(ada.call("/api/sso/require", &named).await.status, 200);
    let off = [("enabled", "false")];
    reached
        .refuses(ada, "/api/sso/switch", &off, Refusal::SsoIsRequired)
        .await;
    reached
        .refuses(
            ada,
            "/api/users/deactivate",
            &[("user", &own)],
            Refusal::BreakGlass,
        )
        .await;
    let (stranger, accepts) = (console.stranger(), acceptance(&link));
    reached
        .refuses(
            &stranger,
            "/api/invitations/accept",
            &accepts,
            Refusal::SsoRequired,
        )
        .await;
    assert_eq!(ada.call("/api/sso/stop_requiring", &[]).await.status, 200);
}
