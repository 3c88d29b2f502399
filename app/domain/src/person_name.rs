//! First and last names: whatever a person is called.

use crate::field::{Fault, single_line};
use unicode_normalization::UnicodeNormalization;

/// A first or last name, at most [`MAX_NAME`] characters, without line breaks or control characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonName(String);

/// Long enough for every name on record in a passport (ICAO 9303 allows 39 a line), short enough for a table.
pub const MAX_NAME: usize = 100;

impl PersonName {
    pub fn parse(typed: &str) -> Result<Self, Fault> {
        let typed: String = typed.nfc().collect();
        single_line(&typed, MAX_NAME).map(|name| Self(name.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Up to two letters that stand for a person where there is no picture: `AL`.
pub fn initials(name: &str) -> String {
    let mut words = name
        .split(|c: char| c.is_whitespace() || matches!(c, '@' | '.' | '-' | '_'))
        .filter(|w| !w.is_empty());
    let first = words.next().and_then(|w| w.chars().next());
    let last = words
        .next_back()
        .filter(|_| !name.contains('@'))
        .and_then(|w| w.chars().next());
    first
        .into_iter()
        .chain(last)
        .flat_map(char::to_uppercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_every_script_are_names() {
        for name in [
            "Ada",
            "José María",
            "O’Neil-Smith",
            "愛",
            "محمد",
            "می\u{200c}خواهم",
            "X Æ A-12",
            "👩‍🔬",
        ] {
            assert!(PersonName::parse(name).is_ok(), "{name}");
        }
    }

    #[test]
    fn a_name_holds_no_control_characters_and_ends_somewhere() {
        assert_eq!(PersonName::parse("Ada\r\nBcc: x"), Err(Fault::HiddenCharacter));
        assert_eq!(PersonName::parse("Ada\u{202e}"), Err(Fault::HiddenCharacter));
        assert_eq!(PersonName::parse("\u{2028}x\u{0}"), Err(Fault::HiddenCharacter));
        assert_eq!(
            PersonName::parse(&"a".repeat(101)),
            Err(Fault::TooLong { max: MAX_NAME })
        );
        for blank in [
            " ",
            "\u{200b}",
            "\u{feff}\u{ad}",
            "\u{2800}",
            "\u{3164}",
            "\u{e0041}",
        ] {
            assert_eq!(PersonName::parse(blank), Err(Fault::Missing), "{blank:?}");
        }
    }

    #[test]
    fn initials_are_those_of_the_first_and_last_word() {
        assert_eq!(initials("Ada King Lovelace"), "AL");
        assert_eq!(initials("carla@example.test"), "C");
        assert_eq!(initials("愛"), "愛");
        assert_eq!(initials(""), "");
    }
}
