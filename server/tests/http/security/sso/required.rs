//! An organization that lets people in by single sign-on alone, but for one administrator: how it comes to that and back.

use super::scene;
use crate::{
    identity_provider::{bring, deploy, leave, leave_to_test, prove, response, save, typed, view, who_is_in},
    stage::{
        accept, caller, colleague, db_count, db_rows, deactivate, eve, group, id_of, new_group, new_policy,
        sign_in,
    },
    visitor::{PASSWORD, TestConsole, Visitor},
};
use backend::{Client, Error, Result, access::Intent, sso::SsoTyped};
use domain::{access::Role, field::Field, refusal::Refusal, sso::Stage};
use sqlx::PgPool;

pub(super) const BEN: &str = "ben@example.test";
pub(super) const CARLA: &str = "carla@example.test";

/// What is in use passes a test.
pub(super) async fn pass_test(console: &TestConsole, by: &Visitor, stage: Stage) {
    let org_id = caller(console, by).await.org_id.to_string();
    let asked = leave_to_test(by, &org_id, stage).await;
    let answer = bring(by, &asked, &response(console, &asked, "anybody@example.test")).await;
    assert!(
        answer.header("location").contains("/tests/"),
        "{}",
        answer.header("location")
    );
}

pub(super) async fn require(console: &TestConsole, by: &Visitor, named: &str) -> Result<()> {
    let named = id_of(console, named).await.parse().unwrap();
    console
        .backend
        .require_sso(&caller(console, by).await, named)
        .await
}

