//! Lists: which of all is asked for, how many of them, and with which attributes (RFC 7644 section 3.4.2).

use super::{
    ScimError,
    filter::{self, Condition},
};
use axum::{
    extract::{FromRequestParts, Query},
    http::request::Parts,
};
use backend::scim::{ScimPage, Window};
use domain::scim::MOST_AT_ONCE;
use http::StatusCode;
use serde_json::{Value, json};

const SCHEMA: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";
const MANY: u64 = MOST_AT_ONCE as u64;

/// Of the address behind `?`.
pub(super) struct Asked {
    pub conditions: Vec<Condition>,
    pub window: Window,
    pub shown: Shown,
}

/// The attributes that are wanted; by their names in lower case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Shown {
    only: Option<Vec<String>>,
    but: Vec<String>,
}

impl<S: Send + Sync> FromRequestParts<S> for Asked {
    type Rejection = ScimError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ScimError> {
        let pairs = Query::<Vec<(String, String)>>::from_request_parts(parts, state).await;
        let Query(pairs) = pairs.map_err(|_| ScimError::of(StatusCode::BAD_REQUEST))?;
        Self::of(&pairs)
    }
}

impl Asked {
    fn of(pairs: &[(String, String)]) -> Result<Self, ScimError> {
        let find = |name: &str| {
            let found = pairs.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
            found.map(|(_, value)| value.as_str())
        };
        let number = |name: &str, otherwise: u64| match find(name).map(str::parse::<i64>) {
            None => Ok(otherwise),
            // Below its least it is that (RFC 7644, table 6).
            Some(Ok(number)) => Ok(u64::try_from(number).unwrap_or_default()),
            Some(Err(_)) => Err(ScimError::value(format!("{name} is no number."))),
        };
        let conditions = find("filter").map_or(Ok(Vec::new()), filter::parse);
        Ok(Self {
            conditions: conditions.map_err(|_| not_understood())?,
            window: Window {
                start: number("startIndex", 1)?.max(1),
                count: number("count", MANY)?.min(MANY),
            },
            shown: Shown {
                only: find("attributes").map(names),
                but: find("excludedAttributes").map(names).unwrap_or_default(),
            },
        })
    }
}

pub(super) fn not_understood() -> ScimError {
    ScimError::bad(
        "invalidFilter",
        "This filter can't be answered. Compare userName, externalId, displayName, emails, active, members or id by eq.",
    )
}

/// The attributes of each path, without what stands behind a dot and the name of the schema.
fn names(list: &str) -> Vec<String> {
    let name = |path: &str| {
        let path = path.trim();
        let own = path.rsplit_once(':').map_or(path, |(_, name)| name);
        own.split(['.', '['])
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase()
    };
    list.split(',')
        .map(name)
        .filter(|name| !name.is_empty())
        .collect()
}

impl Shown {
    pub(super) fn has(&self, attribute: &str) -> bool {
        let attribute = attribute.to_ascii_lowercase();
        let is_asked = self.only.as_ref().is_none_or(|only| only.contains(&attribute));
        is_asked && !self.but.contains(&attribute)
    }

    /// A resource without what is not wanted. Its schemas and its id stay (RFC 7643 section 7, `returned`).
    pub(super) fn of(&self, mut resource: Value) -> Value {
        if let Value::Object(attributes) = &mut resource {
            attributes.retain(|name, _| matches!(name.as_str(), "schemas" | "id") || self.has(name));
        }
        resource
    }
}

/// A page as it is answered.
pub(super) fn page<T>(page: &ScimPage<T>, window: Window, resources: &[Value]) -> Value {
    json!({
        "schemas": [SCHEMA],
        "totalResults": page.total,
        "startIndex": window.start,
        "itemsPerPage": resources.len(),
        "Resources": resources
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(pairs: &[(&str, &str)]) -> Result<Asked, ScimError> {
        let owned = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
        Asked::of(&pairs.iter().map(owned).collect::<Vec<_>>())
    }

    #[test]
    fn a_window_has_bounds() {
        let window = |pairs: &[(&str, &str)]| {
            let window = asked(pairs).unwrap().window;
            (window.start, window.count)
        };
        assert_eq!(window(&[]), (1, MANY));
        assert_eq!(window(&[("startIndex", "101"), ("count", "50")]), (101, 50));
        assert_eq!(window(&[("startindex", "-4"), ("count", "-1")]), (1, 0));
        assert_eq!(window(&[("count", "10000")]), (1, MANY));
        assert!(asked(&[("count", "many")]).is_err());
        assert!(asked(&[("filter", "userName pr")]).is_err());
    }

    #[test]
    fn attributes_are_left_out_and_what_names_a_resource_stays() {
        let resource = json!({ "schemas": [], "id": "1", "displayName": "Team", "members": [], "meta": {} });
        let keys = |pairs: &[(&str, &str)]| {
            let shown = asked(pairs).unwrap().shown.of(resource.clone());
            let Value::Object(attributes) = shown else {
                panic!("an object")
            };
            let mut keys: Vec<_> = attributes.keys().cloned().collect();
            keys.sort();
            keys.join(" ")
        };
        assert_eq!(keys(&[]), "displayName id members meta schemas");
        assert_eq!(
            keys(&[("excludedAttributes", "members")]),
            "displayName id meta schemas"
        );
        let asked = [(
            "attributes",
            "urn:ietf:params:scim:schemas:core:2.0:Group:DISPLAYNAME,members.value",
        )];
        assert_eq!(keys(&asked), "displayName id members schemas");
    }
}
