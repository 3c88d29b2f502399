//! How somebody proves again who they are, where the last proof is too old for what they do: by their password, or by
//! signing in once more as they do without one.

use crate::{
    account::hidden_username::hidden_username,
    feedback::Feedback,
    identities::api::look_at_proof_ways,
    routes,
    travel::{use_path, use_query_map},
    ui::{ButtonLink, PasswordField},
    viewer::Viewer,
};
use domain::{field::Field, identities::ProofWays, local_path::LocalPath};
use leptos::{prelude::*, task::spawn_local};

/// Not the name of the field: the page may have another one of it.
const ID: &str = "proof";

/// Shown from the start where it is `wanted`, and once the server asks for it. The browser does not insist on it: other
/// buttons of the form go without.
pub fn proof_field(viewer: &Viewer, wanted: bool, feedback: &Feedback) -> impl IntoView + use<> {
    proof_field_at(ID, viewer, wanted, feedback)
}

/// The same with another id, where a page has two.
pub fn proof_field_at(
    id: &'static str,
    viewer: &Viewer,
    wanted: bool,
    feedback: &Feedback,
) -> impl IntoView + use<> {
    let error = feedback.fault(Field::CurrentPassword);
    let shown = Memo::new(move |_| wanted || error.with(Option::is_some));
    let person = viewer.person.as_ref();
    let email = person.map(|person| person.email.clone()).unwrap_or_default();
    let ways = RwSignal::new(person.and_then(|person| person.proof.clone()));
    // The last proof has grown old while the page stood there.
    Effect::new(move || {
        if shown.get() && ways.with_untracked(Option::is_none) {
            spawn_local(async move {
                if let Ok(found) = look_at_proof_ways().await {
                    ways.try_set(Some(found));
                }
            });
        }
    });
    let here = this_page();
    move || {
        shown.get().then(|| {
            // Most people have a password.
            let by_password = ways.with(|ways| ways.as_ref().is_none_or(|ways| ways.password));
            let others = ways.with(|ways| ways.as_ref().map(|ways| others(ways, &here)).unwrap_or_default());
            let password = by_password.then(|| {
                view! {
                    {hidden_username(&email)}
                    <PasswordField
                        label="Your password"
                        name=Field::CurrentPassword.name()
                        id
                        autocomplete="current-password"
                        error
                    />
                }
            });
            let lead = lead(by_password, !others.is_empty());
            // Whoever is asked only now has filled the form in.
            let note = (!wanted && !others.is_empty())
                .then(|| view! { <p class="field-hint">"You come back to this page. What you typed here is not kept."</p> });
            let links = others
                .into_iter()
                .map(|(name, href)| {
                    view! { <ButtonLink href external=true>{format!("Sign in again with {name}")}</ButtonLink> }
                })
                .collect_view();
            view! {
                <div class="proof-ways" id=(!by_password).then_some(id) tabindex=(!by_password).then_some("-1")>
                    {password}
                    {lead.map(|lead| view! { <p>{lead}</p> })}
                    {links}
                    {note}
                </div>
            }
        })
    }
}

fn lead(by_password: bool, otherwise: bool) -> Option<&'static str> {
    match (by_password, otherwise) {
        (true, false) => None,
        (true, true) => Some("Or sign in again:"),
        (false, true) => Some("You signed in a while ago. Sign in again to go on:"),
        (false, false) => Some("You signed in a while ago. Sign out, and in again, to go on."),
    }
}

/// The ways beside the password: what each is called, and where it is begun.
fn others(ways: &ProofWays, here: &LocalPath) -> Vec<(&'static str, String)> {
    let providers = ways
        .providers
        .iter()
        .map(|provider| (provider.name(), routes::leave_to_prove(*provider, here)));
    let sso = ways
        .sso
        .iter()
        .map(|organization| ("SSO", routes::leave_to_prove_by_sso(organization, here)));
    providers.chain(sso).collect()
}

/// Where somebody who leaves to sign in again comes back to.
fn this_page() -> LocalPath {
    let mut query = use_query_map().get_untracked();
    query.remove("notice");
    let path = use_path().get_untracked();
    LocalPath::parse(&format!("{path}{}", query.to_query_string())).unwrap_or_else(LocalPath::home)
}

/// The ids of the fields of forms with this one.
pub fn ids(field: Field) -> &'static str {
    match field {
        Field::CurrentPassword => ID,
        field => field.name(),
    }
}
