//! What comes back from Google or GitHub, and what it leads to.

use super::{
    Back, Stopped, github, google,
    oauth::{self, Kept, LONGEST_PARAMETER, Vouched},
    store,
};
use crate::{
    Backend, Caller, Client, Result, caller::Target, database::Hold, identities::enter::Entrant,
    one_line::one_line, secret::Token, sessions::Vouching, sign_in::SignedIn,
};
use domain::{
    access::Action,
    email_address::EmailAddress,
    identities::{Method, Provider},
    ids::SessionId,
    local_path::LocalPath,
    sign_in_problem::SignInProblem,
};
use oauth2::PkceCodeVerifier;
use openidconnect::Nonce;
use std::fmt;

/// The parameters that a provider sends a browser back with.
#[derive(Clone, Default)]
pub struct Answer {
    pub state: Option<String>,
    pub code: Option<String>,
    pub error: Option<String>,
    pub error_description: Option<String>,
    /// Who answers (RFC 9207).
    pub iss: Option<String>,
}

/// Without what proves something: state and code are secrets while they work.
impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer")
            .field("state", &self.state.as_ref().map(|_| "…"))
            .field("code", &self.code.as_ref().map(|_| "…"))
            .field("error", &self.error)
            .field("error_description", &self.error_description)
            .field("iss", &self.iss)
            .finish()
    }
}

/// Where it led.
#[derive(Debug)]
pub enum Arrived {
    SignedIn(SignedIn, Option<LocalPath>),
    /// To the page that joins what was vouched for to an account: what the browser shows there.
    Unlinked(Token),
    /// It was linked to the account of whoever asked.
    Linked,
}

impl Backend {
    /// Judges the answer of a provider. `caller`: whoever is signed in, for a link. `browser`: from the cookie.
    pub async fn arrive(
        &self,
        client: &Client,
        caller: Option<&Caller>,
        provider: Provider,
        answer: Answer,
        browser: Option<&Token>,
    ) -> Result<Arrived, Stopped> {
        let (Some(state), Some(browser)) = (&answer.state, browser) else {
            return Err(SignInProblem::Over.into());
        };
        let state = Token::presented(state);
        let left = self
            .take_departure::<Kept>(provider.key(), &state, browser)
            .await?;
        let (left, kept) = left.ok_or(SignInProblem::Over)?;
        let back = match left.purpose.as_str() {
            "link" => Back::Settings,
            "accept" => kept
                .invitation
                .as_deref()
                .map_or(Back::SignIn, |link| Back::Invitation(Token::presented(link))),
            _ => Back::SignIn,
        };
        let next = kept.next.as_deref().and_then(LocalPath::parse);
        let invitation = kept.invitation.as_deref().map(Token::presented);
        let again = kept.again;
        let arrived = match self.prove_identity(provider, answer, kept).await {
            Ok(vouched) => match (left.purpose.as_str(), invitation) {
                ("link", _) => {
                    self.link(caller, left.session_id.map(SessionId), provider, vouched)
                        .await
                }
                ("accept", Some(link)) => self.begin_joining(client, provider, vouched, &link).await,
                _ if again && self.is_old(&vouched) => Err(SignInProblem::NotAnew.into()),
                _ => self.enter_by(client, provider, vouched, next).await,
            },
            Err(stopped) => Err(stopped),
        };
        if let Ok(Arrived::SignedIn(SignedIn::Session(token), _)) = &arrived {
            self.metrics.sign_in(&Ok::<_, crate::Error>(token));
        }
        arrived.map_err(|stopped| stopped.back_to(back))
    }

    async fn prove_identity(
        &self,
        provider: Provider,
        answer: Answer,
        kept: Kept,
    ) -> Result<Vouched, Stopped> {
        if let Some(error) = answer.error {
            let said = format!("{error}: {}", answer.error_description.unwrap_or_default());
            let problem = if error == "access_denied" {
                SignInProblem::Cancelled
            } else {
                SignInProblem::ProviderRefused
            };
            return Err(Stopped::new(problem, one_line(&said)));
        }
        let code = answer
            .code
            .filter(|code| !code.is_empty() && code.len() <= LONGEST_PARAMETER)
            .ok_or_else(|| Stopped::new(SignInProblem::AnswerWrong, "there is no code"))?;
        let redirect = oauth::callback(&self.settings.public_url, provider)?;
        let verifier = PkceCodeVerifier::new(kept.verifier);
        let providers = &self.settings.providers;
        let issuer = match (provider, &providers.google, &providers.github) {
            (Provider::Google, Some(google), _) => google.issuer.clone(),
            (Provider::GitHub, _, Some(github)) => github::issuer(github),
            _ => return Err(SignInProblem::NotConfigured.into()),
        };
        // GitHub names itself with a path, if it does.
        if let Some(iss) = answer.iss
            && iss != issuer
            && !(provider == Provider::GitHub && iss.starts_with(&format!("{issuer}/")))
        {
            let detail = format!("another issuer answers: {}", one_line(&iss));
            return Err(Stopped::new(SignInProblem::AnswerWrong, detail));
        }
        let proving = async {
            Ok(match (provider, &providers.google, &providers.github) {
                (Provider::Google, Some(google), _) => {
                    let proof = (verifier, Nonce::new(kept.nonce));
                    google::prove(google, &self.outbound, redirect, code, proof, self.now()).await?
                }
                (_, _, Some(github)) => {
                    github::prove(github, &self.outbound, redirect, code, verifier).await?
                }
                _ => return Err(SignInProblem::NotConfigured.into()),
            })
        };
        // For all requests together: somebody waits, and the server's own patience with a request must be longer.
        tokio::time::timeout(providers.timeout.unsigned_abs(), proving)
            .await
            .unwrap_or_else(|_| {
                let detail = "its answers took too long together";
                Err(Stopped::new(SignInProblem::ProviderDown, detail))
            })
    }

