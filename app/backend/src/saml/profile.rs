//! Who somebody is by the attributes of an assertion: the address and the names. Groups and roles in it give nothing.

use super::{Asserted, SamlError};
use domain::{
    email_address::EmailAddress, person_name::PersonName, saml_problem::SamlProblem,
    sign_in_problem::ATTRIBUTES,
};

/// The names under which identity providers send an attribute: ours, that of LDAP (RFC 4519), and that of ADFS and Entra.
const EMAIL: [&str; 3] = [
    "email",
    "urn:oid:0.9.2342.19200300.100.1.3",
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
];
const FIRST_NAME: [&str; 3] = [
    "first_name",
    "urn:oid:2.5.4.42",
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/givenname",
];
const LAST_NAME: [&str; 3] = [
    "last_name",
    "urn:oid:2.5.4.4",
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname",
];

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    pub email: EmailAddress,
    pub first_name: PersonName,
    pub last_name: PersonName,
}

/// Why the attributes of an assertion make no account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoProfile {
    /// Our names of those that are missing: several addresses are none, and a name that no account can have is none.
    Missing(Vec<&'static str>),
    NotAnAddress,
}

impl From<NoProfile> for SamlError {
    fn from(fault: NoProfile) -> Self {
        match fault {
            NoProfile::Missing(missing) => {
                let detail = format!("missing: {}", missing.join(", "));
                Self::new(SamlProblem::MissingAttributes, detail)
            }
            NoProfile::NotAnAddress => {
                Self::new(SamlProblem::NotAnAddress, "the value of email is no address")
            }
        }
    }
}

impl Profile {
    pub fn of(asserted: &Asserted) -> Result<Self, NoProfile> {
        let attributes = &asserted.attributes;
        let names = (name(attributes, &FIRST_NAME), name(attributes, &LAST_NAME));
        match (email(attributes), names) {
            (Some(Ok(email)), (Some(first_name), Some(last_name))) => Ok(Self {
                email,
                first_name,
                last_name,
            }),
            (Some(Err(())), (Some(_), Some(_))) => Err(NoProfile::NotAnAddress),
            (email, (first_name, last_name)) => {
                let there = [email.is_some(), first_name.is_some(), last_name.is_some()];
                let missing = ATTRIBUTES.into_iter().zip(there).filter(|(_, there)| !there);
                Err(NoProfile::Missing(missing.map(|(name, _)| name).collect()))
            }
        }
    }
}

/// The names under which each of them is looked for, ours first.
pub(super) const NAMES: [[&str; 3]; 3] = [EMAIL, FIRST_NAME, LAST_NAME];

type Attributes = [(String, Vec<String>)];

/// The values of the first of the names that has any, without those of white space only.
pub(super) fn values<'a>(attributes: &'a Attributes, names: &[&str]) -> Vec<&'a str> {
    let of = |name: &&str| {
        let found = attributes.iter().filter(|(known, _)| known == name);
        let values = found.flat_map(|(_, values)| values.iter().map(|value| value.trim()));
        values.filter(|value| !value.is_empty()).collect::<Vec<_>>()
    };
    names
        .iter()
        .map(of)
        .find(|values| !values.is_empty())
        .unwrap_or_default()
}

/// The one address, or that it is none. Of two nobody can say which one is the person's.
pub(super) fn email(attributes: &Attributes) -> Option<Result<EmailAddress, ()>> {
    match values(attributes, &EMAIL)[..] {
        [one] => Some(EmailAddress::parse(one).map_err(drop)),
        _ => None,
    }
}

/// The first one: directories hold several given names of a person.
pub(super) fn name(attributes: &Attributes, names: &[&str]) -> Option<PersonName> {
    let first = *values(attributes, names).first()?;
    PersonName::parse(first).ok()
}
