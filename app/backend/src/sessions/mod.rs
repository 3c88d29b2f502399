//! Sessions: opaque tokens whose hash is in the database and that is asked every time. Nothing is cached, so what ends
//! a session ends it for the next request on every server.

pub(crate) mod store;
#[cfg(test)]
mod tests;

use crate::{
    Backend, Caller, Client, Result,
    access::store::held::roles_from_keys,
    audit,
    caller::{Permit, Target},
    database::{Hold, Tx},
    secret::Token,
};
use domain::{
    access::Action,
    ids::{OrganizationId, SessionId, UserId},
    organization::OrgId,
    sessions::SessionLine,
};
use time::Duration;

/// How precisely the last request of a session is known; writing it with every request would cost more than reading.
const SEEN_EVERY: Duration = Duration::minutes(1);

impl Backend {
    /// The person of a living session, with status and rights as they are now.
    pub async fn find_session(&self, token: &Token, client: Client) -> Result<Option<Caller>> {
        let now = self.now();
        let idle_since = now - self.settings.session_idle;
        let Some(row) = store::find_living(&self.pool, token, now, idle_since).await? else {
            return Ok(None);
        };
        let seen_every = SEEN_EVERY.min(self.settings.session_idle / 4);
        // One that was seen in the future was so before the clock was set back, and is measured anew.
        if (now - row.last_seen_at).abs() >= seen_every {
            let latest_end = now + self.settings.session_lifetime;
            store::save_seen(&self.pool, SessionId(row.session), now, latest_end).await?;
        }
        let Ok(org_id) = row.org_id.parse::<OrgId>() else {
            return Ok(None);
        };
        Ok(Some(Caller {
            user: UserId(row.user),
            organization: OrganizationId(row.organization),
            org_id,
            organization_name: row.organization_name,
            email: row.email,
            first_name: row.first_name,
            last_name: row.last_name,
            theme: row.theme.parse().unwrap_or_default(),
            session: SessionId(row.session),
            roles: roles_from_keys(&row.roles),
            client,
        }))
    }

    /// The living sessions of a person, the one last seen first, up to a screenful.
    pub async fn list_sessions(&self, caller: &Caller, user: UserId) -> Result<Vec<SessionLine>> {
        caller.permit(Action::ViewUsers, Target::User(user))?;
        let now = self.now();
        let idle_since = now - self.settings.session_idle;
        let rows = store::list_living(&self.pool, caller.organization, user, now, idle_since).await?;
        let shown = |row: store::Living| SessionLine {
            started: row.created_at.into(),
            last_seen: row.last_seen_at.into(),
            address: row.address,
            user_agent: row.user_agent,
        };
        Ok(rows.into_iter().map(shown).collect())
    }

    /// Ends the caller's session. Again does nothing.
    pub async fn sign_out(&self, caller: &Caller) -> Result<()> {
        let permit = caller.permit(Action::SignOut, Target::Session(caller.session))?;
        let mut tx = self.begin(&permit, Hold::Shared).await?;
        if store::delete_one(&mut tx, &permit, caller.session).await? {
            audit::record(
                &mut tx,
                &permit,
                &caller.email,
                audit::Change::nothing(),
                self.now(),
            )
            .await?;
        }
        Ok(tx.commit().await?)
    }

    /// What a browser that brought nothing is recognized by from its next sign-in on.
    pub fn new_browser(&self) -> Token {
        self.chance.token()
    }

    /// Makes a new session. The token is never one that the browser brought along.
    pub(crate) async fn start_session(&self, tx: &mut Tx, permit: &Permit, user: UserId) -> Result<Token> {
        let token = self.chance.token();
        let now = self.now();
        let ends = now + self.settings.session_lifetime;
        store::save_new(
            tx,
            permit,
            SessionId(self.chance.id(now)),
            user,
            &token,
            now,
            ends,
        )
        .await?;
        store::save_last_sign_in(tx, permit, user, now).await?;
        if let Some(browser) = &permit.client.browser {
            store::save_known_browser(tx, permit, user, browser, now).await?;
        }
        Ok(token)
    }
}
