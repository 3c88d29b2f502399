//! Sessions: opaque tokens whose hash is in the database and that is asked every time. Nothing is cached, so what ends
//! a session ends it for the next request on every server.

mod report;
pub(crate) mod store;
#[cfg(test)]
mod tests;

use crate::{
    Backend, Caller, Client, Error, Result,
    access::store::held::roles_from_keys,
    audit,
    caller::{Credential, Permit, Target},
    database::{Hold, Tx},
    secret::Token,
    users,
};
use domain::{
    access::Action,
    identities::Method,
    ids::{OrganizationId, SessionId, UserId},
    organization::OrgId,
    sessions::{SessionLine, device},
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// How precisely the last request of a session is known; writing it with every request would cost more than reading.
const SEEN_EVERY: Duration = Duration::minutes(1);

/// What whoever vouches for somebody says of the session that it leads to.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Vouching {
    /// When it ends, if that is earlier than ours.
    pub until: Option<OffsetDateTime>,
    /// When the person proved to them who they are, if that was not for this session.
    pub proved_at: Option<OffsetDateTime>,
    /// Whether a second factor was their affair.
    pub second_factor: bool,
}

/// The session of a browser that sets out to begin another, whose cookie will not come along.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Replaced {
    session: Uuid,
    organization: Uuid,
    user: Uuid,
    email: String,
}

