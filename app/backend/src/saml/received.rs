//! What a browser brings as `SAMLResponse`: base64 (SAML Bindings section 3.5.4), which some identity providers wrap.

use super::SamlError;
use base64::{
    Engine,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use domain::saml_problem::SamlProblem;

/// Bytes of XML. A response with 800 groups has a third of it.
pub(super) const LONGEST: usize = 256 * 1024;
/// Four characters stand for three bytes, and some identity providers wrap each line of 76 with two.
const LONGEST_ENCODED: usize = LONGEST / 3 * 4 * 11 / 10;

/// Padding is left out by some; it adds nothing that could be mistaken.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The XML in what was posted.
pub(super) fn decoded(saml_response: &str) -> Result<Vec<u8>, SamlError> {
    if saml_response.len() > LONGEST_ENCODED {
        return Err(too_large(saml_response.len()));
    }
    let packed: Vec<u8> = saml_response
        .bytes()
        .filter(|byte| !byte.is_ascii_whitespace())
        .collect();
    let xml = BASE64
        .decode(packed)
        .map_err(|error| SamlError::new(SamlProblem::Unreadable, format!("base64: {error}")))?;
    if xml.len() > LONGEST {
        return Err(too_large(xml.len()));
    }
    Ok(xml)
}

fn too_large(length: usize) -> SamlError {
    SamlError::new(SamlProblem::TooLarge, format!("{length} bytes"))
}
