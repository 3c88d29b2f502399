//! The editor of policies and the members of groups, as an attacker sends them: too much, unreadable, gone meanwhile, and
//! a yes to something else than was shown.

use crate::{
    stage::{colleague, create_group, db_rows, group, id_of, new_policy, seen_on},
    visitor::TestConsole,
};
use domain::access::Role;
use sqlx::PgPool;

/// Nothing is kept of a draft that no form of ours can hold, so that no page is made of it.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn pol_06_a_draft_is_no_larger_than_a_policy(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let ada = console.ada().await;
    let rules: Vec<_> = (0..1_500).map(|n| format!("rules[{n}][find_users]")).collect();
    let before = db_rows(&pool).await;
    for (step, count) in [("preview", 1_500), ("find-1", 21), ("add-rule", 20), ("save", 21)] {
        let mut fields = vec![("step", step), ("name", "h")];
        fields.extend(rules.iter().take(count).map(|name| (name.as_str(), "a")));
        let answer = ada.call("/api/policies/save", &fields).await;
        assert_eq!(answer.status, 422, "{step} {}", answer.body);
        let page = "/organization/iam/access-policies/create";
        assert_eq!(
            ada.post(page, "/api/policies/save", &fields).await.redirect(),
            (303, page)
        );
        assert_eq!(db_rows(&pool).await, before);
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn pol_06_a_character_that_no_store_takes_is_no_failure(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    for page in ["/organization/users/groups", "/organization/iam/access-policies"] {
        assert_eq!(
            ada.open(&format!("{page}?after=a%00b")).await.status,
            200,
            "{page}"
        );
    }
    for action in ["/api/groups/list", "/api/policies/list"] {
        let fields = [("query[search]", "a\0b"), ("query[after]", "a\0b")];
        assert_eq!(ada.call(action, &fields).await.status, 200, "{action}");
    }
    for field in [
        "name",
        "rules[0][ends]",
        "rules[0][find_users]",
        "rules[0][roles][]",
    ] {
        for (step, status) in [("preview", 200), ("save", 422)] {
            let answer = ada
                .call("/api/policies/save", &[("step", step), (field, "a\0b")])
                .await;
            assert_eq!(answer.status, status, "{step} {field} {}", answer.body);
        }
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn what_was_typed_for_a_policy_that_is_gone_becomes_a_new_one(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let team = create_group(&console, &ada, "Team").await;
    let id = new_policy(&console, &ada, "Watching", &[Role::CksViewer], &team).await;
    let gone = [("policy", id.as_str()), ("version", "0"), ("seen", "0")];
    assert_eq!(ada.call("/api/policies/delete", &gone).await.status, 200);
    let page = format!("/organization/iam/access-policies/{id}/edit");
    for step in ["save", "preview", "find-1", "confirm-0"] {
        let fields = [
            ("policy", id.as_str()),
            ("version", "0"),
            ("name", "Typed with care"),
            ("rules[0][roles][]", "cks-viewer"),
            ("rules[0][groups][]", &team),
            ("step", step),
        ];
        let answer = ada.post(&page, "/api/policies/save", &fields).await;
        let (status, to) = answer.redirect();
        assert!(status == 303 && to.contains("/create?draft="), "{step} {to}");
        let body = ada.open(to).await.body;
        assert!(
            body.contains("Typed with care") && body.contains("exist, or not any more"),
            "{step}"
        );
    }
    assert!(
        !ada.open("/organization/iam/access-policies")
            .await
            .body
            .contains("Typed with care")
    );
}

/// The end of an administrator that moves is as much as a role given or taken.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn an_end_that_moves_wants_a_second_yes(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let ada = console.ada().await;
    colleague(&console, &ada, "carla@example.test", &["admin"]).await;
    let admins = group(&console, &ada, "admin").await;
    let own = id_of(&console, "ada@example.test").await;
    let ends = [
        ("group", admins.as_str()),
        ("users[]", &own),
        ("ends", "2030-01-01T00:00"),
    ];
    let page = format!("/organization/users/groups/{admins}/add");
    let before = db_rows(&pool).await;
    assert_eq!(ada.call("/api/groups/add_members", &ends).await.status, 409);
    assert_eq!(db_rows(&pool).await, before);
    let shown = ada.post(&page, "/api/groups/add_members", &ends).await;
    let body = ada.open(shown.redirect().1).await.body;
    assert!(body.contains("You stop being an IAM Admin earlier."));
    let yes = seen_on(&body);
    let confirmed = [&ends[..], &[("seen", &yes)]].concat();
    assert_eq!(ada.call("/api/groups/add_members", &confirmed).await.status, 200);
    let forever = [("group", admins.as_str()), ("users[]", &own)];
    assert_eq!(ada.call("/api/groups/add_members", &forever).await.status, 409);
    let shown = ada.post(&page, "/api/groups/add_members", &forever).await;
    assert!(
        ada.open(shown.redirect().1)
            .await
            .body
            .contains("Somebody stays an IAM Admin for longer.")
    );
}

/// What changed after it was shown is shown again before it happens.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn a_yes_to_something_else_is_none(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let ada = console.ada().await;
    colleague(&console, &ada, "ben@example.test", &[]).await;
    let ben = id_of(&console, "ben@example.test").await;
    let team = create_group(&console, &ada, "Team").await;
    let page = format!("/organization/users/groups/{team}/add?users[]={ben}");
    let shown = ada.open(&page).await.body;
    assert!(shown.contains("Nobody gains or loses a role."));
    let yes = seen_on(&shown);
    // Nobody is in the group, so nobody gains, and nothing is asked.
    new_policy(&console, &ada, "Powers", &[Role::IamAdmin], &team).await;
    let before = db_rows(&pool).await;
    let fields = [("group", team.as_str()), ("users[]", &ben), ("seen", &yes)];
    assert_eq!(ada.call("/api/groups/add_members", &fields).await.status, 409);
    assert_eq!(db_rows(&pool).await, before);
    let yes = seen_on(&ada.open(&page).await.body);
    let fields = [("group", team.as_str()), ("users[]", &ben), ("seen", &yes)];
    assert_eq!(ada.call("/api/groups/add_members", &fields).await.status, 200);
}
