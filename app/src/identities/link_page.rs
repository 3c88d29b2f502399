//! `/accounts/link`: somebody whom a provider vouches for and who belongs to no account joins an organization that invited
//! them, or links to the account that they have.

use super::api::{JoinWithIdentity, LeaveIdentity, LinkWithPassword, PasteInvitation, look_at_identity};
use crate::{
    act::{Act, ActForm},
    failure::tell_failures_of,
    feedback::Feedback,
    layout::door::Door,
    loaded::load,
    page::door_page,
    routes,
    ui::{Button, ButtonKind, ButtonLink, Divider, ErrorSummary, PasswordField, TextField, TextKind},
    viewer::Viewer,
};
use domain::{
    field::Field,
    identities::{PendingIdentity, PendingInvitation},
    refusal::Refusal,
};
use leptos::{prelude::*, server_fn::ServerFn};

#[component]
pub fn LinkPage() -> impl IntoView {
    let looked = load(|| (), |()| look_at_identity());
    door_page(
        "Link your account",
        looked,
        |viewer: Viewer, pending: Option<PendingIdentity>| match pending {
            Some(pending) => link_view(&viewer, &pending),
            None => over(),
        },
    )
}

fn link_view(viewer: &Viewer, pending: &PendingIdentity) -> AnyView {
    let lead = format!(
        "You signed in with {} as {}.",
        pending.provider.name(),
        pending.email
    );
    let first = match &pending.invitation {
        Some(invitation) => join_form(viewer, pending, invitation),
        None => paste_part(viewer, pending),
    };
    let invited = pending.invitation.is_some();
    let pasted = invited.then(|| another_invitation(viewer));
    // Whose address has just been invited has no account.
    let link = (!invited).then(|| {
        view! {
            <Divider text="or" />
            {link_form(viewer, pending)}
        }
    });
    view! {
        <Door title="Link your account to an organization" lead>
            {first}
            {pasted}
            {link}
            {leave()}
        </Door>
    }
    .into_any()
}

/// What a form of this page says back. Once the identity is over, the page that says so takes its place.
fn waiting(act: Act, viewer: &Viewer) -> Feedback {
    let feedback = Feedback::of(act, viewer);
    feedback.reload_when_refused(Refusal::IdentityOver);
    feedback
}

fn join_form(viewer: &Viewer, pending: &PendingIdentity, invitation: &PendingInvitation) -> AnyView {
    let action = Act::of::<JoinWithIdentity>();
    let organization = invitation.organization.clone();
    let invited_by = invitation
        .invited_by
        .as_ref()
        .map(|name| view! { <p class="muted">{format!("Invited by {name}.")}</p> });
    let join = format!("Join {organization}");
    let feedback = waiting(action, viewer);
    let (first_name, last_name) = (
        typed_or(&feedback, Field::FirstName, &pending.first_name),
        typed_or(&feedback, Field::LastName, &pending.last_name),
    );
    view! {
        <section class="link-part" aria-labelledby="join-title">
            <h2 id="join-title">{format!("{organization} invited you")}</h2>
            {invited_by}
            <ActForm act=action class="form">
                <ErrorSummary errors=feedback.errors() general=feedback.general() id="join-errors" />
                <div class="pair">
                    <TextField
                        label="First name"
                        name=Field::FirstName.name()
                        autocomplete="given-name"
                        value=first_name
                        error=feedback.fault(Field::FirstName)
                        required=true
                    />
                    <TextField
                        label="Last name"
                        name=Field::LastName.name()
                        autocomplete="family-name"
                        value=last_name
                        error=feedback.fault(Field::LastName)
                        required=true
                    />
                </div>
                <Button kind=ButtonKind::Primary wide=true pending=feedback.pending>
                    {join}
                </Button>
            </ActForm>
        </section>
    }
    .into_any()
}

/// What the provider knows need not be typed.
fn typed_or(feedback: &Feedback, field: Field, known: &str) -> String {
    let typed = feedback.value(field.name());
    if typed.is_empty() { known.to_owned() } else { typed }
}

/// Where nobody waits for them.
fn paste_part(viewer: &Viewer, pending: &PendingIdentity) -> AnyView {
    let who = format!(
        "You belong to no organization yet. An administrator of yours can invite {}; then sign in here again, or paste the link from the mail.",
        pending.email
    );
    let form = paste_form(viewer, ButtonKind::Primary);
    view! {
        <section class="link-part" aria-labelledby="paste-title">
            <h2 id="paste-title">"Have you been invited?"</h2>
            <p class="muted">{who}</p>
            {form}
        </section>
    }
    .into_any()
}

/// The same beside an invitation that waits.
fn another_invitation(viewer: &Viewer) -> AnyView {
    let came_back = viewer
        .flash
        .as_ref()
        .is_some_and(|left| left.action == PasteInvitation::PATH);
    let form = paste_form(viewer, ButtonKind::Plain);
    view! {
        <details class="link-more" open=came_back>
            <summary>"Use another invitation"</summary>
            {form}
        </details>
    }
    .into_any()
}

fn paste_form(viewer: &Viewer, kind: ButtonKind) -> AnyView {
    let action = Act::of::<PasteInvitation>();
    let feedback = waiting(action, viewer);
    view! {
        <ActForm act=action class="form">
            <ErrorSummary errors=feedback.errors() general=feedback.general() id="paste-errors" />
            <TextField
                label=Field::Link.label()
                name=Field::Link.name()
                kind=TextKind::Url
                autocomplete="off"
                value=feedback.value(Field::Link.name())
                error=feedback.fault(Field::Link)
                required=true
            />
            <Button kind wide=true pending=feedback.pending>
                "Continue"
            </Button>
        </ActForm>
    }
    .into_any()
}

fn link_form(viewer: &Viewer, pending: &PendingIdentity) -> AnyView {
    let action = Act::of::<LinkWithPassword>();
    let lead = format!(
        "Link it by its password. Then {} signs you in, too.",
        pending.provider.name()
    );
    let email = pending.email.clone();
    let feedback = waiting(action, viewer);
    view! {
        <section class="link-part" aria-labelledby="link-title">
            <h2 id="link-title">"Already have an account?"</h2>
            <p class="muted">{lead}</p>
            <ActForm act=action class="form">
                <ErrorSummary errors=feedback.errors() general=feedback.general() id="link-errors" />
                <TextField
                    label="Email"
                    name="account_email"
                    kind=TextKind::Email
                    autocomplete="username"
                    value=email
                    readonly=true
                />
                <PasswordField
                    label="Password"
                    name=Field::Password.name()
                    autocomplete="current-password"
                    error=feedback.fault(Field::Password)
                    required=true
                />
                <Button wide=true pending=feedback.pending>
                    "Link account"
                </Button>
            </ActForm>
        </section>
    }
    .into_any()
}

/// Turns away, to sign in as somebody else.
fn leave() -> impl IntoView {
    let action = Act::of::<LeaveIdentity>();
    tell_failures_of(action);
    view! {
        <ActForm act=action class="door-more">
            <Button kind=ButtonKind::Quiet pending=action.pending()>
                "Use another account"
            </Button>
        </ActForm>
    }
}

fn over() -> AnyView {
    view! {
        <Door title="Sign in again" lead=Refusal::IdentityOver.sentence()>
            <ButtonLink href=routes::SIGN_IN kind=ButtonKind::Primary wide=true>
                "Sign in"
            </ButtonLink>
        </Door>
    }
    .into_any()
}
