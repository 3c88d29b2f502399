//! Metadata and certificates: nothing crashes, and what is read can be entered by hand as well.
#![no_main]

use backend::saml::{Certificate, Entered, check_identity_provider, parse_metadata};
use libfuzzer_sys::fuzz_target;
use time::macros::datetime;

fuzz_target!(|input: &[u8]| {
    let _ = Certificate::all_in(input);
    if let Ok(metadata) = parse_metadata(input, datetime!(2026-11-24 02:30 UTC)) {
        let pem: String = metadata.certificates.iter().map(Certificate::pem).collect();
        let idp = metadata.identity_provider(false);
        let entered = Entered {
            entity_id: &idp.entity_id,
            sso_url: &idp.sso_url,
            certificates: pem.as_bytes(),
            require_signed_assertion: false,
        };
        assert_eq!(check_identity_provider(&entered), Ok(idp));
    }
});