fn refusal(outcome: Result<()>) -> Refusal {
    match outcome {
        Err(Error::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn saml_22_requiring_wants_a_passed_test_of_what_is_in_use(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let ada = console.ada().await;
    let by = caller(&console, &ada).await;
    let ask = async || refusal(require(&console, &ada, "ada@example.test").await);
    assert_eq!(ask().await, Refusal::NoSsoConfiguration);
    save(&console, &ada, typed()).await;
    pass_test(&console, &ada, Stage::Draft).await;
    assert_eq!(ask().await, Refusal::NoSsoConfiguration, "nothing is in use");
    let version = view(&console, &ada).await.draft.unwrap().version;
    console.backend.deploy_sso(&by, version).await.unwrap();
    // In use is what was tested. Something else is not, nor is a test that failed.
    deploy(
        &console,
        &ada,
        SsoTyped {
            creates_accounts: false,
            ..typed()
        },
    )
    .await;
    assert_eq!(ask().await, Refusal::SsoNotTested);
    save(&console, &ada, typed()).await;
    pass_test(&console, &ada, Stage::Draft).await;
    assert_eq!(
        ask().await,
        Refusal::SsoNotTested,
        "the one that passed is only prepared"
    );
    let org_id = by.org_id.to_string();
    let asked = leave_to_test(&ada, &org_id, Stage::Live).await;
    let mut unsigned = response(&console, &asked, BEN);
    unsigned.signed = false;
    bring(&ada, &asked, &unsigned).await;
    assert_eq!(ask().await, Refusal::SsoNotTested);
    pass_test(&console, &ada, Stage::Live).await;
    console.backend.switch_sso(&by, false).await.unwrap();
    assert_eq!(ask().await, Refusal::NoSsoConfiguration, "it is switched off");
    console.backend.switch_sso(&by, true).await.unwrap();
    // The proof of who asks must not lie back.
    console.advance(6 * 60);
    match require(&console, &ada, "ada@example.test").await {
        Err(Error::Invalid(faults)) => assert!(faults.of(Field::CurrentPassword).is_some()),
        other => panic!("{other:?}"),
    }
    assert!(view(&console, &ada).await.required.is_none());
    prove(&console, &ada).await;
    require(&console, &ada, "ada@example.test").await.unwrap();
    let required = view(&console, &ada).await.required.unwrap();
    assert_eq!(
        (required.break_glass.email.as_str(), required.break_glass_works),
        ("ada@example.test", true)
    );
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn saml_22_the_named_one_is_an_active_administrator_without_an_end_who_has_a_password(pool: PgPool) {
    let (console, ada, _) = scene(pool.clone()).await;
    pass_test(&console, &ada, Stage::Live).await;
    colleague(&console, &ada, "member@example.test", &["read"]).await;
    colleague(&console, &ada, "gone@example.test", &["admin"]).await;
    deactivate(&console, &ada, "gone@example.test").await;
    colleague(&console, &ada, "keyless@example.test", &["admin"]).await;
    sqlx::query(
        "delete from passwords where user_id = (select id from users where email = 'keyless@example.test')",
    )
    .execute(&pool)
    .await
    .unwrap();
    colleague(&console, &ada, "soon@example.test", &[]).await;
    let (group, _) = new_group(&console, &ada, "For a while").await;
    new_policy(&console, &ada, "Helpers", &[Role::IamAdmin], &group).await;
    sqlx::query(
        "insert into memberships (organization_id, group_id, user_id, ends_at, created_at)
         select organization_id, $1::uuid, id, now() + interval '30 days', now() from users where email = 'soon@example.test'",
    )
    .bind(&group)
    .execute(&pool)
    .await
    .unwrap();
    crate::stage::send_invitation(&console, &ada, "invited@example.test", &["admin"]).await;
    eve(&console).await;
    let before = db_rows(&pool).await;
    for email in [
        "member@example.test",
        "gone@example.test",
        "keyless@example.test",
        "soon@example.test",
        "invited@example.test",
        "eve@other.test",
    ] {
        let refused = refusal(require(&console, &ada, email).await);
        assert_eq!(refused, Refusal::NoBreakGlass, "{email}");
    }
    let offered: Vec<_> = view(&console, &ada)
        .await
        .candidates
        .into_iter()
        .map(|one| one.email)
        .collect();
    assert_eq!(offered, ["ada@example.test"]);
    assert_eq!(db_rows(&pool).await, before);
}

/// What cannot be mended by single sign-on must not be able to break it.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn saml_22_nothing_closes_the_way_of_the_named_one(pool: PgPool) {
    let (console, ada, _) = scene(pool.clone()).await;
    let carla = colleague(&console, &ada, CARLA, &["admin"]).await;
    pass_test(&console, &ada, Stage::Live).await;
    require(&console, &ada, CARLA).await.unwrap();
    let by = caller(&console, &ada).await;
    let carla_id = id_of(&console, CARLA).await;
    let before = db_rows(&pool).await;
    let preview = console
        .backend
        .preview_deactivation(&by, carla_id.parse().unwrap())
        .await;
    assert!(matches!(preview, Err(Error::Refused(Refusal::BreakGlass))));
    assert_eq!(deactivate(&console, &ada, CARLA).await.status, 409);
    assert_eq!(
        deactivate(&console, &carla, CARLA).await.status,
        409,
        "nor by themselves"
    );
    assert_eq!(
        refusal(console.backend.switch_sso(&by, false).await),
        Refusal::SsoIsRequired
    );
    // Nor is the right taken by which they would mend it, now or at an end.
    let admin = group(&console, &ada, "admin").await;
    let membership = [("group", admin.as_str()), ("users[]", carla_id.as_str())];
    let answer = ada.call("/api/groups/remove_members", &membership).await;
    assert_eq!(answer.status, 409);
    assert!(answer.body.contains("BreakGlass"), "{}", answer.body);
    let preview = console
        .backend
        .remove_members(
            &by,
            admin.parse().unwrap(),
            &[carla_id.parse().unwrap()],
            Intent::Preview,
        )
        .await;
    assert!(
        matches!(preview, Err(Error::Refused(Refusal::BreakGlass))),
        "{preview:?}"
    );
    assert_eq!(db_rows(&pool).await, before);
    // Something untested takes the place of what is required no more than nothing does.
    let version = save(
        &console,
        &ada,
        SsoTyped {
            domains: "example.test".into(),
            ..typed()
        },
    )
    .await;
    assert_eq!(
        refusal(console.backend.deploy_sso(&by, version).await),
        Refusal::SsoNotTested
    );
    pass_test(&console, &ada, Stage::Draft).await;
    console.backend.deploy_sso(&by, version).await.unwrap();
    // Another one is named, and then Carla can go.
    require(&console, &ada, "ada@example.test").await.unwrap();
    assert_eq!(deactivate(&console, &ada, CARLA).await.status, 200);
    assert_eq!(
        db_count(&pool, "audit where action = 'sso.require' and result = 'done'").await,
        2
    );
    // The same again changes nothing.
    require(&console, &ada, "ada@example.test").await.unwrap();
    assert_eq!(db_count(&pool, "audit where action = 'sso.require'").await, 2);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn saml_22_what_began_otherwise_ends_when_it_is_required(pool: PgPool) {
    let (console, ada, org_id) = scene(pool.clone()).await;
    let ben = colleague(&console, &ada, BEN, &[]).await;
    let carla = colleague(&console, &ada, CARLA, &["admin"]).await;
    let other_ada = console.stranger();
    sign_in(&other_ada, "ada@example.test", PASSWORD).await;
    let by_sso = console.stranger();
    let asked = leave(&by_sso, &org_id).await;
    bring(&by_sso, &asked, &response(&console, &asked, BEN)).await;
    let eve = eve(&console).await;
    pass_test(&console, &ada, Stage::Live).await;
    require(&console, &ada, CARLA).await.unwrap();
    for (who, is_in) in [
        (&ben, false),
        (&other_ada, false),
        (&by_sso, true),
        (&carla, true),
        (&ada, true),
        (&eve, true),
    ] {
        assert_eq!(who.open("/").await.status == 200, is_in);
    }
    // Who acts keeps the page that they are on. Proving anew goes the way that everybody goes.
    console.advance(6 * 60);
    let password = backend::secret::Secret::new(PASSWORD.to_owned());
    let proof = console
        .backend
        .confirm_identity(&caller(&console, &ada).await, &password)
        .await;
    assert!(
        matches!(proof, Err(Error::Refused(Refusal::SsoRequired))),
        "{proof:?}"
    );
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn saml_22_stopping_lets_everybody_in_as_before(pool: PgPool) {
    let (console, ada, _) = scene(pool.clone()).await;
    colleague(&console, &ada, BEN, &[]).await;
    pass_test(&console, &ada, Stage::Live).await;
    require(&console, &ada, "ada@example.test").await.unwrap();
    assert!(console.stranger().cookie("usher").is_none());
    let refused = console.stranger();
    sign_in(&refused, BEN, PASSWORD).await;
    assert_eq!(refused.cookie("usher"), None);
    let by = caller(&console, &ada).await;
    for _ in 0..2 {
        console.backend.stop_requiring_sso(&by).await.unwrap();
    }
    assert_eq!(
        sign_in(&console.stranger(), BEN, PASSWORD).await.redirect(),
        (303, "/")
    );
    console.backend.switch_sso(&by, false).await.unwrap();
    assert!(view(&console, &ada).await.required.is_none());
    assert_eq!(db_count(&pool, "audit where action = 'sso.require'").await, 2);
}

/// The operator's way, when the named one is lost as well.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn saml_22_whom_the_operator_recovers_is_the_named_one(pool: PgPool) {
    let (console, ada, _) = scene(pool.clone()).await;
    colleague(&console, &ada, CARLA, &["admin"]).await;
    pass_test(&console, &ada, Stage::Live).await;
    require(&console, &ada, "ada@example.test").await.unwrap();
    let carla = console.stranger();
    sign_in(&carla, CARLA, PASSWORD).await;
    assert_eq!(carla.cookie("usher"), None);
    let recovery = console
        .backend
        .recover_administrator(&Client::command_line(), Some(CARLA))
        .await
        .unwrap();
    // A link that nobody uses, by mistake or not, locks nobody out.
    let before = console.stranger();
    sign_in(&before, "ada@example.test", PASSWORD).await;
    assert!(before.cookie("usher").is_some());
    let named = view(&console, &ada).await.required.unwrap();
    assert_eq!(named.break_glass.email, "ada@example.test");
    let fields = [
        ("token", recovery.link.expose()),
        ("password", "nine quiet lamps above the harbour"),
    ];
    assert_eq!(
        carla.call("/api/password_resets/complete", &fields).await.status,
        200
    );
    assert_eq!(carla.open("/").await.status, 200);
    for ended in [&before, &ada] {
        assert_eq!(
            who_is_in(&console, ended).await,
            None,
            "one is named, and no more"
        );
    }
    let required = view(&console, &carla).await.required.unwrap();
    assert_eq!(
        (required.break_glass.email.as_str(), required.break_glass_works),
        (CARLA, true)
    );
    let again = console.stranger();
    sign_in(&again, CARLA, "nine quiet lamps above the harbour").await;
    assert!(again.cookie("usher").is_some());
    let after = console.stranger();
    sign_in(&after, "ada@example.test", PASSWORD).await;
    assert_eq!(after.cookie("usher"), None, "one is named, and no more");
    let said = "audit where after->>'signs_in_without_sso' = 'true'";
    assert_eq!(db_count(&pool, said).await, 1);
}

/// Invitations go on: the person comes by single sign-on.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn saml_22_an_invitation_is_accepted_by_single_sign_on_alone(pool: PgPool) {
    let (console, ada, org_id) = scene(pool.clone()).await;
    let link = crate::stage::invite(&console, &ada, BEN, &["read"]).await;
    pass_test(&console, &ada, Stage::Live).await;
    require(&console, &ada, "ada@example.test").await.unwrap();
    let stranger = console.stranger();
    let fields = crate::stage::acceptance(&link);
    let refused = stranger.call("/api/invitations/accept", &fields).await;
    assert!(crate::phone::is_refused(&refused, Refusal::SsoRequired));
    assert_eq!(
        (stranger.cookie("usher"), db_count(&pool, "passwords").await),
        (None, 1)
    );
    assert_eq!(db_count(&pool, "invitations where accepted_at is null").await, 1);
    let ben = console.stranger();
    let asked = leave(&ben, &org_id).await;
    let answer = bring(&ben, &asked, &response(&console, &asked, BEN)).await;
    assert_eq!(answer.redirect(), (303, "/"));
    assert_eq!(
        db_count(
            &pool,
            "memberships m join users u on u.id = m.user_id where u.email = 'ben@example.test'"
        )
        .await,
        1
    );
    // In other organizations nothing of it is felt.
    let eve = eve(&console).await;
    let there = crate::stage::invite(&console, &eve, "ed@other.test", &[]).await;
    accept(&console, &there, &[]).await;
}
