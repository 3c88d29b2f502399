//! A bounded look at XML: the whole as a small tree, or the reason why it is not looked at. Used to refuse, to describe and
//! to read metadata; what somebody is let in for is read by the verifier alone.
//!
//! Reads with the parser that the verifier uses, so that the two can't see different documents.

use quick_xml::{
    Reader,
    escape::unescape,
    events::{BytesStart, Event},
};

/// Deeper than any response or metadata, and shallow enough for whatever walks it by recursion.
const DEEPEST: usize = 64;
/// Of one element.
const MOST_ATTRIBUTES: usize = 64;
/// Prefixes that an element can see. Each name is looked up among them.
const MOST_PREFIXES: usize = 100;

/// An element with what is directly in it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Element {
    pub namespace: String,
    pub name: String,
    /// Those without a prefix.
    pub attributes: Vec<(String, String)>,
    /// Its own text, comments left out.
    pub text: String,
    pub children: Vec<Element>,
}

impl Element {
    pub(super) fn is(&self, namespace: &str, name: &str) -> bool {
        self.namespace == namespace && self.name == name
    }

    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        let mut with_name = self.attributes.iter().filter(|(key, _)| key == name);
        with_name.next().map(|(_, value)| value.as_str())
    }

    pub(super) fn all<'a>(&'a self, namespace: &'a str, name: &'a str) -> impl Iterator<Item = &'a Element> {
        self.children
            .iter()
            .filter(move |child| child.is(namespace, name))
    }

    pub(super) fn first(&self, namespace: &str, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.is(namespace, name))
    }

    /// The element and all in it, in the order of the document.
    pub(super) fn and_below(&self) -> impl Iterator<Item = &Element> {
        let mut waiting = vec![self];
        std::iter::from_fn(move || {
            let next = waiting.pop()?;
            waiting.extend(next.children.iter().rev());
            Some(next)
        })
    }
}

/// Why a document is not looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Unseen {
    /// Not well-formed, or not UTF-8.
    Malformed(String),
    /// Well-formed for all we know, and with something that is never accepted.
    Forbidden(&'static str),
}

/// Reads a document with at most so many elements.
pub(super) fn read(xml: &[u8], most_elements: usize) -> Result<Element, Unseen> {
    let text = std::str::from_utf8(xml).map_err(|_| malformed("not UTF-8"))?;
    let mut reader = Reader::from_str(text);
    let mut tree = Tree {
        most_elements,
        ..Tree::default()
    };
    loop {
        match reader.read_event().map_err(malformed)? {
            Event::Start(start) => tree.open(&start)?,
            Event::Empty(start) => {
                tree.open(&start)?;
                tree.close()?;
            }
            Event::End(_) => tree.close()?,
            Event::Text(text) => tree.write(&text.decode().map_err(malformed)?)?,
            Event::CData(text) => tree.write(&text.decode().map_err(malformed)?)?,
            Event::GeneralRef(name) => {
                let reference = format!("&{};", name.decode().map_err(malformed)?);
                tree.write(&unescape(&reference).map_err(malformed)?)?;
            }
            Event::Comment(_) => {}
            Event::Decl(declaration) => {
                if let Some(encoding) = declaration.encoding() {
                    let encoding = encoding.map_err(malformed)?;
                    if ![&b"utf-8"[..], b"us-ascii"]
                        .iter()
                        .any(|known| encoding.eq_ignore_ascii_case(known))
                    {
                        return Err(malformed("another encoding than UTF-8"));
                    }
                }
            }
            Event::DocType(_) => return Err(Unseen::Forbidden("a DOCTYPE")),
            Event::PI(_) => return Err(Unseen::Forbidden("a processing instruction")),
            Event::Eof => break,
        }
    }
    if !tree.open.is_empty() {
        return Err(malformed("it ends before its elements do"));
    }
    tree.root.ok_or_else(|| malformed("no element"))
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "errors are handed over by `map_err`"
)]
fn malformed(reason: impl ToString) -> Unseen {
    Unseen::Malformed(reason.to_string())
}

