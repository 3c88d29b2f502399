//! Texts of strangers, for the log and for administrators.

/// Characters of a line: enough for the longest status code of SAML with its message.
const LONGEST: usize = 500;

/// One line that nobody can forge further lines of a log with, cut where it is too long.
pub(crate) fn one_line(text: &str) -> String {
    let breaks = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    let shown = text.chars().take(LONGEST);
    let mut line: String = shown.map(|c| if breaks(c) { ' ' } else { c }).collect();
    if text.chars().nth(LONGEST).is_some() {
        line.push('…');
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_one_line_of_bounded_length() {
        assert_eq!(
            one_line("out of\r\nWARN mine\u{2028}\u{1b}[31m"),
            "out of  WARN mine  [31m"
        );
        assert_eq!(one_line(&"ä".repeat(10_000)).chars().count(), LONGEST + 1);
        assert_eq!(one_line(&"ä".repeat(LONGEST)).chars().count(), LONGEST);
    }
}
