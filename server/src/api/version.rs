//! Which version of a thing is changed: `ETag` of what was read, `If-Match` of what is written (RFC 9110 section 13.1.1),
//! so that nobody overwrites what they have not seen.

use super::ApiError;
use axum::{extract::FromRequestParts, http::request::Parts};
use domain::access::policy::Version;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use utoipa::IntoParams;

pub(super) fn etag(Version(version): Version) -> HeaderValue {
    HeaderValue::from_str(&format!("\"{version}\"")).expect("digits in quotes")
}

/// For the description.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "it is read as a header")]
pub(super) struct VersionSent {
    /// The `ETag` of what was read, or `*`.
    #[param(rename = "If-Match")]
    if_match: String,
}

/// The versions that whoever asks has seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum IfMatch {
    /// `*`: whichever there is.
    Any,
    Among(Vec<Version>),
}

impl IfMatch {
    /// `None`: there is none.
    ///
    /// # Errors
    /// One that is no version at all: whoever sends it has not been overtaken, and is told what is wrong.
    fn of(headers: &HeaderMap) -> Result<Option<Self>, ApiError> {
        let lines: Vec<_> = headers.get_all(header::IF_MATCH).iter().collect();
        if lines.is_empty() {
            return Ok(None);
        }
        let texts: Option<Vec<_>> = lines.iter().map(|line| line.to_str().ok()).collect();
        let texts = texts.ok_or_else(no_version)?;
        let tags: Vec<_> = texts
            .iter()
            .flat_map(|line| line.split(',').map(str::trim))
            .collect();
        if tags == ["*"] {
            return Ok(Some(Self::Any));
        }
        // Weak ones match nothing here, nor do those that are none of ours.
        let mut seen = Vec::new();
        for tag in tags {
            let strong = tag.strip_prefix("W/").unwrap_or(tag);
            let text = strong.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
            let version = text.ok_or_else(no_version)?.parse().ok().map(Version);
            seen.extend(version.filter(|_| strong == tag));
        }
        Ok(Some(Self::Among(seen)))
    }

    /// The version to be changed, where there is this one now. That it still is, is judged when it is changed.
    ///
    /// # Errors
    /// 412 where it is none of those that were seen.
    pub(super) fn judge(&self, now: Version) -> Result<Version, ApiError> {
        match self {
            Self::Among(seen) if !seen.contains(&now) => {
                Err(domain::refusal::Refusal::EditedMeanwhile.into())
            }
            _ => Ok(now),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        Self::of(&parts.headers)?.ok_or_else(|| ApiError::of(StatusCode::PRECONDITION_REQUIRED))
    }
}

fn no_version() -> ApiError {
    ApiError::invalid(
        "If-Match",
        "Send the ETag of what you have read as it was answered, with its quotes, or *.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(lines: &[&str]) -> Option<IfMatch> {
        let lines = lines.iter().map(|line| (header::IF_MATCH, line.parse().unwrap()));
        IfMatch::of(&lines.collect()).unwrap()
    }

    #[test]
    fn versions_are_named_by_what_was_answered() {
        let among = |versions: &[i32]| Some(IfMatch::Among(versions.iter().copied().map(Version).collect()));
        assert_eq!(of(&[]), None);
        assert_eq!(of(&["*"]), Some(IfMatch::Any));
        assert_eq!(of(&["\"3\""]), among(&[3]));
        assert_eq!(of(&["\"3\", \"4\"", "\"5\""]), among(&[3, 4, 5]));
        for none_of_ours in ["W/\"3\"", "\"x\"", "\"\""] {
            assert_eq!(of(&[none_of_ours]), among(&[]), "{none_of_ours}");
        }
        for none in ["3", "W/3", "", "*, \"x\"", "\"3\", 4", "\"3"] {
            let lines = [(header::IF_MATCH, none.parse().unwrap())];
            let error = IfMatch::of(&lines.into_iter().collect()).unwrap_err();
            assert_eq!(error, no_version(), "{none}");
        }
        assert_eq!(etag(Version(3)), "\"3\"");
    }

    #[test]
    fn another_version_than_was_seen_is_not_changed() {
        let seen = |tag: &str| of(&[tag]).unwrap().judge(Version(3));
        assert_eq!(seen("\"3\""), Ok(Version(3)));
        assert_eq!(seen("*"), Ok(Version(3)));
        assert!(seen("\"2\"").is_err() && seen("W/\"3\"").is_err());
    }
}
