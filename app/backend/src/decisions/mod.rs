//! What services are told: who a token belongs to, and whether a person may do something, with the reason. Decided by the
//! evaluator of the console from what the database says at this moment; nothing is kept.

mod store;
#[cfg(test)]
mod tests;

use crate::{Backend, Error, Result, services::Service, tokens::Holder};
use domain::{
    access::{KeyDecision, RoleKey, decide_by_key, with_included},
    email_address::EmailAddress,
    ids::UserId,
};

/// Acts that are judged at once, at most.
pub const MOST_ACTIONS: usize = 100;

/// Whom a question is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// Whoever this token acts as.
    Token(String),
    User(UserId),
    /// As anybody writes it.
    Email(String),
}

/// Whether an act is allowed, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// By these roles that the person holds; none for what everybody may do about themselves.
    Allowed { by: Vec<RoleKey> },
    /// One of these is missing.
    Denied { needs: Vec<RoleKey> },
    /// No role allows such an act.
    UnknownAction,
    /// Nobody active of the organization: deactivated, never there, or a token that does not work.
    NotActive,
    /// The organization asks for two-factor authentication, which the person has not set up.
    TwoFactorWanted,
}

/// What is known of the person that was asked about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    pub user: UserId,
    pub email: String,
}

impl Backend {
    /// Who a token acts as, if that is somebody of the service's organization.
    pub async fn introspect(&self, service: &Service, token: &str) -> Result<Option<Holder>> {
        self.find_holder_in(Some(service.organization), token).await
    }

    /// Whether somebody may do each of these, in the order in which they are named. Of whoever is not active the answer is the
    /// same, whatever the reason.
    pub async fn decide(
        &self,
        service: &Service,
        subject: &Subject,
        actions: &[String],
    ) -> Result<(Option<Judged>, Vec<Verdict>)> {
        let person = self.find_subject(service, subject).await?;
        let Some((judged, roles, must_enrol)) = person else {
            return Ok((None, actions.iter().map(|_| Verdict::NotActive).collect()));
        };
        let verdict = |action: &String| match decide_by_key(&self.settings.catalogue, &roles, action) {
            KeyDecision::Unknown => Verdict::UnknownAction,
            // What everybody may do about themselves includes setting it up.
            KeyDecision::Allowed { by } if must_enrol && !by.is_empty() => Verdict::TwoFactorWanted,
            KeyDecision::Allowed { by } => Verdict::Allowed { by },
            KeyDecision::Denied { needs } => Verdict::Denied { needs },
        };
        Ok((Some(judged), actions.iter().map(verdict).collect()))
    }

    /// An active person of the service's organization, what they hold, and whether that counts for nothing.
    async fn find_subject(
        &self,
        service: &Service,
        subject: &Subject,
    ) -> Result<Option<(Judged, Vec<RoleKey>, bool)>> {
        let row = match subject {
            Subject::Token(token) => {
                let holder = self.introspect(service, token).await?;
                return Ok(holder.map(|holder| {
                    let judged = Judged {
                        user: holder.user,
                        email: holder.email,
                    };
                    (judged, holder.roles, holder.must_enrol)
                }));
            }
            Subject::User(user) => {
                store::find_person(&self.pool, service.organization, Some(*user), None, self.now()).await?
            }
            Subject::Email(email) => {
                let Ok(email) = EmailAddress::parse(email) else {
                    return Ok(None);
                };
                store::find_person(&self.pool, service.organization, None, Some(&email), self.now()).await?
            }
        };
        Ok(row.map(|row| {
            let judged = Judged {
                user: UserId(row.id),
                email: row.email,
            };
            (judged, with_included(row.roles), row.must_enrol)
        }))
    }

    /// What somebody may do outside, by their own token: the keys of all acts, sorted.
    ///
    /// # Errors
    /// `SignedOut` for a token that does not work, whatever the reason.
    pub async fn whoami(&self, token: &str) -> Result<(Holder, Vec<String>)> {
        let holder = self.find_holder(token).await?.ok_or(Error::SignedOut)?;
        let keys = domain::access::allowed_keys(&self.settings.catalogue, holder.effective_roles());
        Ok((holder, keys.into_iter().collect()))
    }
}