impl Replaced {
    pub(crate) fn of(caller: &Caller) -> Option<Self> {
        Some(Self {
            session: caller.session().ok()?.0,
            organization: caller.organization.0,
            user: caller.user.0,
            email: caller.email.clone(),
        })
    }
}

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
            two_factor: row.two_factor,
            two_factor_from: row.two_factor_from,
            must_enrol: row.must_enrol,
            credential: Credential::Session(SessionId(row.session)),
            proved_at: row.proved_at,
            roles: roles_from_keys(&row.roles),
            client,
        }))
    }

    /// The living sessions of a person, the one last seen first, up to a screenful.
    pub async fn list_sessions(&self, caller: &Caller, user: UserId) -> Result<Vec<SessionLine>> {
        caller.permit(Action::ViewUsers, Target::User(user))?;
        self.sessions_of(caller, user).await
    }

    /// The caller's own among them.
    pub(crate) async fn sessions_of(&self, caller: &Caller, user: UserId) -> Result<Vec<SessionLine>> {
        let now = self.now();
        let idle_since = now - self.settings.session_idle;
        let rows = store::list_living(&self.pool, caller.organization, user, now, idle_since).await?;
        let shown = |row: store::Living| SessionLine {
            id: SessionId(row.id),
            started: row.created_at.into(),
            last_seen: row.last_seen_at.into(),
            address: row.address,
            device: device(&row.user_agent),
            is_this: caller.session().ok() == Some(SessionId(row.id)),
        };
        Ok(rows.into_iter().map(shown).collect())
    }

    /// Ends one of the caller's own sessions. Again, or with one that is nobody's or somebody else's: there is none.
    pub async fn end_session(&self, caller: &Caller, session: SessionId) -> Result<()> {
        let permit = caller.permit(Action::EndOwnSessions, Target::User(caller.user))?;
        let mut tx = self.begin(&permit, Hold::Shared).await?;
        if !store::delete_one_of(&mut tx, &permit, caller.user, session).await? {
            return Err(Error::NotFound);
        }
        self.record_ended(&mut tx, &permit, &caller.email, 1).await?;
        Ok(tx.commit().await?)
    }

    /// Ends all of the caller's sessions but this one; says how many. Again does nothing.
    pub async fn end_other_sessions(&self, caller: &Caller) -> Result<u64> {
        let permit = caller.permit(Action::EndOwnSessions, Target::User(caller.user))?;
        let mut tx = self.begin(&permit, Hold::Shared).await?;
        let ended = store::delete_others_of(&mut tx, &permit, caller.user, caller.session()?).await?;
        self.record_ended(&mut tx, &permit, &caller.email, ended).await?;
        tx.commit().await?;
        Ok(ended)
    }

    /// Ends all sessions of somebody, who can sign in again; says how many. Again does nothing.
    pub async fn end_sessions_of(&self, caller: &Caller, user: UserId) -> Result<u64> {
        let permit = caller.permit(Action::EndSessions, Target::User(user))?;
        let mut tx = self.begin(&permit, Hold::Shared).await?;
        let person = users::store::lock_user(&mut tx, permit.organization, user)
            .await?
            .ok_or(Error::NotFound)?;
        let ended = store::delete_all_of(&mut tx, &permit, user).await?;
        self.record_ended(&mut tx, &permit, &person.email, ended).await?;
        tx.commit().await?;
        Ok(ended)
    }

    async fn record_ended(&self, tx: &mut Tx, permit: &Permit, email: &str, ended: u64) -> Result<()> {
        if ended == 0 {
            return Ok(());
        }
        let change = audit::Change::made(json!({ "sessions_ended": ended }));
        audit::record(tx, permit, email, change, self.now()).await
    }

    /// Ends the caller's session. Again does nothing.
    pub async fn sign_out(&self, caller: &Caller) -> Result<()> {
        let session = caller.session()?;
        let permit = caller.permit(Action::SignOut, Target::Session(session))?;
        let mut tx = match self.begin(&permit, Hold::Shared).await {
            Err(Error::SignedOut) => return Ok(()),
            begun => begun?,
        };
        if store::delete_one(&mut tx, &permit, session).await? {
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

    /// Ends the session that a browser had before its new one. That one has begun, so that a failure is only logged.
    pub(crate) async fn end_replaced_session(&self, client: &Client, replaced: &Replaced) {
        let organization = OrganizationId(replaced.organization);
        let session = SessionId(replaced.session);
        let whose = (UserId(replaced.user), session);
        let permit = Permit::replacing_session(organization, whose, &replaced.email, client);
        let ended = async {
            let mut tx = Tx::begin(&self.pool).await?;
            if store::delete_one(&mut tx, &permit, session).await? {
                let change = audit::Change::nothing();
                audit::record(&mut tx, &permit, &replaced.email, change, self.now()).await?;
            }
            tx.commit().await.map_err(Error::from)
        };
        if let Err(error) = ended.await {
            tracing::error!(%error, "the session that another one replaces was not ended");
        }
    }

    /// What a browser that brought nothing is recognized by from its next sign-in on.
    pub fn new_browser(&self) -> Token {
        self.chance.token()
    }

    /// Gives the caller's session another token after they have proved who they are: whoever had the old one has none.
    pub(crate) async fn renew_session(
        &self,
        tx: &mut Tx,
        permit: &Permit,
        session: SessionId,
    ) -> Result<Token> {
        let token = self.chance.token();
        if store::save_renewed(tx, permit, session, &token, self.now()).await? {
            Ok(token)
        } else {
            Err(Error::SignedOut)
        }
    }

    /// Makes a new session. The token is never one that the browser brought along.
    pub(crate) async fn start_session(&self, tx: &mut Tx, permit: &Permit, user: UserId) -> Result<Token> {
        self.start_session_by(tx, permit, user, Method::Password, Vouching::default())
            .await
    }

    /// The same by whatever method somebody proved who they are.
    pub(crate) async fn start_session_by(
        &self,
        tx: &mut Tx,
        permit: &Permit,
        user: UserId,
        method: Method,
        vouching: Vouching,
    ) -> Result<Token> {
        let token = self.chance.token();
        let now = self.now();
        let longest = now + self.settings.session_lifetime;
        let ends = vouching.until.map_or(longest, |until| until.min(longest));
        let proved_at = vouching.proved_at.unwrap_or(now);
        store::save_new(
            tx,
            permit,
            SessionId(self.chance.id(now)),
            (user, method),
            &token,
            (now, proved_at, ends),
            vouching.second_factor,
        )
        .await?;
        store::save_last_sign_in(tx, permit, user, now).await?;
        if let Some(browser) = &permit.client.browser {
            store::save_known_browser(tx, permit, user, browser, now).await?;
        }
        Ok(token)
    }
}
