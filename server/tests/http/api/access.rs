//! Groups, memberships and policies, made, changed and deleted by a token.

use super::token_of;
use crate::{
    stage::{colleague, id_of},
    visitor::TestConsole,
};
use futures_util::future::join_all;
use reqwest::Method;
use serde_json::json;
use sqlx::PgPool;

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn a_group_is_made_renamed_joined_left_and_deleted(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let token = token_of(&console, &ada).await;
    colleague(&console, &ada, "ben@example.test", &[]).await;
    let ben = id_of(&console, "ben@example.test").await;
    let made = console
        .tell(
            Method::POST,
            "/api/v1/groups",
            &token,
            &json!({ "name": "Night shift", "description": "Who is on call" }),
        )
        .await;
    assert_eq!(made.status, 201, "{}", made.body);
    let (place, seen) = (made.header("location"), made.header("etag"));
    let read = console.ask(Method::GET, place, &token).await;
    assert_eq!((read.json(), read.header("etag")), (made.json(), seen));
    let taken = console
        .tell(
            Method::POST,
            "/api/v1/groups",
            &token,
            &json!({ "name": "night SHIFT" }),
        )
        .await;
    assert_eq!(
        (taken.status.as_u16(), &taken.json()["details"][0]["field"]),
        (422, &json!("name"))
    );

    let words = json!({ "name": "Day shift" });
    let blind = console.tell(Method::PUT, place, &token, &words).await;
    assert_eq!(
        (blind.status.as_u16(), &blind.json()["code"]),
        (428, &json!("version_required"))
    );
    let rename = async |seen: &str, name: &str| {
        let words = json!({ "name": name });
        console
            .tell_with((Method::PUT, place), &token, ("if-match", seen), &words)
            .await
    };
    let renamed = rename(seen, "Day shift").await;
    assert_eq!(
        (renamed.status.as_u16(), &renamed.json()["name"]),
        (200, &json!("Day shift"))
    );
    assert_ne!(renamed.header("etag"), seen);
    let late = rename(seen, "Evening shift").await;
    assert_eq!(
        (late.status.as_u16(), &late.json()["code"]),
        (412, &json!("edited_meanwhile"))
    );
    assert_eq!(rename("*", "Late shift").await.status, 200);
    // Of two that have read the same, one writes.
    let read = console.ask(Method::GET, place, &token).await;
    let seen = read.header("etag");
    let both = join_all([rename(seen, "Early shift"), rename(seen, "Second shift")]).await;
    let mut statuses: Vec<_> = both.iter().map(|answer| answer.status.as_u16()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412]);

    let member = format!("{place}/members/{ben}");
    let until = json!({ "ends": "2099-12-24T19:00:00+01:00" });
    for _ in 0..2 {
        let put = console.tell(Method::PUT, &member, &token, &until).await;
        assert_eq!(put.status, 200, "{}", put.body);
    }
    let members = console
        .ask(Method::GET, &format!("{place}/members"), &token)
        .await
        .json();
    assert_eq!(members["items"][0]["email"], "ben@example.test");
    assert_eq!(members["items"][0]["ends"], "2099-12-24T18:00:00Z");
    // Without a body as with an empty one: the membership has no end.
    assert_eq!(console.ask(Method::PUT, &member, &token).await.status, 200);
    let listed = format!("{place}/members");
    let members = console.ask(Method::GET, &listed, &token).await.json();
    assert_eq!(members["items"][0]["ends"], json!(null));
    for wrong in [json!({ "ends": "tomorrow" }), json!({ "end": null })] {
        assert_eq!(
            console.tell(Method::PUT, &member, &token, &wrong).await.status,
            400
        );
    }
    let past = console
        .tell(
            Method::PUT,
            &member,
            &token,
            &json!({ "ends": "2020-01-01T00:00:00Z" }),
        )
        .await;
    assert_eq!(
        (past.status.as_u16(), &past.json()["details"][0]["field"]),
        (422, &json!("ends"))
    );
    for _ in 0..2 {
        assert_eq!(console.ask(Method::DELETE, &member, &token).await.status, 200);
    }
    let preview = console
        .ask(Method::DELETE, &format!("{place}?preview=true"), &token)
        .await;
    assert_eq!(preview.json()["done"], false);
    assert_eq!(
        console.ask(Method::GET, place, &token).await.status,
        200,
        "a preview changes nothing"
    );
    assert_eq!(
        console.ask(Method::DELETE, place, &token).await.json()["done"],
        true
    );
    assert_eq!(console.ask(Method::GET, place, &token).await.status, 404);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn a_policy_gives_a_role_once_its_effect_was_shown_and_makes_no_administrator(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let token = token_of(&console, &ada).await;
    colleague(&console, &ada, "ben@example.test", &[]).await;
    let ben = id_of(&console, "ben@example.test").await;
    let policy =
        |roles: &[&str]| json!({ "name": "Clusters", "rules": [{ "roles": roles, "users": [ben] }] });
    let preview = console
        .tell(
            Method::POST,
            "/api/v1/policies?preview=true",
            &token,
            &policy(&["cks-admin"]),
        )
        .await;
    assert_eq!(
        (preview.status.as_u16(), &preview.json()["done"]),
        (200, &json!(false))
    );
    assert_eq!(preview.json()["gained"][0]["people"], json!(["Ben Babbage"]));
    let made = console
        .tell(Method::POST, "/api/v1/policies", &token, &policy(&["cks-admin"]))
        .await;
    assert_eq!(made.status, 201, "{}", made.body);
    let (place, seen) = (made.header("location"), made.header("etag"));
    let read = console.ask(Method::GET, place, &token).await;
    assert_eq!(read.header("etag"), seen);
    assert_eq!(read.json()["rules"][0]["roles"][0]["key"], "cks-admin");
    assert_eq!(read.json()["rules"][0]["users"][0]["name"], "Ben Babbage");

    let put = async |query: &str, seen: &str, roles: &[&str]| {
        let place = format!("{place}{query}");
        console
            .tell_with((Method::PUT, &place), &token, ("if-match", seen), &policy(roles))
            .await
    };
    let preview = put("?preview=true", seen, &["cks-viewer"]).await;
    assert_eq!(preview.header("etag"), seen, "nothing has changed");
    assert_eq!(preview.json()["lost"][0]["name"], "CKS Admin");
    // Nobody at a token can prove who they are, and so the yes is not asked for in vain.
    for query in ["?preview=true", "", "?confirm=1"] {
        let answer = put(query, seen, &["iam-admin"]).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.json()["code"]),
            (403, &json!("session_required")),
            "{query}"
        );
    }
    let unquoted = put("", seen.trim_matches('"'), &["cks-viewer"]).await;
    assert_eq!(
        (unquoted.status.as_u16(), &unquoted.json()["details"][0]["field"]),
        (400, &json!("If-Match"))
    );
    let changed = put("", seen, &["cks-viewer"]).await;
    assert_eq!(changed.status, 200, "{}", changed.body);
    assert_eq!(changed.json()["lost"][0]["name"], "CKS Admin");
    assert_eq!(put("", seen, &["cks-admin"]).await.status, 412);
    let nothing = put("", "*", &[]).await;
    assert_eq!(
        (nothing.status.as_u16(), &nothing.json()["details"][0]["field"]),
        (422, &json!("rules"))
    );
    let blind = console.ask(Method::DELETE, place, &token).await;
    assert_eq!(blind.status, 428);
    let gone = console
        .tell_with(
            (Method::DELETE, place),
            &token,
            ("if-match", changed.header("etag")),
            &json!({}),
        )
        .await;
    assert_eq!((gone.status.as_u16(), &gone.json()["done"]), (200, &json!(true)));
    assert_eq!(console.ask(Method::GET, place, &token).await.status, 404);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn a_group_that_policies_name_is_deleted_after_a_yes_to_what_was_shown(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let token = token_of(&console, &console.ada().await).await;
    let group = console.group(&token, "Night shift").await;
    let policy = json!({ "name": "Clusters", "rules": [{ "roles": ["cks-admin"], "groups": [group] }] });
    let made = console
        .tell(Method::POST, "/api/v1/policies", &token, &policy)
        .await
        .json();
    let place = format!("/api/v1/groups/{group}");
    let unasked = console.ask(Method::DELETE, &place, &token).await;
    assert_eq!(
        (unasked.status.as_u16(), &unasked.json()["code"]),
        (409, &json!("group_in_use"))
    );
    let shown = console
        .ask(Method::DELETE, &format!("{place}?preview=true"), &token)
        .await
        .json();
    assert_eq!(shown["policies"], json!([made["id"]]));
    for wrong in ["?confirm=x", "?confirm=1&preview=true", "?sure=true"] {
        assert_eq!(
            console
                .ask(Method::DELETE, &format!("{place}{wrong}"), &token)
                .await
                .status,
            400
        );
    }
    let confirm = format!("{place}?confirm={}", shown["confirm"].as_str().unwrap());
    assert_eq!(
        console.ask(Method::DELETE, &confirm, &token).await.json()["done"],
        true
    );
    assert_eq!(console.ask(Method::GET, &place, &token).await.status, 404);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn lists_by_name_are_read_to_their_end(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let token = token_of(&console, &console.ada().await).await;
    for n in 0..60 {
        console.group(&token, &format!("Shift {n:02} of & more")).await;
    }
    let mut seen = Vec::new();
    let mut query = String::new();
    loop {
        let page = console
            .ask(
                Method::GET,
                &format!("/api/v1/groups?search=shift{query}"),
                &token,
            )
            .await
            .json();
        let items = page["items"].as_array().unwrap();
        seen.extend(
            items
                .iter()
                .map(|group| group["name"].as_str().unwrap().to_owned()),
        );
        match page["next"].as_str() {
            Some(next) => query = format!("&{}", crate::visitor::encoded(&[("cursor", next)])),
            None => break,
        }
    }
    assert_eq!(seen.len(), 60);
    assert!(seen.is_sorted());
    for wrong in ["after", "after-", "Shift", "after-%00"] {
        let answer = console
            .ask(Method::GET, &format!("/api/v1/groups?cursor={wrong}"), &token)
            .await;
        assert_eq!(
            (answer.status.as_u16(), &answer.json()["details"][0]["field"]),
            (400, &json!("cursor")),
            "{wrong}"
        );
    }
    let policies = console.ask(Method::GET, "/api/v1/policies", &token).await.json();
    assert!(policies["items"].as_array().unwrap().len() >= 5);
}
