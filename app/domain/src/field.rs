//! What can be wrong with a field of a form, and the sentence that says so at that field.

use serde::{Deserialize, Serialize};

/// A field that a person fills in. Its [`name`](Field::name) is the `name` of the control.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Field {
    Organization,
    FirstName,
    LastName,
    Email,
    CurrentPassword,
    Password,
    Groups,
    Theme,
    Reason,
    Name,
    Description,
    Rules,
    Members,
    Ends,
    Code,
    From,
    OrgId,
    Link,
    SsoUrl,
    EntityId,
    Certificate,
    MetadataUrl,
    MetadataFile,
    Domains,
    BreakGlass,
}

impl Field {
    /// The `name` attribute of the control and the key in the posted form.
    pub fn name(self) -> &'static str {
        match self {
            Self::Organization => "organization",
            Self::FirstName => "first_name",
            Self::LastName => "last_name",
            Self::Email => "email",
            Self::CurrentPassword => "current_password",
            Self::Password => "password",
            Self::Groups => "groups",
            Self::Theme => "theme",
            Self::Reason => "reason",
            Self::Name => "name",
            Self::Description => "description",
            Self::Rules => "rules",
            Self::Members => "members",
            Self::Ends => "ends",
            Self::Code => "code",
            Self::From => "from",
            Self::OrgId => "org_id",
            Self::Link => "link",
            Self::SsoUrl => "sso_url",
            Self::EntityId => "entity_id",
            Self::Certificate => "certificate",
            Self::MetadataUrl => "metadata_url",
            Self::MetadataFile => "metadata_file",
            Self::Domains => "domains",
            Self::BreakGlass => "break_glass",
        }
    }

    /// The visible label, as the product's pages write it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Organization => "Organization",
            Self::FirstName => "First name",
            Self::LastName => "Last name",
            Self::Email => "Email",
            Self::CurrentPassword => "Current password",
            Self::Password => "Password",
            Self::Groups => "Groups",
            Self::Theme => "Theme",
            Self::Reason => "Reason",
            Self::Name => "Name",
            Self::Description => "Description",
            Self::Rules => "Rules",
            Self::Members => "Members",
            Self::Ends => "Ends",
            Self::Code => "Code",
            Self::From => "From",
            Self::OrgId => "Organization ID",
            Self::Link => "Invitation link",
            Self::SsoUrl => "SSO URL",
            Self::EntityId => "Entity ID",
            Self::Certificate => "Signing certificate",
            Self::MetadataUrl => "Metadata URL",
            Self::MetadataFile => "Metadata file",
            Self::Domains => "Domains",
            Self::BreakGlass => "Administrator without SSO",
        }
    }
}

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
    NotADomain,
    TooManyDomains {
        max: usize,
    },
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
            Self::NotADomain => "Enter domains like example.com, separated by commas.".into(),
            Self::TooManyDomains { max } => format!("Use at most {max} domains."),
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
                format!("Rule {rule} names somebody, or a group, that isn't there any more. Choose again.")
            }
            Self::TwiceInRule { rule } => format!("Rule {rule} has an entry twice. Once is enough."),
            Self::RuleEnd { rule } => {
                format!(
                    "The end of rule {rule} must be a date and a time still to come. Empty: it never ends."
                )
            }
            Self::UnknownUser => "Somebody chosen isn't in the organization any more. Choose again.".into(),
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
            | Self::NotADomain
            | Self::TooManyDomains { .. }
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

/// All faults of a form, in the order of its fields; never empty when it is an error.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Faults(pub Vec<(Field, Fault)>);

impl Faults {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The first fault of a field.
    pub fn of(&self, field: Field) -> Option<&Fault> {
        self.0.iter().find(|(f, _)| *f == field).map(|(_, fault)| fault)
    }

    /// Takes a parsed value, or notes its fault and goes on, so that a form hears all its faults at once.
    pub fn take<T>(&mut self, field: Field, parsed: Result<T, Fault>) -> Option<T> {
        parsed.map_err(|fault| self.0.push((field, fault))).ok()
    }
}

impl From<(Field, Fault)> for Faults {
    fn from(one: (Field, Fault)) -> Self {
        Self(vec![one])
    }
}

/// Refuses what nobody types into a line of text on purpose: control characters (Unicode Cc), the line and
/// paragraph separators, and the overrides that reorder what follows them (Unicode Bidi, UAX #9 section 2).
/// Joiners stay: Persian and many other scripts write names with them.
pub fn single_line(text: &str, max: usize) -> Result<&str, Fault> {
    let text = text.trim();
    let hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
            // Characters that show nothing and that no script needs: two names that differ by one of them look the same.
            || matches!(c, '\u{AD}' | '\u{34F}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{200B}'
                | '\u{2060}'..='\u{2065}' | '\u{206A}'..='\u{206F}' | '\u{2800}' | '\u{3164}' | '\u{FEFF}' | '\u{FFA0}'
                | '\u{E0000}'..='\u{E0FFF}')
    };
    // Characters that show nothing (Unicode Default_Ignorable_Code_Point, and the blanks of Braille and Hangul).
    let blank = |c: char| {
        c.is_whitespace()
            || matches!(c, '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
                | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{2060}'..='\u{2065}' | '\u{206A}'..='\u{206F}'
                | '\u{2800}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{E0000}'..='\u{E0FFF}')
    };
    match text {
        t if t.chars().all(blank) => Err(Fault::Missing),
        t if t.chars().any(hidden) => Err(Fault::HiddenCharacter),
        t if t.chars().count() > max => Err(Fault::TooLong { max }),
        t => Ok(t),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{password::Weakness, refusal::Refusal};

    #[test]
    fn characters_that_show_nothing_are_refused_and_joiners_stay() {
        for hidden in [
            "te\u{200B}am",
            "te\u{FEFF}am",
            "te\u{E0041}am",
            "te\u{AD}am",
            "te\u{2060}am",
            "te\u{3164}am",
        ] {
            assert_eq!(
                single_line(hidden, 100),
                Err(Fault::HiddenCharacter),
                "{hidden:?}"
            );
        }
        for name in ["می\u{200C}خواهم", "👩\u{200D}🔬", "❤\u{FE0F}", "Zoë"] {
            assert_eq!(single_line(name, 100), Ok(name));
        }
    }

    #[test]
    fn a_sentence_apart_from_its_field_says_which_field_it_is_about() {
        let said = |fault: Fault, field| fault.sentence_apart(field);
        let long = || Fault::TooLong { max: 100 };
        assert_eq!(
            said(long(), Field::FirstName),
            "First name: Use at most 100 characters."
        );
        assert_ne!(said(long(), Field::FirstName), said(long(), Field::LastName));
        for fault in [
            Fault::PasswordTooShort { min: 15 },
            Fault::PasswordTooLong { max: 128 },
            Fault::PasswordWeak(Weakness::Date),
            Fault::HiddenCharacter,
        ] {
            assert!(said(fault, Field::Password).starts_with("Password: "));
        }
        for (fault, field, sentence) in [
            (Fault::Missing, Field::LastName, "Enter your last name."),
            (Fault::Missing, Field::Groups, "Choose groups."),
            (
                Fault::Refused(Refusal::AlreadyMember),
                Field::Email,
                "This person is already a member of your organization.",
            ),
        ] {
            assert_eq!(said(fault, field), sentence);
        }
    }
}
