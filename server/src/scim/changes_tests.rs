//! The shapes that Okta and Entra ID send, as their documentation shows them.

use super::*;
use serde_json::{Value, json};

const ADA: &str = "018f0000-0000-7000-8000-000000000001";
const BEN: &str = "018f0000-0000-7000-8000-000000000002";

fn body(value: Value) -> Attributes {
    match value {
        Value::Object(attributes) => attributes,
        other => panic!("{other}"),
    }
}

fn patch(operations: &Value) -> Attributes {
    body(json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations }))
}

fn person(operations: &Value) -> PersonChange {
    changed_person(&patch(operations)).unwrap()
}

fn steps(operations: &Value) -> Vec<MemberStep> {
    changed_group(&patch(operations)).unwrap().members
}

fn id(text: &str) -> UserId {
    text.parse().unwrap()
}

/// The word of an error.
fn kind<T: std::fmt::Debug>(outcome: Result<T, ScimError>) -> Option<&'static str> {
    outcome.unwrap_err().kind()
}

#[test]
fn okta_deactivates_by_an_object_without_a_path() {
    let out = person(&json!([{ "op": "replace", "value": { "active": false } }]));
    let expected = PersonChange {
        active: Some(false),
        ..PersonChange::default()
    };
    assert_eq!(out, expected);
}

