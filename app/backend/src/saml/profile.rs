//! Who somebody is by the attributes of an assertion: the address and the names. Groups and roles in it give nothing.

use super::{Asserted, SamlError};
use domain::saml_problem::SamlProblem;

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

/// Trimmed, and not judged yet: whether they are an address and names, `domain` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    pub email: String,
    pub first_name: String,
    pub last_name: String,
}

/// Our names of those that are missing or, as an address of several, of no use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingAttributes(pub Vec<&'static str>);

impl From<MissingAttributes> for SamlError {
    fn from(missing: MissingAttributes) -> Self {
        Self::new(SamlProblem::MissingAttributes, missing.0.join(", "))
    }
}

impl Profile {
    pub fn of(asserted: &Asserted) -> Result<Self, MissingAttributes> {
        let [email, first_name, last_name] = read(&asserted.attributes);
        match (email, first_name, last_name) {
            (Some(email), Some(first_name), Some(last_name)) => Ok(Self {
                email,
                first_name,
                last_name,
            }),
            (email, first_name, last_name) => {
                let wanted = [
                    (EMAIL[0], email),
                    (FIRST_NAME[0], first_name),
                    (LAST_NAME[0], last_name),
                ];
                let missing = wanted.into_iter().filter(|(_, value)| value.is_none());
                Err(MissingAttributes(missing.map(|(name, _)| name).collect()))
            }
        }
    }
}

/// Address, first and last name, as far as they are there.
pub(super) fn read(attributes: &Attributes) -> [Option<String>; 3] {
    [
        email(attributes),
        name(attributes, &FIRST_NAME),
        name(attributes, &LAST_NAME),
    ]
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

/// Of two addresses nobody can say which one is the person's.
fn email(attributes: &Attributes) -> Option<String> {
    match values(attributes, &EMAIL)[..] {
        [one] => Some(one.to_owned()),
        _ => None,
    }
}

/// The first one: directories hold several given names of a person.
fn name(attributes: &Attributes, names: &[&str]) -> Option<String> {
    values(attributes, names).first().map(|&value| value.to_owned())
}
