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
    fn of(headers: &HeaderMap) -> Option<Self> {
        let lines: Vec<_> = headers.get_all(header::IF_MATCH).iter().collect();
        if lines.is_empty() {
            return None;
        }
        let texts = lines.iter().filter_map(|line| line.to_str().ok());
        let tags: Vec<_> = texts.flat_map(|line| line.split(',').map(str::trim)).collect();
        if tags == ["*"] {
            return Some(Self::Any);
        }
        // Weak ones match nothing here, nor do those that are none of ours.
        let version = |tag: &str| {
            tag.strip_prefix('"')?
                .strip_suffix('"')?
                .parse()
                .ok()
                .map(Version)
        };
        Some(Self::Among(tags.into_iter().filter_map(version).collect()))
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
        Self::of(&parts.headers).ok_or_else(|| ApiError::of(StatusCode::PRECONDITION_REQUIRED))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(lines: &[&str]) -> Option<IfMatch> {
        let lines = lines.iter().map(|line| (header::IF_MATCH, line.parse().unwrap()));
        IfMatch::of(&lines.collect())
    }

    #[test]
    fn versions_are_named_by_what_was_answered() {
        let among = |versions: &[i32]| Some(IfMatch::Among(versions.iter().copied().map(Version).collect()));
        assert_eq!(of(&[]), None);
        assert_eq!(of(&["*"]), Some(IfMatch::Any));
        assert_eq!(of(&["\"3\""]), among(&[3]));
        assert_eq!(of(&["\"3\", \"4\"", "\"5\""]), among(&[3, 4, 5]));
        for none_of_ours in ["W/\"3\"", "3", "\"x\"", "", "*, \"x\""] {
            assert_eq!(of(&[none_of_ours]), among(&[]), "{none_of_ours}");
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
