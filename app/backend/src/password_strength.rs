//! How hard a password is to guess, measured with zxcvbn, with what an attacker knows of the person as context.

use crate::{Backend, Result, secret::Secret};
use domain::{
    field::Fault,
    password::{Judgement, PasswordLength, Weakness},
};
use zxcvbn::{Score, feedback::Warning, zxcvbn};

/// Characters of a password that are measured: at worst a quarter of a second of work.
const MEASURED: usize = 40;
/// The longest that any of the fields can be: an address.
const LONGEST_CONTEXT: usize = 254;

/// The words that an attacker would try first: address, names, organization and product.
#[derive(Clone, Debug, Default)]
pub struct Context {
    pub email: String,
    pub first_name: String,
    pub last_name: String,
    pub organization: String,
}

impl Context {
    fn words(&self) -> Vec<String> {
        let mut words = vec!["usher".to_owned()];
        for text in [&self.email, &self.first_name, &self.last_name, &self.organization] {
            // Only as much as the fields can hold: each word is matched against each part of the password.
            let text: String = text.chars().take(LONGEST_CONTEXT).collect();
            words.push(text.to_lowercase());
            words.extend(
                text.to_lowercase()
                    .split(|c: char| !c.is_alphanumeric())
                    .filter(|w| w.chars().count() >= 3)
                    .map(str::to_owned),
            );
        }
        words.retain(|w| !w.is_empty());
        words
    }
}

/// The same judgement while typing and at the end. `Ok` is the password in the form to be hashed.
pub fn judge(typed: &str, length: PasswordLength, context: &Context) -> (Judgement, Option<String>) {
    let password = match length.check(typed) {
        Ok(password) => password,
        Err(fault) => return (Judgement::Refused(fault), None),
    };
    let words = context.words();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    // Guessing grows faster than the text: with many letters that stand for others, 100 characters take a second. What
    // is hard to guess is so in its first characters.
    let measured: String = password.chars().take(MEASURED).collect();
    let estimate = zxcvbn(&measured, &words);
    // zxcvbn scores 0 to 4; 3 is "safely unguessable" against an offline attack on a slow hash.
    let judgement = match estimate.score() {
        _ if leaves_little(&password, &words) => Judgement::Refused(Fault::PasswordWeak(Weakness::AboutYou)),
        Score::Three => Judgement::Good,
        Score::Four => Judgement::Strong,
        _ => {
            let about_you = contains_mostly(&password, &words);
            let warning = estimate.feedback().and_then(zxcvbn::feedback::Feedback::warning);
            Judgement::Refused(Fault::PasswordWeak(if about_you {
                Weakness::AboutYou
            } else {
                weakness(warning)
            }))
        }
    };
    let accepted = !matches!(judgement, Judgement::Refused(_));
    (judgement, accepted.then_some(password))
}

impl Backend {
    /// The judgement of a password while it is typed: the same that is made when it is sent.
    pub async fn judge_password(&self, typed: Secret<String>, context: Context) -> Result<Judgement> {
        let length = self.settings.password_length;
        self.hasher
            .judging_password(move || judge(typed.expose(), length, &context).0)
            .await
    }

    /// A password that may be set, in the form to be hashed.
    pub(crate) async fn accept_password(
        &self,
        typed: &Secret<String>,
        context: Context,
    ) -> Result<Result<String, Fault>> {
        let (typed, length) = (typed.clone(), self.settings.password_length);
        self.hasher
            .judging_password(move || match judge(typed.expose(), length, &context) {
                (_, Some(password)) => Ok(password),
                (Judgement::Refused(fault), None) => Err(fault),
                (_, None) => Err(Fault::PasswordWeak(Weakness::Guessable)),
            })
            .await
    }
}

/// Whether hardly anything is left without the words of the context. zxcvbn counts several of them in a row as many
/// independent choices; somebody who knows the person tries just these.
fn leaves_little(password: &str, words: &[&str]) -> bool {
    const LEAST: usize = 6;
    let mut words: Vec<_> = words.iter().filter(|word| word.chars().count() >= 3).collect();
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    let mut rest = password.to_lowercase();
    for word in words {
        // A gap, so that what stands around a word does not become another one.
        rest = rest.replace(*word, " ");
    }
    rest.chars().filter(|c| c.is_alphanumeric()).count() < LEAST
}