#[derive(Default)]
struct Tree {
    root: Option<Element>,
    open: Vec<Element>,
    elements: usize,
    most_elements: usize,
    /// Prefix, namespace and the depth at which it was declared.
    prefixes: Vec<(String, String, usize)>,
}

impl Tree {
    fn open(&mut self, start: &BytesStart<'_>) -> Result<(), Unseen> {
        if self.root.is_some() {
            return Err(malformed("a second root"));
        }
        self.elements += 1;
        if self.elements > self.most_elements {
            return Err(Unseen::Forbidden("too many elements"));
        }
        if self.open.len() == DEEPEST {
            return Err(Unseen::Forbidden("elements nested too deeply"));
        }
        // Before they are compared with one another, which takes longer the more there are.
        if start
            .attributes()
            .with_checks(false)
            .nth(MOST_ATTRIBUTES)
            .is_some()
        {
            return Err(Unseen::Forbidden("too many attributes"));
        }
        let mut element = Element::default();
        for attribute in start.attributes() {
            let attribute = attribute.map_err(malformed)?;
            let key = utf8(attribute.key.as_ref())?;
            let value = unescape(utf8(&attribute.value)?).map_err(malformed)?;
            allowed(&value)?;
            let value = value.into_owned();
            match key.split_once(':') {
                Some(("xmlns", prefix)) => self.declare(prefix, value)?,
                None if key == "xmlns" => self.declare("", value)?,
                None => element.attributes.push((key.to_owned(), value)),
                Some(_) => {}
            }
        }
        let name = utf8(start.name().into_inner())?;
        let (prefix, local) = name.split_once(':').unwrap_or(("", name));
        let declared = self.prefixes.iter().rev().find(|(known, ..)| known == prefix);
        element.namespace = match declared {
            Some((_, namespace, _)) => namespace.clone(),
            None if prefix.is_empty() || prefix == "xml" => String::new(),
            None => return Err(malformed("a prefix without a namespace")),
        };
        local.clone_into(&mut element.name);
        self.open.push(element);
        Ok(())
    }

    fn declare(&mut self, prefix: &str, namespace: String) -> Result<(), Unseen> {
        if self.prefixes.len() == MOST_PREFIXES {
            return Err(Unseen::Forbidden("too many namespaces"));
        }
        self.prefixes
            .push((prefix.to_owned(), namespace, self.open.len()));
        Ok(())
    }

    fn close(&mut self) -> Result<(), Unseen> {
        let closed = self
            .open
            .pop()
            .ok_or_else(|| malformed("an end without a start"))?;
        let depth = self.open.len();
        self.prefixes.retain(|(.., declared_at)| *declared_at < depth);
        match self.open.last_mut() {
            Some(parent) => parent.children.push(closed),
            None => self.root = Some(closed),
        }
        Ok(())
    }

    fn write(&mut self, text: &str) -> Result<(), Unseen> {
        allowed(text)?;
        match self.open.last_mut() {
            Some(element) => element.text.push_str(text),
            None if text.trim_matches(['\u{FEFF}', ' ', '\t', '\r', '\n']).is_empty() => {}
            None => return Err(malformed("text beside the root")),
        }
        Ok(())
    }
}

fn utf8(bytes: &[u8]) -> Result<&str, Unseen> {
    std::str::from_utf8(bytes).map_err(|_| malformed("not UTF-8"))
}

/// XML 1.0 section 2.2 has no place for other control characters, not even as references.
fn allowed(text: &str) -> Result<(), Unseen> {
    let forbidden =
        |c: char| (c < ' ' && !matches!(c, '\t' | '\n' | '\r')) || matches!(c, '\u{FFFE}' | '\u{FFFF}');
    if text.chars().any(forbidden) {
        return Err(malformed("a character that XML doesn't know"));
    }
    Ok(())
}
