//! `/organization/users/{id}`: one person with an account, and what they may do.

use super::{
    api::{PersonDetails, find_person},
    methods_card::{methods_card, unlink_sso_dialog},
};
use crate::{
    access::{
        chain::{Links, linked},
        held_roles::{held_roles, memberships},
    },
    act::{Act, ActForm},
    failure::tell_failures_of,
    loaded::load,
    page::{console_page, not_found},
    routes,
    sessions::{api::EndSessionsOf, session_list::sessions as list_of},
    tokens::person_card::{delete_token_dialog, tokens_card},
    travel::{use_params_map, use_query_map},
    two_factor::reset::{reset_dialog, two_factor_of},
    ui::{Badge, BadgeKind, Button, Card, CardBody, CardFooter, CardHeader, PageHeader, Stack},
    viewer::{Person, Viewer},
};
use domain::{
    access::Named,
    ids::{PolicyId, UserId},
};
use leptos::prelude::*;

#[component]
pub fn PersonPage() -> impl IntoView {
    let params = use_params_map();
    let id = move || {
        params
            .read()
            .get_str("id")
            .and_then(|id| id.parse::<UserId>().ok())
    };
    let query = use_query_map();
    let details = load(id, |id| async move {
        match id {
            Some(id) => find_person(id).await,
            None => not_found().await,
        }
    });
    console_page(
        "Person",
        details,
        move |viewer: Viewer, person: Person, details: PersonDetails| {
            let query = query.get_untracked();
            let dialog = query.get_str("dialog").filter(|_| person.changes_users);
            let dialog = match dialog {
                Some("reset-two-factor") => reset_dialog(&viewer, &details),
                Some("unlink-sso") => unlink_sso_dialog(&viewer, &details),
                Some("delete-token") => {
                    delete_token_dialog(&viewer, &details, query.get_str("token").unwrap_or_default())
                }
                _ => ().into_any(),
            };
            let (methods, tokens) = (methods_card(&person, &details), tokens_card(&details));
            let two_factor = two_factor_of(&person, &details);
            let PersonDetails {
                access,
                policies,
                sessions,
                ..
            } = details;
            let links = Links::of(&person);
            let (groups, roles) = (memberships(&access, links), held_roles(&access, links));
            let policies = naming_policies(&policies, links);
            let sees_audit = person.sees_audit;
            let can_end = person.changes_users && !sessions.is_empty();
            let sessions = list_of(&sessions, access.now);
            let (kind, status) = if access.is_active {
                (BadgeKind::Good, "Active")
            } else {
                (BadgeKind::Idle, "Deactivated")
            };
            let counts = if access.is_active {
                "Each with why: the access policy, its rule, and the group that it names."
            } else {
                "The account is deactivated: nothing of this counts until somebody reactivates it."
            };
            view! {
                <PageHeader title=access.name.clone() lead=access.email.clone() />
                <p class="page-facts">
                    <Badge kind text=status />
                </p>
                <Stack>
                    <Card>
                        <CardHeader title="Groups" />
                        <CardBody>{groups}</CardBody>
                    </Card>
                    <Card>
                        <CardHeader title="Access policies" lead="Those that name them or a group of theirs." />
                        <CardBody>{policies}</CardBody>
                    </Card>
                    <Card>
                        <CardHeader title="Roles" lead=counts />
                        <CardBody>{roles}</CardBody>
                    </Card>
                    <Card>
                        <CardHeader title="Sessions" lead="Where they are signed in." />
                        <CardBody>{sessions}</CardBody>
                        {can_end.then(|| end_sessions(access.id))}
                    </Card>
                    {tokens}
                    {methods}
                    {two_factor}
                    {sees_audit
                        .then(|| {
                            view! {
                                <Card>
                                    <CardHeader title="Audit log" lead="Their part of it." />
                                    <CardBody>{own_entries(access.id)}</CardBody>
                                </Card>
                            }
                        })}
                </Stack>
                {dialog}
            }
        },
    )
}

fn end_sessions(user: UserId) -> impl IntoView {
    let action = Act::of::<EndSessionsOf>();
    tell_failures_of(action);
    view! {
        <CardFooter note="They can sign in again. To keep them out, deactivate the account.">
            <ActForm act=action>
                <input type="hidden" name="user" value=user.to_string() />
                <Button pending=action.pending()>"Sign out everywhere"</Button>
            </ActForm>
        </CardFooter>
    }
}

/// The policies that name the person or a group of theirs, each once.
fn naming_policies(policies: &[Named<PolicyId>], links: Links) -> AnyView {
    if policies.is_empty() {
        return view! { <p class="muted">"None."</p> }.into_any();
    }
    let line =
        |policy: &Named<PolicyId>| view! { <li>{linked(&policy.name, links.policy(policy, None))}</li> };
    view! { <ul class="names">{policies.iter().map(line).collect_view()}</ul> }.into_any()
}

/// Their part of the audit log, from both ends.
fn own_entries(user: UserId) -> impl IntoView {
    view! {
        <ul class="names">
            <li><a href=routes::audit_of(user)>"What was done to this account"</a></li>
            <li><a href=routes::audit_by(user)>"What this person did"</a></li>
        </ul>
    }
}
