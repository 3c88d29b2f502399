//! Single sign-on of an organization: its administrators configure, test, deploy and require it (`configure.rs`,
//! `require.rs`, `test.rs`), its people sign in by it (`depart.rs`, `arrive.rs`, `join.rs`), and administrators are told
//! before a certificate ends (`remind.rs`). What a response is worth is judged in `saml/`; this slice has the database.
//!
//! An identity is the NameID with its format and issuer within one organization; the address counts once, when an
//! account is made, found or joined. Nothing that an identity provider says gives a role.

mod arrive;
mod configure;
mod depart;
mod join;
mod remind;
mod require;
pub(crate) mod store;
mod test_sign_in;
#[cfg(any(test, feature = "testing"))]
mod testing;
#[cfg(test)]
pub(crate) mod tests;

pub use arrive::SsoArrived;
pub use configure::{SsoTyped, TypedSource};
pub use depart::SsoAsked;
pub(crate) use require::name_recovered;

use crate::{
    Backend, Caller, Error, Result,
    caller::Target,
    saml::{Certificate, IdentityProvider, ServiceProvider},
};
use domain::{
    access::Action,
    organization::OrgId,
    sso::{CertificateLine, IdentityProviderView, SsoRules, SsoView, Stage},
};
use time::OffsetDateTime;

/// An identity provider of an organization as it is stored.
pub(crate) struct Configuration {
    row: store::Row,
    certificates: Vec<Certificate>,
}

impl Configuration {
    fn new(row: store::Row, ders: &[Vec<u8>]) -> Result<Self> {
        let certificates = ders
            .iter()
            .map(|der| Certificate::from_der(der))
            .collect::<Result<_, _>>();
        Ok(Self {
            row,
            certificates: certificates
                .map_err(|_| Error::unavailable("a stored certificate can't be read"))?,
        })
    }

    fn stage(&self) -> Result<Stage> {
        self.row
            .stage
            .parse()
            .map_err(|()| Error::unavailable("unknown stage"))
    }

    fn rules(&self) -> SsoRules {
        SsoRules {
            require_signed_assertion: self.row.require_signed_assertion,
            asks_for_code: self.row.asks_for_code,
            creates_accounts: self.row.creates_accounts,
            domains: self.row.domains.clone(),
        }
    }

    fn identity_provider(&self) -> IdentityProvider {
        IdentityProvider {
            entity_id: self.row.entity_id.clone(),
            sso_url: self.row.sso_url.clone(),
            certificates: self.certificates.clone(),
            require_signed_assertion: self.row.require_signed_assertion,
        }
    }

    fn shown(self, now: OffsetDateTime) -> Result<IdentityProviderView> {
        let lines = self.certificates.iter().map(|certificate| CertificateLine {
            subject: certificate.subject().to_owned(),
            fingerprint: certificate.fingerprint().to_string(),
            key: certificate.key_kind().to_string(),
            ends: certificate.not_after().into(),
            days_left: (certificate.not_after() - now).whole_days(),
        });
        Ok(IdentityProviderView {
            stage: self.stage()?,
            source: self
                .row
                .source
                .parse()
                .map_err(|()| Error::unavailable("unknown source"))?,
            certificates: lines.collect(),
            certificates_pem: self.certificates.iter().map(Certificate::pem).collect(),
            rules: self.rules(),
            metadata_url: self.row.metadata_url,
            entity_id: self.row.entity_id,
            sso_url: self.row.sso_url,
            enabled: self.row.enabled,
            version: self.row.version,
            saved: self.row.saved_at.into(),
            tested: self.row.tested_at.map(Into::into),
        })
    }
}

impl Backend {
    /// This console as the identity provider of an organization knows it.
    pub(crate) fn service_provider(&self, org_id: &OrgId) -> ServiceProvider {
        let base = format!("{}/accounts/saml/{org_id}", self.settings.public_url);
        ServiceProvider {
            entity_id: format!("{base}/metadata"),
            acs_url: format!("{base}/acs"),
        }
    }

    /// Our metadata for the identity provider of an organization. The same for every Org ID, whether there is one or not.
    pub fn sso_metadata(&self, org_id: &OrgId) -> Result<String> {
        crate::saml::metadata(&self.service_provider(org_id)).map_err(Error::unavailable)
    }

    /// What the page of single sign-on shows.
    pub async fn sso_settings(&self, caller: &Caller) -> Result<SsoView> {
        caller.permit(Action::ViewSso, Target::Organization(caller.organization))?;
        let (organization, now) = (caller.organization, self.now());
        let sp = self.service_provider(&caller.org_id);
        let shown = |found: Option<Configuration>| found.map(|found| found.shown(now)).transpose();
        let mut connection = self.pool.acquire().await?;
        let draft = shown(store::find(&mut connection, organization, Stage::Draft).await?)?;
        let live = shown(store::find(&mut connection, organization, Stage::Live).await?)?;
        let may_change = caller.may(Action::ConfigureSso);
        let candidates = if may_change {
            store::list_candidates(&mut connection, organization).await?
        } else {
            Vec::new()
        };
        let required = store::find_required(&mut connection, organization, now).await?;
        let tests = store::list_tests(&mut connection, organization).await?;
        Ok(SsoView {
            sign_in_url: format!(
                "{}/accounts/saml/{}/login",
                self.settings.public_url, caller.org_id
            ),
            org_id: caller.org_id.clone(),
            entity_id: sp.entity_id,
            acs_url: sp.acs_url,
            draft,
            live,
            required,
            candidates,
            tests,
            may_change,
            wants_proof: !self.is_proved(caller),
            now: now.into(),
        })
    }
}
