//! A person as SCIM sees them, and what can be said and asked of them.

use super::{entity_tag, store::people::Row};
use domain::{
    email_address::EmailAddress,
    field::{Fault, Faults, Field},
    ids::UserId,
    moment::Moment,
    person_name::PersonName,
    users::UserStatus,
};

/// What can be asked of the list; all of it must hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PersonAsked {
    Id(UserId),
    Address(EmailAddress),
    ExternalId(String),
    /// First and last name together.
    Name(String),
    Active(bool),
    /// What nobody can be.
    Nobody,
}

/// A new person, as an identity provider tells of them.
#[derive(Clone, Debug, Default)]
pub struct NewPerson {
    /// The address.
    pub user_name: String,
    pub first: Option<String>,
    pub last: Option<String>,
    /// First and last name where these are missing.
    pub display: Option<String>,
    pub external_id: Option<String>,
    pub active: Option<bool>,
}

/// What is to change of a person; `None` stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PersonChange {
    /// The address, which must be the one that the person has.
    pub user_name: Option<String>,
    pub first: Option<String>,
    pub last: Option<String>,
    /// `Some(None)` takes it away.
    pub external_id: Option<Option<String>>,
    pub active: Option<bool>,
}

/// A person as SCIM sees them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScimPerson {
    pub id: UserId,
    pub email: String,
    /// Empty of somebody invited whose name was not told.
    pub first: String,
    pub last: String,
    /// Also of somebody invited: what they were given is theirs as soon as they accept.
    pub active: bool,
    pub external_id: Option<String>,
    pub created: Moment,
    pub changed: Moment,
}

impl ScimPerson {
    pub(super) fn of(row: &Row) -> Self {
        Self {
            id: UserId(row.id),
            email: row.email.clone(),
            first: row.first_name.clone(),
            last: row.last_name.clone(),
            active: row.status != UserStatus::Deactivated.as_str(),
            external_id: row.external_id.clone(),
            created: row.created_at.into(),
            changed: row.changed_at.into(),
        }
    }

    /// What the person is called; the address while there is no name.
    pub fn display(&self) -> String {
        let name = format!("{} {}", self.first, self.last);
        if name.trim().is_empty() {
            self.email.clone()
        } else {
            name.trim().to_owned()
        }
    }

    pub fn entity_tag(&self) -> String {
        entity_tag(&(
            self.id.0,
            &self.email,
            &self.first,
            &self.last,
            self.active,
            &self.external_id,
        ))
    }
}

/// First and last name of somebody new. Where one is missing, what is displayed is divided at its last space.
pub(super) fn names(new: &NewPerson) -> Result<(PersonName, PersonName), Faults> {
    let display = new.display.as_deref().unwrap_or_default().trim();
    let (before, after) = display.rsplit_once(char::is_whitespace).unwrap_or_default();
    let told = |name: &Option<String>, otherwise: &str| {
        let name = name.as_deref().map(str::trim).filter(|name| !name.is_empty());
        PersonName::parse(name.unwrap_or(otherwise))
    };
    let mut faults = Faults::default();
    let first = faults.take(Field::FirstName, told(&new.first, before));
    let last = faults.take(Field::LastName, told(&new.last, after));
    first.zip(last).ok_or(faults)
}

/// Whether a name is all that is missing, of somebody who types it when they accept.
pub(super) fn lacks_only_a_name(faults: &Faults) -> bool {
    faults.0.iter().all(|(_, fault)| *fault == Fault::Missing)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(first: Option<&str>, last: Option<&str>, display: Option<&str>) -> Option<(String, String)> {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        let new = NewPerson {
            first: owned(first),
            last: owned(last),
            display: owned(display),
            ..NewPerson::default()
        };
        let (first, last) = names(&new).ok()?;
        Some((first.as_str().to_owned(), last.as_str().to_owned()))
    }

    #[test]
    fn what_is_displayed_stands_in_for_a_name_that_was_not_told() {
        let ada = Some(("Ada".to_owned(), "Lovelace".to_owned()));
        assert_eq!(named(Some("Ada"), Some("Lovelace"), Some("A. L.")), ada);
        assert_eq!(named(None, None, Some("Ada Lovelace")), ada);
        assert_eq!(named(Some(" "), Some("Lovelace"), Some("Ada Lovelace")), ada);
        let king = Some(("Ada King".to_owned(), "Lovelace".to_owned()));
        assert_eq!(named(None, None, Some(" Ada King Lovelace ")), king);
        assert_eq!(named(None, None, Some("Ada")), None);
        assert_eq!(named(Some("Ada"), None, None), None);
    }
}
