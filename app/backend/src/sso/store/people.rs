//! The SQL of those whom single sign-on lets in, and of the administrator whom it does not bind.

use crate::{Result, caller::Permit, database::Tx};
use domain::{
    ids::{OrganizationId, UserId},
    sso::{Candidate, SsoRequired},
};
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

/// Whether the person is linked to another NameID of this issuer, of whatever format: a request does not say which one it
/// wants, so whoever signs in may have a say in it.
pub(in crate::sso) async fn has_other_name_id(tx: &mut Tx, user: Uuid, issuer: &str) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"select exists (select from identities
                          where user_id = $1 and provider = 'saml' and issuer = $2) as "has!""#,
        user,
        issuer
    )
    .fetch_one(&mut **tx)
    .await?)
}

struct Person {
    id: Uuid,
    name: String,
    email: String,
}

impl From<Person> for Candidate {
    fn from(person: Person) -> Self {
        Self {
            id: UserId(person.id),
            name: person.name,
            email: person.email,
        }
    }
}

/// Active IAM Admins without an end who have a password, up to a screenful.
pub(in crate::sso) async fn list_candidates(
    connection: &mut PgConnection,
    organization: OrganizationId,
) -> Result<Vec<Candidate>> {
    let people = sqlx::query_as!(
        Person,
        r#"select u.id, u.first_name || ' ' || u.last_name as "name!", u.email
           from users u join passwords p on p.user_id = u.id
           where u.organization_id = $1 and u.status = 'active'
             and exists (select from person_roles h
                         where h.user_id = u.id and h.role = 'iam-admin' and h.ends_at is null)
           order by u.sort_name, u.id limit 100"#,
        organization.0
    )
    .fetch_all(connection)
    .await?;
    Ok(people.into_iter().map(Into::into).collect())
}

/// Whether single sign-on is the only way in, and who is named beside it.
pub(in crate::sso) async fn find_required(
    connection: &mut PgConnection,
    organization: OrganizationId,
    now: OffsetDateTime,
) -> Result<Option<SsoRequired>> {
    let row = sqlx::query!(
        r#"select o.sso_required_since as "since!", u.id, u.first_name || ' ' || u.last_name as "name!", u.email,
                  (u.status = 'active' and exists (select from passwords p where p.user_id = u.id)
                   and exists (select from person_roles h where h.user_id = u.id and h.role = 'iam-admin'
                               and (h.ends_at is null or h.ends_at > $2))) as "works!"
           from organizations o join users u on u.id = o.break_glass_user_id
           where o.id = $1 and o.sso_required_since is not null"#,
        organization.0,
        now
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| SsoRequired {
        since: row.since.into(),
        break_glass: Candidate {
            id: UserId(row.id),
            name: row.name,
            email: row.email,
        },
        break_glass_works: row.works,
    }))
}

pub(in crate::sso) async fn save_required(
    tx: &mut Tx,
    permit: &Permit,
    break_glass: UserId,
    now: OffsetDateTime,
) -> Result<()> {
    sqlx::query!(
        "update organizations set sso_required_since = coalesce(sso_required_since, $3), break_glass_user_id = $2 where id = $1",
        permit.organization.0,
        break_glass.0,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub(in crate::sso) async fn delete_required(tx: &mut Tx, permit: &Permit) -> Result<()> {
    sqlx::query!(
        "update organizations set sso_required_since = null, break_glass_user_id = null where id = $1",
        permit.organization.0
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Ends what was begun by other methods: sign-ins that wait for their code, links for new passwords, and sessions, but
/// for those of whoever is named and the one that acts. How many sessions.
pub(in crate::sso) async fn end_what_sso_replaces(
    tx: &mut Tx,
    permit: &Permit,
    break_glass: UserId,
    now: OffsetDateTime,
) -> Result<u64> {
    sqlx::query!(
        "update password_resets set ended_at = $3
         where organization_id = $1 and user_id <> $2 and kind = 'forgotten' and used_at is null and ended_at is null",
        permit.organization.0,
        break_glass.0,
        now
    )
    .execute(&mut **tx)
    .await?;
    let ended = sqlx::query!(
        "with waiting as (delete from sign_in_challenges
                          where organization_id = $1 and user_id <> $2 and method <> 'saml')
         delete from sessions where organization_id = $1 and user_id <> $2 and method <> 'saml' and id is distinct from $3",
        permit.organization.0,
        break_glass.0,
        permit.session().map(|session| session.0)
    )
    .execute(&mut **tx)
    .await?;
    Ok(ended.rows_affected())
}
