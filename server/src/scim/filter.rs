//! The grammar of attribute paths and filters (RFC 7644, sections 3.4.2.2 and 3.5.2), as far as identity providers use it:
//! comparisons by `eq`, joined by `and`. Anything else is refused rather than understood by half.

use serde_json::{Deserializer, Value};

/// A path or filter that is not of this grammar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NotUnderstood;

/// `emails[type eq "work"].value`; names in lower case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Path {
    /// Of an extension, whose attributes we have none of.
    pub schema: Option<String>,
    pub attribute: String,
    /// Which of several values, by one of their attributes.
    pub of: Option<(String, String)>,
    pub sub: Option<String>,
}

/// That an attribute has a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Condition {
    pub path: Path,
    pub value: String,
}

/// The schemas whose attributes need no prefix.
const OWN: [&str; 2] = [
    "urn:ietf:params:scim:schemas:core:2.0:user",
    "urn:ietf:params:scim:schemas:core:2.0:group",
];

impl Path {
    pub(super) fn parse(text: &str) -> Result<Self, NotUnderstood> {
        let (path, rest) = read_path(text.trim())?;
        if rest.is_empty() {
            Ok(path)
        } else {
            Err(NotUnderstood)
        }
    }

    /// Attribute and sub-attribute, of one's own schemas.
    pub(super) fn own(&self) -> Option<(&str, Option<&str>)> {
        self.schema
            .is_none()
            .then_some((self.attribute.as_str(), self.sub.as_deref()))
    }
}

/// Identity providers send two at most.
const MOST_CONDITIONS: usize = 10;

/// All of these must hold.
pub(super) fn parse(text: &str) -> Result<Vec<Condition>, NotUnderstood> {
    let mut conditions = Vec::new();
    let mut rest = text.trim();
    loop {
        let (path, after) = read_path(rest)?;
        let (value, after) = read_equals(after)?;
        conditions.push(Condition { path, value });
        if conditions.len() > MOST_CONDITIONS {
            return Err(NotUnderstood);
        }
        if after.trim().is_empty() {
            return Ok(conditions);
        }
        rest = read_word(after, "and")?;
    }
}

fn read_path(text: &str) -> Result<(Path, &str), NotUnderstood> {
    let end = text
        .find(|c: char| c.is_whitespace() || c == '[')
        .unwrap_or(text.len());
    let (head, rest) = text.split_at(end);
    let (schema, name) = match head.rsplit_once(':') {
        Some((schema, name)) => (Some(schema.to_ascii_lowercase()), name),
        None => (None, head),
    };
    if schema.as_ref().is_some_and(|schema| !schema.starts_with("urn:")) {
        return Err(NotUnderstood);
    }
    let schema = schema.filter(|schema| !OWN.contains(&schema.as_str()));
    // The whole of an extension ends in a name with a dot before it: `…:enterprise:2.0:User`.
    let (attribute, sub) = match name.split_once('.') {
        Some((attribute, sub)) => (attribute, Some(sub)),
        None => (name, None),
    };
    let mut path = Path {
        schema,
        attribute: name_of(attribute)?,
        of: None,
        sub: sub.map(name_of).transpose()?,
    };
    let Some(inside) = rest.strip_prefix('[') else {
        return Ok((path, rest));
    };
    if path.sub.is_some() {
        return Err(NotUnderstood);
    }
    // A plain name: what stands in brackets has none of its own, however many are sent.
    let inside = inside.trim_start();
    let end = inside.find(char::is_whitespace).ok_or(NotUnderstood)?;
    let (of, after) = inside.split_at(end);
    let of = name_of(of)?;
    let (value, after) = read_equals(after)?;
    let after = after.trim_start().strip_prefix(']').ok_or(NotUnderstood)?;
    path.of = Some((of, value));
    let Some(after) = after.strip_prefix('.') else {
        return Ok((path, after));
    };
    let end = after.find(char::is_whitespace).unwrap_or(after.len());
    let (sub, after) = after.split_at(end);
    path.sub = Some(name_of(sub)?);
    Ok((path, after))
}

/// RFC 7643 section 2.1; `$ref` is one, too.
fn name_of(text: &str) -> Result<String, NotUnderstood> {
    let mut letters = text.chars();
    let begins = letters
        .next()
        .is_some_and(|c| c.is_ascii_alphabetic() || c == '$');
    if begins && letters.all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '$')) {
        Ok(text.to_ascii_lowercase())
    } else {
        Err(NotUnderstood)
    }
}

/// ` eq ` and a value, which is what JSON has for one.
fn read_equals(text: &str) -> Result<(String, &str), NotUnderstood> {
    let text = read_word(text, "eq")?;
    let mut values = Deserializer::from_str(text).into_iter::<Value>();
    let value = match values.next() {
        Some(Ok(Value::String(value))) => value,
        Some(Ok(value @ (Value::Bool(_) | Value::Number(_)))) => value.to_string(),
        _ => return Err(NotUnderstood),
    };
    Ok((value, &text[values.byte_offset()..]))
}

