//! Who may do what, and what is recorded of it.

use super::*;
use crate::{Error, Result, access::Intent, testing::Stage as Installation};
use domain::{
    access::{
        Role, RoleKey,
        policy::{PolicyDraft, RuleDraft},
    },
    field::{Fault, Field},
    ids::UserId,
    refusal::Refusal,
};
use time::Duration;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Act {
    View,
    Configure,
    Discard,
    Deploy,
    SwitchOff,
    SwitchOn,
    Test,
    LookAtTest,
    Require,
    StopRequiring,
    Unlink,
}

impl Act {
    const ALL: [Self; 11] = [
        Self::View,
        Self::Configure,
        Self::Discard,
        Self::Deploy,
        Self::SwitchOff,
        Self::SwitchOn,
        Self::Test,
        Self::LookAtTest,
        Self::Require,
        Self::StopRequiring,
        Self::Unlink,
    ];

    /// Those that ask for a recent proof of who somebody is.
    const PROVED: [Self; 7] = [
        Self::Configure,
        Self::Deploy,
        Self::SwitchOff,
        Self::SwitchOn,
        Self::Require,
        Self::StopRequiring,
        Self::Unlink,
    ];
}

/// What there is in an organization to act on.
#[derive(Clone, Copy)]
struct Things {
    test: SsoTestId,
    draft: i32,
    administrator: UserId,
    linked: UserId,
}

/// A configuration in use that was tested, a draft beside it, and somebody who has come by it.
async fn things(backend: &Backend, by: &Caller, linked: &str) -> Things {
    let live = deploy(backend, by).await;
    let test = pass_test(backend, by, Stage::Live).await;
    let draft = SsoTyped {
        version: Some(live),
        ..typed()
    };
    backend.configure_sso(by, draft).await.unwrap();
    sign_in(backend, by, linked).await;
    Things {
        test,
        draft: backend.sso_settings(by).await.unwrap().draft.unwrap().version,
        administrator: by.user,
        linked: backend.find_user_by_email(by, linked).await.unwrap(),
    }
}

async fn attempt(backend: &Backend, act: Act, by: &Caller, things: Things) -> Result<()> {
    match act {
        Act::View => backend.sso_settings(by).await.map(|_| ()),
        Act::Configure => {
            let typed = SsoTyped {
                version: Some(things.draft),
                ..typed()
            };
            backend.configure_sso(by, typed).await
        }
        Act::Discard => backend.discard_sso_draft(by).await,
        Act::Deploy => backend.deploy_sso(by, things.draft).await,
        Act::SwitchOff => backend.switch_sso(by, false).await,
        Act::SwitchOn => backend.switch_sso(by, true).await,
        Act::Test => backend.depart_to_test_sso(by, Stage::Live).await.map(|_| ()),
        Act::LookAtTest => backend.find_sso_test(by, things.test).await.map(|_| ()),
        Act::Require => backend.require_sso(by, things.administrator).await,
        Act::StopRequiring => backend.stop_requiring_sso(by).await,
        Act::Unlink => backend.unlink_sso(by, things.linked).await,
    }
}

/// All that is of single sign-on, as one text; and that of one organization only.
async fn rows(pool: &PgPool, of: Option<&Caller>) -> String {
    let of = of.map(|caller| caller.organization.0);
    sqlx::query_scalar(
        "select concat_ws(';',
            (select string_agg(c::text, ';' order by stage) from saml_configurations c where $1 is null or organization_id = $1),
            (select string_agg(c::text, ';' order by stage, position) from saml_certificates c where $1 is null or organization_id = $1),
            (select string_agg(c::text, ';' order by id) from saml_tests c where $1 is null or organization_id = $1),
            (select string_agg(c::text, ';' order by id) from identities c where $1 is null or organization_id = $1),
            (select string_agg(c::text, ';' order by id) from organizations c where $1 is null or id = $1),
            (select count(*) from external_sign_ins c where $1 is null or organization_id = $1),
            (select count(*) from audit c where $1 is null or organization_id = $1))",
    )
    .bind(of)
    .fetch_one(pool)
    .await
    .unwrap()
}

async fn with_role(stage: &Installation, ada: &Caller, role: Option<Role>) -> Caller {
    let email = format!("{}@example.test", role.map_or("nobody", Role::key));
    let person = stage.colleague(ada, &email, &[]).await;
    let Some(role) = role else { return person };
    let gives = RuleDraft {
        roles: vec![RoleKey::from(role)],
        users: vec![person.user],
        ..RuleDraft::default()
    };
    let draft = PolicyDraft {
        name: role.name().to_owned(),
        rules: vec![gives],
        ..PolicyDraft::default()
    };
    let saved = stage
        .backend
        .save_policy(ada, None, &draft, Intent::Confirmed)
        .await;
    saved.unwrap();
    let session = stage
        .backend
        .sign_in(
            &client(),
            &email,
            crate::secret::Secret::new(crate::testing::PASSWORD.into()),
        )
        .await;
    let session = session.unwrap().session().unwrap();
    stage.caller(&session).await.unwrap()
}

