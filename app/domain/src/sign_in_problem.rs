//! Why a sign-in at Google, GitHub or an identity provider did not work: for each reason what happened, and what can be
//! changed. A closed list: the address of the page carries only the key, so nobody can write a sentence into a link.

use crate::{refusal::Refusal, saml_problem::SamlProblem};

macro_rules! problems {
    ($($(#[doc = $doc:literal])* $problem:ident $key:literal $title:literal $what:expr, $change:expr;)+) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum SignInProblem {
            $($(#[doc = $doc])* $problem,)+
            /// The response of an identity provider was not accepted.
            Saml(SamlProblem),
        }

        impl SignInProblem {
            /// All but those of responses.
            const OWN: &[Self] = &[$(Self::$problem),+];

            pub fn key(self) -> &'static str {
                match self { $(Self::$problem => $key,)+ Self::Saml(problem) => problem.key() }
            }

            pub fn title(self) -> &'static str {
                match self { $(Self::$problem => $title,)+ Self::Saml(_) => "Single sign-on didn't work" }
            }

            /// What happened.
            pub fn what(self) -> &'static str {
                match self { $(Self::$problem => $what,)+ Self::Saml(problem) => problem.what() }
            }

            /// What can be done, or what an administrator should change.
            pub fn change(self) -> &'static str {
                match self { $(Self::$problem => $change,)+ Self::Saml(problem) => problem.change() }
            }
        }
    };
}

