//! A path of this site: the only thing that a redirect may lead to.

use serde::{Deserialize, Serialize};
use std::fmt;

/// An absolute path with its query, in printable ASCII, that every browser resolves to this origin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LocalPath(String);

/// Longer than any address the console makes (the longest names `MEMBERS_AT_ONCE` people and one more), short enough for
/// a header.
const MAX_LENGTH: usize = 3_600;

impl LocalPath {
    /// Refuses whatever a browser could read as another origin (`//host`, `/\host`, a scheme, an encoded
    /// slash at the start) and every character that does not belong in a header.
    pub fn parse(text: &str) -> Option<Self> {
        let safe = text.starts_with('/')
            && text.len() <= MAX_LENGTH
            && text.bytes().all(|b| (0x21..=0x7e).contains(&b) && b != b'\\')
            && !text[1..].starts_with('/')
            && !text.split(['?', '#']).next().unwrap_or_default().contains("//")
            && !["/%2f", "/%5c", "/%09", "/%0a", "/%0d"]
                .iter()
                .any(|p| text.to_ascii_lowercase().starts_with(p))
            && !text
                .split(['?', '#'])
                .next()
                .unwrap_or_default()
                .split('/')
                .any(|s| s == "." || s == "..");
        safe.then(|| Self(text.to_owned()))
    }

    /// The front page.
    pub fn home() -> Self {
        Self("/".to_owned())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The path alone, without query and fragment.
    pub fn path(&self) -> &str {
        self.0.split(['?', '#']).next().unwrap_or_default()
    }
}

impl fmt::Display for LocalPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_this_site_pass() {
        for path in [
            "/",
            "/organization/users?status=invited&q=a%2Fb",
            "/account/settings#password",
        ] {
            assert_eq!(LocalPath::parse(path).unwrap().as_str(), path);
        }
    }

    #[test]
    fn everything_that_could_leave_the_site_is_refused() {
        let long = format!("/{}", "a".repeat(5_000));
        for path in [
            "",
            "//evil.test",
            "/\\evil.test",
            "/%2f%2fevil.test",
            "/%5cevil.test",
            "https:evil.test",
            "https://evil.test",
            "/\t/evil.test",
            "\t//evil.test",
            "/..//evil.test",
            "/../x",
            "@evil.test",
            "javascript:alert(1)",
            "data:text/html,x",
            "/a\r\nSet-Cookie: x",
            "/a b",
            "/ä",
            "/a//evil.test",
            "/%0d%0ax",
            &long,
        ] {
            assert_eq!(LocalPath::parse(path), None, "{path:?}");
        }
    }
}