#[sqlx::test]
async fn saml_19_every_role_is_judged_at_every_act(pool: PgPool) {
    let stage = Installation::new(pool.clone());
    let ada = stage.ada().await;
    let mut people = Vec::new();
    for role in Role::ALL.iter().copied().map(Some).chain([None]) {
        people.push((role, with_role(&stage, &ada, role).await));
    }
    let things = things(&stage.backend, &ada, "linked@example.test").await;
    let before = rows(&pool, None).await;
    for (role, person) in &people {
        if *role == Some(Role::IamAdmin) {
            continue;
        }
        for act in Act::ALL {
            let outcome = attempt(&stage.backend, act, person, things).await;
            if *role == Some(Role::IamViewer) && act == Act::View {
                let view = stage.backend.sso_settings(person).await.unwrap();
                assert!(!view.may_change && view.candidates.is_empty());
                continue;
            }
            assert!(
                matches!(outcome, Err(Error::Forbidden { .. })),
                "{role:?} {act:?}: {outcome:?}"
            );
        }
    }
    assert_eq!(rows(&pool, None).await, before);
    let (_, administrator) = people
        .iter()
        .find(|(role, _)| *role == Some(Role::IamAdmin))
        .unwrap();
    for act in Act::ALL {
        let mut things = things;
        // The draft was thrown away before it was to be deployed.
        if act == Act::Deploy {
            stage
                .backend
                .configure_sso(
                    administrator,
                    SsoTyped {
                        version: Some(things.draft - 1),
                        ..typed()
                    },
                )
                .await
                .unwrap();
            things.draft = stage
                .backend
                .sso_settings(administrator)
                .await
                .unwrap()
                .draft
                .unwrap()
                .version;
        }
        if act == Act::Configure {
            things.draft = stage
                .backend
                .sso_settings(administrator)
                .await
                .unwrap()
                .draft
                .unwrap()
                .version;
        }
        if act == Act::Require {
            pass_test(&stage.backend, administrator, Stage::Live).await;
        }
        let outcome = attempt(&stage.backend, act, administrator, things).await;
        assert!(outcome.is_ok(), "{act:?}: {outcome:?}");
    }
}

#[sqlx::test]
async fn saml_19_what_changes_something_asks_for_a_recent_proof(pool: PgPool) {
    let stage = Installation::new(pool.clone());
    let ada = stage.ada().await;
    let things = things(&stage.backend, &ada, "linked@example.test").await;
    stage.advance(Duration::minutes(6));
    let before = rows(&pool, None).await;
    for act in Act::PROVED {
        match attempt(&stage.backend, act, &ada, things).await {
            Err(Error::Invalid(faults)) => {
                assert_eq!(
                    faults.of(Field::CurrentPassword),
                    Some(&Fault::ProofWanted),
                    "{act:?}"
                );
            }
            other => panic!("{act:?}: {other:?}"),
        }
    }
    assert_eq!(rows(&pool, None).await, before);
}

/// Whoever has lost the right, or their session, in the moment of the act.
#[sqlx::test]
async fn saml_19_an_act_of_somebody_who_was_an_administrator_does_not_happen(pool: PgPool) {
    let stage = Installation::new(pool.clone());
    let ada = stage.ada().await;
    let ben = stage.colleague(&ada, "ben@example.test", &["admin"]).await;
    let things = things(&stage.backend, &ada, "linked@example.test").await;
    stage.backend.deactivate_user(&ada, ben.user, "").await.unwrap();
    let before = rows(&pool, None).await;
    for act in Act::PROVED.into_iter().chain([Act::Discard]) {
        let outcome = attempt(&stage.backend, act, &ben, things).await;
        assert!(matches!(outcome, Err(Error::SignedOut)), "{act:?}: {outcome:?}");
    }
    assert_eq!(rows(&pool, None).await, before);
}

