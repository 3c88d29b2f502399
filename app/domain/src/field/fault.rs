//! Why a field was not accepted, and the sentence for it.

use super::Field;
use serde::{Deserialize, Serialize};

/// Why a field was not accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fault {
    Missing,
    /// More than `max` characters (Unicode code points).
    TooLong {
        max: usize,
    },
    /// A character that nobody types on purpose: control, line or direction override.
    HiddenCharacter,
    NotAnAddress,
    PasswordTooShort {
        min: usize,
    },
    PasswordTooLong {
        max: usize,
    },
    PasswordWeak(crate::password::Weakness),
    /// Not the password of whoever types it.
    WrongPassword,
    /// The last proof of who somebody is, is older than what they do allows.
    ProofWanted,
    /// Neither six digits nor a recovery code.
    NotACode,
    /// Not a code of now, or one that was used.
    WrongCode,
    NotADay,
    /// A day that leaves people less than a day.
    TooSoon,
    UnknownGroup,
    UnknownTheme,
    NotATime,
    /// The end lies behind.
    EndIsOver,
    /// A policy without a rule.
    NoRule,
    TooManyRules {
        max: usize,
    },
    /// Rules are counted from 1, as on the page.
    RuleWithoutRole {
        rule: usize,
    },
    RuleWithoutPrincipal {
        rule: usize,
    },
    TooManyPrincipals {
        rule: usize,
        max: usize,
    },
    UnknownRole {
        rule: usize,
    },
    /// Somebody who is not in the organization, or a group that it does not have.
    UnknownPrincipal {
        rule: usize,
    },
    TwiceInRule {
        rule: usize,
    },
    RuleEnd {
        rule: usize,
    },
    UnknownUser,
    TooManyMembers {
        max: usize,
    },
    /// Not six hexadecimal characters.
    NotAnOrgId,
    NotALink,
    /// Not one of the lifetimes that a token can have.
    UnknownLifetime,
    NotADomain,
    /// Accounts are made at the first sign-in, and it is not said of whom.
    DomainsWanted,
    TooManyDomains {
        max: usize,
    },
    /// Of a list.
    TooManyLines {
        max: usize,
    },
    TooManyBytes {
        max: usize,
    },
    /// A file in another coding than UTF-8.
    NotUtf8,
    /// Of an identity provider.
    Saml(crate::saml_settings::SamlSettingProblem),
    /// Why its metadata can't be had.
    Fetch(crate::sso::FetchFault),
    /// The value is well formed and can't be used, for this reason.
    Refused(crate::refusal::Refusal),
}

