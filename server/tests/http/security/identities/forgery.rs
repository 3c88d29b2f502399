//! Cross-site request forgery against the acts of linked sign-in methods. `security/forgery.rs` has all others, and proves
//! that none is forgotten.

use super::{ADA, Stage};
use crate::{
    providers::{Person, identities, leads_to_link_page, link, sign_in_by},
    security::forgery::{Act, OF_IDENTITIES, send_from_elsewhere},
    stage::{colleague, db_rows, invite},
    visitor::PASSWORD,
};
use domain::identities::Provider;
use sqlx::PgPool;
use std::collections::BTreeSet;

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn web_01_another_site_changes_nothing_about_sign_in_methods(pool: PgPool) {
    let stage = Stage::set(pool.clone()).await;
    let (console, providers, ada) = (&stage.console, &stage.providers, &stage.ada);
    link(console, providers, ada, Provider::Google, &Person::of(ADA)).await;
    let linked = identities(console, ADA).await[0].to_string();
    colleague(console, ada, "grace@example.test", &[]).await;
    let invitation = invite(console, ada, "ben@example.test", &[]).await;
    let invitation = format!("{}{invitation}", console.origin);

    // Whom Google vouches for, and who belongs to nobody yet.
    let [ben, grace, nobody] = [console.stranger(), console.stranger(), console.stranger()];
    for (who, email) in [
        (&ben, "ben@example.test"),
        (&grace, "grace@example.test"),
        (&nobody, "nobody@example.test"),
    ] {
        leads_to_link_page(&sign_in_by(providers, who, Provider::Google, &Person::of(email)).await);
    }
    let acts = [
        (
            ada,
            Act::new("/api/identities/depart_to_link", &[("provider", "github")]),
        ),
        (ada, Act::new("/api/identities/unlink", &[("identity", &linked)])),
        (&ben, Act::new("/api/identities/paste", &[("link", &invitation)])),
        (
            &ben,
            Act::new(
                "/api/identities/join",
                &[("first_name", "Ben"), ("last_name", "Babbage")],
            ),
        ),
        (
            &grace,
            Act::new("/api/identities/link", &[("password", PASSWORD)]),
        ),
        (&nobody, Act::new("/api/identities/leave", &[])),
    ];
    for (who, act) in &acts {
        let before = db_rows(&pool).await;
        send_from_elsewhere(console, who, act).await;
        assert_eq!(db_rows(&pool).await, before, "{}", act.action);
        let answer = who.call(act.action, &act.fields()).await;
        assert_eq!(answer.status, 200, "{} {}", act.action, answer.body);
        assert_ne!(db_rows(&pool).await, before, "{}", act.action);
    }
    let sent: BTreeSet<_> = acts.iter().map(|(_, act)| act.action).collect();
    assert_eq!(sent, BTreeSet::from(OF_IDENTITIES));
}