#[sqlx::test]
async fn saml_19_nothing_of_another_organization_can_be_reached(pool: PgPool) {
    let stage = Installation::new(pool.clone());
    let ada = stage.ada().await;
    let eve = stage.founder("Others", "eve@other.test").await;
    let theirs = things(&stage.backend, &eve, "ed@other.test").await;
    let before = rows(&pool, Some(&eve)).await;
    let view = stage.backend.sso_settings(&ada).await.unwrap();
    assert!(view.live.is_none() && view.draft.is_none() && view.tests.is_empty());
    for (act, refusal) in [
        (Act::Deploy, Some(Refusal::NoSsoConfiguration)),
        (Act::Configure, Some(Refusal::EditedMeanwhile)),
        (Act::SwitchOff, Some(Refusal::NoSsoConfiguration)),
        (Act::Test, Some(Refusal::NoSsoConfiguration)),
        (Act::Require, Some(Refusal::NoSsoConfiguration)),
        (Act::LookAtTest, None),
        (Act::Unlink, None),
    ] {
        match (attempt(&stage.backend, act, &ada, theirs).await, refusal) {
            (Err(Error::Refused(found)), Some(refusal)) => assert_eq!(found, refusal, "{act:?}"),
            (Err(Error::NotFound), None) => {}
            (other, _) => panic!("{act:?}: {other:?}"),
        }
    }
    // What takes no name of anything does nothing there.
    stage.backend.discard_sso_draft(&ada).await.unwrap();
    stage.backend.stop_requiring_sso(&ada).await.unwrap();
    let ours = things(&stage.backend, &ada, "linked@example.test").await;
    assert!(matches!(
        stage.backend.require_sso(&ada, eve.user).await,
        Err(Error::Refused(Refusal::NoBreakGlass))
    ));
    for act in Act::ALL {
        let _ = attempt(&stage.backend, act, &ada, ours).await;
    }
    assert_eq!(rows(&pool, Some(&eve)).await, before);
    // Nor is anything of ours where Eve looks.
    let seen = stage.backend.sso_settings(&eve).await.unwrap();
    assert_eq!((seen.tests.len(), seen.candidates.len()), (1, 1));
    assert!(matches!(
        stage.backend.find_sso_test(&eve, ours.test).await,
        Err(Error::NotFound)
    ));
}

#[sqlx::test]
async fn saml_19_each_act_is_recorded_once_and_what_changes_nothing_is_not(pool: PgPool) {
    let stage = Installation::new(pool.clone());
    let (backend, ada) = (&stage.backend, stage.ada().await);
    let recorded = async |act: &str| {
        let rows =
            format!("audit where action = '{act}' and result = 'done' and actor_label = 'ada@example.test'");
        count(&pool, &rows).await
    };
    backend.configure_sso(&ada, typed()).await.unwrap();
    assert_eq!(recorded("sso.configure").await, 1);
    backend.discard_sso_draft(&ada).await.unwrap();
    backend.discard_sso_draft(&ada).await.unwrap();
    assert_eq!(recorded("sso.configure").await, 2);
    let version = deploy(backend, &ada).await;
    backend.deploy_sso(&ada, version).await.unwrap();
    assert_eq!(
        (recorded("sso.configure").await, recorded("sso.deploy").await),
        (3, 1)
    );
    pass_test(backend, &ada, Stage::Live).await;
    assert_eq!(recorded("sso.test").await, 1);
    for enabled in [false, false, true, true] {
        backend.switch_sso(&ada, enabled).await.unwrap();
    }
    assert_eq!(recorded("sso.switch").await, 2);
    for _ in 0..2 {
        backend.require_sso(&ada, ada.user).await.unwrap();
    }
    assert_eq!(recorded("sso.require").await, 1);
    for _ in 0..2 {
        backend.stop_requiring_sso(&ada).await.unwrap();
    }
    assert_eq!(recorded("sso.require").await, 2);
    sign_in(backend, &ada, "new@example.test").await;
    let of_new = "audit where actor_label = 'new@example.test'";
    assert_eq!(
        count(&pool, &format!("{of_new} and action = 'sso.join'")).await,
        1
    );
    assert_eq!(
        count(&pool, &format!("{of_new} and action = 'sessions.sign_in'")).await,
        1
    );
    let user = backend
        .find_user_by_email(&ada, "new@example.test")
        .await
        .unwrap();
    for _ in 0..2 {
        backend.unlink_sso(&ada, user).await.unwrap();
    }
    assert_eq!(recorded("users.unlink_sso").await, 1);
    // It names certificates by their fingerprints, and holds nothing of a response.
    assert_eq!(
        count(
            &pool,
            "audit where after::text like '%BEGIN CERTIFICATE%' or after::text like '%samlp:%'"
        )
        .await,
        0
    );
    assert!(count(&pool, "audit where after->'certificates'->>0 like '__:__:__:%'").await > 0);
}
