//! Access policies and groups under pressure: what is wrong, what is stale, what belongs to others, and what ends.

use crate::{
    stage::{USERS, colleague, create_group, db_rows, eve, group, id_of, policy},
    visitor::TestConsole,
};
use sqlx::PgPool;

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn pol_03_a_role_that_ends_is_lost_at_the_next_request_on_every_server(pool: PgPool) {
    let (console, other) = (
        TestConsole::start(pool.clone()).await,
        TestConsole::start(pool.clone()).await,
    );
    let ada = console.ada().await;
    let ben = colleague(&console, &ada, "ben@example.test", &[]).await;
    let id = id_of(&console, "ben@example.test").await;
    let readers = group(&console, &ada, "read").await;
    let soon = backend_time(&console, 600);
    let fields = [("group", readers.as_str()), ("users[]", &id), ("ends", &soon)];
    assert_eq!(ada.call("/api/groups/add_members", &fields).await.status, 200);
    let elsewhere = other.stranger();
    elsewhere.set_cookie("usher", &ben.cookie("usher").unwrap());
    for jar in [&ben, &elsewhere] {
        assert_eq!(jar.open(USERS).await.status, 200);
    }
    for server in [&console, &other] {
        server.advance(660);
    }
    for jar in [&ben, &elsewhere] {
        assert_eq!(jar.open(USERS).await.status, 403);
    }
}

