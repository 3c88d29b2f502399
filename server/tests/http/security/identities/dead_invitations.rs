//! Invitations that are over: no provider makes an account of them, whenever they ended.

use super::{BEN, GRACE, Stage, made};
use crate::{
    phone::is_in,
    providers::{IDENTITY, Person, accept_by, join, leads_to_link_page, pending, sign_in_by, stop_of},
    stage::{caller, colleague, copy_link, deactivate, group, id_of, invite, reactivate},
    visitor::{TestConsole, Visitor},
};
use backend::{Client, Error};
use domain::identities::Provider;
use sqlx::PgPool;

/// Each way in which an invitation of Ben dies.
async fn kill(console: &TestConsole, ada: &Visitor, grace: &Visitor, how: &str) {
    let id = id_of(console, BEN).await;
    let user = [("user", id.as_str())];
    match how {
        "cancelled" => assert_eq!(ada.call("/api/invitations/cancel", &user).await.status, 200),
        "expired" => console.advance(600),
        "inviter deactivated" => assert_eq!(deactivate(console, ada, GRACE).await.status, 200),
        "inviter deactivated for a while" => {
            assert_eq!(deactivate(console, ada, GRACE).await.status, 200);
            assert_eq!(reactivate(console, ada, GRACE).await.status, 200);
        }
        "inviter lost the right" => {
            let admins = group(console, ada, "admin").await;
            let grace = id_of(console, GRACE).await;
            let fields = [("group", admins.as_str()), ("users[]", &grace)];
            let answer = ada.call("/api/groups/remove_members", &fields).await;
            assert_eq!(answer.status, 200, "{}", answer.body);
        }
        "closed" => {
            let of_grace = caller(console, grace).await;
            let org_id = of_grace.org_id.as_str();
            let client = Client::command_line();
            console.backend.close_organization(&client, org_id).await.unwrap();
        }
        other => panic!("{other}"),
    }
}

async fn a_dead_invitation_gives_nothing(pool: PgPool, how: &str) {
    let stage = Stage::set_with(pool.clone(), &[("invitation_lifetime", "10m")]).await;
    let grace = colleague(&stage.console, &stage.ada, GRACE, &["admin"]).await;
    let link = invite(&stage.console, &grace, BEN, &[]).await;
    let ben = Person::of(BEN);
    // Vouched for by link, and by address alone, and on the way.
    let by_link = stage.console.stranger();
    leads_to_link_page(&accept_by(&stage.providers, &by_link, &link, Provider::Google, &ben).await);
    let by_address = stage.console.stranger();
    leads_to_link_page(&sign_in_by(&stage.providers, &by_address, Provider::GitHub, &ben).await);
    kill(&stage.console, &stage.ada, &grace, how).await;
    let before = made(&pool).await;
    for browser in [&by_link, &by_address] {
        let joined = join(&stage.console, browser).await;
        assert!(
            matches!(&joined, Err(Error::Refused(_) | Error::NotFound)),
            "{how}: {joined:?}"
        );
        let page = stage
            .console
            .backend
            .look_at_pending(&pending(browser))
            .await
            .unwrap();
        assert!(page.is_none_or(|page| page.invitation.is_none()), "{how}");
        assert!(!is_in(browser).await, "{how}");
    }
    for provider in Provider::ALL {
        let browser = stage.console.stranger();
        let answer = accept_by(&stage.providers, &browser, &link, provider, &ben).await;
        let (page, told) = stop_of(&answer);
        assert_eq!(page, link, "{how}");
        // It is nobody's failure, and one that is closed is told as none.
        assert!(
            matches!(told["problem"].as_str(), "over" | "no-account"),
            "{how}: {told:?}"
        );
        assert_eq!(browser.cookie(IDENTITY), None, "{how}");
        assert_eq!(browser.open(answer.header("location")).await.status, 410, "{how}");
    }
    assert_eq!(made(&pool).await, before, "{how}");
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_09_a_cancelled_invitation_gives_nothing(pool: PgPool) {
    a_dead_invitation_gives_nothing(pool, "cancelled").await;
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_09_an_expired_invitation_gives_nothing(pool: PgPool) {
    a_dead_invitation_gives_nothing(pool, "expired").await;
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_09_an_invitation_of_a_deactivated_person_gives_nothing(pool: PgPool) {
    a_dead_invitation_gives_nothing(pool, "inviter deactivated").await;
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_09_an_invitation_of_somebody_who_was_deactivated_gives_nothing(pool: PgPool) {
    a_dead_invitation_gives_nothing(pool, "inviter deactivated for a while").await;
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_09_an_invitation_of_somebody_who_lost_the_right_gives_nothing(pool: PgPool) {
    a_dead_invitation_gives_nothing(pool, "inviter lost the right").await;
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_09_an_invitation_of_a_closed_organization_gives_nothing(pool: PgPool) {
    a_dead_invitation_gives_nothing(pool, "closed").await;
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_09_a_link_that_is_none_gives_nothing(pool: PgPool) {
    let stage = Stage::set(pool.clone()).await;
    let link = invite(&stage.console, &stage.ada, BEN, &[]).await;
    let before = made(&pool).await;
    let none = format!("/invitations/{}", "A".repeat(43));
    for provider in Provider::ALL {
        let browser = stage.console.stranger();
        let answer = accept_by(&stage.providers, &browser, &none, provider, &Person::of(BEN)).await;
        assert_eq!(stop_of(&answer).1["problem"], "no-account");
    }
    assert_eq!(made(&pool).await, before);
    // One that was replaced is dead; its person still has the new one, and their address.
    let ada = caller(&stage.console, &stage.ada).await;
    let user = stage.console.backend.find_user_by_email(&ada, BEN).await.unwrap();
    stage.console.backend.resend_invitation(&ada, user).await.unwrap();
    let fresh = copy_link(&stage.console, &stage.ada, BEN).await;
    let browser = stage.console.stranger();
    let answer = accept_by(
        &stage.providers,
        &browser,
        &link,
        Provider::Google,
        &Person::of(BEN),
    )
    .await;
    assert_eq!(stop_of(&answer).0, link);
    let answer = accept_by(
        &stage.providers,
        &browser,
        &fresh,
        Provider::Google,
        &Person::of(BEN),
    )
    .await;
    leads_to_link_page(&answer);
}
