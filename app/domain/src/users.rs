//! People: their status, what may become of it, and how the list of them is asked for. That an organization keeps its
//! last administrator is decided by the database, see `app/backend/migrations/0001_people.sql`.

use crate::{
    access::Named,
    field::{Fault, single_line},
    identities::Method,
    ids::{GroupId, UserId},
    mail::Delivery,
    moment::Moment,
    paging,
    refusal::Refusal,
};
use serde::{Deserialize, Serialize};
use std::str::FromStr;
use unicode_normalization::UnicodeNormalization;

/// As stored. Whether an invitation has expired is judged against the clock, see [`ShownStatus`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum UserStatus {
    Invited,
    Active,
    Deactivated,
}

impl UserStatus {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Invited => "invited",
            Self::Active => "active",
            Self::Deactivated => "deactivated",
        }
    }

    /// Active people can be deactivated. An invited one has nothing to stop but the invitation.
    pub fn deactivate(self) -> Result<Self, Refusal> {
        match self {
            Self::Active => Ok(Self::Deactivated),
            Self::Invited | Self::Deactivated => Err(Refusal::NotActive),
        }
    }

    pub fn reactivate(self) -> Result<Self, Refusal> {
        match self {
            Self::Deactivated => Ok(Self::Active),
            Self::Invited | Self::Active => Err(Refusal::NotDeactivated),
        }
    }
}

impl FromStr for UserStatus {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        [Self::Invited, Self::Active, Self::Deactivated]
            .into_iter()
            .find(|s| s.as_str() == text)
            .ok_or(())
    }
}

/// How often a person's status has changed. An act that takes a change back names the one it means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StatusVersion(pub i32);

/// Why somebody is deactivated, for the other administrators: at most [`MAX_REASON`] characters on one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeactivationReason(String);

pub const MAX_REASON: usize = 200;

impl DeactivationReason {
    /// Nothing typed is no reason, which is allowed.
    pub fn parse(typed: &str) -> Result<Option<Self>, Fault> {
        let typed: String = typed.nfc().collect();
        match single_line(&typed, MAX_REASON) {
            Ok(reason) => Ok(Some(Self(reason.to_owned()))),
            Err(Fault::Missing) => Ok(None),
            Err(fault) => Err(fault),
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// As people see it in the table and filter by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ShownStatus {
    Invited,
    InviteExpired,
    Active,
    Deactivated,
}

impl ShownStatus {
    pub const ALL: [Self; 4] = [
        Self::Active,
        Self::Invited,
        Self::InviteExpired,
        Self::Deactivated,
    ];

    pub fn label(self) -> &'static str {
        match self {
            Self::Invited => "Invited",
            Self::InviteExpired => "Invite expired",
            Self::Active => "Active",
            Self::Deactivated => "Deactivated",
        }
    }

    /// As written in the address of the list.
    pub fn key(self) -> &'static str {
        match self {
            Self::Invited => "invited",
            Self::InviteExpired => "expired",
            Self::Active => "active",
            Self::Deactivated => "deactivated",
        }
    }

    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.key() == key)
    }
}

/// A group that can be chosen for somebody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupOption {
    pub id: GroupId,
    pub name: String,
    pub description: String,
}

/// A row of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserRow {
    pub id: UserId,
    /// Empty while invited.
    pub name: String,
    pub email: String,
    pub status: ShownStatus,
    /// By name; of an invited person those that count from acceptance.
    pub groups: Vec<Named<GroupId>>,
    /// That they can sign in by, in the order of [`Method::ALL`].
    pub methods: Vec<Method>,
    /// Whether they have an authenticator.
    pub two_factor: bool,
    pub last_sign_in: Option<Moment>,
    pub invitation: Option<InvitationRow>,
    pub deactivation: Option<DeactivationRow>,
}

impl UserRow {
    /// What the person is called: the name, or the address while there is none.
    pub fn title(&self) -> &str {
        if self.name.is_empty() {
            &self.email
        } else {
            &self.name
        }
    }
}

/// What is told of a deactivated person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeactivationRow {
    pub at: Moment,
    pub reason: Option<String>,
}

/// The pending invitation of a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitationRow {
    /// The first name of whoever invited; `None`: the operator.
    pub invited_by: Option<String>,
    pub sent: Moment,
    pub expires: Moment,
    /// What became of the newest mail.
    pub delivery: Option<Delivery>,
}

/// A page of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserPage {
    pub rows: Vec<UserRow>,
    /// The cursors of the neighbouring pages, where there are any.
    pub previous: Option<Cursor>,
    pub next: Option<Cursor>,
    /// When the list was read: relative times are seen from here, on the server and in the browser.
    pub now: Moment,
}

/// What stops when somebody is deactivated, for the confirmation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeactivationPreview {
    pub sessions: i64,
    pub invitations: i64,
    /// Access tokens that work. They work again after a reactivation, unless they are deleted with this.
    pub tokens: i64,
}

/// A person that a dialog is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserSummary {
    pub id: UserId,
    pub name: String,
    pub email: String,
    pub status: UserStatus,
    /// As in a row.
    pub groups: Vec<Named<GroupId>>,
    pub two_factor: bool,
    pub stops: DeactivationPreview,
    /// Whether it is the person who looks.
    pub is_self: bool,
}

