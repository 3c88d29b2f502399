//! What comes back from the identity provider of an organization, and what it leads to. The response is judged off the
//! async threads; that it is new, whose it is, and the session are one transaction.

use super::{Configuration, depart::Kept, store};
use crate::{
    Backend, Client, Error, Result,
    caller::Permit,
    database::{Hold, Tx},
    identities::{Back, Stopped, enter::Entrant, store as identities},
    organization,
    saml::{self, Asserted, SamlError, ServiceProvider},
    secret::Token,
    sessions::Vouching,
    sign_in::SignedIn,
};
use domain::{
    identities::Method,
    ids::{OrganizationId, SessionId, SsoTestId},
    local_path::LocalPath,
    organization::OrgId,
    saml_problem::SamlProblem,
    sign_in_problem::SignInProblem,
};

/// Where a response led.
#[derive(Debug)]
pub enum SsoArrived {
    SignedIn {
        signed_in: SignedIn,
        next: Option<LocalPath>,
        /// Whether the browser shall remember the organization.
        remember: bool,
    },
    /// A test sign-in, whether it passed or not.
    Tested(SsoTestId),
}

impl Backend {
    /// Judges the response that a browser brought to the consumer of an organization. `browser`: from the cookie.
    pub async fn arrive_by_sso(
        &self,
        client: &Client,
        org_id: &OrgId,
        response: &str,
        relay_state: Option<&str>,
        browser: Option<&Token>,
    ) -> Result<SsoArrived, Stopped> {
        let Some(state) = relay_state.filter(|state| !state.is_empty()) else {
            return Err(SignInProblem::Saml(SamlProblem::Unsolicited).into());
        };
        let browser = browser.ok_or_else(|| Stopped::new(SignInProblem::Over, "there is no cookie"))?;
        let left = self
            .take_departure::<Kept>("saml", &Token::presented(state), browser)
            .await?;
        let (left, kept) = left.ok_or(SignInProblem::Over)?;
        let organization = OrganizationId(left.organization_id.unwrap_or_default());
        let found = {
            let mut connection = self.pool.acquire().await.map_err(Error::from)?;
            // The consumer of another organization is no way around.
            if !store::is_org_id_of(&mut connection, organization, org_id).await? {
                return Err(SignInProblem::Over.into());
            }
            store::find(&mut connection, organization, kept.stage).await?
        };
        if left.purpose == "test" {
            let session = SessionId(left.session_id.unwrap_or_default());
            return self
                .finish_test(client, (organization, session), found, &kept, response)
                .await
                .map(SsoArrived::Tested)
                .map_err(|stopped| stopped.back_to(Back::Sso));
        }
        let found = found
            .filter(|found| found.row.enabled)
            .ok_or(SignInProblem::NoSso)?;
        let asserted = self.judge_response(&kept, &found, response).await?;
        if kept.again && !asserted.is_anew {
            let detail = format!("they signed in at {}", asserted.authn_instant);
            return Err(SamlError::new(SamlProblem::NotSignedInAnew, detail).into());
        }
        let signed_in = self.enter_by_sso(client, organization, &found, &asserted).await?;
        if let Some(replaced) = kept.replaces {
            self.end_replaced_session(client, &replaced).await;
        }
        if let SignedIn::Session(token) = &signed_in {
            self.metrics.sign_in(&Ok::<_, Error>(token));
        }
        let next = kept.next.as_deref().and_then(LocalPath::parse);
        Ok(SsoArrived::SignedIn {
            signed_in,
            next,
            remember: kept.remember,
        })
    }

    pub(super) async fn judge_response(
        &self,
        kept: &Kept,
        found: &Configuration,
        response: &str,
    ) -> Result<Asserted, SamlError> {
        let sp = ServiceProvider {
            entity_id: kept.entity_id.clone(),
            acs_url: kept.acs_url.clone(),
        };
        let (idp, now) = (found.identity_provider(), self.now());
        let (request, response) = (kept.request.clone(), response.to_owned());
        let judged =
            tokio::task::spawn_blocking(move || saml::consume(&sp, &idp, &request, &response, now)).await;
        judged.unwrap_or_else(|error| Err(SamlError::new(SamlProblem::Unchecked, error.to_string())))
    }