/// Whether words of the context make up at least half of the password.
fn contains_mostly(password: &str, words: &[&str]) -> bool {
    let lower = password.to_lowercase();
    let longest = words
        .iter()
        .filter(|w| lower.contains(**w))
        .map(|w| w.chars().count())
        .max()
        .unwrap_or_default();
    longest * 2 >= lower.chars().count()
}

fn weakness(warning: Option<Warning>) -> Weakness {
    match warning {
        Some(Warning::StraightRowsOfKeysAreEasyToGuess | Warning::ShortKeyboardPatternsAreEasyToGuess) => {
            Weakness::KeyboardRow
        }
        Some(
            Warning::RepeatsLikeAaaAreEasyToGuess | Warning::RepeatsLikeAbcAbcAreOnlySlightlyHarderToGuess,
        ) => Weakness::Repetition,
        Some(Warning::SequencesLikeAbcAreEasyToGuess) => Weakness::Sequence,
        Some(Warning::RecentYearsAreEasyToGuess | Warning::DatesAreOftenEasyToGuess) => Weakness::Date,
        Some(
            Warning::ThisIsATop10Password
            | Warning::ThisIsATop100Password
            | Warning::ThisIsACommonPassword
            | Warning::ThisIsSimilarToACommonlyUsedPassword,
        ) => Weakness::CommonPassword,
        Some(
            Warning::AWordByItselfIsEasyToGuess
            | Warning::NamesAndSurnamesByThemselvesAreEasyToGuess
            | Warning::CommonNamesAndSurnamesAreEasyToGuess,
        ) => Weakness::CommonWords,
        None => Weakness::Guessable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::password::DEFAULT_LENGTH;

    fn verdict(password: &str) -> Judgement {
        let context = Context {
            email: "ada@engines.test".into(),
            first_name: "Augusta".into(),
            last_name: "Lovelace".into(),
            organization: "Analytical Engines".into(),
        };
        judge(password, DEFAULT_LENGTH, &context).0
    }

    fn refused(weakness: Weakness) -> Judgement {
        Judgement::Refused(Fault::PasswordWeak(weakness))
    }

    #[test]
    fn a_sentence_is_strong() {
        assert_eq!(verdict("seven owls repair my piano"), Judgement::Strong);
    }

    #[test]
    fn what_is_known_of_the_person_does_not_count() {
        assert_eq!(verdict("Analytical Engines1"), refused(Weakness::AboutYou));
        assert_eq!(verdict("augustalovelace"), refused(Weakness::AboutYou));
        assert_eq!(verdict("ada@engines.test"), refused(Weakness::AboutYou));
        for several in [
            "Engines Augusta Lovelace",
            "augustalovelaceengines1!",
            "Usher Analytical Ada Lovelace 2026",
        ] {
            assert_eq!(verdict(several), refused(Weakness::AboutYou), "{several}");
        }
        assert!(verdict("Augusta's piano is full of owls").level() >= 3);
    }

    #[test]
    fn long_and_easy_is_still_easy() {
        assert_eq!(verdict("aaaaaaaaaaaaaaaaaaaa"), refused(Weakness::Repetition));
        assert_eq!(verdict("passwordpassword"), refused(Weakness::Repetition));
        assert!(matches!(
            verdict("qwertyuiopasdfgh"),
            Judgement::Refused(Fault::PasswordWeak(_))
        ));
        assert!(matches!(
            verdict("1234567890123456"),
            Judgement::Refused(Fault::PasswordWeak(_))
        ));
    }

    #[test]
    fn short_is_said_first() {
        assert_eq!(
            verdict("Xk9#"),
            Judgement::Refused(Fault::PasswordTooShort { min: 15 })
        );
    }

    #[test]
    fn the_longest_password_is_judged_like_any_other() {
        assert_eq!(
            verdict(&"x".repeat(DEFAULT_LENGTH.max)),
            refused(Weakness::Repetition)
        );
        assert!(verdict(&"seven owls repair my piano ".repeat(4)).level() >= 3);
    }
}
