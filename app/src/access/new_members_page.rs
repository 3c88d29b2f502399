//! `/organization/users/groups/{id}/add`: people are chosen, it is shown what they gain, and they become members. Who is
//! chosen lives in the address, so that it works without scripts.

use super::{
    consequences::what_changes,
    groups_api::{AddMembers, NewMembers, look_for_members, offer_users},
};
use crate::{
    act::Act,
    error::{AppError, Result},
    feedback::Feedback,
    loaded::load,
    page::{console_page, not_found},
    routes,
    travel::{use_params_map, use_query_map},
    two_factor::proof::{self, proof_field},
    ui::{
        Ask, Button, ButtonKind, ButtonLink, Card, CardBody, CardFooter, CardHeader, CheckboxOption,
        ErrorSummary, PageHeader, Picker, PostForm, Sending, TextField, TextKind,
    },
    viewer::{Person, Viewer},
};
use domain::{
    access::{Preview, policy::Choice},
    field::Field,
    ids::{GroupId, UserId},
    users::MAX_SEARCH,
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::params::ParamsMap;

/// What is in the address.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Asked {
    search: String,
    users: Vec<UserId>,
    ends: String,
}

impl Asked {
    fn of(map: &ParamsMap) -> Self {
        let text = |key| {
            map.get_str(key)
                .unwrap_or_default()
                .trim()
                .chars()
                .take(MAX_SEARCH)
                .collect()
        };
        // As the form of the page names them, and as a redirect does.
        let chosen = map.get_all("users[]").unwrap_or_default();
        let chosen = chosen.iter().filter_map(|id| id.parse::<UserId>().ok());
        let mut users = routes::users_of(map.get_str("users").unwrap_or_default());
        users.extend(chosen);
        Self {
            search: text("q"),
            users,
            ends: text("ends"),
        }
    }
}

#[component]
pub fn NewMembersPage() -> impl IntoView {
    let (params, map) = (use_params_map(), use_query_map());
    let asked = move || {
        let id = params
            .read()
            .get_str("id")
            .and_then(|id| id.parse::<GroupId>().ok());
        (id, Asked::of(&map.read()))
    };
    let found = load(asked, |(id, asked)| async move {
        match id {
            Some(id) => look_for_members(id, asked.search, asked.users, asked.ends).await,
            None => not_found().await,
        }
    });
    console_page(
        "Add members",
        found,
        move |viewer: Viewer, person: Person, found: NewMembers| {
            let asked = Asked::of(&map.get_untracked());
            new_members_view(&viewer, &person, &asked, &found)
        },
    )
}

fn new_members_view(
    viewer: &Viewer,
    person: &Person,
    asked: &Asked,
    found: &NewMembers,
) -> impl IntoView + use<> {
    let group = &found.view.group;
    let action = Act::of::<AddMembers>();
    let feedback = Feedback::of(action, viewer);
    let title = format!("Add members to {}", group.name);
    let changes = found.preview.as_ref().map(|changes| {
        changes_card(asked, found, changes, |gives_administrator| {
            let proof = proof_field(viewer, person.proof.is_some() && gives_administrator, &feedback);
            view! { <div class="proof">{proof}</div> }.into_any()
        })
    });
    let form = choice_form(person, &feedback, asked, found);
    let back = routes::group(group.id);
    view! {
        <PageHeader title lead="They hold what the group gives from their next click on.">
            <ButtonLink href=back>"Back to the group"</ButtonLink>
        </PageHeader>
        <div class="new-members">
            <ErrorSummary errors=feedback.errors_at(proof::ids) general=feedback.general() />
            {changes}
            {form}
        </div>
    }
}

