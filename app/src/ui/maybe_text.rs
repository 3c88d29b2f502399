//! Words that a part may have or not.

/// Words that a part may have or not, from whatever its page has at hand. Not a signal: each page is a document of its own, and
/// what stands in it stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MaybeText(pub(crate) Option<String>);

impl From<&str> for MaybeText {
    fn from(text: &str) -> Self {
        Self(Some(text.to_owned()))
    }
}

impl From<String> for MaybeText {
    fn from(text: String) -> Self {
        Self(Some(text))
    }
}

impl From<Option<String>> for MaybeText {
    fn from(text: Option<String>) -> Self {
        Self(text)
    }
}

impl From<Option<&str>> for MaybeText {
    fn from(text: Option<&str>) -> Self {
        Self(text.map(str::to_owned))
    }
}
