//! What has a name: things as they are named within others, and pages of lists by name, forwards only.

use super::{ApiError, query::search};
use domain::access::{Named, RoleKey, policy::NameQuery};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct NamesAsked {
    /// Part of a name.
    #[param(max_length = 100)]
    search: Option<String>,
    /// `next` of a page.
    cursor: Option<String>,
}

impl NamesAsked {
    pub(super) fn query(self) -> Result<NameQuery, ApiError> {
        let after = match self.cursor {
            None => None,
            Some(cursor) => {
                let name = cursor.strip_prefix("after-").filter(|name| !name.is_empty());
                let wrong = || ApiError::invalid("cursor", "Send a cursor as it was answered, or none.");
                Some(search(name.map(str::to_owned)).map_err(|_| wrong())?)
                    .filter(|name| !name.is_empty())
                    .ok_or_else(wrong)
                    .map(Some)?
            }
        };
        Ok(NameQuery {
            search: search(self.search)?,
            after,
        })
    }
}

/// A thing with what people call it.
#[derive(Serialize, ToSchema)]
pub(super) struct IdAndName {
    id: String,
    name: String,
}

impl<I: ToString> From<Named<I>> for IdAndName {
    fn from(named: Named<I>) -> Self {
        Self {
            id: named.id.to_string(),
            name: named.name,
        }
    }
}

/// The same of a role.
#[derive(Serialize, ToSchema)]
pub(super) struct KeyAndName {
    key: String,
    name: String,
}

impl From<Named<RoleKey>> for KeyAndName {
    fn from(named: Named<RoleKey>) -> Self {
        Self {
            key: named.id.to_string(),
            name: named.name,
        }
    }
}

/// A page of a list that is read forwards.
#[derive(Serialize, ToSchema)]
pub(super) struct Names<T> {
    items: Vec<T>,
    /// The `cursor` of the next page; `null`: this is the last one.
    next: Option<String>,
}

impl<T> Names<T> {
    pub(super) fn of<R: Into<T>>(rows: Vec<R>, next: Option<String>) -> Self {
        Self {
            items: rows.into_iter().map(Into::into).collect(),
            next: next.map(|name| format!("after-{name}")),
        }
    }
}
