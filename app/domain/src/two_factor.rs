//! Two-factor authentication: codes as people type them, the names of authenticators, recovery codes, and from when an
//! organization asks it of everybody. How a code is judged is in `backend::two_factor`, where the secrets are.

use crate::{
    field::{Fault, single_line},
    ids::{AuthenticatorId, UserId},
    moment::{Day, Moment},
};
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

/// How many recovery codes somebody gets at once.
pub const RECOVERY_CODES: usize = 10;
/// More of them are no use to anybody, and each is judged at every sign-in.
pub const MOST_AUTHENTICATORS: usize = 10;
/// Wrong codes until the password is asked for again.
pub const TRIES: i16 = 5;

/// What somebody calls an authenticator: one line of 1 to 50 characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthenticatorName(String);

impl AuthenticatorName {
    pub fn parse(text: &str) -> Result<Self, Fault> {
        single_line(text, 50).map(|name| Self(name.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What was typed where a code is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TypedCode {
    /// The six digits of an authenticator (RFC 6238).
    OneTime(String),
    /// A recovery code, without what separates its parts.
    Recovery(String),
}

/// Crockford's alphabet of 32, in which nothing looks like anything else.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const RECOVERY_LENGTH: usize = 12;

impl TypedCode {
    /// Spaces and hyphens don't count, nor does the case of letters.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let typed: String = text
            .chars()
            .filter(|c| !c.is_whitespace() && *c != '-')
            .take(RECOVERY_LENGTH + 1)
            .collect();
        if typed.is_empty() {
            return Err(Fault::Missing);
        }
        if typed.len() == 6 && typed.bytes().all(|b| b.is_ascii_digit()) {
            return Ok(Self::OneTime(typed));
        }
        let meant: Option<String> = typed.chars().map(meant).collect();
        match meant {
            Some(code) if code.len() == RECOVERY_LENGTH => Ok(Self::Recovery(code)),
            _ => Err(Fault::NotACode),
        }
    }
}

/// The character of the alphabet that somebody means who copies from paper.
fn meant(c: char) -> Option<char> {
    let c = match c.to_ascii_lowercase() {
        'o' => '0',
        'i' | 'l' => '1',
        c => c,
    };
    u8::try_from(c).is_ok_and(|b| ALPHABET.contains(&b)).then_some(c)
}

/// A recovery code of 60 random bits, as it is shown: `7k2m-q9xd-4hfa`.
pub fn recovery_code(chance: [u8; RECOVERY_LENGTH]) -> String {
    let letters = chance.map(|byte| char::from(ALPHABET[usize::from(byte % 32)]));
    let parts: Vec<String> = letters.chunks(4).map(|part| part.iter().collect()).collect();
    parts.join("-")
}

/// An authenticator as its person sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthenticatorLine {
    pub id: AuthenticatorId,
    pub name: String,
    pub added: Moment,
    pub last_used: Option<Moment>,
}

/// What somebody sees of their own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnTwoFactor {
    /// The oldest first. None: it is off.
    pub authenticators: Vec<AuthenticatorLine>,
    pub recovery_codes_left: usize,
    /// From when the organization asks for it.
    pub asked_from: Option<Moment>,
    /// Whether what matters asks for the password: the last proof is too old.
    pub wants_proof: bool,
}

/// An authenticator that is being set up. Carries its secret: for the page that shows it, and for no other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrolment {
    /// In base32 (RFC 4648), in groups of four.
    pub secret: String,
    pub qr: QrCode,
    /// Until when a code confirms it.
    pub expires: Moment,
    /// Whether it is the first one.
    pub is_first: bool,
}

/// A QR code as a shape: black squares of side 1 in a field of `width` by `width`, without the quiet zone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QrCode {
    pub width: usize,
    /// In the language of the `d` attribute of an SVG path.
    pub path: String,
}

/// What the page shows that asks for a code at sign-in. Only who knew the password sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeQuestion {
    pub organization: String,
    pub email: String,
    pub recovery_codes_left: usize,
    /// Administrators who can help whoever has lost their device.
    pub administrators: Vec<String>,
}