#[test]
fn entra_writes_replace_with_a_capital_and_false_as_text() {
    let change = person(&json!([
        { "op": "Replace", "path": "active", "value": "False" },
        { "op": "Replace", "path": "name.givenName", "value": "Ada" },
        { "op": "Add", "path": "name.familyName", "value": "Lovelace" },
        { "op": "Add", "path": "externalId", "value": "ada" },
        { "op": "Replace", "path": "displayName", "value": "Countess" },
        { "op": "Replace", "path": "emails[type eq \"work\"].value", "value": "ada@example.test" },
        { "op": "Add", "path": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department", "value": "Engines" },
    ]));
    let expected = PersonChange {
        user_name: None,
        first: Some("Ada".into()),
        last: Some("Lovelace".into()),
        external_id: Some(Some("ada".into())),
        active: Some(false),
    };
    assert_eq!(change, expected);
}

#[test]
fn several_attributes_come_at_once_some_with_a_dot() {
    let change = person(&json!([{ "op": "add", "value": {
        "userName": "ada@example.test", "name.familyName": "King", "name": { "givenName": "Augusta" }, "id": ADA,
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": { "department": "Engines" }
    } }]));
    assert_eq!(change.user_name.as_deref(), Some("ada@example.test"));
    assert_eq!(
        (change.first.as_deref(), change.last.as_deref()),
        (Some("Augusta"), Some("King"))
    );
    let cleared = person(&json!([{ "op": "remove", "path": "externalId" }]));
    assert_eq!(cleared.external_id, Some(None));
}

#[test]
fn what_can_not_be_changed_is_said_by_its_word() {
    for (operation, word) in [
        (
            json!({ "op": "replace", "path": "id", "value": "x" }),
            "mutability",
        ),
        (
            json!({ "op": "replace", "path": "groups", "value": [] }),
            "mutability",
        ),
        (json!({ "op": "remove", "path": "userName" }), "mutability"),
        (json!({ "op": "remove", "path": "name.givenName" }), "mutability"),
        (json!({ "op": "remove" }), "noTarget"),
        (
            json!({ "op": "replace", "path": "a b", "value": 1 }),
            "invalidPath",
        ),
        (json!({ "op": "replace", "path": 7, "value": 1 }), "invalidPath"),
        (json!({ "op": "replace", "value": 1 }), "invalidValue"),
        (
            json!({ "op": "replace", "path": "active", "value": "perhaps" }),
            "invalidValue",
        ),
        (
            json!({ "op": "replace", "path": "name", "value": "Ada" }),
            "invalidValue",
        ),
        (
            json!({ "op": "replace", "path": "userName", "value": ["a"] }),
            "invalidValue",
        ),
        (
            json!({ "op": "move", "path": "active", "value": true }),
            "invalidSyntax",
        ),
        (json!("replace"), "invalidSyntax"),
    ] {
        let outcome = changed_person(&patch(&json!([operation.clone()])));
        assert_eq!(kind(outcome), Some(word), "{operation}");
    }
    assert_eq!(kind(changed_person(&body(json!({})))), Some("invalidSyntax"));
}

#[test]
fn members_are_added_and_removed_as_each_of_them_does_it() {
    let added = [MemberStep::Add(vec![id(ADA), id(BEN)])];
    let value = json!([{ "value": ADA, "display": "ada" }, { "value": BEN, "$ref": null }]);
    assert_eq!(
        steps(&json!([{ "op": "add", "path": "members", "value": value }])),
        added
    );
    assert_eq!(
        steps(&json!([{ "op": "Add", "value": { "members": value } }])),
        added
    );
    let removed = [MemberStep::Remove(vec![id(ADA)])];
    let path = format!("members[value eq \"{ADA}\"]");
    assert_eq!(steps(&json!([{ "op": "remove", "path": path }])), removed);
    let value = json!([{ "$ref": null, "value": ADA }]);
    assert_eq!(
        steps(&json!([{ "op": "Remove", "path": "members", "value": value }])),
        removed
    );
    let everybody = [MemberStep::Replace(vec![])];
    assert_eq!(steps(&json!([{ "op": "remove", "path": "members" }])), everybody);
    assert_eq!(
        steps(&json!([{ "op": "replace", "path": "members", "value": [{ "value": BEN }] }])),
        [MemberStep::Replace(vec![id(BEN)])]
    );
}

#[test]
fn okta_renames_a_group_by_an_object_with_its_id() {
    let change = changed_group(&patch(&json!([
        { "op": "replace", "value": { "id": ADA, "displayName": "Crew" } }
    ])));
    let change = change.unwrap();
    assert_eq!((change.name.as_deref(), change.members.len()), (Some("Crew"), 0));
}

#[test]
fn members_that_are_none_and_too_many_are_refused() {
    for (operation, word) in [
        (
            json!({ "op": "add", "path": "members", "value": [{ "value": "ada" }] }),
            "invalidValue",
        ),
        (
            json!({ "op": "add", "path": "members", "value": [{}] }),
            "invalidValue",
        ),
        (
            json!({ "op": "add", "path": "members", "value": [7] }),
            "invalidValue",
        ),
        (
            json!({ "op": "add", "path": "members", "value": [{ "value": ADA, "type": "Group" }] }),
            "invalidValue",
        ),
        (
            json!({ "op": "replace", "path": format!("members[value eq \"{ADA}\"]"), "value": [] }),
            "invalidPath",
        ),
        (
            json!({ "op": "remove", "path": "members[display eq \"ada\"]" }),
            "invalidPath",
        ),
        (
            json!({ "op": "replace", "path": "members.value", "value": ADA }),
            "invalidPath",
        ),
        (json!({ "op": "remove", "path": "displayName" }), "mutability"),
        (json!({ "op": "replace", "path": "members" }), "invalidValue"),
        (
            json!({ "op": "replace", "value": { "members": null } }),
            "invalidValue",
        ),
    ] {
        let outcome = changed_group(&patch(&json!([operation.clone()])));
        assert_eq!(kind(outcome), Some(word), "{operation}");
    }
    let half: Vec<_> = (0..600).map(|_| json!({ "value": ADA })).collect();
    let operation = json!({ "op": "add", "path": "members", "value": half });
    assert!(changed_group(&patch(&json!([operation]))).is_ok());
    assert!(changed_group(&patch(&json!([operation, operation]))).is_err());
    let all: Vec<_> = (0..=MEMBERS_AT_ONCE).map(|_| json!({ "value": ADA })).collect();
    assert!(new_group(&body(json!({ "displayName": "Team", "members": all }))).is_err());
}

#[test]
fn a_person_of_okta_and_one_of_entra_are_read() {
    let okta = new_person(&body(json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "userName": "ada@example.test",
        "name": { "givenName": "Ada", "familyName": "Lovelace" },
        "emails": [{ "primary": true, "value": "ada@example.test", "type": "work" }],
        "displayName": "Ada Lovelace",
        "locale": "en-US",
        "externalId": "00ujl29u0le5T6Aj10h7",
        "groups": [],
        "password": "1mz050nq",
        "active": true
    })));
    let okta = okta.unwrap();
    assert_eq!(
        (okta.user_name.as_str(), okta.active),
        ("ada@example.test", Some(true))
    );
    assert_eq!(okta.external_id.as_deref(), Some("00ujl29u0le5T6Aj10h7"));
    let entra = new_person(&body(json!({
        "schemas": [
            "urn:ietf:params:scim:schemas:core:2.0:User",
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
        ],
        "externalId": "0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef",
        "userName": "Test_User_ab6490ee@example.test",
        "active": true,
        "emails": [{ "primary": true, "type": "work", "value": "Test_User@example.test" }],
        "meta": { "resourceType": "User" },
        "name": { "formatted": "givenName familyName", "familyName": "familyName", "givenName": "givenName" },
        "roles": []
    })));
    let entra = entra.unwrap();
    assert_eq!(
        (entra.first.as_deref(), entra.last.as_deref()),
        (Some("givenName"), Some("familyName"))
    );
}

#[test]
fn what_a_put_does_not_name_stays() {
    let change = replaced_person(&body(json!({ "userName": "ada@example.test", "externalId": "" })));
    let expected = PersonChange {
        user_name: Some("ada@example.test".into()),
        ..PersonChange::default()
    };
    assert_eq!(change, Ok(expected));
    let group = replaced_group(&body(json!({ "displayName": "Team" }))).unwrap();
    assert!(group.members.is_empty());
    let group = replaced_group(&body(json!({ "displayName": "Team", "members": [] }))).unwrap();
    assert_eq!(group.members, [MemberStep::Replace(vec![])]);
}
