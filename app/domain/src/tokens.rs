//! Access tokens: by what scripts and services act as a person, with the roles that person has at that moment. The secret is
//! made and judged in `backend::tokens`; here is what people name, choose and read.

use crate::{
    field::{Fault, single_line},
    ids::{TokenId, UserId},
    moment::Moment,
    paging::Cursor,
    users::MAX_SEARCH,
};
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

/// Of one person, at most. Whoever needs more has scripts that should share one, or forgot to delete some.
pub const MOST_TOKENS: usize = 100;
const LONGEST_NAME: usize = 100;
const LONGEST_COMMENT: usize = 300;
/// A token that nobody has used for so many days is one that nobody may need any more.
pub const IDLE_DAYS: i64 = 90;

/// What somebody calls a token: one line of 1 to 100 characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenName(String);

impl TokenName {
    pub fn parse(text: &str) -> Result<Self, Fault> {
        single_line(text, LONGEST_NAME).map(|name| Self(name.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a token is for, if its name does not say it: one line of at most 300 characters, or nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenComment(String);

impl TokenComment {
    pub fn parse(text: &str) -> Result<Self, Fault> {
        match single_line(text, LONGEST_COMMENT) {
            Ok(comment) => Ok(Self(comment.to_owned())),
            Err(Fault::Missing) => Ok(Self(String::new())),
            Err(fault) => Err(fault),
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// For how long a token works.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenLifetime {
    OneHour,
    EightHours,
    #[default]
    OneMonth,
    NinetyDays,
    OneYear,
    Never,
}

impl TokenLifetime {
    pub const ALL: [Self; 6] = [
        Self::OneHour,
        Self::EightHours,
        Self::OneMonth,
        Self::NinetyDays,
        Self::OneYear,
        Self::Never,
    ];

    /// As forms send it.
    pub fn key(self) -> &'static str {
        match self {
            Self::OneHour => "one_hour",
            Self::EightHours => "eight_hours",
            Self::OneMonth => "one_month",
            Self::NinetyDays => "ninety_days",
            Self::OneYear => "one_year",
            Self::Never => "never",
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::OneHour => "1 hour",
            Self::EightHours => "8 hours",
            Self::OneMonth => "One month",
            Self::NinetyDays => "90 days",
            Self::OneYear => "One year",
            Self::Never => "Never",
        }
    }

    pub fn parse(key: &str) -> Result<Self, Fault> {
        let known = Self::ALL.into_iter().find(|lifetime| lifetime.key() == key);
        known.ok_or(Fault::UnknownLifetime)
    }

    /// When a token of `now` ends; `None`: never. A month has 30 days here and a year 365.
    pub fn ends(self, now: OffsetDateTime) -> Option<OffsetDateTime> {
        let lifetime = match self {
            Self::OneHour => Duration::HOUR,
            Self::EightHours => 8 * Duration::HOUR,
            Self::OneMonth => Duration::days(30),
            Self::NinetyDays => Duration::days(90),
            Self::OneYear => Duration::days(365),
            Self::Never => return None,
        };
        Some(now + lifetime)
    }
}

/// Whether a token works at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TokenStatus {
    Active,
    Expired,
    /// Its person is deactivated. It works again when they are reactivated.
    Stopped,
}

impl TokenStatus {
    pub fn of(expires: Option<Moment>, person_is_active: bool, now: Moment) -> Self {
        match expires {
            Some(end) if end <= now => Self::Expired,
            _ if person_is_active => Self::Active,
            _ => Self::Stopped,
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::Active => "Active",
            Self::Expired => "Expired",
            Self::Stopped => "Stopped",
        }
    }
}

/// A token as people see it: never its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenLine {
    pub id: TokenId,
    pub name: String,
    /// Empty: none.
    pub comment: String,
    pub created: Moment,
    /// `None`: never.
    pub expires: Option<Moment>,
    /// To the minute.
    pub last_used: Option<Moment>,
    pub status: TokenStatus,
}

/// Somebody's own tokens, the newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnTokens {
    pub tokens: Vec<TokenLine>,
    pub may_create: bool,
    pub may_delete: bool,
    pub now: Moment,
}

/// The tokens of somebody, as an administrator sees them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonTokens {
    pub tokens: Vec<TokenLine>,
    pub may_delete: bool,
}

/// A row of the list of everybody's tokens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenRow {
    pub token: TokenLine,
    pub user: UserId,
    pub user_name: String,
    pub user_email: String,
}

/// A page of that list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenPage {
    pub rows: Vec<TokenRow>,
    pub previous: Option<TokenCursor>,
    pub next: Option<TokenCursor>,
    pub may_delete: bool,
    pub now: Moment,
}

/// Which tokens are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TokenFilter {
    Active,
    /// They work, and without an end.
    Endless,
    /// They work, and nobody has used them for [`IDLE_DAYS`] days.
    Idle,
    Expired,
}

impl TokenFilter {
    pub const ALL: [Self; 4] = [Self::Active, Self::Endless, Self::Idle, Self::Expired];

    /// As written in the address.
    pub fn key(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Endless => "endless",
            Self::Idle => "idle",
            Self::Expired => "expired",
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::Active => "Active",
            Self::Endless => "Never expires",
            Self::Idle => "Not used for 90 days",
            Self::Expired => "Expired",
        }
    }
}