/// So many seconds from now, as a form has it: the next full minute.
fn backend_time(console: &TestConsole, seconds: i64) -> String {
    let at = console.backend.now().unix_timestamp() + seconds;
    domain::moment::Moment::from_unix_seconds(at).control()
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn pol_06_what_makes_no_sense_is_refused_and_changes_nothing(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let ada = console.ada().await;
    let own = id_of(&console, "ada@example.test").await;
    let readers = group(&console, &ada, "read").await;
    let nobody = uuid::Uuid::from_u128(7).to_string();
    let crowd: Vec<String> = (0..10_000)
        .map(|n| uuid::Uuid::from_u128(n).to_string())
        .collect();
    let before = db_rows(&pool).await;
    let role = ("rules[0][roles][]", "cks-viewer");
    let user = ("rules[0][users][]", own.as_str());
    for (what, rule) in [
        ("an unknown role", vec![("rules[0][roles][]", "root"), user]),
        ("no role", vec![user]),
        ("nobody", vec![role]),
        ("somebody unknown", vec![role, ("rules[0][users][]", &nobody)]),
        ("an unknown group", vec![role, ("rules[0][groups][]", &nobody)]),
        ("no id", vec![role, ("rules[0][users][]", "1 or 1=1")]),
        ("a double", vec![role, user, user]),
        ("a role twice", vec![role, role, user]),
        (
            "an end that is over",
            vec![role, user, ("rules[0][ends]", "2020-01-01T00:00")],
        ),
        ("no end", vec![role, user, ("rules[0][ends]", "soon")]),
        ("no rule", vec![]),
        (
            "ten thousand",
            crowd
                .iter()
                .map(|id| ("rules[0][users][]", id.as_str()))
                .chain([role])
                .collect(),
        ),
    ] {
        let fields = [&[("name", "New"), ("step", "save")][..], &rule].concat();
        let status = ada.call("/api/policies/save", &fields).await.status;
        assert!(status.is_client_error(), "{what}: {status}");
    }
    for (what, users, ends) in [
        ("somebody unknown", vec![nobody.as_str()], ""),
        ("nobody", vec![], ""),
        ("an end that is over", vec![own.as_str()], "2020-01-01T00:00"),
        (
            "a crowd",
            crowd.iter().take(1_000).map(String::as_str).collect(),
            "",
        ),
    ] {
        let mut fields = vec![("group", readers.as_str()), ("ends", ends)];
        fields.extend(users.into_iter().map(|id| ("users[]", id)));
        let status = ada.call("/api/groups/add_members", &fields).await.status;
        assert!(status.is_client_error(), "{what}: {status}");
    }
    for name in ["", " ", "admin", "Read", &"x".repeat(101), "a\nb"] {
        let status = ada.call("/api/groups/create", &[("name", name)]).await.status;
        assert!(status.is_client_error(), "{name:?}: {status}");
    }
    assert_eq!(db_rows(&pool).await, before);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn pol_07_a_stale_form_is_answered_with_409_and_changes_nothing(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let ada = console.ada().await;
    let carla = colleague(&console, &ada, "carla@example.test", &["admin"]).await;
    let own = id_of(&console, "ada@example.test").await;
    let save = |name: &'static str, policy: Option<String>| {
        let mut fields = vec![
            ("name".to_owned(), name.to_owned()),
            ("rules[0][roles][]".to_owned(), "cks-viewer".to_owned()),
            ("rules[0][users][]".to_owned(), own.clone()),
            ("version".to_owned(), "0".to_owned()),
            ("step".to_owned(), "save".to_owned()),
        ];
        fields.extend(policy.map(|id| ("policy".to_owned(), id)));
        fields
    };
    let call = async |who: &crate::visitor::Visitor, fields: Vec<(String, String)>| {
        let fields: Vec<_> = fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        who.call("/api/policies/save", &fields).await
    };
    assert_eq!(call(&ada, save("Clusters", None)).await.status, 200);
    let id = policy(&console, &ada, "Clusters").await;
    assert_eq!(
        call(&carla, save("Clusters of Carla", Some(id.clone())))
            .await
            .status,
        200
    );
    let before = db_rows(&pool).await;
    let late = call(&ada, save("Clusters of Ada", Some(id.clone()))).await;
    assert_eq!(late.status, 409, "{}", late.body);
    let late = ada
        .call(
            "/api/policies/delete",
            &[("policy", &id), ("version", "0"), ("seen", "0")],
        )
        .await;
    assert_eq!(late.status, 409);
    let group = create_group(&console, &ada, "Operators").await;
    let send = async |who: &crate::visitor::Visitor, name: &str| {
        let fields = [("group", group.as_str()), ("version", "0"), ("name", name)];
        who.call("/api/groups/rename", &fields).await.status
    };
    assert_eq!(send(&carla, "Night shift").await, 200);
    let after = db_rows(&pool).await;
    assert_eq!(send(&ada, "Day shift").await, 409);
    assert_eq!(db_rows(&pool).await, after);
    assert_eq!(after["policies"], before["policies"]);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn pol_07_of_two_at_once_each_is_done_once_or_told_so(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let ada = console.ada().await;
    let carla = colleague(&console, &ada, "carla@example.test", &["admin"]).await;
    colleague(&console, &ada, "ben@example.test", &[]).await;
    let ben = id_of(&console, "ben@example.test").await;
    let readers = group(&console, &ada, "read").await;
    let both = async |action: &str, fields: &[(&str, &str)]| {
        let (one, other) = tokio::join!(ada.call(action, fields), carla.call(action, fields));
        let mut statuses = [one.status.as_u16(), other.status.as_u16()];
        statuses.sort_unstable();
        statuses
    };
    let rule = [
        ("rules[0][roles][]", "cks-viewer"),
        ("rules[0][users][]", ben.as_str()),
    ];
    let new = [&[("name", "Clusters"), ("step", "save")], &rule[..]].concat();
    assert_eq!(both("/api/policies/save", &new).await, [200, 422], "one name");
    let id = policy(&console, &ada, "Clusters").await;
    let changed = [
        ("policy", id.as_str()),
        ("version", "0"),
        ("name", "Clusters"),
        ("description", "x"),
        ("step", "save"),
    ];
    let changed = [&changed, &rule[..]].concat();
    assert_eq!(
        both("/api/policies/save", &changed).await,
        [200, 409],
        "one version"
    );
    let member = [("group", readers.as_str()), ("users[]", &ben)];
    assert_eq!(both("/api/groups/add_members", &member).await, [200, 200]);
    assert_eq!(both("/api/groups/remove_members", &member).await, [200, 200]);
    let gone = [("policy", id.as_str()), ("version", "1"), ("seen", "0")];
    assert_eq!(both("/api/policies/delete", &gone).await, [200, 404]);
    assert_eq!(both("/api/groups/create", &[("name", "Team")]).await, [200, 422]);
    let team = group(&console, &ada, "Team").await;
    assert_eq!(
        both("/api/groups/delete", &[("group", team.as_str()), ("seen", "0")]).await,
        [200, 404]
    );
    let entries: Vec<(String, i64)> = sqlx::query_as(
        "select action, count(*) from audit where action like 'groups.%' or action like 'policies.%' group by action order by action",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    let entries: Vec<_> = entries
        .iter()
        .map(|(action, count)| (action.as_str(), *count))
        .collect();
    assert_eq!(
        entries,
        [
            ("groups.change_members", 2),
            ("groups.create", 1),
            ("groups.delete", 1),
            ("policies.create", 1),
            ("policies.delete", 1),
            ("policies.edit", 1)
        ]
    );
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn org_01_groups_policies_and_people_of_another_organization_do_not_exist(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let ada = console.ada().await;
    let own = id_of(&console, "ada@example.test").await;
    let ours = create_group(&console, &ada, "Ours").await;
    let admins = policy(&console, &ada, "Default admin").await;
    let eve = eve(&console).await;
    let theirs = id_of(&console, "eve@other.test").await;
    let their_group = create_group(&console, &eve, "Theirs").await;
    let before = db_rows(&pool).await;
    let rule = ("rules[0][roles][]", "iam-admin");
    for (action, fields, status) in [
        ("/api/groups/find", vec![("group", ours.as_str())], 404),
        ("/api/groups/new_members", vec![("group", ours.as_str())], 404),
        (
            "/api/groups/rename",
            vec![("group", ours.as_str()), ("version", "0"), ("name", "x")],
            404,
        ),
        (
            "/api/groups/delete",
            vec![("group", ours.as_str()), ("seen", "0")],
            404,
        ),
        (
            "/api/groups/add_members",
            vec![("group", ours.as_str()), ("users[]", &theirs)],
            404,
        ),
        (
            "/api/groups/add_members",
            vec![("group", their_group.as_str()), ("users[]", &own)],
            422,
        ),
        (
            "/api/groups/remove_members",
            vec![("group", ours.as_str()), ("users[]", &own)],
            404,
        ),
        ("/api/policies/edit", vec![("policy", admins.as_str())], 404),
        (
            "/api/policies/delete",
            vec![("policy", admins.as_str()), ("version", "0")],
            404,
        ),
        (
            "/api/policies/save",
            vec![
                ("policy", admins.as_str()),
                ("name", "x"),
                ("version", "0"),
                ("step", "save"),
                rule,
                ("rules[0][users][]", &theirs),
            ],
            404,
        ),
        (
            "/api/policies/save",
            vec![("name", "x"), ("step", "save"), rule, ("rules[0][users][]", &own)],
            422,
        ),
        (
            "/api/policies/save",
            vec![
                ("name", "x"),
                ("step", "save"),
                rule,
                ("rules[0][groups][]", &ours),
            ],
            422,
        ),
        ("/api/users/find", vec![("user", own.as_str())], 404),
        (
            "/api/invitations/invite",
            vec![("email", "new@other.test"), ("groups[]", &ours)],
            422,
        ),
    ] {
        let answer = eve.call(action, &fields).await;
        assert_eq!(answer.status, status, "{action} {}", answer.body);
    }
    for (action, search) in [
        ("/api/access/offer_users", "ada"),
        ("/api/access/offer_groups", "ours"),
    ] {
        let answer = eve.call(action, &[("search", search)]).await;
        assert_eq!(
            (answer.status.as_u16(), answer.body.as_str()),
            (200, "[]"),
            "{action}"
        );
    }
    assert_eq!(db_rows(&pool).await, before);
}
