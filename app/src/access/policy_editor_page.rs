//! `/organization/iam/access-policies/create` and `…/{id}/edit`. One form; each of its buttons is a step that the server
//! keeps as a draft, so that the editor works without scripts and loses nothing.

use super::{
    policies_api::{Editor, SavePolicy, edit_policy},
    policy_conflict::policy_conflict,
    policy_faults::{ADD_RULE, PolicyFaults},
    preview::preview,
    rule_card::{default_rule_card, rule_card},
};
use crate::{
    error::{AppError, Result},
    feedback::Feedback,
    loaded::load,
    page::{console_page, not_found},
    routes,
    travel::{use_params_map, use_query_map},
    two_factor::proof::{self, proof_field},
    ui::{
        Button, ButtonKind, ButtonLink, CardBody, CardFooter, CardHeader, Definition, DefinitionList,
        ErrorSummary, IconKind, PageHeader, PostForm, Sending, TextField,
    },
    viewer::{Person, Viewer},
};
use domain::{
    access::{
        Preview,
        policy::{MAX_DESCRIPTION, MAX_NAME, PolicyView},
    },
    field::Field,
    ids::{DraftId, PolicyId},
    refusal::Refusal,
};
use leptos::{prelude::*, server_fn::ServerFn};

#[component]
pub fn CreatePolicyPage() -> impl IntoView {
    editor_page("Create Policy", || Some(None))
}

#[component]
pub fn EditPolicyPage() -> impl IntoView {
    let params = use_params_map();
    editor_page("Edit Policy", move || {
        let id = params.read().get("id").unwrap_or_default();
        id.parse::<PolicyId>().ok().map(Some)
    })
}

/// `policy`: `None` where the address names none that can be, `Some(None)` for a new one.
fn editor_page(
    title: &'static str,
    policy: impl Fn() -> Option<Option<PolicyId>> + Send + Sync + 'static,
) -> impl IntoView {
    let map = use_query_map();
    let asked = move || {
        let map = map.read();
        let draft = map.get_str("draft").and_then(|id| id.parse::<DraftId>().ok());
        (policy(), draft, map.get_str("judge") == Some("true"))
    };
    let editor = load(asked, async |(policy, draft, judge)| match policy {
        Some(policy) => edit_policy(policy, draft, judge).await,
        None => not_found().await,
    });
    console_page(
        title,
        editor,
        move |viewer: Viewer, person: Person, editor: Editor| editor_view(title, &viewer, &person, &editor),
    )
}

fn editor_view(
    title: &'static str,
    viewer: &Viewer,
    person: &Person,
    editor: &Editor,
) -> impl IntoView + use<> {
    let faults = PolicyFaults::of(editor.preview.as_ref());
    let is_conflict = matches!(
        editor.preview,
        Some(Err(AppError::Refused(Refusal::EditedMeanwhile)))
    );
    let conflict = editor.policy.as_ref().filter(|_| is_conflict);
    // Whoever has seen the conflict speaks of the policy as it is now.
    let version = conflict.map_or(editor.version, |policy| policy.version).0;
    let policy = editor.policy.as_ref().map(|policy| policy.id.to_string());
    let draft = editor.draft.map(|draft| draft.to_string());
    let default = editor.policy.as_ref().filter(|policy| policy.built_in).cloned();
    let lead = if default.is_some() {
        "A default policy: who has its roles can be changed, nothing else."
    } else {
        "A policy gives roles to people and groups. It can only allow; what no policy allows is not possible."
    };
    let came_back = viewer
        .flash
        .as_ref()
        .filter(|left| left.action == SavePolicy::PATH);
    let general =
        refusal(editor.preview.as_ref()).or_else(|| came_back?.error.as_ref().map(AppError::sentence));
    let sending = Sending::new();
    let feedback = Feedback::left(SavePolicy::PATH, viewer, sending.pending());
    // A password that is wanted or wrong is said at its field, beside the button.
    let of_proof = feedback.fault(Field::CurrentPassword).get_untracked();
    let general = general.filter(|_| of_proof.is_none());
    let mut errors = faults.links();
    let is_asked = of_proof.is_some();
    errors.extend(of_proof.map(|sentence| (proof::ids(Field::CurrentPassword).to_owned(), sentence)));
    let proof = proof_field(viewer, person.proof.is_some(), &feedback);
    let conflict = conflict.map(|theirs| policy_conflict(editor, theirs));
    let words = words(editor, default.as_ref(), &faults);
    let rules = rules(editor, default.as_ref(), &faults);
    let changes = what_changes(editor.preview.as_ref(), sending, (is_asked, proof.into_any()));
    view! {
        <PageHeader title lead />
        <PostForm class="policy-form" action=SavePolicy::PATH sending>
            // What Enter presses is the first button of a form. It shows what would change, and saves nothing: whoever
            // looks for somebody presses Enter, too.
            <button class="visually-hidden" type="submit" name="step" value="preview" tabindex="-1" aria-hidden="true">
                "Preview"
            </button>
            {policy.map(|id| view! { <input type="hidden" name="policy" value=id /> })}
            <input type="hidden" name="version" value=version />
            {draft.map(|id| view! { <input type="hidden" name="draft" value=id /> })}
            <ErrorSummary errors general />
            {conflict}
            {words}
            {rules}
            {changes}
        </PostForm>
    }
}

