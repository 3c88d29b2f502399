//! The dialog that asks whether a policy is to go (`?dialog=delete&policy=…`), with what that takes from whom.

use super::{
    consequences::{Question, ask},
    policies_api::DeletePolicy,
};
use crate::{error::Result, routes, viewer::Viewer};
use domain::access::{
    Preview,
    policy::{NameQuery, PolicyView},
};
use leptos::{prelude::*, server_fn::ServerFn};

pub fn delete_policy_dialog(
    viewer: &Viewer,
    query: &NameQuery,
    policy: &PolicyView,
    changes: &Result<Preview>,
) -> impl IntoView + use<> {
    let question = Question {
        id: "delete-policy",
        title: format!("Delete {}?", policy.name),
        lead: "What it gives stops at once. It can't be brought back.",
        also: ().into_any(),
        yes: "Delete policy",
        action: DeletePolicy::PATH,
        fields: vec![
            ("policy", policy.id.to_string()),
            ("version", policy.version.0.to_string()),
        ],
        back: routes::policies(query),
    };
    ask(viewer, question, changes)
}
