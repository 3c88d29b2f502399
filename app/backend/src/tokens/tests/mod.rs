//! Access tokens, on a real database.

mod callers;
mod list;
mod made;

use crate::{
    Caller, Error,
    mail::{Transport, testing::MailServer},
    testing::{Stage, client},
    tokens::Holder,
};
use domain::{
    ids::UserId,
    tokens::{TokenQuery, TokenStatus},
};
use sqlx::PgPool;
use time::Duration;

impl Stage {
    /// A token of somebody, as they keep it.
    async fn token(&self, of: &Caller, name: &str, lifetime: &str) -> String {
        let made = self.backend.create_token(of, name, lifetime, "").await;
        made.unwrap().expose().to_owned()
    }

    async fn holder(&self, token: &str) -> Option<Holder> {
        self.backend.find_holder(token).await.unwrap()
    }

    async fn names_of(&self, by: &Caller, query: &TokenQuery) -> Vec<String> {
        let page = self.backend.list_tokens(by, query).await.unwrap();
        page.rows.into_iter().map(|row| row.token.name).collect()
    }
}

fn roles(holder: &Holder) -> Vec<&str> {
    holder.roles.iter().map(domain::access::RoleKey::as_str).collect()
}

/// Their identity provider vouches for a second factor of theirs.
async fn db_second_factor_elsewhere(pool: &PgPool, user: UserId) {
    sqlx::query(
        "insert into saml_configurations (organization_id, stage, source, entity_id, sso_url, require_signed_assertion,
             asks_for_code, creates_accounts, domains, enabled, version, saved_at)
         select organization_id, 'live', 'manual', 'idp', 'https://idp.test', true, false, false, '{}', true, 1, now()
         from users where id = $1",
    )
    .bind(user.0)
    .execute(pool)
    .await
    .unwrap();
    sqlx::query(
        "insert into identities (id, organization_id, user_id, provider, issuer, subject, email, linked_at)
         select gen_random_uuid(), organization_id, id, 'saml', 'idp', 'ada', email, now() from users where id = $1",
    )
    .bind(user.0)
    .execute(pool)
    .await
    .unwrap();
    sqlx::query("update access_tokens set second_factor_elsewhere = true where user_id = $1")
        .bind(user.0)
        .execute(pool)
        .await
        .unwrap();
}

#[sqlx::test]
async fn a_token_acts_as_its_person_with_the_roles_of_the_moment(pool: PgPool) {
    let stage = Stage::new(pool.clone());
    let ada = stage.ada().await;
    let ben = stage
        .colleague(&ada, "ben@example.test", &["write", "metrics"])
        .await;
    let token = stage.token(&ben, "Nightly build", "one_month").await;
    let holder = stage.holder(&token).await.unwrap();
    assert_eq!((holder.user, holder.organization), (ben.user, ben.organization));
    assert_eq!(holder.groups, ["metrics", "write"]);
    let written = [
        "access-token-admin",
        "cks-admin",
        "object-storage-admin",
        "observability-viewer",
    ];
    assert_eq!(roles(&holder), written);

    sqlx::query("delete from memberships m using groups g where g.id = m.group_id and g.name = 'write' and m.user_id = $1")
        .bind(ben.user.0)
        .execute(&pool)
        .await
        .unwrap();
    let holder = stage.holder(&token).await.unwrap();
    assert_eq!(
        (holder.groups.len(), roles(&holder)),
        (1, vec!["observability-viewer"])
    );
}

#[sqlx::test]
async fn a_token_works_until_it_ends_is_deleted_or_its_person_is_stopped(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    let ben = stage.colleague(&ada, "ben@example.test", &["write"]).await;
    let short = stage.token(&ben, "Short", "one_hour").await;
    stage.advance(Duration::SECOND);
    let long = stage.token(&ben, "Long", "never").await;
    stage.advance(Duration::HOUR - 2 * Duration::SECOND);
    assert!(stage.holder(&short).await.is_some());
    stage.advance(Duration::SECOND);
    assert!(stage.holder(&short).await.is_none());
    assert!(stage.holder(&long).await.is_some());

    stage.backend.deactivate_user(&ada, ben.user, "").await.unwrap();
    assert!(stage.holder(&long).await.is_none());
    let theirs = stage.backend.tokens_of(&ada, ben.user).await.unwrap().tokens;
    let statuses: Vec<_> = theirs.iter().map(|token| token.status).collect();
    assert_eq!(statuses, [TokenStatus::Stopped, TokenStatus::Expired]);
    stage.backend.reactivate_user(&ada, ben.user).await.unwrap();
    assert!(stage.holder(&long).await.is_some(), "it works again");

    let theirs = stage.backend.tokens_of(&ada, ben.user).await.unwrap().tokens;
    stage
        .backend
        .delete_token_of(&ada, ben.user, theirs[0].id)
        .await
        .unwrap();
    assert!(stage.holder(&long).await.is_none());
    let again = stage.backend.delete_token_of(&ada, ben.user, theirs[0].id).await;
    assert!(matches!(again, Err(Error::NotFound)));
}

