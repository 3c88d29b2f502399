//! A sign-in that has left for an identity provider as a test wants it, so that responses which were made beforehand can
//! come back to it.
#![expect(
    clippy::missing_panics_doc,
    reason = "a test that can't be arranged ends by panicking"
)]

use super::{depart::Kept, store};
use crate::{
    Backend, Client,
    identities::depart::Leaving,
    saml::{ServiceProvider, testing::begun_as},
    secret::Token,
};
use domain::{organization::OrgId, sso::Stage};

impl Backend {
    /// What comes back as `RelayState`, and what the browser's cookie holds. `sp`: as whom we left.
    pub async fn depart_to_sso_as(
        &self,
        org_id: &OrgId,
        sp: &ServiceProvider,
        request_id: &str,
    ) -> (Token, Token) {
        let mut connection = self.pool.acquire().await.expect("a connection");
        let found = store::find_live(&mut connection, org_id)
            .await
            .expect("a database")
            .expect("a deployed configuration");
        drop(connection);
        let state = self.chance.token();
        let kept = Kept {
            request: begun_as(sp, &found.identity_provider(), request_id, self.now()),
            entity_id: sp.entity_id.clone(),
            acs_url: sp.acs_url.clone(),
            stage: Stage::Live,
            version: found.row.version,
            remember: true,
            again: false,
            next: None,
            replaces: None,
        };
        let leaving = Leaving {
            provider: "saml",
            purpose: "sign_in",
            organization: Some(found.row.organization_id),
            session: None,
        };
        let browser = self
            .save_departure(&Client::default(), &leaving, &state, &kept)
            .await
            .expect("a departure");
        (state, browser)
    }
}
