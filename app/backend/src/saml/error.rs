//! Why a response was not accepted: a [`SamlProblem`] for people, and the detail for the log and the test sign-in.

use domain::saml_problem::SamlProblem;

/// Characters of a detail: enough for the longest status code with its message.
const LONGEST_DETAIL: usize = 500;

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {detail}", problem.key())]
pub struct SamlError {
    pub problem: SamlProblem,
    /// One line of plain text. Parts of it come from whoever sent the response.
    pub detail: String,
}

impl SamlError {
    pub fn new(problem: SamlProblem, detail: impl AsRef<str>) -> Self {
        Self {
            problem,
            detail: plain(detail.as_ref()),
        }
    }
}

/// One line that nobody can forge further lines of a log with, cut where it is too long.
pub(super) fn plain(text: &str) -> String {
    let mut line: String = text
        .chars()
        .take(LONGEST_DETAIL)
        .map(|c| {
            if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') {
                ' '
            } else {
                c
            }
        })
        .collect();
    if text.chars().nth(LONGEST_DETAIL).is_some() {
        line.push('…');
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_detail_is_one_line_of_bounded_length() {
        let error = SamlError::new(
            SamlProblem::ProviderStatus,
            "denied\r\nlevel=error user=ada\u{2028}x",
        );
        assert_eq!(
            error.to_string(),
            "provider-status: denied  level=error user=ada x"
        );
        assert_eq!(plain(&"ä".repeat(10_000)).chars().count(), LONGEST_DETAIL + 1);
    }
}
