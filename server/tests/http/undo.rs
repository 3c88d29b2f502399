//! Deactivating with a reason, and taking it back right after, as a browser without scripts does.

use crate::{
    stage::{USERS, colleague, db_rows, id_of},
    visitor::{TestConsole, Visitor},
};
use sqlx::PgPool;

/// The fields of the form with **Undo**, by its action.
fn undo<'a>(page: &'a str, action: &str) -> Option<Vec<(&'a str, &'a str)>> {
    let toast = page.split("class=\"toast-action\"").nth(1)?;
    let form = toast.split("</form>").next()?;
    if !form.contains(&format!("action=\"{action}\"")) || !form.contains("Undo") {
        return None;
    }
    let fields = form.split("<input ").skip(1).filter_map(|input| {
        let part = |name: &str| input.split(&format!("{name}=\"")).nth(1)?.split('"').next();
        Some((part("name")?, part("value").unwrap_or_default()))
    });
    Some(fields.collect())
}

async fn deactivate(by: &Visitor, id: &str, reason: &str) -> String {
    let fields = [("user", id), ("reason", reason)];
    let page = format!("{USERS}?q=ben&dialog=deactivate&user={id}");
    let answer = by.post(&page, "/api/users/deactivate", &fields).await;
    assert_eq!(
        answer.redirect(),
        (303, "/organization/users?q=ben&notice=deactivated")
    );
    by.open("/organization/users?q=ben&notice=deactivated").await.body
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn a_deactivation_is_undone_and_redone_by_plain_forms(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let ben = colleague(&console, &ada, "ben@example.test", &[]).await;
    let id = id_of(&console, "ben@example.test").await;

    let page = deactivate(&ada, &id, "Left the company").await;
    assert!(page.contains("Deactivated just now: Left the company"));
    let fields = undo(&page, "/api/users/reactivate").unwrap();
    assert_eq!(fields, [("user", id.as_str()), ("undoes", "1")]);

    let undone = ada.post(
        "/organization/users?q=ben&notice=deactivated",
        "/api/users/reactivate",
        &fields,
    );
    assert_eq!(
        undone.await.redirect(),
        (303, "/organization/users?q=ben&notice=reactivated")
    );
    assert_eq!(ben.open("/").await.redirect().0, 303, "sessions do not come back");
    let page = ada
        .open("/organization/users?q=ben&notice=reactivated")
        .await
        .body;
    assert!(page.contains("Its sessions stay ended"));
    assert!(
        !page.contains("Deactivated just now"),
        "the reason is gone from the list"
    );
    let fields = undo(&page, "/api/users/deactivate").unwrap();
    assert_eq!(
        fields,
        [
            ("user", id.as_str()),
            ("undoes", "2"),
            ("reason", "Left the company")
        ]
    );
    ada.post(USERS, "/api/users/deactivate", &fields).await;
    assert!(
        ada.open(USERS)
            .await
            .body
            .contains("Deactivated just now: Left the company")
    );
}

/// Between an act and its Undo others decide, too.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn an_undo_takes_back_its_own_act_and_no_later_one(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let ada = console.ada().await;
    let grace = colleague(&console, &ada, "grace@example.test", &["admin"]).await;
    colleague(&console, &ada, "ben@example.test", &[]).await;
    let id = id_of(&console, "ben@example.test").await;
    let page = deactivate(&ada, &id, "Ada's reason").await;
    let of_deactivation = undo(&page, "/api/users/reactivate").unwrap();
    grace.call("/api/users/reactivate", &[("user", &id)]).await;
    deactivate(&grace, &id, "Stolen laptop").await;

    let before = db_rows(&pool).await;
    let refused = ada.call("/api/users/reactivate", &of_deactivation).await;
    assert_eq!(
        (refused.status.as_u16(), &*refused.body),
        (409, "{\"Refused\":\"ChangedSince\"}")
    );
    assert_eq!(db_rows(&pool).await, before);
    // The plain form says so on its page.
    let there = "/organization/users?q=ben&notice=deactivated";
    ada.post(there, "/api/users/reactivate", &of_deactivation).await;
    let page = ada.open(there).await.body;
    assert!(page.contains("Somebody has changed this account since."));
    assert!(page.contains("Stolen laptop") && !page.contains(">Undo<"));

    // The same of a reactivation.
    ada.post(USERS, "/api/users/reactivate", &[("user", &id)]).await;
    let page = ada.open("/organization/users?notice=reactivated").await.body;
    let of_reactivation = undo(&page, "/api/users/deactivate").unwrap();
    deactivate(&grace, &id, "").await;
    grace.call("/api/users/reactivate", &[("user", &id)]).await;
    let before = db_rows(&pool).await;
    assert_eq!(
        ada.call("/api/users/deactivate", &of_reactivation).await.status,
        409
    );
    assert_eq!(db_rows(&pool).await, before);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn an_undo_can_be_sent_twice(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let ada = console.ada().await;
    colleague(&console, &ada, "ben@example.test", &[]).await;
    let id = id_of(&console, "ben@example.test").await;
    let page = deactivate(&ada, &id, "").await;
    let fields = undo(&page, "/api/users/reactivate").unwrap();
    assert_eq!(ada.call("/api/users/reactivate", &fields).await.status, 200);
    let before = db_rows(&pool).await;
    assert_eq!(ada.call("/api/users/reactivate", &fields).await.status, 200);
    assert_eq!(db_rows(&pool).await, before);
}

/// It would let anybody make an administrator take back something else.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn an_address_offers_no_undo_and_neither_does_a_reload(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    colleague(&console, &ada, "ben@example.test", &[]).await;
    let id = id_of(&console, "ben@example.test").await;
    assert!(undo(&deactivate(&ada, &id, "").await, "/api/users/reactivate").is_some());
    for crafted in [
        "?notice=deactivated".to_owned(),
        format!("?notice=deactivated&user={id}&undo={id}"),
    ] {
        let page = ada.open(&format!("{USERS}{crafted}")).await.body;
        assert!(page.contains("The account is deactivated.") && !page.contains(">Undo<"));
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn only_who_did_it_is_offered_to_undo_it(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let grace = colleague(&console, &ada, "grace@example.test", &["admin"]).await;
    colleague(&console, &ada, "ben@example.test", &[]).await;
    let id = id_of(&console, "ben@example.test").await;
    deactivate(&grace, &id, "Grace's reason").await;
    // Ada was a moment later: it was done already, and the first reason stays.
    let page = deactivate(&ada, &id, "Ada's reason").await;
    assert!(!page.contains(">Undo<") && page.contains("Grace") && !page.contains("Ada&#x27;s reason"));
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn a_refused_reason_comes_back_to_its_dialog(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    colleague(&console, &ada, "ben@example.test", &[]).await;
    let id = id_of(&console, "ben@example.test").await;
    let dialog = format!("{USERS}?q=ben&dialog=deactivate&user={id}");
    let reason = "x".repeat(201);
    let answer = ada
        .post(
            &dialog,
            "/api/users/deactivate",
            &[("user", &id), ("reason", &reason)],
        )
        .await;
    assert_eq!(answer.redirect(), (303, dialog.as_str()));
    let page = ada.open(&dialog).await.body;
    assert!(page.contains("Use at most 200 characters.") && page.contains(&reason));
    assert!(!page.contains("Deactivated just now"));
}

/// The person hears that it happened, not why.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn the_reason_is_in_no_mail(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let (ada, post) = (console.ada().await, crate::stage::Post::open().await);
    colleague(&console, &ada, "ben@example.test", &[]).await;
    let id = id_of(&console, "ben@example.test").await;
    deactivate(&ada, &id, "Gross misconduct").await;
    post.deliver(&console).await;
    let mails = post.server.received_by("ben@example.test");
    let told = format!("{:?}", mails.last().unwrap());
    assert!(told.contains("deactivated") && !told.contains("misconduct"));
}
