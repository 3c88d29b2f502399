//! Test sign-ins of administrators: they say what was found, sign nobody in, and count for one version of the settings.

use super::scene;
use crate::{
    identity_provider::{
        bring, bring_xml, come, deploy, follow, leave_to_test, org_id, problem, prove, response, save, set,
        typed, view, who_is_in,
    },
    stage::{caller, colleague, db_count, deactivate, eve, group, id_of, reactivate, sign_in},
    visitor::{Answer, PASSWORD, TestConsole, Visitor},
};
use backend::{
    Error,
    saml::testing::{Answer as Response, ENTITY_ID},
    sso::SsoTyped,
};
use domain::{
    ids::SsoTestId,
    saml_report::Outcome,
    sso::{SsoTest, Stage},
};
use sqlx::PgPool;

const BEN: &str = "ben@example.test";
const CARLA: &str = "carla@example.test";

/// Ada tests, and the identity provider says what `change` makes it say of somebody who has no account.
async fn test(
    console: &TestConsole,
    who: &Visitor,
    stage: Stage,
    change: impl FnOnce(&mut Response),
) -> (SsoTestId, Answer) {
    let org_id = org_id(console, who).await;
    let asked = leave_to_test(who, &org_id, stage).await;
    let mut said = response(console, &asked, BEN);
    change(&mut said);
    let answer = bring(who, &asked, &said).await;
    (found(&answer), answer)
}

/// The test that is shown.
fn found(answer: &Answer) -> SsoTestId {
    let (status, to) = answer.redirect();
    assert_eq!(status, 303);
    let id = to.strip_prefix("/organization/iam/sso/tests/");
    id.unwrap_or_else(|| panic!("no test: {to}")).parse().unwrap()
}

async fn shown(console: &TestConsole, who: &Visitor, id: SsoTestId) -> SsoTest {
    console
        .backend
        .find_sso_test(&caller(console, who).await, id)
        .await
        .unwrap()
}