problems! {
    /// The one answer for whoever has no account that can sign in, by whatever method.
    NoAccount "no-account" "You can't sign in with this"
        Refusal::WrongCredentials.sentence(),
        "If you belong to an organization here, ask one of its administrators.";
    /// Unknown, too old, used, or of another browser.
    Over "over" "This sign-in is over"
        "It took too long, was already finished, or was begun in another browser.",
        "Begin again. If it happens every time, allow cookies for this site.";
    /// The person said no at the provider.
    Cancelled "cancelled" "You turned back"
        "The sign-in was stopped before it was finished. Nothing was changed.",
        "Begin again, or sign in another way.";
    /// The provider answered with an error of its own.
    ProviderRefused "provider-refused" "The provider refused"
        "The provider answered with an error instead of saying who you are.",
        "Try again. If it stays, the operator of this installation finds the provider's own words in the log.";
    /// No answer in time, or one that is none.
    ProviderDown "provider-down" "The provider doesn't answer"
        "We could not ask the provider who you are.",
        "Try again in a minute, or sign in another way.";
    /// The provider does not accept us: client id, secret or redirect address.
    ClientRefused "client-refused" "The provider doesn't accept this console"
        "The provider refused to tell this console who you are.",
        "The operator of this installation should compare client id, client secret and callback address with those registered at the provider.";
    /// What was signed is not what we asked for.
    AnswerWrong "answer-wrong" "The provider's answer can't be trusted"
        "The answer was not made for this sign-in, or is not signed by the provider.",
        "Begin again. If it stays, the operator of this installation should check the issuer and the keys of the provider.";
    /// A new sign-in was asked for, and an older one was told.
    NotAnew "not-anew" "You did not sign in again"
        "The provider has you signed in, and did not ask you to sign in again. Nothing was changed.",
        "Begin again, and sign in at the provider; or sign out here, and in again with your password.";
    /// Another site leads on to the single sign-on of an organization, and somebody is signed in to another one.
    SignedInElsewhere "signed-in-elsewhere" "You are signed in to another organization"
        "Another site wants to sign you in to an organization that is not yours. Nothing was changed.",
        "If you want that, sign out first, and begin again.";
    NotConfigured "not-configured" "This way to sign in is not set up"
        "The operator of this installation has not set this provider up.",
        "Sign in another way.";
    /// No address that the provider has verified.
    AddressNotVerified "address-not-verified" "The provider has not verified your address"
        "Your account there has no verified e-mail address, so it can't stand for yours here.",
        "Verify your address at the provider, then begin again.";
    /// Of an invitation, which names both on its page.
    AddressDiffers "address-differs" "This is another address"
        "You signed in with an account of another e-mail address than the invited one. The invitation is unused.",
        "Sign in with an account of the invited address, or choose a password.";
    /// Of a link in the settings.
    OwnAddressDiffers "own-address-differs" "This is another address"
        "The account that you chose has another e-mail address than yours here. Nothing was linked.",
        "Link an account whose verified address is the one in your settings.";
    /// The identity belongs to an account already.
    IdentityTaken "identity-taken" "This is linked already"
        "The account that you chose already signs somebody in here. Nothing was changed.",
        "Sign in with it, or choose another one.";
    /// One of this provider is enough.
    AlreadyLinked "already-linked" "You have linked one already"
        "Your account already has a sign-in method of this provider. Nothing was changed.",
        "Remove that one first, in your settings.";
    /// The session that wanted to link or test is over, or somebody else's.
    SessionOver "own-session-over" "You are signed out"
        "You were signed out, or somebody else signed in, before this was finished. Nothing was changed.",
        "Sign in, and begin again.";
    /// Of a test of single sign-on.
    NotAllowed "not-allowed" "You may not test single sign-on"
        "Only an IAM Admin of the organization can do that. Nothing was changed.",
        "Ask one of the organization's IAM Admins.";
    TooMany "too-many" "Wait a little"
        "There were very many sign-ins like this one.",
        "Try again in a minute.";
    /// An organization without single sign-on, or none.
    NoSso "no-sso" "Single sign-on is not set up"
        "There is no single sign-on at this address.",
        "Compare the Organization ID with the one that your administrator gave you, or sign in another way.";
    /// New people come by invitation alone.
    OnlyInvited "only-invited" "You need an invitation"
        "Your identity provider knows you, but this organization lets in only people whom it has invited.",
        "An administrator of the organization can invite you, or allow accounts at first sign-in under Single sign-on.";
    /// Another person at the identity provider may have got the address.
    NameIdChanged "name-id-changed" "Your identity provider knows you by another name"
        "The account of your address is linked to another NameID of your identity provider.",
        "If you are the same person, an administrator can unlink the old one on your page under Users; then sign in again.";
    Unavailable "unavailable" "Usher can't do this at the moment"
        "Something failed on our side. Nothing was changed.",
        "Try again shortly. If it stays, the operator finds the cause in the log by the reference.";
}

impl SignInProblem {
    pub fn from_key(key: &str) -> Option<Self> {
        let own = Self::OWN.iter().copied().find(|problem| problem.key() == key);
        own.or_else(|| SamlProblem::from_key(key).map(Self::Saml))
    }

    /// The status of the page that says it.
    pub fn status(self) -> u16 {
        match self {
            Self::ProviderDown | Self::Unavailable => 503,
            Self::TooMany => 429,
            Self::NotConfigured | Self::NoSso => 404,
            _ => 403,
        }
    }
}

/// The attributes that an account needs, by the names that the identity provider should use.
pub const ATTRIBUTES: [&str; 3] = ["email", "first_name", "last_name"];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_problem_has_a_key_of_its_own_and_is_found_by_it() {
        let all: Vec<_> = SignInProblem::OWN
            .iter()
            .copied()
            .chain(SamlProblem::ALL.iter().copied().map(SignInProblem::Saml))
            .collect();
        let keys: HashSet<_> = all.iter().map(|problem| problem.key()).collect();
        assert_eq!(keys.len(), all.len());
        for problem in all {
            assert_eq!(SignInProblem::from_key(problem.key()), Some(problem));
            assert!(!problem.what().is_empty() && !problem.change().is_empty());
            assert!((400..600).contains(&problem.status()));
        }
        assert_eq!(SignInProblem::from_key("no such"), None);
    }
}
