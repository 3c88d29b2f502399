//! Single sign-on as it is configured. It is changed in the console: each change wants a proof of who somebody is.

use super::{
    ApiError, TAG_SSO,
    caller::By,
    query::{NoParameters, Parameters, time},
};
use crate::Console;
use axum::{Json, extract::State};
use domain::sso::{CertificateLine, IdentityProviderView, SsoView};
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Sso {
    /// This console as the identity provider has to know it.
    entity_id: String,
    acs_url: String,
    /// Where people begin to sign in.
    sign_in_url: String,
    /// What is in use; `null`: nothing was deployed.
    live: Option<IdentityProvider>,
    /// What is to be deployed.
    draft: Option<IdentityProvider>,
    /// The id of the administrator whom SSO does not bind; `null`: it is not required.
    break_glass: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch of its own at the page"
)]
struct IdentityProvider {
    entity_id: String,
    sso_url: String,
    metadata_url: Option<String>,
    enabled: bool,
    require_signed_assertion: bool,
    asks_for_code: bool,
    creates_accounts: bool,
    domains: Vec<String>,
    certificates: Vec<Certificate>,
    saved: String,
    /// When a test sign-in of exactly this passed.
    tested: Option<String>,
}

#[derive(Serialize, ToSchema)]
struct Certificate {
    subject: String,
    /// SHA-256.
    fingerprint: String,
    ends: String,
}

impl From<CertificateLine> for Certificate {
    fn from(line: CertificateLine) -> Self {
        Self {
            subject: line.subject,
            fingerprint: line.fingerprint,
            ends: time(line.ends),
        }
    }
}

impl From<IdentityProviderView> for IdentityProvider {
    fn from(view: IdentityProviderView) -> Self {
        Self {
            entity_id: view.entity_id,
            sso_url: view.sso_url,
            metadata_url: view.metadata_url,
            enabled: view.enabled,
            require_signed_assertion: view.rules.require_signed_assertion,
            asks_for_code: view.rules.asks_for_code,
            creates_accounts: view.rules.creates_accounts,
            domains: view.rules.domains,
            certificates: view.certificates.into_iter().map(Certificate::from).collect(),
            saved: time(view.saved),
            tested: view.tested.map(time),
        }
    }
}

impl From<SsoView> for Sso {
    fn from(view: SsoView) -> Self {
        Self {
            entity_id: view.entity_id,
            acs_url: view.acs_url,
            sign_in_url: view.sign_in_url,
            live: view.live.map(Into::into),
            draft: view.draft.map(Into::into),
            break_glass: view.required.map(|required| required.break_glass.id.to_string()),
        }
    }
}

/// How single sign-on is configured.
#[utoipa::path(get, path = "/api/v1/sso", tag = TAG_SSO, operation_id = "getSso", responses((status = 200, body = Sso)))]
pub(super) async fn find(
    State(console): State<Console>,
    By(caller): By,
    _: Parameters<NoParameters>,
) -> Result<Json<Sso>, ApiError> {
    let view = console.backend.sso_settings(&caller).await?;
    Ok(Json(view.into()))
}