/// What an administrator sees of the demand for two-factor authentication.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Demand {
    /// From when it is asked of everybody.
    pub from: Option<Moment>,
    /// Some of the active people without it, in the order of their names.
    pub missing: Vec<Missing>,
    /// Whether there are more of them.
    pub more: bool,
    /// Whether whoever looks has it.
    pub is_enrolled: bool,
    pub wants_proof: bool,
    pub now: Moment,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missing {
    pub id: UserId,
    pub name: String,
    pub email: String,
}

impl Demand {
    pub fn is_in_force(&self) -> bool {
        self.from.is_some_and(|from| from <= self.now)
    }
}

/// The first moment of a day that leaves everybody a day at least.
pub fn demand_from(typed: &str, now: OffsetDateTime) -> Result<OffsetDateTime, Fault> {
    if typed.trim().is_empty() {
        return Err(Fault::Missing);
    }
    let day: Day = typed.trim().parse().map_err(|_| Fault::NotADay)?;
    if day.start() - now < Duration::DAY {
        return Err(Fault::TooSoon);
    }
    Ok(day.start())
}

/// How many of the reminders are due that are sent 7 days and 1 day before.
pub fn reminders_due(from: OffsetDateTime, now: OffsetDateTime) -> i16 {
    match from - now {
        left if left <= Duration::DAY => 2,
        left if left <= Duration::WEEK => 1,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> OffsetDateTime {
        Moment::from_control(text).unwrap().civil()
    }

    #[test]
    fn a_code_is_six_digits_however_they_are_spaced() {
        for typed in ["123456", " 123 456 ", "123-456", "12 34 56", "123\u{a0}456"] {
            assert_eq!(
                TypedCode::parse(typed),
                Ok(TypedCode::OneTime("123456".into())),
                "{typed}"
            );
        }
        for typed in ["12345", "1234567", "12345a", "１２３４５６", "abc", "-12345"] {
            assert_eq!(TypedCode::parse(typed), Err(Fault::NotACode), "{typed}");
        }
        for typed in ["", "  ", "-"] {
            assert_eq!(TypedCode::parse(typed), Err(Fault::Missing), "{typed:?}");
        }
    }

    #[test]
    fn a_recovery_code_is_read_as_it_was_meant() {
        let shown = recovery_code([7, 19, 2, 20, 23, 9, 29, 13, 4, 17, 0, 1]);
        assert_eq!(shown, "7k2m-q9xd-4h01");
        let meant = Ok(TypedCode::Recovery("7k2mq9xd4h01".into()));
        for typed in [shown.as_str(), "7K2M Q9XD 4HO1", "7k2mq9xd4hol", "7k2m-q9xd-4hoI"] {
            assert_eq!(TypedCode::parse(typed), meant, "{typed}");
        }
        for typed in [
            "7k2m-q9xd-4h0",
            "7k2m-q9xd-4h011",
            "7k2m-q9xd-4hu1",
            "7k2m-q9xd-4hé1",
        ] {
            assert_eq!(TypedCode::parse(typed), Err(Fault::NotACode), "{typed}");
        }
    }

    #[test]
    fn every_byte_makes_a_character_of_a_recovery_code() {
        for byte in 0..=255 {
            assert!(matches!(
                TypedCode::parse(&recovery_code([byte; 12])),
                Ok(TypedCode::Recovery(_))
            ));
        }
    }

    #[test]
    fn nobody_is_asked_for_it_before_a_day_has_passed() {
        let now = at("2026-11-24T10:00");
        assert_eq!(demand_from("2026-11-26", now), Ok(at("2026-11-26T00:00")));
        for soon in ["2026-11-25", "2026-11-24", "2020-01-01"] {
            assert_eq!(demand_from(soon, now), Err(Fault::TooSoon), "{soon}");
        }
        assert_eq!(demand_from("", now), Err(Fault::Missing));
        assert_eq!(demand_from("tomorrow", now), Err(Fault::NotADay));
    }

    #[test]
    fn reminders_come_a_week_and_a_day_before() {
        let from = at("2026-12-24T00:00");
        let due = |before: Duration| reminders_due(from, from - before);
        assert_eq!(due(Duration::days(8)), 0);
        assert_eq!(due(Duration::days(7)), 1);
        assert_eq!(due(Duration::hours(25)), 1);
        assert_eq!(due(Duration::hours(24)), 2);
        assert_eq!(due(Duration::ZERO), 2);
    }
}