/// Why it can't be saved, where no field is to blame and there is no view of its own.
fn refusal(preview: Option<&Result<Preview>>) -> Option<String> {
    match preview? {
        Err(AppError::Refused(Refusal::EditedMeanwhile)) | Ok(_) => None,
        Err(AppError::Invalid(faults)) if !faults.is_empty() => None,
        Err(error) => Some(error.sentence()),
    }
}

/// Name and description.
fn words(editor: &Editor, default: Option<&PolicyView>, faults: &PolicyFaults) -> AnyView {
    if let Some(policy) = default {
        let (name, description) = (policy.name.clone(), policy.description.clone());
        return view! {
            <DefinitionList>
                <Definition term="Name">{name}</Definition>
                <Definition term="Description">{description}</Definition>
            </DefinitionList>
        }
        .into_any();
    }
    view! {
        <div class="pair">
            <TextField
                label="Name"
                name="name"
                autocomplete="off"
                value=editor.typed.name.clone()
                maxlength=u32::try_from(2 * MAX_NAME).unwrap_or(u32::MAX)
                error=faults.field(Field::Name)
            />
            <TextField
                label="Description"
                name="description"
                autocomplete="off"
                value=editor.typed.description.clone()
                maxlength=u32::try_from(2 * MAX_DESCRIPTION).unwrap_or(u32::MAX)
                error=faults.field(Field::Description)
            />
        </div>
    }
    .into_any()
}

fn rules(editor: &Editor, default: Option<&PolicyView>, faults: &PolicyFaults) -> AnyView {
    let typed = editor.typed.rules.iter().zip(&editor.choices).zip(1..);
    if let Some(policy) = default {
        let cards: Vec<_> = typed
            .zip(&policy.rules)
            .map(|(((typed, choices), number), rule)| default_rule_card(number, rule, typed, choices, faults))
            .collect();
        return cards.into_any();
    }
    let cards: Vec<_> = typed
        .map(|((typed, choices), number)| rule_card(number, typed, choices, &editor.roles, faults))
        .collect();
    view! {
        {cards}
        <div>
            <Button id=ADD_RULE icon=IconKind::Plus name="step" value="add-rule">
                "Add Rule"
            </Button>
        </div>
    }
    .into_any()
}

/// What saving would do to what people hold, and the buttons that save.
///
/// `proof`: the field that asks for the password, for what makes somebody an IAM Admin; at once if it was asked for.
fn what_changes(
    outcome: Option<&Result<Preview>>,
    sending: Sending,
    (is_asked, proof): (bool, AnyView),
) -> impl IntoView + use<> {
    let shown = outcome.and_then(|outcome| outcome.as_ref().ok()).cloned();
    let is_new = shown.is_some();
    let second_yes = shown.as_ref().and_then(second_yes);
    let confirm = format!(
        "confirm-{}",
        shown.as_ref().map(Preview::fingerprint).unwrap_or_default()
    );
    let proof = shown
        .as_ref()
        .is_some_and(|shown| is_asked || shown.gives_administrator())
        .then_some(proof);
    let note = second_yes.map(|_| Refusal::WantsConfirmation.sentence().to_owned());
    let save = match second_yes {
        Some((label, kind)) => view! {
            <Button kind name="step" value=confirm.clone() pending=sending.by(confirm)>
                {label}
            </Button>
        }
        .into_any(),
        None => view! {
            <Button kind=ButtonKind::Primary name="step" value="save" pending=sending.by("save")>
                "Save Policy"
            </Button>
        }
        .into_any(),
    };
    view! {
        <section class="card" id="changes" aria-labelledby="changes-title" tabindex="-1" autofocus=is_new>
            <CardHeader title="What changes" id="changes-title" />
            <CardBody>
                {match shown {
                    Some(shown) => preview(&shown).into_any(),
                    None => {
                        view! { <p class="muted">"Preview says who gains and who loses which role. It saves nothing."</p> }
                            .into_any()
                    }
                }}
                {proof}
            </CardBody>
            <CardFooter note>
                <ButtonLink href=routes::POLICIES>"Cancel"</ButtonLink>
                <Button name="step" value="preview" pending=sending.by("preview")>
                    "Preview"
                </Button>
                {save}
            </CardFooter>
        </section>
    }
}

/// The button of the second yes, named after what it does.
fn second_yes(preview: &Preview) -> Option<(&'static str, ButtonKind)> {
    let made = (preview.makes_administrator, preview.lengthens_administrator);
    let lost = (preview.cuts_self_off, preview.shortens_own);
    match (made, lost) {
        ((false, false), (false, false)) => None,
        ((true, _), (false, false)) => Some(("Save and make IAM Admin", ButtonKind::Primary)),
        ((false, true), (false, false)) => Some(("Save and keep IAM Admin longer", ButtonKind::Primary)),
        ((false, false), (true, _)) => Some(("Save and lose IAM Admin", ButtonKind::Danger)),
        ((false, false), (false, true)) => Some(("Save and stop earlier", ButtonKind::Danger)),
        (_, (true, _)) => Some(("Save, make IAM Admin and lose it", ButtonKind::Danger)),
        _ => Some(("Save, make IAM Admin and stop earlier", ButtonKind::Danger)),
    }
}
