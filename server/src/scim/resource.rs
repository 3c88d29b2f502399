//! Resources as they are answered (RFC 7643 sections 4.1, 4.2 and 3.1).

use super::{error::MEDIA_TYPE, list::Shown};
use crate::Console;
use axum::response::{IntoResponse, Response};
use backend::scim::{Connection, ScimGroup, ScimPerson};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde_json::{Value, json};

pub(super) const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
pub(super) const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";

/// Where an organization's are, without a slash at the end.
pub(super) fn base(console: &Console, by: &Connection) -> String {
    format!("{}/scim/{}", console.backend.settings().public_url, by.org_id)
}

/// A resource, and what HTTP says of it.
pub(super) struct Resource {
    value: Value,
    location: String,
    tag: Option<String>,
}

impl Resource {
    pub(super) fn user(console: &Console, by: &Connection, person: &ScimPerson) -> Self {
        let location = format!("{}/Users/{}", base(console, by), person.id);
        let tag = person.entity_tag();
        let mut value = json!({
            "schemas": [USER],
            "id": person.id,
            "userName": person.email,
            "displayName": person.display(),
            "emails": [{ "value": person.email, "type": "work", "primary": true }],
            "active": person.active,
            "meta": {
                "resourceType": "User",
                "created": person.created.rfc3339(),
                "lastModified": person.changed.rfc3339(),
                "location": location,
                "version": tag
            }
        });
        if !person.first.is_empty() {
            value["name"] = json!({
                "givenName": person.first, "familyName": person.last, "formatted": person.display()
            });
        }
        if let Some(id) = &person.external_id {
            value["externalId"] = json!(id);
        }
        Self {
            value,
            location,
            tag: Some(tag),
        }
    }

    pub(super) fn group(console: &Console, by: &Connection, group: &ScimGroup) -> Self {
        let base = base(console, by);
        let location = format!("{base}/Groups/{}", group.id);
        let tag = group.entity_tag();
        let mut value = json!({
            "schemas": [GROUP],
            "id": group.id,
            "displayName": group.name,
            "meta": {
                "resourceType": "Group",
                "created": group.created.rfc3339(),
                "lastModified": group.changed.rfc3339(),
                "location": location
            }
        });
        if let Some(tag) = &tag {
            value["meta"]["version"] = json!(tag);
        }
        if let Some(id) = &group.external_id {
            value["externalId"] = json!(id);
        }
        if let Some(members) = &group.members {
            let members = members.iter().map(|member| {
                json!({
                    "value": member.id, "display": member.email, "type": "User",
                    "$ref": format!("{base}/Users/{}", member.id)
                })
            });
            value["members"] = members.collect();
        }
        Self { value, location, tag }
    }

    /// Within a list.
    pub(super) fn listed(self, shown: &Shown) -> Value {
        shown.of(self.value)
    }

    /// By itself. Whoever has it already is told so (RFC 9110 section 13.1.2).
    pub(super) fn found(self, shown: &Shown, headers: &HeaderMap) -> Response {
        let known = headers
            .get(header::IF_NONE_MATCH)
            .and_then(|tag| tag.to_str().ok());
        if self.tag.is_some() && known.map(str::trim) == self.tag.as_deref() {
            return self.with_headers(StatusCode::NOT_MODIFIED.into_response());
        }
        let body = answer(StatusCode::OK, &shown.of(self.value.clone()));
        self.with_headers(body)
    }

    pub(super) fn changed(self) -> Response {
        let body = answer(StatusCode::OK, &self.value);
        self.with_headers(body)
    }

    pub(super) fn made(self) -> Response {
        let body = answer(StatusCode::CREATED, &self.value);
        let location = HeaderValue::from_str(&self.location);
        let mut response = self.with_headers(body);
        if let Ok(location) = location {
            response.headers_mut().insert(header::LOCATION, location);
        }
        response
    }

    fn with_headers(&self, mut response: Response) -> Response {
        let tag = self.tag.as_deref().map(HeaderValue::from_str);
        if let Some(Ok(tag)) = tag {
            response.headers_mut().insert(header::ETAG, tag);
        }
        response
    }
}

pub(super) fn answer(status: StatusCode, body: &Value) -> Response {
    let kind = [(header::CONTENT_TYPE, MEDIA_TYPE)];
    (status, kind, body.to_string()).into_response()
}
