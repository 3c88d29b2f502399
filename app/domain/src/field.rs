//! What can be wrong with a field of a form, and the sentence that says so at that field.

mod fault;

pub use fault::Fault;

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
    Expires,
    Comment,
    ExternalId,
    List,
    ListFile,
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
            Self::Expires => "expires",
            Self::Comment => "comment",
            Self::ExternalId => "external_id",
            Self::List => "list",
            Self::ListFile => "list_file",
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
            Self::Expires => "Expiration",
            Self::Comment => "Comment",
            Self::ExternalId => "External ID",
            Self::List => "Addresses",
            Self::ListFile => "CSV file",
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
