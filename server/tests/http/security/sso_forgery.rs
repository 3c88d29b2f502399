//! Cross-site request forgery against the acts of single sign-on. `forgery.rs` has all others, and proves that none is
//! forgotten.

use super::forgery::{Act, OF_SSO, send_from_elsewhere};
use crate::{
    sso_settings::{CONFIGURE, PROVIDER, db_sso_linked, db_sso_tested},
    stage::{colleague, db_rows, id_of},
    visitor::TestConsole,
};
use sqlx::PgPool;
use std::collections::BTreeSet;

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn web_01_another_site_changes_nothing_about_single_sign_on(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let ada = console.ada().await;
    colleague(&console, &ada, "ben@example.test", &[]).await;
    db_sso_linked(&pool, "ben@example.test").await;
    let ben = id_of(&console, "ben@example.test").await;
    let own = id_of(&console, "ada@example.test").await;
    let again = [&PROVIDER[..], &[("version", "1")]].concat();
    let acts = [
        Act::new(CONFIGURE, &PROVIDER),
        Act::new("/api/sso/deploy", &[("version", "1")]),
        Act::new("/api/sso/require", &[("break_glass", &own)]),
        Act::new("/api/sso/stop_requiring", &[]),
        Act::new("/api/sso/switch", &[("enabled", "false")]),
        Act::new(CONFIGURE, &again),
        Act::new("/api/sso/discard", &[]),
        Act::new("/api/users/unlink_sso", &[("user", &ben)]),
    ];
    send_from_elsewhere(&console, &ada, &Act::new(app::routes::SSO_FILE, &PROVIDER)).await;
    for act in &acts {
        db_sso_tested(&pool).await;
        let before = db_rows(&pool).await;
        send_from_elsewhere(&console, &ada, act).await;
        assert_eq!(db_rows(&pool).await, before, "{}", act.action);
        let answer = ada.call(act.action, &act.fields()).await;
        assert_eq!(answer.status, 200, "{} {}", act.action, answer.body);
        assert_ne!(db_rows(&pool).await, before, "{}", act.action);
    }
    let sent: BTreeSet<_> = acts.iter().map(|act| act.action).collect();
    assert_eq!(sent, BTreeSet::from(OF_SSO));
}
