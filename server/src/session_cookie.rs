//! Reads cookies. They are set in `app::request`, which also names them.

use backend::secret::Token;
use http::{HeaderMap, header};

/// The token of a session, in the form in which we made it: 256 bits in base64url.
pub(crate) fn find_token(headers: &HeaderMap, name: &str) -> Option<Token> {
    let value = find(headers, name)?;
    let ours = value.len() == 43
        && value
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    ours.then(|| Token::presented(value))
}

/// The value of a cookie. Of several with one name none is believed: a neighbouring site may have set one of them.
pub(crate) fn find<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut found = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|header| header.to_str().ok())
        .flat_map(|header| header.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(key, _)| *key == name)
        .map(|(_, value)| value);
    found.next().filter(|_| found.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(cookies: &[&str]) -> HeaderMap {
        cookies
            .iter()
            .map(|cookie| (header::COOKIE, cookie.parse().unwrap()))
            .collect()
    }

    #[test]
    fn a_cookie_is_found_among_others() {
        let headers = headers(&["a=1; usher=x=y", "theme=dark"]);
        assert_eq!(find(&headers, "usher"), Some("x=y"));
        assert_eq!(find(&headers, "theme"), Some("dark"));
        assert_eq!(find(&headers, "ushe"), None);
    }

    #[test]
    fn of_two_with_one_name_none_is_believed() {
        assert_eq!(find(&headers(&["usher=1; usher=2"]), "usher"), None);
        assert_eq!(find(&headers(&["usher=1", "usher=1"]), "usher"), None);
    }

    #[test]
    fn what_can_be_no_token_is_none() {
        let token = "A".repeat(43);
        assert!(find_token(&headers(&[&format!("usher={token}")]), "usher").is_some());
        for value in ["", "short", &"A".repeat(44), &format!("{}'", "A".repeat(42))] {
            assert!(
                find_token(&headers(&[&format!("usher={value}")]), "usher").is_none(),
                "{value}"
            );
        }
    }
}