impl Fault {
    /// The sentence shown at the field.
    pub fn sentence(&self, field: Field) -> String {
        match self {
            Self::Missing => match field {
                Field::Email => "Enter an e-mail address.".into(),
                Field::CurrentPassword => "Enter your current password.".into(),
                Field::Password => "Enter a password.".into(),
                Field::Organization => "Enter the name of your organization.".into(),
                Field::FirstName => "Enter your first name.".into(),
                Field::LastName => "Enter your last name.".into(),
                Field::Name => "Enter a name.".into(),
                Field::Code => "Enter the code.".into(),
                Field::From => "Choose a day.".into(),
                Field::OrgId => "Enter the ID of your organization.".into(),
                Field::Link => "Paste the link of your invitation.".into(),
                Field::MetadataUrl => "Enter the address of the metadata of your identity provider.".into(),
                Field::MetadataFile => "Choose the metadata file of your identity provider.".into(),
                Field::BreakGlass => "Choose an administrator.".into(),
                Field::List => "Paste a list with one e-mail address in each line.".into(),
                Field::ListFile => "Choose a file with one e-mail address in each line.".into(),
                _ => format!("Choose {}.", field.label().to_lowercase()),
            },
            Self::HiddenCharacter => {
                "Remove the invisible character: line breaks and control characters can't be used here."
                    .into()
            }
            Self::NotAnAddress => "Enter one e-mail address, like name@example.com.".into(),
            Self::PasswordTooShort { min } => {
                format!("Use {min} characters or more. A short sentence is easy to remember.")
            }
            Self::TooLong { max } | Self::PasswordTooLong { max } => format!("Use at most {max} characters."),
            Self::PasswordWeak(weakness) => weakness.sentence().into(),
            Self::WrongPassword => "This is not your password. Nothing was changed.".into(),
            Self::ProofWanted => {
                "You signed in a while ago. Enter your password to go on, or sign in again.".into()
            }
            Self::NotACode => {
                "Enter the six digits that your authenticator shows, or a recovery code.".into()
            }
            Self::WrongCode => "This code isn't right, or was used before. Use another one.".into(),
            Self::NotAnOrgId => "Enter six characters, digits and a to f, like a1b2c3.".into(),
            Self::NotALink => "Paste the whole link of your invitation, as it is in the mail.".into(),
            Self::UnknownLifetime => "Choose how long it works.".into(),
            Self::NotADomain => "Enter domains like example.com, separated by commas.".into(),
            Self::DomainsWanted => {
                "Name the domains whose people get an account, or switch off Create accounts at first sign-in.".into()
            }
            Self::TooManyDomains { max } => format!("Use at most {max} domains."),
            Self::TooManyLines { max } => {
                format!("A list can have at most {max} lines. Split it, and send one after the other.")
            }
            Self::TooManyBytes { max } => {
                format!("A list can have at most {} KiB. Leave all out but the addresses and groups, or split it.", max / 1024)
            }
            Self::NotUtf8 => "This is no text in UTF-8. Save the file as “CSV UTF-8” and choose it again.".into(),
            Self::Saml(problem) => problem.sentence().into(),
            Self::Fetch(fault) => fault.sentence().into(),
            Self::NotADay => "Choose a day, like 2026-12-24.".into(),
            Self::TooSoon => "Choose a later day: everybody gets a day at least to set it up.".into(),
            Self::UnknownGroup => "One of these groups no longer exists. Choose again.".into(),
            Self::Refused(refusal) => refusal.sentence().into(),
            Self::UnknownTheme => "Choose System, Light or Dark.".into(),
            Self::NotATime => "Choose a date and a time, or leave it empty.".into(),
            Self::EndIsOver => "Choose a time that is still to come.".into(),
            Self::NoRule => "Add a rule: a policy without one gives nothing to anybody.".into(),
            Self::TooManyRules { max } => format!("Use at most {max} rules. Make a second policy for more."),
            Self::RuleWithoutRole { rule } => format!("Rule {rule} has no role. Choose one or more."),
            Self::RuleWithoutPrincipal { rule } => {
                format!("Rule {rule} names nobody. Choose users or groups.")
            }
            Self::TooManyPrincipals { rule, max } => {
                format!("Rule {rule} names more than {max} users and groups. Put the people into a group.")
            }
            Self::UnknownRole { rule } => {
                format!("Rule {rule} gives a role that is not in the catalogue. Take it out.")
            }
            Self::UnknownPrincipal { rule } => {
                format!(
                    "Rule {rule} names somebody who isn't in the organization any more or has not accepted their invitation yet, or a group that isn't there any more. Choose again."
                )
            }
            Self::TwiceInRule { rule } => format!("Rule {rule} has an entry twice. Once is enough."),
            Self::RuleEnd { rule } => {
                format!(
                    "The end of rule {rule} must be a date and a time still to come. Empty: it never ends."
                )
            }
            Self::UnknownUser => {
                "Somebody chosen isn't in the organization any more, or has not accepted their invitation yet. Choose again.".into()
            }
            Self::TooManyMembers { max } => format!("Choose at most {max} people at once."),
        }
    }

    /// The sentence where its field is not beside it, as in a summary: it names the field, by its label if by nothing else.
    pub fn sentence_apart(&self, field: Field) -> String {
        let sentence = self.sentence(field);
        match self {
            Self::Missing
            | Self::NotAnAddress
            | Self::WrongPassword
            | Self::ProofWanted
            | Self::NotACode
            | Self::WrongCode
            | Self::NotADay
            | Self::NotAnOrgId
            | Self::NotALink
            | Self::UnknownLifetime
            | Self::NotADomain
            | Self::DomainsWanted
            | Self::TooManyDomains { .. }
            | Self::TooManyLines { .. }
            | Self::TooManyBytes { .. }
            | Self::NotUtf8
            | Self::Saml(_)
            | Self::Fetch(_)
            | Self::TooSoon
            | Self::UnknownGroup
            | Self::UnknownTheme
            // Of the person who has the address, or of the name.
            | Self::Refused(_)
            // Each says itself which rule or whom it means.
            | Self::NoRule
            | Self::TooManyRules { .. }
            | Self::RuleWithoutRole { .. }
            | Self::RuleWithoutPrincipal { .. }
            | Self::TooManyPrincipals { .. }
            | Self::UnknownRole { .. }
            | Self::UnknownPrincipal { .. }
            | Self::TwiceInRule { .. }
            | Self::RuleEnd { .. }
            | Self::UnknownUser
            | Self::TooManyMembers { .. } => sentence,
            Self::TooLong { .. }
            | Self::HiddenCharacter
            | Self::PasswordTooShort { .. }
            | Self::PasswordTooLong { .. }
            | Self::PasswordWeak(_)
            | Self::NotATime
            | Self::EndIsOver => format!("{}: {sentence}", field.label()),
        }
    }
}