impl UserSummary {
    pub fn title(&self) -> &str {
        if self.name.is_empty() {
            &self.email
        } else {
            &self.name
        }
    }
}

/// The order of the list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum SortBy {
    #[default]
    Name,
    Email,
    LastSignIn,
}

impl SortBy {
    pub const ALL: [Self; 3] = [Self::Name, Self::Email, Self::LastSignIn];

    pub fn key(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Email => "email",
            Self::LastSignIn => "last-sign-in",
        }
    }
}

/// Where a page of the list begins: beside a person.
pub type Cursor = paging::Cursor<UserId>;

/// What is asked of the list of people. It lives in the address, see [`UserQuery::to_query`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserQuery {
    /// Part of a name or an address; empty for everybody.
    pub search: String,
    pub status: Option<ShownStatus>,
    /// Only those who have two-factor authentication, or who have not.
    pub two_factor: Option<bool>,
    pub sort: SortBy,
    pub descending: bool,
    pub cursor: Cursor,
}

/// Rows on a page.
pub const PAGE_SIZE: usize = 50;
/// Longer searches are cut: no name or address is longer.
pub const MAX_SEARCH: usize = 100;

impl UserQuery {
    /// From the parameters of an address. What is not understood is left out: an old bookmark shows a list.
    pub fn from_query<'a>(get: impl Fn(&str) -> Option<&'a str>) -> Self {
        let sort = get("sort").unwrap_or_default();
        let (sort, descending) = sort.strip_prefix('-').map_or((sort, false), |rest| (rest, true));
        Self {
            search: get("q")
                .unwrap_or_default()
                .trim()
                .chars()
                .take(MAX_SEARCH)
                .collect(),
            status: get("status").and_then(ShownStatus::from_key),
            two_factor: match get("two-factor") {
                Some("on") => Some(true),
                Some("off") => Some(false),
                _ => None,
            },
            sort: SortBy::ALL
                .into_iter()
                .find(|s| s.key() == sort)
                .unwrap_or_default(),
            descending,
            cursor: Cursor::from_query(get("after"), get("before")),
        }
    }

    /// The parameters, only those that differ from the plain list, ready to be joined with `&`.
    pub fn to_query(&self) -> Vec<(&'static str, String)> {
        let mut query = Vec::new();
        if !self.search.is_empty() {
            query.push(("q", self.search.clone()));
        }
        if let Some(status) = self.status {
            query.push(("status", status.key().to_owned()));
        }
        if let Some(has) = self.two_factor {
            query.push(("two-factor", if has { "on" } else { "off" }.to_owned()));
        }
        if self.sort != SortBy::default() || self.descending {
            query.push((
                "sort",
                format!("{}{}", if self.descending { "-" } else { "" }, self.sort.key()),
            ));
        }
        query.extend(self.cursor.to_query());
        query
    }

    /// Whether anything narrows the list, so that an empty one means "nothing matches".
    pub fn is_filtered(&self) -> bool {
        !self.search.is_empty() || self.status.is_some() || self.two_factor.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_active_account_is_deactivated_and_only_a_deactivated_one_reactivated() {
        assert_eq!(UserStatus::Active.deactivate(), Ok(UserStatus::Deactivated));
        assert_eq!(UserStatus::Deactivated.deactivate(), Err(Refusal::NotActive));
        assert_eq!(UserStatus::Invited.deactivate(), Err(Refusal::NotActive));
        assert_eq!(UserStatus::Deactivated.reactivate(), Ok(UserStatus::Active));
        assert_eq!(UserStatus::Active.reactivate(), Err(Refusal::NotDeactivated));
    }

    #[test]
    fn a_reason_is_one_line_or_none() {
        let parse = |typed: &str| DeactivationReason::parse(typed).map(|reason| reason.map(|r| r.0));
        assert_eq!(parse(" Left the company "), Ok(Some("Left the company".into())));
        assert_eq!(parse(" \u{200b}"), Ok(None));
        assert_eq!(parse("a\nb"), Err(Fault::HiddenCharacter));
        assert!(parse(&"ä".repeat(MAX_REASON)).is_ok());
        assert_eq!(
            parse(&"ä".repeat(MAX_REASON + 1)),
            Err(Fault::TooLong { max: MAX_REASON })
        );
    }

    #[test]
    fn the_list_is_asked_for_in_the_address_and_back() {
        let query = UserQuery {
            search: "ada".into(),
            status: Some(ShownStatus::InviteExpired),
            two_factor: Some(false),
            sort: SortBy::LastSignIn,
            descending: true,
            cursor: Cursor::After(UserId(uuid::Uuid::from_u128(7))),
        };
        let pairs = query.to_query();
        let get = |key: &str| pairs.iter().find(|(k, _)| *k == key).map(|(_, v)| v.as_str());
        assert_eq!(UserQuery::from_query(get), query);
    }

    #[test]
    fn an_address_that_makes_no_sense_shows_the_plain_list() {
        let get = |key: &str| match key {
            "sort" => Some("; drop table"),
            "status" => Some("🦆"),
            "after" => Some("1"),
            _ => None,
        };
        assert_eq!(UserQuery::from_query(get), UserQuery::default());
    }
}
