//! Groups, roles and the pages that explain them: who sees them, who changes them, and from when on it counts.

use crate::{
    stage::{
        colleague, db_count, db_rows, eve, group, id_of, invite, new_group, new_policy, seen_on, settings,
    },
    visitor::{TestConsole, Visitor},
};
use backend::clock::Clock;
use domain::{access::Role, moment::Moment};
use sqlx::PgPool;

const GROUPS: &str = "/organization/users/groups";

async fn status(visitor: &Visitor, path: &str) -> u16 {
    visitor.open(path).await.status.as_u16()
}

/// The pages about a group and a person.
fn pages(group: &str, person: &str) -> [String; 6] {
    [
        GROUPS.to_owned(),
        format!("{GROUPS}/{group}"),
        format!("{GROUPS}/{group}/add"),
        format!("/organization/users/{person}"),
        "/organization/iam/roles".to_owned(),
        "/organization/iam/roles/iam-admin".to_owned(),
    ]
}

/// Every act on a group, with what it needs.
fn acts<'a>(group: &'a str, person: &'a str) -> [(&'static str, Vec<(&'static str, &'a str)>); 5] {
    [
        ("/api/groups/create", vec![("name", "Theirs")]),
        (
            "/api/groups/rename",
            vec![("group", group), ("version", "0"), ("name", "Theirs")],
        ),
        ("/api/groups/delete", vec![("group", group), ("seen", "0")]),
        (
            "/api/groups/add_members",
            vec![("group", group), ("users[]", person), ("seen", "0")],
        ),
        (
            "/api/groups/remove_members",
            vec![("group", group), ("users[]", person), ("seen", "0")],
        ),
    ]
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn an_iam_viewer_sees_groups_and_only_an_iam_admin_changes_them(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let ada = console.ada().await;
    let viewer = colleague(&console, &ada, "grace@example.test", &["read"]).await;
    let nobody = colleague(&console, &ada, "ben@example.test", &[]).await;
    let ben = id_of(&console, "ben@example.test").await;
    let (team, _) = new_group(&console, &ada, "Team").await;
    for page in pages(&team, &ben) {
        assert_eq!(status(&ada, &page).await, 200, "{page}");
        // Only who may add members looks for some.
        let seen = if page.ends_with("/add") { 403 } else { 200 };
        assert_eq!(status(&viewer, &page).await, seen, "{page}");
        assert_eq!(status(&nobody, &page).await, 403, "{page}");
    }
    let before = db_rows(&pool).await;
    for visitor in [&viewer, &nobody] {
        for (action, fields) in acts(&team, &ben) {
            assert_eq!(visitor.call(action, &fields).await.status, 403, "{action}");
        }
    }
    assert_eq!(db_rows(&pool).await, before);
    let page = viewer.open(&format!("{GROUPS}/{team}?dialog=delete")).await.body;
    assert!(!page.contains("/api/groups/delete") && page.contains("Only an IAM Admin can change groups."));
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn a_forbidden_page_names_the_missing_role_and_who_can_give_it(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let nobody = colleague(&console, &ada, "ben@example.test", &[]).await;
    for page in [GROUPS, "/organization/users", "/organization/iam/roles"] {
        let answer = nobody.open(page).await;
        assert_eq!(answer.status, 403);
        for words in [
            "IAM Viewer or IAM Admin",
            "Ask one of these IAM Admins",
            "Ada Lovelace",
        ] {
            assert!(answer.body.contains(words), "{page} {words}");
        }
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn what_belongs_to_another_organization_does_not_exist(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let ada = console.ada().await;
    let (team, _) = new_group(&console, &ada, "Team").await;
    let ada_id = id_of(&console, "ada@example.test").await;
    let eve = eve(&console).await;
    let (theirs, _) = new_group(&console, &eve, "Theirs").await;
    let before = db_rows(&pool).await;
    for page in &pages(&team, &ada_id)[1..4] {
        assert_eq!(status(&eve, page).await, 404, "{page}");
    }
    for (action, fields) in &acts(&team, &ada_id)[1..] {
        assert_eq!(eve.call(action, fields).await.status, 404, "{action}");
    }
    let fields = [("group", theirs.as_str()), ("users[]", ada_id.as_str())];
    assert_eq!(eve.call("/api/groups/add_members", &fields).await.status, 422);
    assert_eq!(db_rows(&pool).await, before);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn only_ids_and_keys_of_something_have_pages(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    invite(&console, &ada, "soon@example.test", &[]).await;
    let soon = id_of(&console, "soon@example.test").await;
    for page in [
        format!("/organization/users/{soon}"),
        "/organization/users/nobody".to_owned(),
        format!("{GROUPS}/nothing"),
        format!("{GROUPS}/{soon}"),
        format!("{GROUPS}/nothing/add"),
        "/organization/iam/roles/root".to_owned(),
    ] {
        assert_eq!(status(&ada, &page).await, 404, "{page}");
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn acts_on_members_can_be_sent_twice(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let ada = console.ada().await;
    colleague(&console, &ada, "ben@example.test", &[]).await;
    let ben = id_of(&console, "ben@example.test").await;
    let (team, version) = new_group(&console, &ada, "Team").await;
    let member = [("group", team.as_str()), ("users[]", ben.as_str())];
    let renamed = [("group", team.as_str()), ("version", &*version), ("name", "Crew")];
    for (action, fields) in [
        ("/api/groups/add_members", &member[..]),
        ("/api/groups/rename", &renamed),
        ("/api/groups/remove_members", &member),
    ] {
        assert_eq!(ada.call(action, fields).await.status, 200, "{action}");
        let before = db_rows(&pool).await;
        assert_eq!(ada.call(action, fields).await.status, 200, "{action}");
        assert_eq!(db_rows(&pool).await, before, "{action}");
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn an_expired_membership_gives_nothing_on_the_next_request(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let ben = colleague(&console, &ada, "ben@example.test", &[]).await;
    let id = id_of(&console, "ben@example.test").await;
    let readers = group(&console, &ada, "read").await;
    let ends = Moment::from(Clock::system().now() + time::Duration::hours(1)).control();
    let fields = [("group", readers.as_str()), ("users[]", &id), ("ends", &ends)];
    assert_eq!(ada.call("/api/groups/add_members", &fields).await.status, 200);
    let person = format!("/organization/users/{id}");
    let page = ada.open(&person).await.body;
    assert!(page.contains("Default read") && page.contains("IAM Viewer"));
    assert_eq!(status(&ben, GROUPS).await, 200);
    assert!(ben.open("/account/settings").await.body.contains("Default read"));

    console.advance(60 * 60);
    assert_eq!(status(&ben, GROUPS).await, 403);
    assert!(settings(&ben).await.roles.is_empty());
    let page = ada.open(&person).await.body;
    assert!(page.contains("In no group.") && !page.contains("Default read"));
    assert!(
        !ada.open(&format!("{GROUPS}/{readers}"))
            .await
            .body
            .contains("ben@example.test")
    );
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn a_plain_form_that_makes_an_administrator_is_confirmed_on_its_page(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let ada = console.ada().await;
    colleague(&console, &ada, "ben@example.test", &[]).await;
    let ben = id_of(&console, "ben@example.test").await;
    let admin = group(&console, &ada, "admin").await;
    let page = format!("{GROUPS}/{admin}/add");
    let before = db_rows(&pool).await;
    let fields = [("group", admin.as_str()), ("users[]", &ben), ("ends", "")];
    let answer = ada.post(&page, "/api/groups/add_members", &fields).await;
    let (status, shown) = answer.redirect();
    let chosen = format!("{page}?users={}", ben.replace('-', ""));
    assert_eq!((status, shown), (303, chosen.as_str()));
    let body = ada.open(shown).await.body;
    assert!(body.contains("Confirm and add") && body.contains("An IAM Admin can give any role"));
    assert_eq!(db_rows(&pool).await, before);

    // The yes is to what was shown.
    let seen = seen_on(&body);
    let other = [("group", admin.as_str()), ("users[]", &ben), ("seen", "0")];
    let answer = ada.post(shown, "/api/groups/add_members", &other).await;
    assert_eq!(answer.redirect(), (303, shown));
    assert_eq!(db_rows(&pool).await, before);
    let fields = [("group", admin.as_str()), ("users[]", &ben), ("seen", &seen)];
    let answer = ada.post(shown, "/api/groups/add_members", &fields).await;
    let group_page = format!("{GROUPS}/{admin}?notice=members-added");
    assert_eq!(answer.redirect(), (303, group_page.as_str()));
    assert!(ada.open(&group_page).await.body.contains("ben@example.test"));

    // What is wrong with the end is said at its field, and who was chosen stays.
    let fields = [
        ("group", admin.as_str()),
        ("users[]", &ben),
        ("ends", "2020-01-01T00:00"),
    ];
    let answer = ada.post(&page, "/api/groups/add_members", &fields).await;
    let body = ada.open(answer.redirect().1).await.body;
    assert!(body.contains("Choose a time that is still to come.") && body.contains("Babbage"));
    let answer = ada
        .post(&page, "/api/groups/add_members", &[("group", &admin)])
        .await;
    assert!(
        ada.open(answer.redirect().1)
            .await
            .body
            .contains("Choose members.")
    );
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn sixty_people_are_added_by_a_plain_form_and_too_many_are_told_so(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let ada = console.ada().await;
    let admin = group(&console, &ada, "admin").await;
    let crowd = db_crowd(&pool, 120).await;
    let page = format!("{GROUPS}/{admin}/add");
    let form = |people: usize| {
        let chosen = crowd.iter().take(people).map(|id| ("users[]", id.as_str()));
        std::iter::once(("group", admin.as_str()))
            .chain(chosen)
            .collect::<Vec<_>>()
    };
    let answer = ada.post(&page, "/api/groups/add_members", &form(60)).await;
    let shown = answer.redirect().1.to_owned();
    let body = ada.open(&shown).await.body;
    assert!(
        body.contains("Confirm and add") && body.contains("and 55 more"),
        "{shown}"
    );
    let seen = seen_on(&body);
    let mut fields = form(60);
    fields.push(("seen", &seen));
    let answer = ada.post(&shown, "/api/groups/add_members", &fields).await;
    assert_eq!(
        answer.redirect(),
        (303, format!("{GROUPS}/{admin}?notice=members-added").as_str())
    );
    assert_eq!(db_count(&pool, "memberships").await, 61);

    let answer = ada.post(&page, "/api/groups/add_members", &form(120)).await;
    let body = ada.open(answer.redirect().1).await.body;
    assert!(body.contains("at most 100") && !body.contains("Confirm and add"));
    assert_eq!(body.matches("\" checked").count(), 101, "who was chosen stays");
    assert_eq!(db_count(&pool, "memberships").await, 61);
}

/// So many more people of the organization; their ids.
async fn db_crowd(pool: &PgPool, count: i32) -> Vec<String> {
    sqlx::query_scalar(
        "insert into users (id, organization_id, email, email_key, first_name, last_name, status, created_at, activated_at)
         select gen_random_uuid(), organization_id, n || '@crowd.test', n || '@crowd.test', 'Person', lpad(n::text, 3, '0'),
                'active', now(), now() from users, generate_series(1, $1) n returning id::text",
    )
    .bind(count)
    .fetch_all(pool)
    .await
    .unwrap()
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn deleting_a_group_lists_its_policies_and_who_loses_what(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let ben = colleague(&console, &ada, "ben@example.test", &[]).await;
    let id = id_of(&console, "ben@example.test").await;
    let (team, _) = new_group(&console, &ada, "Team").await;
    let policy = new_policy(&console, &ada, "Watching", &[Role::IamViewer], &team).await;
    let fields = [("group", team.as_str()), ("users[]", id.as_str())];
    ada.call("/api/groups/add_members", &fields).await;
    assert_eq!(status(&ben, GROUPS).await, 200);
    let page = ada.open(&format!("{GROUPS}/{team}")).await.body;
    assert!(page.contains(&policy) && page.contains("/organization/iam/roles/iam-viewer"));

    let page = ada.open(&format!("{GROUPS}/{team}?dialog=delete")).await.body;
    let dialog = page.split("<dialog").nth(1).unwrap();
    for words in ["Delete Team?", "Watching", "Ben Babbage", "IAM Viewer"] {
        assert!(dialog.contains(words), "{words}");
    }
    // The yes is to the policies that were listed: meanwhile another one names the group.
    let seen = seen_on(dialog);
    new_policy(&console, &ada, "Later", &[Role::IamViewer], &team).await;
    for fields in [
        vec![("group", team.as_str())],
        vec![("group", team.as_str()), ("seen", "0")],
        vec![("group", team.as_str()), ("seen", &seen)],
    ] {
        let told = ada.call("/api/groups/delete", &fields).await;
        assert!(
            told.status == 409 && told.body.contains("GroupInUse"),
            "{fields:?}"
        );
    }
    assert_eq!(status(&ben, GROUPS).await, 200);
    let dialog = format!("{GROUPS}/{team}?dialog=delete");
    let page = ada.open(&dialog).await.body;
    assert!(page.contains("Watching") && page.contains("Later"));
    let seen = seen_on(page.split("<dialog").nth(1).unwrap());
    let fields = [("group", team.as_str()), ("seen", &seen)];
    let answer = ada.post(&dialog, "/api/groups/delete", &fields).await;
    assert_eq!(
        answer.redirect(),
        (303, format!("{GROUPS}?notice=group-deleted").as_str())
    );
    assert_eq!(status(&ben, GROUPS).await, 403);
    assert_eq!(status(&ada, &format!("{GROUPS}/{team}")).await, 404);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn a_role_is_explained_from_both_ends_alike(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    colleague(&console, &ada, "ben@example.test", &[]).await;
    let id = id_of(&console, "ben@example.test").await;
    let (team, _) = new_group(&console, &ada, "Team").await;
    let policy = new_policy(&console, &ada, "Alerts", &[Role::NotificationsAdmin], &team).await;
    let fields = [("group", team.as_str()), ("users[]", id.as_str())];
    ada.call("/api/groups/add_members", &fields).await;
    for page in [
        format!("/organization/users/{id}"),
        // One that comes with the other.
        "/organization/iam/roles/notifications-viewer".to_owned(),
    ] {
        let page = ada.open(&page).await.body;
        for words in [
            "With Notifications Admin: ",
            "Alerts",
            &policy,
            "Rule 1",
            &team,
            "Ben Babbage",
        ] {
            assert!(page.contains(words), "{words}");
        }
    }
    let page = ada.open("/organization/iam/roles/cks-viewer").await.body;
    assert!(page.contains("Nobody holds this role"));
}