    async fn enter_by_sso(
        &self,
        client: &Client,
        organization: OrganizationId,
        found: &Configuration,
        asserted: &Asserted,
    ) -> Result<SignedIn, Stopped> {
        let identity = (
            found.row.entity_id.as_str(),
            asserted.format.as_str(),
            asserted.name_id.as_str(),
        );
        let browser = client.browser.as_ref().map(Token::hash);
        let mut tx = self.begin_in(organization).await?;
        let known = identities::find_known_by_saml(&mut tx, organization, identity, browser).await?;
        // Alone where somebody may join: of two at once with one address, the second finds the account of the first.
        let hold = if known.is_some() {
            Hold::Shared
        } else {
            Hold::Alone
        };
        if organization::store::lock_organization(&mut tx, organization, hold)
            .await?
            .is_none()
        {
            return Err(SignInProblem::NoSso.into());
        }
        // It may have been switched off or replaced since it was read.
        let stays = store::is_in_use(&mut tx, organization, found.row.version).await?;
        if !stays {
            return Err(SignInProblem::NoSso.into());
        }
        let known = identities::find_known_by_saml(&mut tx, organization, identity, browser).await?;
        if hold == Hold::Shared && known.is_none() {
            return Err(SignInProblem::Over.into());
        }
        self.use_up(&mut tx, organization, asserted).await?;
        let entrant = if let Some(known) = known {
            Entrant::from(known)
        } else {
            let joined = self
                .join_by_sso(&mut tx, client, organization, found, identity, asserted)
                .await;
            match joined {
                Ok(entrant) => entrant,
                Err(not_joined) => {
                    // The response is used all the same.
                    drop(tx);
                    let stopped = self.settle(client, organization, not_joined).await?;
                    return Err(self.used_in_vain(organization, asserted, stopped).await?);
                }
            }
        };
        if !entrant.may {
            drop(tx);
            let stopped = self.turned_away(client, &entrant, Method::Saml).await?;
            return Err(self.used_in_vain(organization, asserted, stopped).await?);
        }
        let permit = Permit::sign_in(organization, entrant.user, &entrant.email, client);
        let signed_in = self
            .enter_in(
                &mut tx,
                &permit,
                &entrant,
                Method::Saml,
                Vouching {
                    until: asserted.session_not_on_or_after,
                    proved_at: (!asserted.is_anew).then_some(asserted.authn_instant),
                    second_factor: !found.row.asks_for_code,
                },
            )
            .await?
            .ok_or(SignInProblem::NoAccount)?;
        tx.commit().await?;
        self.mail_bell.notify_one();
        Ok(signed_in)
    }

    /// Uses a response up, and everything by which it could be recognized; one that was used is refused.
    pub(super) async fn use_up(
        &self,
        tx: &mut Tx,
        organization: OrganizationId,
        asserted: &Asserted,
    ) -> Result<(), Stopped> {
        for (key, until) in &asserted.replay_keys {
            if !store::save_used(tx, organization, key, *until).await? {
                return Err(SignInProblem::Saml(SamlProblem::Replayed).into());
            }
        }
        Ok(())
    }

    async fn used_in_vain(
        &self,
        organization: OrganizationId,
        asserted: &Asserted,
        stopped: Stopped,
    ) -> Result<Stopped, Stopped> {
        let mut tx = Tx::begin(&self.pool).await?;
        self.use_up(&mut tx, organization, asserted).await?;
        tx.commit().await?;
        Ok(stopped)
    }
}

impl From<SamlError> for Stopped {
    fn from(error: SamlError) -> Self {
        Self::new(SignInProblem::Saml(error.problem), error.detail)
    }
}
