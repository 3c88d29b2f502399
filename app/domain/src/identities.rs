//! Signing in by what a provider vouches for, and the methods by which somebody can sign in.

use crate::{ids::IdentityId, moment::Moment, organization::OrgId};
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// A provider of the whole installation, configured by its operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Provider {
    Google,
    GitHub,
}

impl Provider {
    pub const ALL: [Self; 2] = [Self::Google, Self::GitHub];

    /// In addresses and in the database.
    pub fn key(self) -> &'static str {
        match self {
            Self::Google => "google",
            Self::GitHub => "github",
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Google => "Google",
            Self::GitHub => "GitHub",
        }
    }
}

impl FromStr for Provider {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL
            .into_iter()
            .find(|provider| provider.key() == text)
            .ok_or(())
    }
}

/// How somebody proves who they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Method {
    #[default]
    Password,
    Google,
    GitHub,
    Saml,
}

impl Method {
    pub const ALL: [Self; 4] = [Self::Password, Self::Google, Self::GitHub, Self::Saml];

    pub fn key(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Google => "google",
            Self::GitHub => "github",
            Self::Saml => "saml",
        }
    }

    /// As pages say it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Password => "Password",
            Self::Google => "Google",
            Self::GitHub => "GitHub",
            Self::Saml => "SSO",
        }
    }
}

impl From<Provider> for Method {
    fn from(provider: Provider) -> Self {
        match provider {
            Provider::Google => Self::Google,
            Provider::GitHub => Self::GitHub,
        }
    }
}

impl FromStr for Method {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL
            .into_iter()
            .find(|method| method.key() == text)
            .ok_or(())
    }
}

/// A linked method, as its person sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentityLine {
    pub id: IdentityId,
    pub method: Method,
    /// As the provider said it when it was linked.
    pub email: String,
    pub linked: Moment,
    pub last_used: Option<Moment>,
}

/// The methods by which a person signs in, and those that they could link.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnMethods {
    pub has_password: bool,
    pub identities: Vec<IdentityLine>,
    /// Which of the linked methods lead in at present: their provider is set up, single sign-on is in use.
    pub in_use: Vec<Method>,
    pub linkable: Vec<Provider>,
    /// Whether a second factor after single sign-on is the identity provider's affair.
    pub second_factor_elsewhere: bool,
    /// Whether their organization lets them in by SSO alone.
    pub sso_required: bool,
}

impl OwnMethods {
    /// Whether a linked method can be taken away: it is not the organization's to decide.
    pub fn can_unlink(&self, line: &IdentityLine) -> bool {
        line.method != Method::Saml && !self.is_last(line)
    }

    /// Whether no other method would be left that leads in.
    pub fn is_last(&self, line: &IdentityLine) -> bool {
        let leads_in = |other: &IdentityLine| other.id != line.id && self.in_use.contains(&other.method);
        !self.has_password && !self.identities.iter().any(leads_in)
    }
}

/// The methods by which a person signs in, as administrators see them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonMethods {
    pub has_password: bool,
    pub identities: Vec<IdentityLine>,
    /// Whether their organization lets them in by SSO alone.
    pub bound_to_sso: bool,
}

impl PersonMethods {
    pub fn has_sso(&self) -> bool {
        self.identities.iter().any(|line| line.method == Method::Saml)
    }
}

/// How somebody can prove again who they are, for what asks for a recent proof.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProofWays {
    pub password: bool,
    /// By signing in once more.
    pub providers: Vec<Provider>,
    /// By signing in once more at the identity provider of this organization.
    pub sso: Option<OrgId>,
}

/// What the sign-in page and the page of an invitation offer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offered {
    /// Configured by the operator.
    pub providers: Vec<Provider>,
    /// Where somebody last signed in with SSO in this browser.
    pub sso: Option<OrgId>,
    /// Whether another site led here: a page then does not go on by itself.
    pub from_elsewhere: bool,
}

/// Somebody whom a provider vouches for and who belongs to no account yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingIdentity {
    pub provider: Provider,
    /// Verified by the provider.
    pub email: String,
    pub first_name: String,
    pub last_name: String,
    /// Which organization waits for exactly this address.
    pub invitation: Option<PendingInvitation>,
}

/// An invitation that the holder of the invited address can accept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingInvitation {
    pub organization: String,
    /// `None`: the operator.
    pub invited_by: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn line(id: u128, method: Method) -> IdentityLine {
        IdentityLine {
            id: IdentityId(Uuid::from_u128(id)),
            method,
            email: "ada@example.test".into(),
            linked: time::OffsetDateTime::UNIX_EPOCH.into(),
            last_used: None,
        }
    }

    #[test]
    fn the_last_method_stays_and_sso_is_the_organizations() {
        let (google, github, saml) = (
            line(1, Method::Google),
            line(2, Method::GitHub),
            line(3, Method::Saml),
        );
        let own = |has_password, identities: &[&IdentityLine]| OwnMethods {
            has_password,
            identities: identities.iter().copied().cloned().collect(),
            in_use: vec![Method::Google, Method::GitHub, Method::Saml],
            ..OwnMethods::default()
        };
        assert!(!own(false, &[&google]).can_unlink(&google));
        assert!(own(true, &[&google]).can_unlink(&google));
        assert!(own(false, &[&google, &github]).can_unlink(&github));
        assert!(own(false, &[&google, &saml]).can_unlink(&google));
        assert!(!own(true, &[&google, &saml]).can_unlink(&saml));
        // What does not lead in is no way in.
        let without_sso = OwnMethods {
            in_use: vec![Method::Google],
            ..own(false, &[&google, &saml])
        };
        assert!(!without_sso.can_unlink(&google));
    }

    #[test]
    fn every_method_is_read_as_it_is_written() {
        for method in Method::ALL {
            assert_eq!(method.key().parse(), Ok(method));
        }
        for provider in Provider::ALL {
            assert_eq!(provider.key().parse(), Ok(provider));
            assert_eq!(provider.key().parse(), Ok(Method::from(provider)));
        }
        assert_eq!("facebook".parse::<Provider>(), Err(()));
    }
}
