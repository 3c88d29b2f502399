//! Pages and acts as a stranger with curl meets them: the status of what is over, missing, forbidden or senseless.

use crate::{
    stage::{USERS, accept, copy_link, db_count, id_of, invite, sign_in, token},
    visitor::{PASSWORD, TestConsole},
};
use sqlx::PgPool;

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn without_a_role_pages_and_acts_of_others_are_forbidden(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let nobody = accept(
        &console,
        &invite(&console, &ada, "ben@example.test", &[]).await,
        &[],
    )
    .await;
    let viewer = accept(
        &console,
        &invite(&console, &ada, "grace@example.test", &["read"]).await,
        &[],
    )
    .await;
    let ada_id = id_of(&console, "ada@example.test").await;

    let page = nobody.open("/organization/users").await;
    assert_eq!(page.status, 403);
    assert!(!page.body.contains("grace@example.test"));
    assert_eq!(nobody.open("/account/settings").await.status, 200);
    assert_eq!(viewer.open("/organization/users").await.status, 200);
    for visitor in [&nobody, &viewer] {
        for (action, fields) in [
            ("/api/users/deactivate", vec![("user", ada_id.as_str())]),
            ("/api/users/reactivate", vec![("user", ada_id.as_str())]),
            ("/api/invitations/invite", vec![("email", "x@example.test")]),
            ("/api/invitations/resend", vec![("user", ada_id.as_str())]),
            ("/api/invitations/copy_link", vec![("user", ada_id.as_str())]),
            ("/api/invitations/edit_groups", vec![("user", ada_id.as_str())]),
            ("/api/invitations/cancel", vec![("user", ada_id.as_str())]),
        ] {
            assert_eq!(visitor.call(action, &fields).await.status, 403, "{action}");
        }
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn links_that_are_over_and_unknown_pages_say_so_with_their_status(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let link = invite(&console, &ada, "ben@example.test", &[]).await;
    let stranger = console.stranger();
    assert_eq!(stranger.open(&link).await.status, 200);
    accept(&console, &link, &[]).await;
    assert_eq!(stranger.open(&link).await.status, 410);
    assert_eq!(stranger.open("/invitations/never-ours").await.status, 404);
    assert_eq!(stranger.open("/setup").await.status, 404);
    assert_eq!(ada.open("/nothing/here").await.status, 404);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn arguments_that_make_no_sense_are_the_clients_fault(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let stranger = console.stranger();
    for fields in [
        vec![],
        vec![("email", "a"), ("email", "b")],
        vec![("email[x]", "1")],
    ] {
        assert_eq!(
            stranger.call("/api/sign_in/password", &fields).await.status,
            422,
            "{fields:?}"
        );
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn an_expired_invitation_offers_a_fresh_link(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let link = invite(&console, &ada, "ben@example.test", &[]).await;
    let path = link.clone();
    console.advance(8 * 86_400);
    let ben = console.stranger();
    let page = ben.open(&path).await;
    assert_eq!(page.status, 410);
    assert!(page.body.contains("Send me a fresh link") && !page.body.contains("ben@example.test"));
    let asked = ben
        .post(&path, "/api/invitations/ask_again", &[("token", token(&link))])
        .await;
    assert!(asked.redirect().1.ends_with(&path), "{:?}", asked.redirect());
    let page = ben.open(&path).await;
    assert!(page.body.contains("A newer invitation was sent") && !page.body.contains("Send me a fresh link"));
    assert_eq!(
        db_count(
            &console.pool,
            "mails where recipient = 'ben@example.test' and state = 'queued'"
        )
        .await,
        1
    );
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn asking_for_a_fresh_link_twice_at_once_mails_one_and_whoever_searches_is_stopped(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let link = invite(&console, &ada, "ben@example.test", &[]).await;
    let ask_again = "/api/invitations/ask_again";
    let ben = console.stranger();
    let fields = [("token", token(&link)), ("email", "eve@example.test")];
    // It works still: nothing happens.
    assert_eq!(ben.call(ask_again, &fields).await.status, 200);
    console.advance(8 * 86_400);
    let (one, two) = tokio::join!(ben.call(ask_again, &fields), ben.call(ask_again, &fields));
    let mut statuses = [one.status.as_u16(), two.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    assert_eq!(
        db_count(
            &console.pool,
            "mails where state = 'queued' and recipient = 'ben@example.test'"
        )
        .await,
        1
    );
    assert_eq!(
        db_count(&console.pool, "mails where recipient = 'eve@example.test'").await,
        0
    );

    for n in 0..30 {
        let wrong = [("token", format!("{n:043}"))];
        let wrong = wrong.each_ref().map(|(key, value)| (*key, value.as_str()));
        assert_eq!(ben.call(ask_again, &wrong).await.status, 404, "{n}");
    }
    for action in [
        ask_again,
        "/api/invitations/look",
        "/api/password_resets/look",
        "/api/password_resets/complete",
    ] {
        let wrong = [("token", "x"), ("password", "seven owls repair my piano")];
        let answer = ben.call(action, &wrong).await;
        assert_eq!(answer.status, 429, "{action}");
        assert!(!answer.header("retry-after").is_empty());
    }
    // A link that exists goes on working.
    assert!(sign_in(&ada, "ada@example.test", PASSWORD).await.redirect().1 == "/");
    let fresh = copy_link(&console, &ada, "ben@example.test").await;
    let looked = ben
        .call("/api/invitations/look", &[("token", token(&fresh))])
        .await;
    assert_eq!(looked.status, 200);
}

/// The entries of the menu in somebody's row, each with whether it can be chosen.
fn entries(page: &str, title: &str) -> Option<Vec<(String, bool)>> {
    let row = page.split(&format!("Actions for {title}")).nth(1)?;
    let menu = row.split("</details>").next()?;
    let entry = |name: &str| {
        let before = menu.split(name).next().unwrap();
        let tag = before
            .rsplit('<')
            .find(|tag| tag.starts_with("a ") || tag.starts_with("button"));
        (name.to_owned(), !tag.unwrap().contains("disabled"))
    };
    let known = [
        "Resend",
        "Copy link",
        "Edit groups",
        "Cancel invitation",
        "Deactivate…",
        "Reactivate",
    ];
    Some(
        known
            .into_iter()
            .filter(|name| menu.contains(name))
            .map(entry)
            .collect(),
    )
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn a_row_offers_what_will_be_accepted(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let link = invite(&console, &ada, "ben@example.test", &[]).await;
    let id = id_of(&console, "ben@example.test").await;
    let ben = [("user", id.as_str())];
    let offered = async |title: &str| entries(&ada.open(USERS).await.body, title);
    let all = |copy: bool| {
        let all = [
            ("Resend", true),
            ("Copy link", copy),
            ("Edit groups", true),
            ("Cancel invitation", true),
        ];
        Some(all.map(|(name, can)| (name.to_owned(), can)).to_vec())
    };
    let only = |name: &str| Some(vec![(name.to_owned(), true)]);

    assert_eq!(offered("ben@example.test").await, all(true));
    console.advance(8 * 86_400);
    sign_in(&ada, "ada@example.test", PASSWORD).await;
    assert_eq!(offered("ben@example.test").await, all(false));
    assert_eq!(ada.call("/api/invitations/copy_link", &ben).await.status, 409);
    assert_eq!(ada.call("/api/invitations/edit_groups", &ben).await.status, 200);
    assert_eq!(ada.call("/api/invitations/resend", &ben).await.status, 200);
    assert_eq!(offered("ben@example.test").await, all(true));
    assert_eq!(ada.call("/api/invitations/copy_link", &ben).await.status, 200);
    assert_eq!(ada.call("/api/invitations/cancel", &ben).await.status, 200);
    assert_eq!(offered("ben@example.test").await, None, "the row is gone");
    assert_eq!(ada.call("/api/invitations/resend", &ben).await.status, 404);
    assert_eq!(console.stranger().open(&link).await.status, 410);

    accept(
        &console,
        &invite(&console, &ada, "ben@example.test", &[]).await,
        &[],
    )
    .await;
    let id = id_of(&console, "ben@example.test").await;
    let ben = [("user", id.as_str())];
    assert_eq!(offered("Ben Babbage").await, only("Deactivate…"));
    assert_eq!(ada.call("/api/invitations/resend", &ben).await.status, 409);
    assert_eq!(ada.call("/api/users/deactivate", &ben).await.status, 200);
    assert_eq!(offered("Ben Babbage").await, only("Reactivate"));
    assert_eq!(ada.call("/api/users/reactivate", &ben).await.status, 200);
}

/// Both dialogs of the page have a list of groups.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn the_summary_of_a_dialog_leads_to_the_field_of_that_dialog(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    invite(&console, &ada, "ben@example.test", &[]).await;
    let id = id_of(&console, "ben@example.test").await;
    let dialog = format!("{USERS}?dialog=groups&user={id}");
    let unknown = "00000000-0000-7000-8000-000000000000";
    let fields = [("user", id.as_str()), ("groups[]", unknown)];
    let refused = ada.post(&dialog, "/api/invitations/edit_groups", &fields).await;
    assert_eq!(refused.redirect(), (303, dialog.as_str()));
    let page = ada.open(&dialog).await.body;
    let summary = page.split("Check these fields").nth(1).unwrap();
    let target = summary
        .split("href=\"#")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    assert_eq!(target, "invited-groups");
    assert_eq!(page.matches(&format!("id=\"{target}\"")).count(), 1);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn a_summary_says_of_two_fields_with_one_fault_which_is_which(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let link = invite(&console, &ada, "ben@example.test", &[]).await;
    let long = "x".repeat(101);
    let fields = [
        ("token", token(&link)),
        ("first_name", long.as_str()),
        ("last_name", &long),
        ("password", PASSWORD),
    ];
    let ben = console.stranger();
    ben.post(&link, "/api/invitations/accept", &fields).await;
    let page = ben.open(&link).await.body;
    for (id, label) in [("first_name", "First name"), ("last_name", "Last name")] {
        let sentence = "Use at most 100 characters.";
        let summary = page.split(&format!("href=\"#{id}\"")).nth(1).unwrap();
        let said = summary.split('>').nth(1).unwrap().split('<').next().unwrap();
        assert_eq!(said, format!("{label}: {sentence}"));
        let note = page.split(&format!("id=\"{id}-error\"")).nth(1).unwrap();
        assert_eq!(
            note.split('>').nth(1).unwrap().split('<').next().unwrap(),
            sentence
        );
    }
}