/// What adding the chosen changes, with the yes to it; or why they can't be added.
///
/// `proof`: the field that asks for the password, at once or when the server does.
fn changes_card(
    asked: &Asked,
    found: &NewMembers,
    changes: &Result<Preview>,
    proof: impl Fn(bool) -> AnyView,
) -> AnyView {
    let group = found.view.group.id.to_string();
    let names: Vec<_> = found.chosen.iter().map(|person| person.name.as_str()).collect();
    let who = match names.as_slice() {
        names @ [_, _, _, _, _, _, ..] => format!("{} and {} more", names[..5].join(", "), names.len() - 5),
        names => names.join(", "),
    };
    let lead = format!("New in {}: {who}.", found.view.group.name);
    let users = found
        .chosen
        .iter()
        .map(|person| view! { <input type="hidden" name="users[]" value=person.id.to_string() /> })
        .collect_view();
    let ends = asked.ends.clone();
    let yes = changes.as_ref().ok().map(|changes| {
        let label = if changes.wants_confirmation() {
            "Confirm and add"
        } else {
            "Add them"
        };
        let (seen, sending) = (changes.fingerprint(), Sending::new());
        let proof = proof(changes.gives_administrator());
        view! {
            <PostForm action=AddMembers::PATH sending>
                <input type="hidden" name="group" value=group />
                {users}
                <input type="hidden" name="ends" value=ends />
                <input type="hidden" name="seen" value=seen />
                {proof}
                <CardFooter>
                    <Button kind=ButtonKind::Primary pending=sending.pending()>
                        {label}
                    </Button>
                </CardFooter>
            </PostForm>
        }
    });
    let changes = what_changes(changes);
    view! {
        <Card id="changes">
            <CardHeader title="What changes" lead />
            <CardBody>{changes}</CardBody>
            {yes}
        </Card>
    }
    .into_any()
}

/// The choice: a form that asks by `GET`, until **Add** posts it.
fn choice_form(
    person: &Person,
    feedback: &Feedback,
    asked: &Asked,
    found: &NewMembers,
) -> impl IntoView + use<> {
    let id = found.view.group.id;
    let ask = Ask::new(|typed: String| async move {
        let found = offer_users(typed).await.ok()?;
        Some(found.iter().map(option).collect())
    });
    // What is wrong with the choice in the address, or with the one that was posted.
    let of_address = match &found.preview {
        Some(Err(AppError::Invalid(faults))) => Some(faults.clone()),
        _ => None,
    };
    let fault = |field: Field| {
        let posted = feedback.fault(field);
        let asked = of_address
            .as_ref()
            .and_then(|faults| faults.of(field))
            .map(|fault| fault.sentence(field));
        Signal::derive(move || posted.get().or_else(|| asked.clone()))
    };
    let typed = Some(feedback.value("ends")).filter(|ends| !ends.is_empty());
    let ends = typed.unwrap_or_else(|| asked.ends.clone());
    let (of_members, of_ends) = (fault(Field::Members), fault(Field::Ends));
    let chosen: Vec<_> = found.chosen.iter().map(option).collect();
    let offered: Vec<_> = found.found.iter().map(option).collect();
    let search = asked.search.clone();
    // Once what changes is shown, the yes to that is what is asked for.
    let kind = if matches!(found.preview, Some(Ok(_))) {
        ButtonKind::Plain
    } else {
        ButtonKind::Primary
    };
    let why_disabled = (!person.changes_access).then(|| "Only an IAM Admin can add members.".to_owned());
    view! {
        <form method="get" action=routes::new_members(id) class="form">
            <Picker
                legend="People"
                name="users[]"
                id=Field::Members.name()
                chosen
                found=offered
                find_name="q"
                find=search
                ask
                noun="people"
                placeholder="Name or e-mail"
                error=of_members
            />
            <TextField
                label="Ends (UTC)"
                name="ends"
                kind=TextKind::Moment
                value=ends
                error=of_ends
                hint="Optional. Those who are members already get this end too."
            />
            <div class="actions">
                <Button>"Preview"</Button>
                <Button
                    kind
                    id="add-members"
                    name="group"
                    value=id.to_string()
                    post_to=AddMembers::PATH
                    why_disabled
                >
                    "Add"
                </Button>
            </div>
        </form>
    }
}

fn option(person: &Choice<UserId>) -> CheckboxOption {
    CheckboxOption::new(person.id.to_string(), person.name.clone()).description(person.detail.clone())
}
