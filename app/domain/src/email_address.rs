//! One plain e-mail address: parsed once, then known to be sendable and comparable.

use crate::field::Fault;
use serde::Serialize;
use std::fmt;
use unicode_normalization::UnicodeNormalization;

/// An address as it was typed, and the key under which it is unique.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct EmailAddress {
    address: String,
    key: String,
}

/// RFC 5321 section 4.5.3.1: a path of 256 octets less its angle brackets, a local part of 64.
const MAX_ADDRESS: usize = 254;
const MAX_LOCAL: usize = 64;

impl EmailAddress {
    /// Accepts one plain address: a dot-atom (RFC 5322 section 3.2.3, with the Unicode of RFC 6532) and a
    /// domain name. No list, display name, comment, quoted part or address literal: those have a second
    /// meaning somewhere between a form and a mail server.
    pub fn parse(typed: &str) -> Result<Self, Fault> {
        let typed: String = typed.trim_matches([' ', '\t', '\n', '\r']).nfc().collect();
        if typed.is_empty() {
            return Err(Fault::Missing);
        }
        let (local, domain) = typed.rsplit_once('@').ok_or(Fault::NotAnAddress)?;
        if !is_dot_atom(local) || local.len() > MAX_LOCAL || local.starts_with('-') {
            return Err(Fault::NotAnAddress);
        }
        let ascii_domain = idna::domain_to_ascii_strict(domain).map_err(|_| Fault::NotAnAddress)?;
        let is_host = ascii_domain.contains('.')
            && ascii_domain
                .rsplit('.')
                .next()
                .is_some_and(|top| !top.chars().all(|c| c.is_ascii_digit()));
        if !is_host {
            return Err(Fault::NotAnAddress);
        }
        let key = format!("{}@{ascii_domain}", local.to_lowercase());
        if key.len() > MAX_ADDRESS || typed.len() > MAX_ADDRESS {
            return Err(Fault::NotAnAddress);
        }
        Ok(Self { address: typed, key })
    }

    /// As typed, for people and for the envelope.
    pub fn as_str(&self) -> &str {
        &self.address
    }

    /// What makes two addresses the same: lower case, domain in its ASCII form; dots and `+tags` kept.
    pub fn key(&self) -> &str {
        &self.key
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.address)
    }
}

fn is_dot_atom(local: &str) -> bool {
    let is_atom_character = |c: char| {
        c.is_ascii_alphanumeric()
            || "!#$%&'*+-/=?^_`{|}~".contains(c)
            || (!c.is_ascii() && c.is_alphanumeric())
    };
    !local.is_empty()
        && local
            .split('.')
            .all(|atom| !atom.is_empty() && atom.chars().all(is_atom_character))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(typed: &str) -> String {
        EmailAddress::parse(typed).unwrap().key().to_owned()
    }

    #[test]
    fn case_does_not_matter_and_nothing_else_is_folded() {
        assert_eq!(
            key("Ada.Lovelace+uk@Example.Test"),
            "ada.lovelace+uk@example.test"
        );
        assert_ne!(key("adalovelace@example.test"), key("ada.lovelace@example.test"));
    }

    #[test]
    fn international_domains_are_compared_in_their_ascii_form() {
        assert_eq!(key("jürgen@bücher.example"), "jürgen@xn--bcher-kva.example");
        assert_eq!(
            key("Ju\u{308}rgen@BÜCHER.example"),
            "jürgen@xn--bcher-kva.example"
        );
    }

    #[test]
    fn a_homoglyph_is_another_address() {
        assert_ne!(key("ada@example.test"), key("\u{430}da@example.test"));
    }

    #[test]
    fn anything_but_one_plain_address_is_refused() {
        let long_local = format!("{}@example.test", "a".repeat(65));
        let long = format!("a@{}example.test", "abcdefgh.".repeat(30));
        for typed in [
            "ada",
            "ada@",
            "@example.test",
            "ada@localhost",
            "ada@example.test, ben@example.test",
            "Ada <ada@example.test>",
            "ada(comment)@example.test",
            "\"ada b\"@example.test",
            "ada@[127.0.0.1]",
            "ada@127.0.0.1",
            "-ada@example.test",
            ".ada@example.test",
            "ada.@example.test",
            "a..b@example.test",
            "ada@example.test.",
            "ada@-example.test",
            "ada@exam ple.test",
            "ada@example.test\r\nBcc: b@c.test",
            "a\u{202e}da@example.test",
            "ada@example..test",
            &long_local,
            &long,
        ] {
            assert_eq!(EmailAddress::parse(typed), Err(Fault::NotAnAddress), "{typed:?}");
        }
        assert_eq!(EmailAddress::parse("  "), Err(Fault::Missing));
    }
}