/// Where a page begins: beside a token. The newest stand first.
pub type TokenCursor = Cursor<TokenId>;

/// What is asked of the list of everybody's tokens. It lives in the address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TokenQuery {
    /// Part of the name or address of whom they are; empty for everybody.
    pub search: String,
    pub filter: Option<TokenFilter>,
    pub cursor: TokenCursor,
}

impl TokenQuery {
    /// From the parameters of an address. What is not understood is left out.
    pub fn from_query<'a>(get: impl Fn(&str) -> Option<&'a str>) -> Self {
        let filter = get("show").unwrap_or_default();
        Self {
            search: get("q")
                .unwrap_or_default()
                .trim()
                .chars()
                .take(MAX_SEARCH)
                .collect(),
            filter: TokenFilter::ALL.into_iter().find(|known| known.key() == filter),
            cursor: Cursor::from_query(get("after"), get("before")),
        }
    }

    /// The parameters, only those that differ from the plain list.
    pub fn to_query(&self) -> Vec<(&'static str, String)> {
        let search = Some(self.search.clone()).filter(|search| !search.is_empty());
        [
            ("q", search),
            ("show", self.filter.map(|filter| filter.key().to_owned())),
        ]
        .into_iter()
        .filter_map(|(key, value)| Some((key, value?)))
        .chain(self.cursor.to_query())
        .collect()
    }

    /// Whether anything narrows the list, so that an empty one means "nothing matches".
    pub fn is_filtered(&self) -> bool {
        !self.search.is_empty() || self.filter.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    const NOW: OffsetDateTime = datetime!(2026-11-24 10:00 UTC);

    #[test]
    fn a_token_ends_when_its_label_says_and_one_month_is_the_default() {
        let ends = |lifetime: TokenLifetime| lifetime.ends(NOW);
        assert_eq!(
            ends(TokenLifetime::default()),
            Some(datetime!(2026-12-24 10:00 UTC))
        );
        assert_eq!(
            ends(TokenLifetime::OneHour),
            Some(datetime!(2026-11-24 11:00 UTC))
        );
        assert_eq!(
            ends(TokenLifetime::EightHours),
            Some(datetime!(2026-11-24 18:00 UTC))
        );
        assert_eq!(
            ends(TokenLifetime::NinetyDays),
            Some(datetime!(2027-02-22 10:00 UTC))
        );
        assert_eq!(
            ends(TokenLifetime::OneYear),
            Some(datetime!(2027-11-24 10:00 UTC))
        );
        assert_eq!(ends(TokenLifetime::Never), None);
        for lifetime in TokenLifetime::ALL {
            assert_eq!(TokenLifetime::parse(lifetime.key()), Ok(lifetime));
        }
        for unknown in ["", "One month", "ten_years", "never "] {
            assert_eq!(
                TokenLifetime::parse(unknown),
                Err(Fault::UnknownLifetime),
                "{unknown}"
            );
        }
    }

    #[test]
    fn a_comment_may_be_left_out_and_a_name_may_not() {
        assert_eq!(TokenName::parse(" \t"), Err(Fault::Missing));
        assert_eq!(
            TokenName::parse(" Nightly build ").unwrap().as_str(),
            "Nightly build"
        );
        assert_eq!(TokenComment::parse(" ").unwrap().as_str(), "");
        assert_eq!(TokenComment::parse("a\nb"), Err(Fault::HiddenCharacter));
        assert_eq!(
            TokenName::parse(&"x".repeat(101)),
            Err(Fault::TooLong { max: 100 })
        );
        assert_eq!(
            TokenComment::parse(&"x".repeat(301)),
            Err(Fault::TooLong { max: 300 })
        );
    }

    #[test]
    fn a_token_works_until_the_second_at_which_it_ends_and_while_its_person_is_active() {
        let now = Moment::from(NOW);
        let at = |seconds| Some(Moment::from_unix_seconds(now.unix_seconds() + seconds));
        assert_eq!(TokenStatus::of(None, true, now), TokenStatus::Active);
        assert_eq!(TokenStatus::of(at(1), true, now), TokenStatus::Active);
        assert_eq!(TokenStatus::of(at(0), true, now), TokenStatus::Expired);
        assert_eq!(TokenStatus::of(at(1), false, now), TokenStatus::Stopped);
        assert_eq!(TokenStatus::of(at(0), false, now), TokenStatus::Expired);
    }

    #[test]
    fn the_list_is_asked_for_in_the_address_and_back() {
        for cursor in [
            TokenCursor::Start,
            TokenCursor::After(TokenId(uuid::Uuid::from_u128(7))),
            TokenCursor::Before(TokenId(uuid::Uuid::from_u128(8))),
        ] {
            let query = TokenQuery {
                search: "ada".into(),
                filter: Some(TokenFilter::Idle),
                cursor,
            };
            let pairs = query.to_query();
            let get = |key: &str| pairs.iter().find(|(k, _)| *k == key).map(|(_, v)| v.as_str());
            assert_eq!(TokenQuery::from_query(get), query);
        }
        let nonsense = |key: &str| match key {
            "show" => Some("🦆"),
            "after" => Some("1"),
            _ => None,
        };
        assert_eq!(TokenQuery::from_query(nonsense), TokenQuery::default());
    }
}