async fn counts(pool: &PgPool) -> [i64; 4] {
    let mut counts = [0; 4];
    for (count, table) in counts
        .iter_mut()
        .zip(["sessions", "users", "identities", "mails"])
    {
        *count = db_count(pool, table).await;
    }
    counts
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn saml_22_a_test_shows_each_check_and_signs_nobody_in(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let ada = console.ada().await;
    let version = save(&console, &ada, typed()).await;
    let before = counts(&pool).await;
    let (session, sso) = (ada.cookie("usher"), ada.cookie("sso"));
    let (id, answer) = test(&console, &ada, Stage::Draft, |said| {
        set(said, "groups", &["secret-group"]);
    })
    .await;
    assert_eq!(
        (ada.cookie("usher"), ada.cookie("sso")),
        (session, sso),
        "the session stays what it was"
    );
    assert!(
        !answer
            .headers
            .get_all("set-cookie")
            .iter()
            .any(|line| line.to_str().unwrap().starts_with("usher"))
    );
    assert_eq!(
        who_is_in(&console, &ada).await.as_deref(),
        Some("ada@example.test")
    );
    let passed = shown(&console, &ada, id).await;
    assert!(passed.report.passed() && passed.is_current);
    assert!(
        passed
            .report
            .checks
            .iter()
            .all(|check| check.outcome == Outcome::Passed)
    );
    assert_eq!(passed.report.other_attributes, ["groups"]);
    assert!(passed.response.contains(BEN) && passed.response.contains("secret-group"));
    let shown_now = view(&console, &ada).await;
    let (draft, tests) = (shown_now.draft.unwrap(), shown_now.tests);
    assert!(draft.tested.is_some() && draft.version == version);
    assert_eq!(
        (tests.len(), tests[0].passed, tests[0].by.as_str()),
        (1, true, "Ada Lovelace")
    );

    // One that fails, in the words of the check.
    let (id, _) = test(&console, &ada, Stage::Draft, |said| {
        said.audience = "https://other.test/".into();
    })
    .await;
    let failed = shown(&console, &ada, id).await;
    let fails = |test: &SsoTest| {
        let checks = test
            .report
            .checks
            .iter()
            .filter(|check| check.outcome == Outcome::Failed);
        checks
            .map(|check| format!("{:?} {}", check.name, check.found))
            .collect::<Vec<_>>()
    };
    assert_eq!(fails(&failed), ["Audience https://other.test/"]);
    let (id, _) = test(&console, &ada, Stage::Draft, |said| said.signed = false).await;
    assert_eq!(fails(&shown(&console, &ada, id).await).len(), 1);
    let (id, _) = test(&console, &ada, Stage::Draft, |said| said.attributes.clear()).await;
    assert!(!shown(&console, &ada, id).await.report.passed());
    // What would make no account of the person who signs in.
    for (name, values, what) in [
        ("email", &["no address"][..], "Email no address"),
        ("email", &["ben@elsewhere.test"], "Email ben@elsewhere.test"),
        ("first_name", &["x\u{0085}y"], "FirstName x y"),
    ] {
        let (id, _) = test(&console, &ada, Stage::Draft, |said| set(said, name, values)).await;
        let failed = shown(&console, &ada, id).await;
        assert!(!failed.report.passed(), "{what}");
        assert_eq!(fails(&failed), [what]);
    }
    let (id, _) = test(&console, &ada, Stage::Draft, |said| {
        *said = said.clone().refused(&["Responder"], "no");
    })
    .await;
    assert!(!shown(&console, &ada, id).await.report.passed());
    assert_eq!(counts(&pool).await, before);
    assert_eq!(
        view(&console, &ada)
            .await
            .tests
            .iter()
            .filter(|test| test.passed)
            .count(),
        1
    );
    assert_eq!(db_count(&pool, "audit where action = 'sso.test'").await, 8);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn saml_22_what_is_no_response_is_a_failed_test_and_no_fault(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    save(&console, &ada, typed()).await;
    let org_id = org_id(&console, &ada).await;
    let asked = leave_to_test(&ada, &org_id, Stage::Draft).await;
    let genuine = response(&console, &asked, BEN).xml();
    let hostile = [
        "\u{0}",
        "&#0;",
        "&#1;",
        "\u{fffe}",
        "<![CDATA[\u{0}]]>",
        "<b>x</b>",
        "\u{202e}",
    ];
    let spoilt = hostile.map(|text| genuine.replace(ENTITY_ID, text).replace(BEN, text));
    let others = [
        "",
        "no XML",
        "<a/>",
        "<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>",
        "<a>\u{0}</a>",
    ];
    for xml in spoilt.iter().map(String::as_str).chain(others) {
        let asked = leave_to_test(&ada, &org_id, Stage::Draft).await;
        let answer = bring_xml(&ada, &asked, xml).await;
        let test = shown(&console, &ada, found(&answer)).await;
        assert!(!test.report.passed(), "{xml}");
        let said = format!("{:?}", test.report.checks);
        assert!(!said.contains("\\0") && !said.contains("\\u{1}"), "{said}");
    }
}

/// Whoever posts the answer must be the browser that began, and its administrator must still be one.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn saml_22_a_test_is_ended_by_whoever_began_it_and_still_may(pool: PgPool) {
    let (console, ada, org_id) = scene(pool.clone()).await;
    let carla = colleague(&console, &ada, CARLA, &["admin"]).await;
    let tests = async || db_count(&pool, "saml_tests").await;

    // In another browser, and by another administrator.
    let asked = leave_to_test(&carla, &org_id, Stage::Live).await;
    for other in [&console.stranger(), &ada] {
        let answer = bring(other, &asked, &response(&console, &asked, BEN)).await;
        assert_eq!(problem(&answer), "over");
    }
    // Signed out since.
    let waiting = console.stranger();
    for name in ["usher", "saml"] {
        waiting.set_cookie(name, &carla.cookie(name).unwrap());
    }
    carla.call("/api/sessions/sign_out", &[]).await;
    let answer = bring(&waiting, &asked, &response(&console, &asked, BEN)).await;
    assert_eq!(problem(&answer), "over");

    // Deactivated since.
    let carla = console.stranger();
    sign_in(&carla, CARLA, PASSWORD).await;
    let asked = leave_to_test(&carla, &org_id, Stage::Live).await;
    deactivate(&console, &ada, CARLA).await;
    let answer = bring(&carla, &asked, &response(&console, &asked, BEN)).await;
    assert_eq!(problem(&answer), "over", "it went with the session");

    // No administrator any more since.
    reactivate(&console, &ada, CARLA).await;
    sign_in(&carla, CARLA, PASSWORD).await;
    let asked = leave_to_test(&carla, &org_id, Stage::Live).await;
    let (admin, id) = (group(&console, &ada, "admin").await, id_of(&console, CARLA).await);
    let fields = [("group", admin.as_str()), ("users[]", id.as_str())];
    assert_eq!(ada.call("/api/groups/remove_members", &fields).await.status, 200);
    let answer = bring(&carla, &asked, &response(&console, &asked, BEN)).await;
    assert_eq!(problem(&answer), "not-allowed");
    assert!(answer.header("location").ends_with("&back=sso"));
    assert_eq!(tests().await, 0);
    assert_eq!(view(&console, &ada).await.live.unwrap().tested, None);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn saml_19_only_an_administrator_of_the_organization_begins_a_test(pool: PgPool) {
    let (console, ada, org_id) = scene(pool.clone()).await;
    let eve = eve(&console).await;
    let viewer = colleague(&console, &ada, BEN, &["read"]).await;
    for (who, why) in [
        (&console.stranger(), "own-session-over"),
        (&eve, "own-session-over"),
        (&viewer, "not-allowed"),
    ] {
        for stage in ["live", "draft"] {
            let answer = who
                .open(&format!("/accounts/saml/{org_id}/login?test={stage}"))
                .await;
            assert_eq!(problem(&answer), why, "{stage}");
        }
    }
    for stage in ["draft", "x", ""] {
        let answer = ada
            .open(&format!("/accounts/saml/{org_id}/login?test={stage}"))
            .await;
        assert_eq!(problem(&answer), "no-sso", "{stage}");
    }
    assert_eq!(db_count(&pool, "external_sign_ins").await, 0);
    // Nor does anybody else see one.
    let (id, _) = test(&console, &ada, Stage::Live, |_| ()).await;
    let look = async |who: &Visitor| {
        console
            .backend
            .find_sso_test(&caller(&console, who).await, id)
            .await
    };
    assert!(matches!(look(&eve).await, Err(Error::NotFound)));
    assert!(matches!(look(&viewer).await, Err(Error::Forbidden { .. })));
    assert!(look(&ada).await.is_ok());
}

/// What somebody tested is what is deployed, and nothing that was saved in its place meanwhile.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn saml_22_a_passed_test_counts_for_exactly_its_version(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let ada = console.ada().await;
    let org_id = org_id(&console, &ada).await;
    let tested = async || view(&console, &ada).await.draft.unwrap().tested.is_some();
    let other = || SsoTyped {
        domains: "example.test".into(),
        ..typed()
    };
    save(&console, &ada, typed()).await;
    let (id, _) = test(&console, &ada, Stage::Draft, |_| ()).await;
    assert!(tested().await);
    save(&console, &ada, other()).await;
    assert!(!tested().await && !shown(&console, &ada, id).await.is_current);

    // Replaced while the test was away.
    let asked = leave_to_test(&ada, &org_id, Stage::Draft).await;
    save(&console, &ada, typed()).await;
    let answer = bring(&ada, &asked, &response(&console, &asked, BEN)).await;
    assert_eq!(problem(&answer), "over");
    assert!(!tested().await);

    // Thrown away and made anew, which no version tells apart that is counted from what is there.
    let by = caller(&console, &ada).await;
    let asked = leave_to_test(&ada, &org_id, Stage::Draft).await;
    let first = view(&console, &ada).await.draft.unwrap().version;
    console.backend.discard_sso_draft(&by).await.unwrap();
    let second = save(&console, &ada, other()).await;
    assert_ne!(first, second);
    let answer = bring(&ada, &asked, &response(&console, &asked, BEN)).await;
    assert_eq!(problem(&answer), "over");
    assert!(!tested().await);
    assert!(
        console.backend.deploy_sso(&by, first).await.is_err(),
        "it is another one"
    );

    // Deployed, a test stays what it was of.
    let (id, _) = test(&console, &ada, Stage::Draft, |_| ()).await;
    console.backend.deploy_sso(&by, second).await.unwrap();
    assert!(shown(&console, &ada, id).await.is_current);
    assert!(view(&console, &ada).await.live.unwrap().tested.is_some());
}

/// A response to a test signs nobody in, and one to a sign-in is no test.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn saml_22_a_test_and_a_sign_in_are_apart(pool: PgPool) {
    let (console, ada, org_id) = scene(pool.clone()).await;
    colleague(&console, &ada, BEN, &[]).await;
    let sessions = db_count(&pool, "sessions").await;
    let tester = console.stranger();
    tester.set_cookie("usher", &ada.cookie("usher").unwrap());
    let (to_test, asked) = (
        leave_to_test(&ada, &org_id, Stage::Live).await,
        follow(
            &tester,
            &format!("/accounts/saml/{org_id}/login?test=nothing&test=live&next=/"),
        )
        .await,
    );
    // Of two stages none is believed, so this one is a sign-in.
    let answer = bring(&tester, &asked, &response(&console, &to_test, BEN)).await;
    assert_eq!(problem(&answer), "wrong-request");
    let answer = bring(&ada, &to_test, &response(&console, &to_test, BEN)).await;
    found(&answer);
    assert_eq!(db_count(&pool, "sessions").await, sessions);
    // Test responses are used up like others.
    let used = db_count(&pool, "saml_used").await;
    assert!(used > 0);
    // Nobody comes in by what is only prepared, by a test neither.
    prove(&console, &ada).await;
    deploy(
        &console,
        &ada,
        SsoTyped {
            creates_accounts: false,
            ..typed()
        },
    )
    .await;
    assert_eq!(
        come(&console, &org_id, BEN, |_| ()).await.1.redirect(),
        (303, "/")
    );
}
