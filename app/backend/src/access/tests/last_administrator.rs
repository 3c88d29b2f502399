//! An organization never loses its last active IAM Admin who is one for good: every path that could take one away, alone
//! and two at once in every pair.

use super::{draft, group, group_called, policy, policy_called, rule, version};
use crate::{Caller, Error, Result, access::Intent, testing::Stage};
use domain::{
    access::{Role, policy::PolicyDraft},
    ids::{GroupId, PolicyId},
    refusal::Refusal,
    users::StatusVersion,
};
use sqlx::PgPool;
use time::Duration;

/// What somebody can do to an administrator: that one, to themselves, where nobody else is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Path {
    Deactivate,
    LeaveGroup,
    /// Taken out of it by somebody else.
    RemovedFromGroup,
    DeactivatedByAnother,
    EndMembership,
    DeleteGroup,
    EditRole,
    EditPrincipal,
    EndRule,
    DeleteRule,
    DeletePolicy,
    LeaveDefaultPolicy,
    /// Deactivated again by whoever takes their reactivation back.
    UndoReactivation,
}

const PATHS: [Path; 13] = [
    Path::Deactivate,
    Path::LeaveGroup,
    Path::RemovedFromGroup,
    Path::DeactivatedByAnother,
    Path::EndMembership,
    Path::DeleteGroup,
    Path::EditRole,
    Path::EditPrincipal,
    Path::EndRule,
    Path::DeleteRule,
    Path::DeletePolicy,
    Path::LeaveDefaultPolicy,
    Path::UndoReactivation,
];

/// How somebody is an administrator: by a group that a policy names, and by nothing else.
struct Way {
    who: Caller,
    group: GroupId,
    policy: PolicyId,
    /// An administrator for a while.
    passing: Caller,
    /// What undoing their reactivation must name, where they came back.
    reactivated: StatusVersion,
}

/// Makes `who` an administrator in the way that the path takes away.
async fn arrange(stage: &Stage, by: &Caller, who: Caller, path: Path) -> Way {
    let name = who.email.clone();
    let group = group(stage, by, &name, &[who.user]).await;
    let policy = if path == Path::LeaveDefaultPolicy {
        let default = policy_called(stage, by, "Default admin").await;
        let view = stage.backend.find_policy(by, default).await.unwrap();
        let mut draft = view.draft();
        draft.rules[0].groups.push(group);
        stage
            .backend
            .save_policy(by, Some((default, view.version)), &draft, Intent::Confirmed)
            .await
            .unwrap();
        default
    } else {
        policy(stage, by, &name, rules(&name, group).rules).await
    };
    let reactivated = if path == Path::UndoReactivation {
        stage.backend.deactivate_user(by, who.user, "").await.unwrap();
        let taken_back = stage.backend.reactivate_user(by, who.user).await.unwrap();
        taken_back.unwrap().version
    } else {
        StatusVersion(0)
    };
    // As their next request would find it.
    let roles = [Role::IamAdmin, Role::BillingViewer].into_iter().collect();
    let who = Caller { roles, ..who };
    Way {
        who,
        group,
        policy,
        passing: by.clone(),
        reactivated,
    }
}

fn rules(name: &str, group: GroupId) -> PolicyDraft {
    let admin = rule(&[Role::IamAdmin], &[], &[group]);
    let other = rule(&[Role::BillingViewer], &[], &[group]);
    draft(name, vec![admin, other])
}

