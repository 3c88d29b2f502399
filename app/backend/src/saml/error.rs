//! Why a response was not accepted: a [`SamlProblem`] for people, and the detail for the log and the test sign-in.

use crate::one_line::one_line;
use domain::saml_problem::SamlProblem;

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
            detail: one_line(detail.as_ref()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_detail_is_one_line() {
        let error = SamlError::new(
            SamlProblem::ProviderStatus,
            "denied\r\nlevel=error user=ada\u{2028}x",
        );
        assert_eq!(
            error.to_string(),
            "provider-status: denied  level=error user=ada x"
        );
    }
}