#[sqlx::test]
async fn a_deactivation_that_deletes_tokens_leaves_none_to_come_back(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    let ben = stage.colleague(&ada, "ben@example.test", &["write"]).await;
    let token = stage.token(&ben, "Deploy", "never").await;
    assert_eq!(
        stage
            .backend
            .find_user(&ada, ben.user)
            .await
            .unwrap()
            .stops
            .tokens,
        1
    );
    let done = stage
        .backend
        .deactivate_user_deleting_tokens(&ada, ben.user, "")
        .await;
    done.unwrap();
    stage.backend.reactivate_user(&ada, ben.user).await.unwrap();
    assert!(stage.holder(&token).await.is_none());
    assert!(
        stage
            .backend
            .tokens_of(&ada, ben.user)
            .await
            .unwrap()
            .tokens
            .is_empty()
    );

    // Somebody else deactivates them first, and leaves the tokens.
    let ben = stage.again("ben@example.test").await;
    let token = stage.token(&ben, "Deploy", "never").await;
    stage.backend.deactivate_user(&ada, ben.user, "").await.unwrap();
    let again = stage
        .backend
        .deactivate_user_deleting_tokens(&ada, ben.user, "")
        .await;
    assert_eq!(again.unwrap(), None);
    stage.backend.reactivate_user(&ada, ben.user).await.unwrap();
    assert!(stage.holder(&token).await.is_none());
}

#[sqlx::test]
async fn the_last_use_is_written_once_a_minute(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    let token = stage.token(&ada, "Deploy", "never").await;
    let last_used = async || stage.backend.own_tokens(&ada).await.unwrap().tokens[0].last_used;
    assert_eq!(last_used().await, None);
    stage.holder(&token).await;
    let first = last_used().await.unwrap();
    stage.advance(Duration::seconds(59));
    stage.holder(&token).await;
    assert_eq!(last_used().await, Some(first));
    stage.advance(Duration::SECOND);
    stage.holder(&token).await;
    let second = last_used().await.unwrap();
    assert_eq!(second.unix_seconds() - first.unix_seconds(), 60);
    // A clock that was set back does not keep the time of before.
    stage.advance(Duration::hours(-2));
    stage.holder(&token).await;
    assert!(last_used().await.unwrap() < first);
}

#[sqlx::test]
async fn a_token_of_who_must_enrol_is_worth_nothing_until_they_have(pool: PgPool) {
    let stage = Stage::new(pool.clone());
    let ada = stage.ada().await;
    let token = stage.token(&ada, "Deploy", "never").await;
    sqlx::query("update organizations set two_factor_from = $1")
        .bind(stage.backend.now())
        .execute(&pool)
        .await
        .unwrap();
    let holder = stage.holder(&token).await.unwrap();
    assert!(holder.must_enrol && holder.effective_roles().is_empty() && !holder.roles.is_empty());
    // Made where a second factor is the affair of the identity provider, for as long as it is.
    db_second_factor_elsewhere(&pool, ada.user).await;
    let holder = stage.holder(&token).await.unwrap();
    assert_eq!(holder.effective_roles(), holder.roles);
    for over in ["enabled = false", "enabled = true, asks_for_code = true"] {
        let sql = format!("update saml_configurations set {over}");
        sqlx::query(sqlx::AssertSqlSafe(sql))
            .execute(&pool)
            .await
            .unwrap();
        assert!(stage.holder(&token).await.unwrap().must_enrol, "{over}");
    }
}

#[sqlx::test]
async fn a_report_takes_away_what_was_made_since_and_nothing_before(pool: PgPool) {
    let stage = Stage::new(pool.clone());
    let ada = stage.ada().await;
    let before = stage.token(&ada, "Mine", "never").await;
    let (_, kept) = stage.backend.create_service(&ada, "Before").await.unwrap();
    stage.advance(Duration::HOUR);
    let thief = stage.again("ada@example.test").await;
    let after = stage.token(&thief, "Theirs", "never").await;
    let (_, service) = stage.backend.create_service(&thief, "After").await.unwrap();
    let server = MailServer::start().await;
    let transport = Transport::from_url(&server.url()).unwrap();
    stage.backend.deliver_due_mails(&transport).await.unwrap();
    let mails = server.received_by("ada@example.test");
    let start = "http://localhost:3000/not-me?token=";
    let link = mails.iter().find_map(|mail| mail.link(start)).unwrap();
    let link = crate::secret::Token::presented(link.strip_prefix(start).unwrap());
    stage.backend.report_sign_in(&client(), &link).await.unwrap();
    assert!(stage.holder(&after).await.is_none());
    assert!(stage.holder(&before).await.is_some());
    assert!(
        stage
            .backend
            .find_service(None, service.expose())
            .await
            .unwrap()
            .is_none()
    );
    assert!(
        stage
            .backend
            .find_service(None, kept.expose())
            .await
            .unwrap()
            .is_some()
    );
}

#[sqlx::test]
async fn tokens_that_expired_long_ago_are_forgotten(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    stage.token(&ada, "Short", "one_hour").await;
    stage.token(&ada, "Long", "never").await;
    let left = async || {
        stage.backend.tidy_up().await.unwrap();
        stage.backend.own_tokens(&ada).await.unwrap().tokens.len()
    };
    stage.advance(Duration::days(90));
    assert_eq!(left().await, 2);
    stage.advance(Duration::HOUR);
    assert_eq!(left().await, 1);
}