/// Goes a path, or with `Intent::Preview` only asks what it would change.
async fn go(stage: &Stage, way: &Way, path: Path, confirmed: Intent) -> Result<()> {
    let (who, backend) = (&way.who, &stage.backend);
    let other = &way.passing;
    if confirmed == Intent::Preview {
        match path {
            Path::Deactivate => return backend.preview_deactivation(who, who.user).await.map(drop),
            Path::DeactivatedByAnother | Path::UndoReactivation => {
                return backend.preview_deactivation(other, who.user).await.map(drop);
            }
            _ => {}
        }
    }
    let soon = "2026-11-25T10:00";
    let mut typed = rules(&who.email, way.group);
    match path {
        Path::Deactivate => return backend.deactivate_user(who, who.user, "").await.map(drop),
        Path::DeactivatedByAnother => {
            return backend.deactivate_user(other, who.user, "").await.map(drop);
        }
        Path::UndoReactivation => {
            let undone = backend
                .undo_reactivation(other, who.user, "", way.reactivated)
                .await;
            return undone.map(drop);
        }
        Path::RemovedFromGroup => {
            return backend
                .remove_members(other, way.group, &[who.user], confirmed)
                .await
                .map(drop);
        }
        Path::LeaveGroup => {
            return backend
                .remove_members(who, way.group, &[who.user], confirmed)
                .await
                .map(drop);
        }
        Path::EndMembership => {
            return backend
                .add_members(who, way.group, &[who.user], soon, confirmed)
                .await
                .map(drop);
        }
        Path::DeleteGroup => return backend.delete_group(who, way.group, confirmed).await.map(drop),
        Path::DeletePolicy => {
            let version = version(stage, who, way.policy).await;
            return backend
                .delete_policy(who, way.policy, version, confirmed)
                .await
                .map(drop);
        }
        Path::EditRole => typed.rules[0].roles = vec![Role::IamViewer.into()],
        Path::EditPrincipal => {
            typed.rules[0].groups = vec![group_called(stage, who, "metrics").await];
        }
        Path::EndRule => typed.rules[0].ends = soon.into(),
        Path::DeleteRule => drop(typed.rules.remove(0)),
        Path::LeaveDefaultPolicy => {
            typed = backend.find_policy(who, way.policy).await?.draft();
            typed.rules[0].groups.retain(|group| *group != way.group);
        }
    }
    let version = backend.find_policy(who, way.policy).await?.version;
    backend
        .save_policy(who, Some((way.policy, version)), &typed, confirmed)
        .await
        .map(drop)
}

/// The organization with these administrators and no other one.
async fn organization(stage: &Stage, name: &str, paths: &[Path]) -> Vec<Way> {
    let founder = stage.founder(name, &format!("{name}@founder.test")).await;
    let mut ways = Vec::new();
    for (n, path) in paths.iter().enumerate() {
        let who = stage
            .colleague(&founder, &format!("{name}-{n}@example.test"), &[])
            .await;
        ways.push(arrange(stage, &founder, who, *path).await);
    }
    // The founder stays one for a while: such a one never counts, and can still act.
    let admin = group_called(stage, &founder, "admin").await;
    stage
        .backend
        .add_members(
            &founder,
            admin,
            &[founder.user],
            "2026-12-24T10:00",
            Intent::Confirmed,
        )
        .await
        .unwrap();
    ways
}

async fn administrators(stage: &Stage, organization: uuid::Uuid) -> i64 {
    sqlx::query_scalar(
        "select count(distinct u.id) from person_roles r join users u on u.id = r.user_id
         where r.organization_id = $1 and r.role = 'iam-admin' and r.ends_at is null and u.status = 'active'",
    )
    .bind(organization)
    .fetch_one(&stage.backend.pool)
    .await
    .unwrap()
}

fn is_refused(outcome: &Result<()>) -> bool {
    matches!(outcome, Err(Error::Refused(Refusal::LastAdministrator)))
}

#[sqlx::test]
async fn every_path_alone_is_refused_in_the_same_words(pool: PgPool) {
    let stage = Stage::new(pool);
    for (n, path) in PATHS.into_iter().enumerate() {
        let ways = organization(&stage, &format!("alone-{n}"), &[path]).await;
        for intent in [Intent::Preview, Intent::Confirmed] {
            let outcome = go(&stage, &ways[0], path, intent).await;
            assert!(is_refused(&outcome), "{path:?} {intent:?}: {outcome:?}");
        }
        assert_eq!(
            administrators(&stage, ways[0].who.organization.0).await,
            1,
            "{path:?}"
        );
    }
}

