//! The SQL of decisions about people who are named by their id or address.

use crate::Result;
use domain::{
    email_address::EmailAddress,
    ids::{OrganizationId, UserId},
};
use sqlx::PgPool;
use time::OffsetDateTime;
use uuid::Uuid;

pub(super) struct Person {
    pub id: Uuid,
    pub email: String,
    pub must_enrol: bool,
    pub roles: Vec<String>,
}

/// An active person with what they hold, in one statement. The rights as in `sessions::store::find_living`. Where a second
/// factor is the affair of the identity provider by which they sign in, none is missing.
pub(super) async fn find_person(
    pool: &PgPool,
    organization: OrganizationId,
    user: Option<UserId>,
    email: Option<&EmailAddress>,
    now: OffsetDateTime,
) -> Result<Option<Person>> {
    Ok(sqlx::query_as!(
        Person,
        r#"select u.id, u.email,
                  not u.two_factor and coalesce(o.two_factor_from <= $4, false)
                      and not second_factor_is_elsewhere(o.id, u.id) as "must_enrol!",
                  array(select role from given_roles where user_id = u.id and (ends_at is null or ends_at > $4)
                        union all
                        select g.role from memberships m cross join lateral (
                            select role from given_roles
                            where group_id = m.group_id and (ends_at is null or ends_at > $4) offset 0) g
                        where m.user_id = u.id and (m.ends_at is null or m.ends_at > $4)) as "roles!"
           from users u join organizations o on o.id = u.organization_id
           where u.organization_id = $1 and u.status = 'active' and o.closed_at is null
             and u.id = coalesce($2, (select id from users where email_key = $3))"#,
        organization.0,
        user.map(|user| user.0),
        email.map(EmailAddress::key),
        now
    )
    .fetch_optional(pool)
    .await?)
}
