//! Google by OpenID Connect (Core 1.0): where somebody is sent, and what the answer proves.

use super::oauth::{Answered, Unproven, Vouched, failed};
use crate::{outbound::Outbound, settings::GoogleClient};
use oauth2::{AuthorizationCode, CsrfToken, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope};
use openidconnect::{
    AuthUrl, ClientId, ClientSecret, EmptyAdditionalProviderMetadata, EndpointMaybeSet, EndpointNotSet,
    EndpointSet, IssuerUrl, JsonWebKeySet, JsonWebKeySetUrl, Nonce, ResponseTypes, TokenResponse, TokenUrl,
    core::{
        CoreAuthenticationFlow, CoreClient, CoreJwsSigningAlgorithm, CoreProviderMetadata, CoreResponseType,
        CoreSubjectIdentifierType,
    },
};
use time::OffsetDateTime;

type Client = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// What Google signs with; and nothing that a shared secret, or nobody, could have made.
const SIGNED_BY: [CoreJwsSigningAlgorithm; 2] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
];

fn client(
    google: &GoogleClient,
    redirect: RedirectUrl,
    keys: Option<JsonWebKeySet<openidconnect::core::CoreJsonWebKey>>,
) -> Result<Client, Unproven> {
    let wrong = |error| failed(Answered::ClientRefused, error);
    let metadata = CoreProviderMetadata::new(
        IssuerUrl::new(google.issuer.clone()).map_err(wrong)?,
        AuthUrl::new(google.authorize_url.clone()).map_err(wrong)?,
        JsonWebKeySetUrl::new(google.keys_url.clone()).map_err(wrong)?,
        vec![ResponseTypes::new(vec![CoreResponseType::Code])],
        vec![CoreSubjectIdentifierType::Public],
        SIGNED_BY.to_vec(),
        EmptyAdditionalProviderMetadata {},
    )
    .set_token_endpoint(Some(TokenUrl::new(google.token_url.clone()).map_err(wrong)?))
    .set_jwks(keys.unwrap_or_default());
    let registration = &google.registration;
    Ok(CoreClient::from_provider_metadata(
        metadata,
        ClientId::new(registration.client_id.clone()),
        Some(ClientSecret::new(registration.client_secret.expose().clone())),
    )
    .set_redirect_uri(redirect))
}

/// Where the browser is sent. `again`: even somebody who is signed in there proves once more who they are.
pub(super) fn departure(
    google: &GoogleClient,
    redirect: RedirectUrl,
    (state, nonce, challenge): (CsrfToken, Nonce, PkceCodeChallenge),
    again: bool,
) -> Result<String, Unproven> {
    let client = client(google, redirect, None)?;
    let mut request = client
        .authorize_url(
            CoreAuthenticationFlow::AuthorizationCode,
            move || state,
            move || nonce,
        )
        .add_scope(Scope::new("email".into()))
        .add_scope(Scope::new("profile".into()))
        .set_pkce_challenge(challenge);
    if again {
        // With an age, the time of the sign-in must come with the token (OpenID Connect Core section 3.1.2.1).
        request = request
            .add_prompt(openidconnect::core::CoreAuthPrompt::Login)
            .set_max_age(std::time::Duration::ZERO);
    } else {
        // Whoever shares a machine chooses whose account it is.
        request = request.add_prompt(openidconnect::core::CoreAuthPrompt::SelectAccount);
    }
    Ok(request.url().0.to_string())
}

/// Exchanges the code, and checks the token that comes for it: signature, issuer, audience, time and nonce.
pub(super) async fn prove(
    google: &GoogleClient,
    outbound: &Outbound,
    redirect: RedirectUrl,
    code: String,
    (verifier, nonce): (PkceCodeVerifier, Nonce),
    now: OffsetDateTime,
) -> Result<Vouched, Unproven> {
    let keys_url = JsonWebKeySetUrl::new(google.keys_url.clone())
        .map_err(|error| failed(Answered::ClientRefused, error))?;
    let tokens = client(google, redirect.clone(), None)?
        .exchange_code(AuthorizationCode::new(code))
        .map_err(|error| failed(Answered::ClientRefused, error))?
        .set_pkce_verifier(verifier)
        .request_async(outbound)
        .await
        .map_err(super::oauth::token_error)?;
    let token = tokens
        .id_token()
        .ok_or_else(|| failed(Answered::Wrong, "there is no ID token"))?;
    let keys = JsonWebKeySet::fetch_async(&keys_url, outbound)
        .await
        .map_err(|error| failed(Answered::Down, error))?;
    let client = client(google, redirect, Some(keys))?;
    let seconds = now.unix_timestamp();
    let at = move || chrono::DateTime::from_timestamp(seconds, 0).unwrap_or_default();
    let verifier = client
        .id_token_verifier()
        .set_allowed_algs(SIGNED_BY)
        .set_time_fn(at);
    let claims = token
        .claims(&verifier, &nonce)
        .map_err(|error| failed(Answered::Wrong, error))?;
    // The library leaves this one to us (OpenID Connect Core section 3.1.3.7, step 5).
    let party = claims.authorized_party().map(|party| party.as_str());
    if party.is_some_and(|party| party != google.registration.client_id) {
        return Err(failed(Answered::Wrong, "it was issued to another client"));
    }
    if claims.subject().is_empty() {
        return Err(failed(Answered::Wrong, "it names nobody"));
    }
    let email = claims
        .email()
        .filter(|_| claims.email_verified() == Some(true))
        .map(|email| email.as_str().to_owned());
    let given = claims.given_name().and_then(|names| names.get(None));
    let family = claims.family_name().and_then(|names| names.get(None));
    Ok(Vouched {
        issuer: google.issuer.clone(),
        subject: claims.subject().as_str().to_owned(),
        email,
        first_name: given.map(|name| name.as_str().to_owned()).unwrap_or_default(),
        last_name: family.map(|name| name.as_str().to_owned()).unwrap_or_default(),
        signed_in_at: claims
            .auth_time()
            .and_then(|at| OffsetDateTime::from_unix_timestamp(at.timestamp()).ok()),
    })
}
