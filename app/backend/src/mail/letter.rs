//! The shape of every mail: a heading, what happened, one button, what else to know. Renders the text part;
//! `html.rs` renders the other one. Whatever a person typed is a *name* here: shown, but never alive.

/// A mail in words, before it is rendered.
pub(super) struct Letter {
    pub subject: String,
    pub heading: Line,
    /// What happened and until when.
    pub before: Vec<Line>,
    pub button: Button,
    /// What follows from it, and what to do if it was not you.
    pub after: Vec<Line>,
    pub footer: Line,
}

/// The one thing to do. The address is shown once more below it, for whoever prefers to copy it.
pub(super) struct Button {
    pub label: &'static str,
    pub address: String,
}

/// A paragraph of our own words with names in it.
pub(super) struct Line(pub Vec<Piece>);

pub(super) enum Piece {
    Words(String),
    /// Made harmless by [`shown`].
    Name(String),
}

impl Line {
    /// `{}` in the words takes the next name.
    pub(super) fn new(words: &str, names: &[&str]) -> Self {
        let mut names = names.iter();
        let mut pieces = Vec::new();
        for (place, part) in words.split("{}").enumerate() {
            if place > 0 {
                let name = names.next().copied().unwrap_or_default();
                pieces.push(Piece::Name(shown(name)));
            }
            if !part.is_empty() {
                pieces.push(Piece::Words(part.to_owned()));
            }
        }
        debug_assert!(names.next().is_none(), "more names than places in {words:?}");
        Self(pieces)
    }

    pub(super) fn text(&self) -> String {
        self.0
            .iter()
            .map(|(Piece::Words(text) | Piece::Name(text))| text.as_str())
            .collect()
    }
}

impl Letter {
    /// The text/plain part.
    pub(super) fn text(&self) -> String {
        let mut parts = vec![self.heading.text()];
        parts.extend(self.before.iter().map(Line::text));
        parts.push(format!("{}:\n{}", self.button.label, self.button.address));
        parts.extend(self.after.iter().map(Line::text));
        format!("{}\n\n-- \n{}\n", parts.join("\n\n"), self.footer.text())
    }
}

/// Invisible; joins what is beside it, so that no line breaks there (UAX #14), and ends every pattern that mail
/// programs take for an address.
const WORD_JOINER: char = '\u{2060}';

/// A name that no mail program turns into a link: a word joiner follows each sign that an address needs, wherever
/// something follows it directly. `www.example.com` and `https://…` look as they were typed and lead nowhere.
pub(super) fn shown(name: &str) -> String {
    let name = on_one_line(name);
    let mut shown = String::with_capacity(name.len());
    let mut characters = name.chars().peekable();
    while let Some(c) = characters.next() {
        shown.push(c);
        let joins = matches!(c, '.' | ':' | '@' | '/' | '\u{3002}' | '\u{FF0E}' | '\u{FF61}');
        if joins && characters.peek().is_some_and(|next| !next.is_whitespace()) {
            shown.push(WORD_JOINER);
        }
    }
    shown
}

/// Without line breaks, control characters and direction overrides, for a subject. The forms refuse them; a mail
/// does not rely on it.
pub(super) fn on_one_line(text: &str) -> String {
    let hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
    };
    let words: Vec<&str> = text
        .split(|c: char| c.is_whitespace() || hidden(c))
        .filter(|w| !w.is_empty())
        .collect();
    // What looks like an encoded word (RFC 2047) would be decoded into what was just taken out.
    words.join(" ").replace("=?", "=\u{2060}?")
}
