//! Whoever would take IAM Admin from themselves is told so in red before each act that does, also where another
//! administrator stays.

use crate::{
    stage::{colleague, group, id_of, policy},
    visitor::{TestConsole, Visitor},
};
use app::routes::{GROUPS, POLICIES};
use sqlx::PgPool;

const LINE: &str = "You lose IAM Admin yourself.";

async fn line_on(who: &Visitor, address: &str) -> bool {
    let page = who.open(address).await;
    assert_eq!(page.status, 200, "{address}");
    page.body.contains(LINE)
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn leaving_the_group_says_that_you_lose_it(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    colleague(&console, &ada, "carla@example.test", &["admin"]).await;
    let admin = group(&console, &ada, "admin").await;
    let dialog = async |email: &str| {
        let user = id_of(&console, email).await;
        line_on(&ada, &format!("{GROUPS}/{admin}?dialog=remove&user={user}")).await
    };
    assert!(dialog("ada@example.test").await);
    assert!(!dialog("carla@example.test").await, "it is not Ada who loses it");
}

/// Ada is an IAM Admin by a policy of her own alone, beside Carla; returns its id.
async fn by_a_policy(console: &TestConsole, ada: &Visitor, own: &str) -> String {
    let carla = colleague(console, ada, "carla@example.test", &["admin"]).await;
    let fields = [
        ("name", "Own"),
        ("rules[0][roles][]", "iam-admin"),
        ("rules[0][users][]", own),
        ("step", "save"),
    ];
    assert_eq!(ada.call("/api/policies/save", &fields).await.status, 200);
    let admin = group(console, ada, "admin").await;
    let fields = [("group", admin.as_str()), ("users[]", own)];
    assert_eq!(
        carla.call("/api/groups/remove_members", &fields).await.status,
        200
    );
    policy(console, ada, "Own").await
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn deleting_the_policy_says_that_you_lose_it(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let own = id_of(&console, "ada@example.test").await;
    let policy = by_a_policy(&console, &ada, &own).await;
    assert!(line_on(&ada, &format!("{POLICIES}?dialog=delete&policy={policy}")).await);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn editing_the_policy_says_that_you_lose_it(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let own = id_of(&console, "ada@example.test").await;
    let policy = by_a_policy(&console, &ada, &own).await;
    let page = format!("{POLICIES}/{policy}/edit");
    for (role, loses) in [("cks-viewer", true), ("iam-admin", false)] {
        let fields = [
            ("policy", policy.as_str()),
            ("version", "0"),
            ("name", "Own"),
            ("description", role),
            ("rules[0][roles][]", role),
            ("rules[0][users][]", &own),
            ("step", "preview"),
        ];
        let answer = ada.post(&page, "/api/policies/save", &fields).await;
        let (status, shown) = answer.redirect();
        assert_eq!(status, 303);
        assert_eq!(line_on(&ada, shown).await, loses, "{role}");
    }
}
