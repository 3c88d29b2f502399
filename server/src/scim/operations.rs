//! The operations of a PATCH (RFC 7644 section 3.5.2), as Okta and Entra ID send them: `Add` for `add`, and several
//! attributes at once without a path, some with a dot in their name.

use super::{
    ScimError,
    body::{Attributes, attribute},
    filter::Path,
};
use serde_json::Value;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Add,
    Remove,
    Replace,
}

/// What happens to one attribute.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Operation {
    pub kind: Kind,
    pub path: Path,
    pub value: Value,
    /// Whether the path was given; otherwise the attribute is one of several, of which those that are read only do no harm.
    pub is_named: bool,
}

/// Each attribute on its own, in their order.
pub(super) fn operations(body: &Attributes) -> Result<Vec<Operation>, ScimError> {
    let Some(Value::Array(sent)) = attribute(body, "Operations") else {
        return Err(ScimError::bad("invalidSyntax", "Operations is missing."));
    };
    let mut all = Vec::with_capacity(sent.len());
    for operation in sent {
        let Value::Object(operation) = operation else {
            return Err(ScimError::bad("invalidSyntax", "An operation is no object."));
        };
        let kind = match attribute(operation, "op").and_then(Value::as_str) {
            Some(op) if op.eq_ignore_ascii_case("add") => Kind::Add,
            Some(op) if op.eq_ignore_ascii_case("remove") => Kind::Remove,
            Some(op) if op.eq_ignore_ascii_case("replace") => Kind::Replace,
            _ => {
                let said = "The op of an operation is none of add, remove and replace.";
                return Err(ScimError::bad("invalidSyntax", said));
            }
        };
        let value = attribute(operation, "value").cloned().unwrap_or_default();
        match (attribute(operation, "path"), value) {
            (Some(Value::String(path)), value) if !path.is_empty() => all.push(Operation {
                kind,
                path: parse(path)?,
                value,
                is_named: true,
            }),
            (None | Some(Value::String(_)), Value::Object(several)) if kind != Kind::Remove => {
                for (name, value) in several {
                    all.push(Operation {
                        kind,
                        path: parse(&name)?,
                        value,
                        is_named: false,
                    });
                }
            }
            (None | Some(Value::String(_)), _) if kind == Kind::Remove => {
                return Err(ScimError::bad("noTarget", "A remove needs a path."));
            }
            (None | Some(Value::String(_)), _) => {
                return Err(ScimError::value(
                    "Without a path the value is an object of attributes.",
                ));
            }
            _ => return Err(ScimError::bad("invalidPath", "A path is no text.")),
        }
    }
    Ok(all)
}

fn parse(path: &str) -> Result<Path, ScimError> {
    Path::parse(path)
        .map_err(|_| ScimError::bad("invalidPath", format!("The path {path} can't be understood.")))
}
