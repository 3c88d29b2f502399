//! Sending somebody to the identity provider of an organization.

use super::store;
use crate::{
    Backend, Caller, Client, Error, Result,
    caller::Target,
    identities::{Departure, Stopped, depart::Leaving},
    saml,
    secret::Secret,
    sessions::Replaced,
};
use domain::{
    access::Action, local_path::LocalPath, organization::OrgId, refusal::Refusal,
    sign_in_problem::SignInProblem, sso::Stage,
};
use serde::{Deserialize, Serialize};

/// What must be known when the response comes; sealed until then.
#[derive(Serialize, Deserialize)]
pub(super) struct Kept {
    /// What `saml::consume` needs of the request.
    pub request: Vec<u8>,
    /// Who we were to the identity provider.
    pub entity_id: String,
    pub acs_url: String,
    pub stage: Stage,
    /// Of the configuration.
    pub version: i32,
    /// Whether a new sign-in was asked for.
    pub again: bool,
    /// Whether the browser shall remember the organization: no other site began this.
    pub remember: bool,
    /// A path of ours.
    pub next: Option<String>,
    /// The session that the browser had: its cookie does not come along when another site posts.
    pub replaces: Option<Replaced>,
}

/// How a sign-in was asked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct SsoAsked {
    /// They prove anew who they are, even where the identity provider has them signed in.
    pub again: bool,
    /// Another site led there, which may have reasons of its own.
    pub from_elsewhere: bool,
}

/// How somebody leaves, and what for.
#[derive(Default)]
struct How<'a> {
    again: bool,
    remember: bool,
    next: Option<&'a LocalPath>,
    replaces: Option<Replaced>,
}

impl Backend {
    /// Somebody signs in with the single sign-on of an organization. `caller`: whoever is signed in in this browser; their
    /// session ends when the new one begins.
    pub async fn depart_to_sso(
        &self,
        client: &Client,
        caller: Option<&Caller>,
        org_id: &OrgId,
        asked: SsoAsked,
        next: Option<&LocalPath>,
    ) -> Result<Departure, Stopped> {
        if asked.from_elsewhere && caller.is_some_and(|caller| caller.org_id != *org_id) {
            return Err(SignInProblem::SignedInElsewhere.into());
        }
        let found = store::find_live(&mut *self.pool.acquire().await?, org_id).await?;
        let found = found.ok_or(SignInProblem::NoSso)?;
        let leaving = Leaving {
            provider: "saml",
            purpose: "sign_in",
            organization: Some(found.row.organization_id),
            session: None,
        };
        let replaces = caller.and_then(Replaced::of);
        let how = How {
            again: asked.again,
            remember: !asked.from_elsewhere,
            next,
            replaces,
        };
        self.leave_for_sso(client, org_id, &found, leaving, how).await
    }

    /// An administrator tests a configuration: what comes back is shown, and signs nobody in.
    pub async fn depart_to_test_sso(&self, caller: &Caller, stage: Stage) -> Result<Departure> {
        caller.permit(Action::TestSso, Target::Organization(caller.organization))?;
        let found = store::find(&mut *self.pool.acquire().await?, caller.organization, stage).await?;
        let found = found.ok_or(Refusal::NoSsoConfiguration)?;
        let leaving = Leaving {
            provider: "saml",
            purpose: "test",
            organization: Some(caller.organization.0),
            session: Some(caller.session()?),
        };
        self.leave_for_sso(&caller.client, &caller.org_id, &found, leaving, How::default())
            .await
            .map_err(|stopped| Error::unavailable(stopped.detail))
    }

    async fn leave_for_sso(
        &self,
        client: &Client,
        org_id: &OrgId,
        found: &super::Configuration,
        leaving: Leaving,
        how: How<'_>,
    ) -> Result<Departure, Stopped> {
        let (sp, idp) = (self.service_provider(org_id), found.identity_provider());
        let state = self.chance.token();
        let begun = saml::begin(&sp, &idp, state.expose(), how.again, self.now())
            .map_err(|error| Stopped::new(SignInProblem::Saml(error.problem), error.detail))?;
        let kept = Kept {
            request: begun.request,
            entity_id: sp.entity_id,
            acs_url: sp.acs_url,
            stage: found.stage()?,
            version: found.row.version,
            again: how.again,
            remember: how.remember,
            next: how.next.map(|next| next.as_str().to_owned()),
            replaces: how.replaces,
        };
        let browser = self.save_departure(client, &leaving, &state, &kept).await?;
        Ok(Departure {
            url: Secret::new(begun.url),
            browser,
        })
    }
}
