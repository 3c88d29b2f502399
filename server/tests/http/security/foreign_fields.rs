//! Fields that a form does not have, sent along with each act there is: none of them does anything.

use super::forgery::acts;
use crate::{
    stage::{colleague, eve, group, id_of, invite, sign_in},
    visitor::{PASSWORD, TestConsole},
};
use sqlx::{AssertSqlSafe, PgPool};

/// What no act of this test is about: the organizations, but for the switches of SCIM, whoever may administrate, and everything of three people. A
/// request writes down when a session was last used, so that is left out.
const APART: &str = "
    select coalesce(string_agg(line, e'\\n' order by line), '') from (
        select (to_jsonb(o) - 'scim_users' - 'scim_groups')::text as line from organizations o
        union all
        select 'administrator ' || u.email from users u join person_roles r on r.user_id = u.id
        where r.role = 'iam-admin'
        union all
        select u.email || ' ' || t.line from users u, lateral (
            select u::text as line
            union all select p::text from passwords p where p.user_id = u.id
            union all select m::text from memberships m where m.user_id = u.id
            union all select r::text from person_roles r where r.user_id = u.id
            union all select s.token_hash::text || s.expires_at from sessions s where s.user_id = u.id
            union all select l.email || l.expires_at || coalesce(l.cancelled_at::text, '') from invitations l
                where l.user_id = u.id
        ) t where u.email in ('vera@example.test', 'still@example.test', 'eve@other.test')
        union all
        select 'taken ' || email from users where email like '%evil%'
    ) lines";

async fn apart(pool: &PgPool) -> String {
    sqlx::query_scalar(AssertSqlSafe(APART))
        .fetch_one(pool)
        .await
        .unwrap()
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn web_10_no_act_heeds_a_field_that_its_form_does_not_have(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let ada = console.ada().await;
    let expired = invite(&console, &ada, "late@example.test", &[]).await;
    console.advance(8 * 86_400);
    sign_in(&ada, "ada@example.test", PASSWORD).await;
    let acts = acts(&console, &ada, &expired).await;
    eve(&console).await;
    colleague(&console, &ada, "vera@example.test", &["read"]).await;
    invite(&console, &ada, "still@example.test", &[]).await;
    let vera = id_of(&console, "vera@example.test").await;
    let still = id_of(&console, "still@example.test").await;
    let admins = group(&console, &ada, "admin").await;
    let theirs: String =
        sqlx::query_scalar("select organization_id::text from users where email = 'eve@other.test'")
            .fetch_one(&pool)
            .await
            .unwrap();

    let before = apart(&pool).await;
    assert!(before.contains("vera@example.test") && before.contains("administrator ada@example.test"));
    for act in &acts {
        let mut fields = act.fields();
        for (name, value) in [
            ("user_id", vera.as_str()),
            ("id", &vera),
            ("users[]", &vera),
            ("user", &still),
            ("email", "x@evil.test"),
            ("account_email", "x@evil.test"),
            ("organization", &theirs),
            ("organization_id", &theirs),
            ("org_id", "ffffff"),
            ("groups[]", &admins),
            ("group_id", &admins),
            ("role", "iam-admin"),
            ("roles[]", "iam-admin"),
            ("is_admin", "true"),
            ("status", "active"),
            ("email_verified", "true"),
            ("activated_at", "2000-01-01T00:00:00Z"),
            ("deactivated_at", "2000-01-01T00:00:00Z"),
            ("expires_at", "2100-01-01T00:00:00Z"),
            ("totp_enabled", "false"),
            ("invited_by", &vera),
            ("session", &vera),
        ] {
            if act.fields().iter().all(|(own, _)| *own != name) {
                fields.push((name, value));
            }
        }
        let answer = ada.call(act.action, &fields).await;
        assert_eq!(answer.status, 200, "{} {}", act.action, answer.body);
        assert_eq!(apart(&pool).await, before, "{}", act.action);
    }
}
