//! The SQL of test sign-ins.

use crate::{Result, caller::Permit, database::Tx};
use domain::{
    ids::{OrganizationId, SessionId, SsoTestId},
    sso::{SsoTestLine, Stage},
};
use serde_json::Value;
use sqlx::{PgConnection, PgPool};
use time::OffsetDateTime;
use uuid::Uuid;

/// Tests that are kept, and shown.
const KEPT: i64 = 10;

/// Whoever began a test in this session, if they are still signed in.
pub(in crate::sso) struct Tester {
    pub user_id: Uuid,
    pub email: String,
}

pub(in crate::sso) async fn find_tester(
    pool: &PgPool,
    organization: OrganizationId,
    session: SessionId,
    now: OffsetDateTime,
) -> Result<Option<Tester>> {
    Ok(sqlx::query_as!(
        Tester,
        "select u.id as user_id, u.email from sessions s join users u on u.id = s.user_id
         where s.id = $1 and s.organization_id = $2 and s.expires_at > $3 and u.status = 'active'",
        session.0,
        organization.0,
        now
    )
    .fetch_optional(pool)
    .await?)
}

pub(in crate::sso) struct NewTest<'a> {
    pub id: SsoTestId,
    pub user: Uuid,
    pub stage: Stage,
    pub version: i32,
    pub passed: bool,
    pub report: Value,
    pub response: &'a str,
}

/// Saves a test and forgets the oldest; one that passed is noted at the configuration that it was of, if that is still there.
pub(in crate::sso) async fn save_test(
    tx: &mut Tx,
    permit: &Permit,
    test: &NewTest<'_>,
    now: OffsetDateTime,
) -> Result<()> {
    sqlx::query!(
        "insert into saml_tests (id, organization_id, user_id, stage, version, at, passed, report, response)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        test.id.0,
        permit.organization.0,
        test.user,
        test.stage.key(),
        test.version,
        now,
        test.passed,
        test.report,
        test.response
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "delete from saml_tests where organization_id = $1 and id not in (
             select id from saml_tests where organization_id = $1 order by at desc, id desc limit $2)",
        permit.organization.0,
        KEPT
    )
    .execute(&mut **tx)
    .await?;
    if test.passed {
        sqlx::query!(
            "update saml_configurations set tested_at = $3 where organization_id = $1 and version = $2",
            permit.organization.0,
            test.version,
            now
        )
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}

struct Line {
    id: Uuid,
    at: OffsetDateTime,
    by: String,
    stage: String,
    passed: bool,
}

pub(in crate::sso) async fn list_tests(
    connection: &mut PgConnection,
    organization: OrganizationId,
) -> Result<Vec<SsoTestLine>> {
    let lines = sqlx::query_as!(
        Line,
        r#"select t.id, t.at, u.first_name || ' ' || u.last_name as "by!", t.stage, t.passed
           from saml_tests t join users u on u.id = t.user_id
           where t.organization_id = $1 order by t.at desc, t.id desc limit $2"#,
        organization.0,
        KEPT
    )
    .fetch_all(connection)
    .await?;
    let shown = |line: Line| {
        Some(SsoTestLine {
            id: SsoTestId(line.id),
            at: line.at.into(),
            by: line.by,
            stage: line.stage.parse().ok()?,
            passed: line.passed,
        })
    };
    Ok(lines.into_iter().filter_map(shown).collect())
}

pub(in crate::sso) struct Found {
    pub at: OffsetDateTime,
    pub by: String,
    pub stage: String,
    pub report: Value,
    pub response: String,
    /// Whether the configuration is still as it was tested.
    pub is_current: bool,
}

pub(in crate::sso) async fn find_test(
    pool: &PgPool,
    organization: OrganizationId,
    id: SsoTestId,
) -> Result<Option<Found>> {
    Ok(sqlx::query_as!(
        Found,
        r#"select t.at, u.first_name || ' ' || u.last_name as "by!", t.stage, t.report, t.response,
                  exists (select from saml_configurations c
                          where c.organization_id = t.organization_id and c.version = t.version) as "is_current!"
           from saml_tests t join users u on u.id = t.user_id
           where t.organization_id = $1 and t.id = $2"#,
        organization.0,
        id.0
    )
    .fetch_optional(pool)
    .await?)
}
