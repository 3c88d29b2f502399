use super::{Subject, Verdict};
use crate::{Caller, services::Service, testing::Stage};
use domain::access::{Role, RoleKey};
use sqlx::PgPool;

impl Stage {
    async fn service(&self, by: &Caller) -> Service {
        let (_, secret) = self.backend.create_service(by, "Deploy").await.unwrap();
        self.backend
            .find_service(None, secret.expose())
            .await
            .unwrap()
            .unwrap()
    }

    async fn verdicts(&self, service: &Service, subject: &Subject, actions: &[&str]) -> Vec<Verdict> {
        let actions: Vec<_> = actions.iter().map(|action| (*action).to_owned()).collect();
        self.backend.decide(service, subject, &actions).await.unwrap().1
    }
}

fn keys(roles: &[Role]) -> Vec<RoleKey> {
    roles.iter().map(|role| RoleKey::from(*role)).collect()
}

#[sqlx::test]
async fn a_person_is_judged_alike_by_token_by_id_and_by_address(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    let service = stage.service(&ada).await;
    let ben = stage.colleague(&ada, "ben@example.test", &["write"]).await;
    let token = stage
        .backend
        .create_token(&ben, "Deploy", "never", "")
        .await
        .unwrap();
    let subjects = [
        Subject::Token(token.expose().to_owned()),
        Subject::User(ben.user),
        Subject::Email("BEN@example.test".into()),
    ];
    let actions = [
        "clusters.create",
        "users.deactivate",
        "clusters.fly",
        "account.choose_theme",
    ];
    let expected = [
        Verdict::Allowed {
            by: keys(&[Role::CksAdmin]),
        },
        Verdict::Denied {
            needs: keys(&[Role::IamAdmin]),
        },
        Verdict::UnknownAction,
        Verdict::Allowed { by: Vec::new() },
    ];
    for subject in &subjects {
        assert_eq!(
            stage.verdicts(&service, subject, &actions).await,
            expected,
            "{subject:?}"
        );
    }
    stage.backend.deactivate_user(&ada, ben.user, "").await.unwrap();
    for subject in &subjects {
        let verdicts = stage.verdicts(&service, subject, &actions).await;
        assert!(
            verdicts.iter().all(|verdict| *verdict == Verdict::NotActive),
            "{subject:?}"
        );
    }
    stage.backend.reactivate_user(&ada, ben.user).await.unwrap();
    for subject in &subjects {
        assert_eq!(
            stage.verdicts(&service, subject, &actions).await,
            expected,
            "{subject:?}"
        );
    }
}

#[sqlx::test]
async fn people_and_tokens_of_another_organization_do_not_exist(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    let eve = stage.founder("Others", "eve@other.test").await;
    let service = stage.service(&eve).await;
    let token = stage
        .backend
        .create_token(&ada, "Deploy", "never", "")
        .await
        .unwrap();
    assert!(
        stage
            .backend
            .introspect(&service, token.expose())
            .await
            .unwrap()
            .is_none()
    );
    for subject in [
        Subject::Token(token.expose().to_owned()),
        Subject::User(ada.user),
        Subject::Email("ada@example.test".into()),
        Subject::Email("nobody@example.test".into()),
        Subject::Email("no address".into()),
        Subject::Token(String::new()),
    ] {
        let (judged, verdicts) = stage
            .backend
            .decide(&service, &subject, &["users.view".to_owned()])
            .await
            .unwrap();
        assert_eq!(
            (judged, verdicts),
            (None, vec![Verdict::NotActive]),
            "{subject:?}"
        );
    }
    let tokens = stage.backend.own_tokens(&ada).await.unwrap().tokens;
    assert_eq!(tokens[0].last_used, None, "whoever else asks leaves no trace");
}

#[sqlx::test]
async fn the_invited_are_not_active_and_a_demand_for_two_factor_counts(pool: PgPool) {
    let stage = Stage::new(pool.clone());
    let ada = stage.ada().await;
    let service = stage.service(&ada).await;
    let (soon, _) = stage.invite(&ada, "soon@example.test", &["admin"]).await;
    let verdicts = stage
        .verdicts(&service, &Subject::User(soon), &["users.view"])
        .await;
    assert_eq!(verdicts, [Verdict::NotActive]);

    sqlx::query("update organizations set two_factor_from = $1")
        .bind(stage.backend.now())
        .execute(&pool)
        .await
        .unwrap();
    let about = Subject::User(ada.user);
    let actions = ["users.view", "usage.view", "account.view"];
    let verdicts = stage.verdicts(&service, &about, &actions).await;
    let needs = keys(&[Role::BillingViewer]);
    let own = Verdict::Allowed { by: Vec::new() };
    assert_eq!(
        verdicts,
        [Verdict::TwoFactorWanted, Verdict::Denied { needs }, own]
    );
}

#[sqlx::test]
async fn whoami_lists_what_the_roles_allow_and_introspection_who_it_is(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    let ben = stage
        .colleague(&ada, "ben@example.test", &["write", "metrics"])
        .await;
    let token = stage
        .backend
        .create_token(&ben, "Deploy", "never", "")
        .await
        .unwrap();
    let (holder, actions) = stage.backend.whoami(token.expose()).await.unwrap();
    assert_eq!(holder.user, ben.user);
    let expected = [
        "buckets.create",
        "buckets.delete",
        "buckets.edit",
        "buckets.view",
        "clusters.create",
        "clusters.delete",
        "clusters.edit",
        "clusters.view",
        "dashboards.view",
        "logs.view",
        "metrics.view",
        "tokens.create",
        "tokens.delete",
        "tokens.view",
    ];
    assert_eq!(actions, expected);
    let service = stage.service(&ada).await;
    let found = stage
        .backend
        .introspect(&service, token.expose())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (found.user, found.email.as_str(), found.expires),
        (ben.user, "ben@example.test", None)
    );
}
