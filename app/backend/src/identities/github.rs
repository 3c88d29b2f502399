//! GitHub by OAuth 2: where somebody is sent, and who they are by its API. GitHub signs nothing, so what it says is
//! believed because it was asked directly.

use super::oauth::{Answered, Unproven, Vouched, failed, token_error};
use crate::{
    outbound::{NoAnswer, Outbound},
    settings::GitHubClient,
};
use oauth2::{
    AccessToken, AsyncHttpClient, AuthType, AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken,
    EndpointNotSet, EndpointSet, HttpRequest, HttpResponse, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl,
    Scope, TokenResponse, TokenUrl, basic::BasicClient,
};
use serde::{Deserialize, de::DeserializeOwned};
use std::pin::Pin;
use url::Url;

/// The version of the API that this reads.
const API_VERSION: &str = "2022-11-28";

type Client = BasicClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointSet>;

#[derive(Deserialize)]
struct User {
    /// Stays when the login changes, and is never given to somebody else.
    id: u64,
    name: Option<String>,
}

#[derive(Deserialize)]
struct Address {
    email: String,
    primary: bool,
    verified: bool,
}

fn client(github: &GitHubClient, redirect: RedirectUrl) -> Result<Client, Unproven> {
    let wrong = |error| failed(Answered::ClientRefused, error);
    let registration = &github.registration;
    Ok(BasicClient::new(ClientId::new(registration.client_id.clone()))
        .set_client_secret(ClientSecret::new(registration.client_secret.expose().clone()))
        .set_auth_uri(AuthUrl::new(github.authorize_url.clone()).map_err(wrong)?)
        .set_token_uri(TokenUrl::new(github.token_url.clone()).map_err(wrong)?)
        .set_auth_type(AuthType::RequestBody)
        .set_redirect_uri(redirect))
}

/// Where the browser is sent. GitHub has no way to ask somebody who is signed in to prove it again.
pub(super) fn departure(
    github: &GitHubClient,
    redirect: RedirectUrl,
    (state, challenge): (CsrfToken, PkceCodeChallenge),
) -> Result<String, Unproven> {
    let (url, _) = client(github, redirect)?
        .authorize_url(move || state)
        .add_scope(Scope::new("user:email".into()))
        .add_extra_param("prompt", "select_account")
        .set_pkce_challenge(challenge)
        .url();
    Ok(url.to_string())
}

/// The installation of GitHub that vouches.
pub(super) fn issuer(github: &GitHubClient) -> String {
    Url::parse(&github.authorize_url)
        .map(|url| url.origin().ascii_serialization())
        .unwrap_or_default()
}

/// Exchanges the code and asks who it is, with the primary address if GitHub has verified it. The access token is
/// forgotten at the end.
pub(super) async fn prove(
    github: &GitHubClient,
    outbound: &Outbound,
    redirect: RedirectUrl,
    code: String,
    verifier: PkceCodeVerifier,
) -> Result<Vouched, Unproven> {
    let outbound = &SayingErrors(outbound.clone());
    let tokens = client(github, redirect)?
        .exchange_code(AuthorizationCode::new(code))
        .set_pkce_verifier(verifier)
        .request_async(outbound)
        .await
        .map_err(token_error)?;
    let token = tokens.access_token();
    let user: User = read(&outbound.0, &github.user_url, token).await?;
    let emails: Vec<Address> = read(&outbound.0, &github.emails_url, token).await?;
    let primary = emails.into_iter().find(|email| email.primary && email.verified);
    let name = user.name.unwrap_or_default();
    let (first, last) = name.trim().rsplit_once(' ').unwrap_or((name.trim(), ""));
    Ok(Vouched {
        issuer: issuer(github),
        subject: user.id.to_string(),
        email: primary.map(|email| email.email),
        first_name: first.trim().to_owned(),
        last_name: last.to_owned(),
        // It is not told.
        signed_in_at: None,
    })
}

/// Gives answers that are errors the status of one.
struct SayingErrors(Outbound);

impl<'c> AsyncHttpClient<'c> for SayingErrors {
    type Error = NoAnswer;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, NoAnswer>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async move { self.0.ask(request).await.map(with_status_of_error) })
    }
}

/// GitHub answers a wrong code with 200 and says in the body that it is an error.
fn with_status_of_error(mut response: HttpResponse) -> HttpResponse {
    let says_error = serde_json::from_slice::<serde_json::Value>(response.body())
        .is_ok_and(|body| body.get("error").is_some());
    if response.status().is_success() && says_error {
        *response.status_mut() = http::StatusCode::BAD_REQUEST;
    }
    response
}

async fn read<T: DeserializeOwned>(
    outbound: &Outbound,
    url: &str,
    token: &AccessToken,
) -> Result<T, Unproven> {
    let request = http::Request::get(url)
        .header(http::header::AUTHORIZATION, format!("Bearer {}", token.secret()))
        .header(http::header::ACCEPT, "application/vnd.github+json")
        .header("x-github-api-version", API_VERSION)
        .body(Vec::new())
        .map_err(|error| failed(Answered::ClientRefused, error))?;
    let answer = outbound
        .ask(request)
        .await
        .map_err(|error| failed(Answered::Down, error))?;
    if !answer.status().is_success() {
        return Err(failed(
            Answered::Down,
            format!("{url} answered {}", answer.status()),
        ));
    }
    serde_json::from_slice(answer.body()).map_err(|error| failed(Answered::Down, error))
}