/// A word between spaces, in any case.
fn read_word<'a>(text: &'a str, word: &str) -> Result<&'a str, NotUnderstood> {
    let trimmed = text.trim_start();
    let begins = trimmed
        .get(..word.len())
        .is_some_and(|begin| begin.eq_ignore_ascii_case(word));
    let rest = trimmed.get(word.len()..).unwrap_or_default();
    if begins && trimmed.len() < text.len() && rest.starts_with(char::is_whitespace) {
        Ok(rest.trim_start())
    } else {
        Err(NotUnderstood)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(attribute: &str, of: Option<(&str, &str)>, sub: Option<&str>) -> Path {
        Path {
            schema: None,
            attribute: attribute.into(),
            of: of.map(|(name, value)| (name.into(), value.into())),
            sub: sub.map(Into::into),
        }
    }

    fn condition(path: Path, value: &str) -> Condition {
        let value = value.into();
        Condition { path, value }
    }

    #[test]
    fn what_okta_and_entra_ask_is_understood() {
        let user_name = condition(path("username", None, None), "ada@example.test");
        for text in [
            r#"userName eq "ada@example.test""#,
            r#"  USERNAME EQ "ada@example.test" "#,
            r#"urn:ietf:params:scim:schemas:core:2.0:User:userName eq "ada@example.test""#,
        ] {
            assert_eq!(parse(text), Ok(vec![user_name.clone()]), "{text}");
        }
        let work = path("emails", Some(("type", "work")), Some("value"));
        assert_eq!(
            parse(r#"emails[type eq "work"].value eq "ada@example.test""#),
            Ok(vec![condition(work, "ada@example.test")])
        );
        let both = [
            condition(path("id", None, None), "1"),
            condition(path("members", None, Some("value")), "2"),
        ];
        assert_eq!(parse(r#"id eq "1" and members.value eq "2""#), Ok(both.to_vec()));
        assert_eq!(
            parse("active eq true"),
            Ok(vec![condition(path("active", None, None), "true")])
        );
    }

    #[test]
    fn a_value_is_one_of_json_whatever_is_in_it() {
        let value = |text: &str| parse(text).unwrap().remove(0).value;
        assert_eq!(
            value(r#"displayName eq "a \"b\" and c eq \"d\"]""#),
            r#"a "b" and c eq "d"]"#
        );
        assert_eq!(value(r#"displayName eq "\u00e9""#), "é");
        assert_eq!(value(r#"displayName eq "née""#), "née");
        assert_eq!(value(r#"displayName eq "' or 1=1 --""#), "' or 1=1 --");
    }

    #[test]
    fn everything_else_is_refused() {
        for text in [
            "",
            "userName",
            "userName eq",
            "userName eq ",
            r#"userName eq"ada""#,
            "userName eq ada",
            "userName eq 'ada'",
            "userName eq null",
            r#"userName eq ["ada"]"#,
            r#"userName sw "a""#,
            r#"userName ne "a""#,
            "userName pr",
            r#"userName eq "a" or userName eq "b""#,
            r#"not (userName eq "a")"#,
            r#"(userName eq "a")"#,
            r#"userName eq "a" and"#,
            r#"userName eq "a" and "#,
            r#"userName eq "a" userName eq "b""#,
            r#"emails[type eq "work" eq "a""#,
            r#"emails[type eq "work" and primary eq true].value eq "a""#,
            r#"emails.x[type eq "work"].value eq "a""#,
            r#"user:Name eq "a""#,
            r#"1 eq "a""#,
            r#"na me eq "a""#,
            "\u{e9}q eq \"a\"",
        ] {
            assert_eq!(parse(text), Err(NotUnderstood), "{text}");
        }
    }

    #[test]
    fn paths_name_an_attribute_and_those_of_extensions_are_known_as_such() {
        let parsed = |text: &str| Path::parse(text);
        assert_eq!(
            parsed("name.givenName"),
            Ok(path("name", None, Some("givenname")))
        );
        let one = path("members", Some(("value", "2819c223")), None);
        assert_eq!(parsed(r#"members[value eq "2819c223"]"#), Ok(one));
        for foreign in [
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department",
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value",
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
        ] {
            let path = parsed(foreign).unwrap();
            assert!(path.schema.is_some() && path.own().is_none(), "{foreign}");
        }
        for wrong in [
            "",
            "a.b.c",
            "a[",
            "a[b]",
            "a b",
            ".a",
            "a.",
            "emails[type eq \"x\"]x",
        ] {
            assert_eq!(parsed(wrong), Err(NotUnderstood), "{wrong}");
        }
    }

    #[test]
    fn what_is_nested_or_joined_without_end_is_refused_and_takes_no_stack() {
        let nested = "a[".repeat(100_000);
        assert_eq!(parse(&nested), Err(NotUnderstood));
        assert_eq!(
            Path::parse(&format!("{nested}b eq 1{}", "]".repeat(100_000))),
            Err(NotUnderstood)
        );
        let joined = |n: usize| vec![r#"id eq "1""#; n].join(" and ");
        assert_eq!(
            parse(&joined(MOST_CONDITIONS)).map(|all| all.len()),
            Ok(MOST_CONDITIONS)
        );
        assert_eq!(parse(&joined(MOST_CONDITIONS + 1)), Err(NotUnderstood));
    }
}