    /// Whether somebody who was to sign in anew there did not.
    fn is_old(&self, vouched: &Vouched) -> bool {
        let oldest = self.now() - self.settings.proof_lifetime;
        vouched.signed_in_at.is_some_and(|at| at < oldest)
    }

    /// Signs in whoever is known by this; anybody else may join an account.
    async fn enter_by(
        &self,
        client: &Client,
        provider: Provider,
        vouched: Vouched,
        next: Option<LocalPath>,
    ) -> Result<Arrived, Stopped> {
        let browser = client.browser.as_ref().map(Token::hash);
        let known = store::find_known(
            &self.pool,
            provider.key(),
            &vouched.issuer,
            &vouched.subject,
            browser,
        )
        .await?;
        let Some(known) = known else {
            let (email, vouched) = with_address(vouched)?;
            let token = self.save_pending(provider, &vouched, &email, None).await?;
            return Ok(Arrived::Unlinked(token));
        };
        let entrant = Entrant::from(known);
        let vouching = Vouching {
            // A clock that is ahead makes no proof of the future.
            proved_at: vouched.signed_in_at.map(|at| at.min(self.now())),
            ..Vouching::default()
        };
        let signed_in = self
            .enter(client, &entrant, Method::from(provider), vouching)
            .await?;
        Ok(Arrived::SignedIn(signed_in, next))
    }

    /// Joins by an invitation whose link they hold: the address must be the invited one.
    async fn begin_joining(
        &self,
        client: &Client,
        provider: Provider,
        vouched: Vouched,
        link: &Token,
    ) -> Result<Arrived, Stopped> {
        let (email, vouched) = with_address(vouched)?;
        let invited = self.find_open_invitation(client, link).await?;
        if invited.email_key != email.key() {
            return Err(SignInProblem::AddressDiffers.into());
        }
        if store::is_known(&self.pool, provider.key(), &vouched.issuer, &vouched.subject).await? {
            return Err(SignInProblem::IdentityTaken.into());
        }
        let token = self
            .save_pending(provider, &vouched, &email, Some(invited.invitation))
            .await?;
        Ok(Arrived::Unlinked(token))
    }

    /// Links to the account of the session that left, and to no other.
    async fn link(
        &self,
        caller: Option<&Caller>,
        session: Option<SessionId>,
        provider: Provider,
        vouched: Vouched,
    ) -> Result<Arrived, Stopped> {
        let caller = caller
            .filter(|caller| caller.session().ok() == session)
            .ok_or(SignInProblem::SessionOver)?;
        let (email, vouched) = with_address(vouched)?;
        let own = EmailAddress::parse(&caller.email).ok();
        if own.as_ref().map(EmailAddress::key) != Some(email.key()) {
            return Err(SignInProblem::OwnAddressDiffers.into());
        }
        let permit = caller.permit(Action::LinkIdentity, Target::User(caller.user))?;
        let mut tx = self.begin(&permit, Hold::Shared).await?;
        if store::is_bound(&mut tx, permit.organization, caller.user).await? {
            return Err(SignInProblem::NoAccount.into());
        }
        let of_whom = store::find_owner(&mut tx, provider.key(), &vouched.issuer, &vouched.subject).await?;
        match of_whom {
            Some(user) if user == caller.user.0 => return Ok(Arrived::Linked),
            Some(_) => return Err(SignInProblem::IdentityTaken.into()),
            None => {}
        }
        let to = (caller.user, caller.email.as_str());
        let linked = self
            .save_link(
                &mut tx,
                &permit,
                to,
                &caller.organization_name,
                (provider, &vouched),
                &email,
            )
            .await?;
        if !linked {
            return Err(SignInProblem::AlreadyLinked.into());
        }
        tx.commit().await?;
        self.mail_bell.notify_one();
        Ok(Arrived::Linked)
    }
}

/// What is vouched for, with its address; only one that the provider has verified stands for anything.
fn with_address(vouched: Vouched) -> Result<(EmailAddress, Vouched), Stopped> {
    let email = vouched.email.as_deref().map(EmailAddress::parse);
    match email {
        Some(Ok(email)) => Ok((email, vouched)),
        _ => Err(SignInProblem::AddressNotVerified.into()),
    }
}
