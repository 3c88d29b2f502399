//! The arithmetic of authenticators: RFC 6238 with SHA-1, six digits and steps of 30 seconds, which is what every app
//! does, and the QR code by which they learn a secret.

use crate::{Error, Result, secret::Secret};
use domain::two_factor::QrCode;
use qrcode::{Color, EcLevel};
use std::fmt::Write;
use time::OffsetDateTime;
use totp_rs::{Builder, Totp};

/// Bytes of a secret: as long as the hash, as RFC 4226 section 4 recommends.
pub(crate) const SECRET_LENGTH: usize = 20;

pub(crate) type TotpSecret = Secret<Vec<u8>>;

/// Steps that the clock of a device may be ahead or behind (RFC 6238 section 5.2).
const TOLERANCE: u16 = 1;

fn totp(secret: &TotpSecret) -> Builder {
    Builder::new()
        .with_skew(TOLERANCE)
        .with_secret(secret.expose().as_slice())
}

fn built(builder: Builder) -> Result<Totp> {
    builder
        .build()
        .map_err(|error| Error::unavailable(error.to_string()))
}

/// The time step that a code is of, if it is a code of now.
pub(super) fn step_of(secret: &TotpSecret, code: &str, now: OffsetDateTime) -> Result<Option<i64>> {
    let seconds = u64::try_from(now.unix_timestamp()).unwrap_or_default();
    let step = built(totp(secret))?.check(code, seconds);
    Ok(step.and_then(|step| i64::try_from(step).ok()))
}

/// A secret as people type it: base32 in groups of four.
pub(super) fn in_groups(secret: &TotpSecret) -> Result<String> {
    let text = built(totp(secret))?.secret().to_base32();
    let groups: Vec<_> = text.as_bytes().chunks(4).map(String::from_utf8_lossy).collect();
    Ok(groups.join(" "))
}

/// The address that a QR code holds (Key URI Format of Google Authenticator).
pub(super) fn uri(secret: &TotpSecret, organization: &str, email: &str) -> Result<String> {
    // The colon parts the two in the label, so neither may have one.
    let plain = |text: &str| text.replace(':', " ");
    let issuer = format!("Usher ({})", plain(organization));
    let builder = totp(secret)
        .with_issuer(Some(issuer))
        .with_account_name(plain(email));
    built(builder)?
        .to_url()
        .map_err(|error| Error::unavailable(error.to_string()))
}

/// A QR code as a path of unit squares, run by run.
pub(super) fn qr_code(text: &str) -> Result<QrCode> {
    let code = qrcode::QrCode::with_error_correction_level(text, EcLevel::M)
        .map_err(|error| Error::unavailable(error.to_string()))?;
    let (width, squares) = (code.width(), code.to_colors());
    let mut path = String::new();
    for (y, row) in squares.chunks(width).enumerate() {
        let mut x = 0;
        for run in row.chunk_by(|one, next| one == next) {
            if run[0] == Color::Dark {
                let _ = write!(path, "M{x} {y}h{length}v1h-{length}z", length = run.len());
            }
            x += run.len();
        }
    }
    Ok(QrCode { width, path })
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::{Duration, macros::datetime};

    /// Of RFC 6238 appendix B.
    fn rfc() -> TotpSecret {
        Secret::new(b"12345678901234567890".to_vec())
    }

    #[test]
    fn codes_are_those_of_the_rfc() {
        // The last six of the eight digits there.
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
        ] {
            let at = OffsetDateTime::from_unix_timestamp(seconds).unwrap();
            assert_eq!(
                step_of(&rfc(), code, at).unwrap(),
                Some(seconds / 30),
                "{seconds}"
            );
        }
    }

    #[test]
    fn a_code_works_one_step_early_or_late_and_no_more() {
        let now = datetime!(2026-11-24 10:00 UTC);
        let code = totp(&rfc())
            .build()
            .unwrap()
            .generate(u64::try_from(now.unix_timestamp()).unwrap())
            .to_string();
        let works = |steps: i32| {
            step_of(&rfc(), &code, now + Duration::seconds(30) * steps)
                .unwrap()
                .is_some()
        };
        assert_eq!([-2, -1, 0, 1, 2].map(works), [false, true, true, true, false]);
    }

    #[test]
    fn names_put_nothing_into_the_address_of_a_qr_code() {
        let uri = uri(&rfc(), "A:B&secret=X", "ada+x@example.test").unwrap();
        let parsed = url::Url::parse(&uri).unwrap();
        assert_eq!((parsed.scheme(), parsed.host_str()), ("otpauth", Some("totp")));
        let pairs: Vec<_> = parsed.query_pairs().collect();
        assert_eq!(pairs.len(), 2, "{uri}");
        assert_eq!(
            pairs[0],
            ("secret".into(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ".into())
        );
        assert_eq!(pairs[1], ("issuer".into(), "Usher (A B&secret=X)".into()));
        assert_eq!(parsed.path().matches(':').count(), 1, "{uri}");
    }

    #[test]
    fn the_secret_is_typed_in_groups_of_four() {
        assert_eq!(
            in_groups(&rfc()).unwrap(),
            "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ"
        );
    }
}