#[sqlx::test]
async fn of_two_paths_at_once_one_is_refused_in_every_pair(pool: PgPool) {
    let stage = Stage::new(pool);
    for (i, one) in PATHS.into_iter().enumerate() {
        for (j, other) in PATHS.into_iter().enumerate().skip(i) {
            let ways = organization(&stage, &format!("pair-{i}-{j}"), &[one, other]).await;
            let outcomes = tokio::join!(
                go(&stage, &ways[0], one, Intent::Confirmed),
                go(&stage, &ways[1], other, Intent::Confirmed)
            );
            let refused = [&outcomes.0, &outcomes.1]
                .into_iter()
                .filter(|o| is_refused(o))
                .count();
            let done = [&outcomes.0, &outcomes.1]
                .into_iter()
                .filter(|o| o.is_ok())
                .count();
            // Both change one default policy: the second finds that it was edited.
            let edited = [&outcomes.0, &outcomes.1]
                .into_iter()
                .filter(|o| matches!(o, Err(Error::Refused(Refusal::EditedMeanwhile))))
                .count();
            let both_edit = one == other && one == Path::LeaveDefaultPolicy;
            assert_eq!(
                (done, refused + edited),
                (1, 1),
                "{one:?} and {other:?}: {outcomes:?}"
            );
            assert!(edited == 0 || both_edit, "{one:?} and {other:?}: {outcomes:?}");
            assert_eq!(
                administrators(&stage, ways[0].who.organization.0).await,
                1,
                "{one:?} and {other:?}"
            );
        }
    }
}

/// Somebody who is only invited is no administrator yet: to cancel that takes nobody away, and makes no room for it.
#[sqlx::test]
async fn an_invitation_that_is_cancelled_at_once_with_any_path_helps_none(pool: PgPool) {
    let stage = Stage::new(pool);
    for (n, path) in PATHS.into_iter().enumerate() {
        let name = format!("cancelled-{n}");
        let ways = organization(&stage, &name, &[path]).await;
        let by = &ways[0].passing;
        let (invited, _) = stage.invite(by, &format!("{name}@soon.test"), &["admin"]).await;
        let (cancelled, outcome) = tokio::join!(
            stage.backend.cancel_invitation(by, invited),
            go(&stage, &ways[0], path, Intent::Confirmed)
        );
        assert!(
            cancelled.is_ok() && is_refused(&outcome),
            "{path:?}: {cancelled:?} {outcome:?}"
        );
        assert_eq!(administrators(&stage, by.organization.0).await, 1, "{path:?}");
    }
}

/// Somebody who is only invited is no administrator yet, so cancelling that changes nothing; and one whose role ends is
/// none for good.
#[sqlx::test]
async fn neither_an_invited_nor_a_passing_administrator_counts(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    let (invited, _) = stage.invite(&ada, "soon@example.test", &["admin"]).await;
    let ben = stage.colleague(&ada, "ben@example.test", &[]).await;
    let admin = group_called(&stage, &ada, "admin").await;
    stage
        .backend
        .add_members(&ada, admin, &[ben.user], "2026-12-24T10:00", Intent::Confirmed)
        .await
        .unwrap();
    let leave = || {
        stage
            .backend
            .remove_members(&ada, admin, std::slice::from_ref(&ada.user), Intent::Confirmed)
    };
    assert!(is_refused(&leave().await.map(drop)));
    assert!(is_refused(
        &stage.backend.deactivate_user(&ada, ada.user, "").await.map(drop)
    ));
    stage.backend.cancel_invitation(&ada, invited).await.unwrap();
    assert!(is_refused(&leave().await.map(drop)));

    // No end that comes leaves the organization without anybody.
    stage.advance(Duration::days(60));
    assert_eq!(administrators(&stage, ada.organization.0).await, 1);
    stage
        .backend
        .add_members(&ada, admin, &[ben.user], "", Intent::Confirmed)
        .await
        .unwrap();
    leave().await.unwrap();
    assert_eq!(administrators(&stage, ada.organization.0).await, 1);
}
