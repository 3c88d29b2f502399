//! What is behind a valid link: the form with a password, and the other ways to accept.

use super::api::AcceptInvitation;
use crate::{
    account::new_password::NewPassword,
    act::{Act, ActForm},
    feedback::Feedback,
    identities::ways_in::{provider_links, sso_link},
    layout::door::Door,
    routes,
    ui::{Button, ButtonKind, Divider, ErrorSummary, TextField, TextKind, Time},
    viewer::Viewer,
};
use domain::{
    field::Field,
    invitations::{InvitationKind, InvitationView},
};
use leptos::prelude::*;

/// `alert`: why it could not be accepted with the identity that somebody came back with.
pub fn accept_view(
    viewer: &Viewer,
    view: InvitationView,
    token: String,
    alert: Option<AnyView>,
) -> impl IntoView + use<> {
    let lead = match &view.invited_by {
        Some(name) => format!("{name} invited you."),
        None => "Set up your account.".to_owned(),
    };
    let expires = view.expires;
    let note = view! {
        "The link works until "
        <Time datetime=expires.rfc3339() text=expires.date_and_time() title=expires.date_and_time() local=true />
    }
    .into_any();
    let (title, organization) = (format!("Join {}", view.organization), view.organization.clone());
    let ways = if view.sso_required {
        by_sso_alone(&view)
    } else {
        let others = other_ways(&view, &token);
        let form = accept_form(viewer, view, token);
        view! {
            {form}
            {others}
        }
        .into_any()
    };
    view! {
        <Door title lead note organization>
            {alert}
            {ways}
        </Door>
    }
}

/// The ways to accept beside a password. Single sign-on finds the invitation by its address.
fn other_ways(view: &InvitationView, token: &str) -> Option<AnyView> {
    if view.providers.is_empty() && view.sso.is_none() {
        return None;
    }
    let providers = provider_links(&view.providers, |provider| {
        routes::leave_to_accept(provider, token)
    });
    let sso = view
        .sso
        .as_ref()
        .map(|organization| sso_link(Some(organization), None));
    Some(
        view! {
            <Divider text="or" />
            <div class="ways-in">{providers} {sso}</div>
        }
        .into_any(),
    )
}

fn by_sso_alone(view: &InvitationView) -> AnyView {
    let why = format!(
        "{} lets people in by single sign-on only. Sign in as {} there.",
        view.organization, view.email
    );
    let sso = match &view.sso {
        Some(organization) => sso_link(Some(organization), None),
        None => {
            view! { <p>"It is switched off at the moment. Ask an administrator of the organization."</p> }
                .into_any()
        }
    };
    view! {
        <p>{why}</p>
        {sso}
    }
    .into_any()
}

fn accept_form(viewer: &Viewer, view: InvitationView, token: String) -> AnyView {
    let action = Act::of::<AcceptInvitation>();
    let feedback = Feedback::of(action, viewer);
    let first_name = RwSignal::new(feedback.value("first_name"));
    let last_name = RwSignal::new(feedback.value("last_name"));
    let context = [
        RwSignal::new(view.email.clone()),
        first_name,
        last_name,
        RwSignal::new(view.organization),
    ];
    let keep = |signal: RwSignal<String>| Callback::from(move |text: String| signal.set(text));
    let button = match view.kind {
        InvitationKind::Activation => "Activate",
        InvitationKind::Invitation => "Create account",
    };
    view! {
        <ActForm act=action class="form">
            <ErrorSummary errors=feedback.errors() general=feedback.general() />
            <input type="hidden" name="token" value=token />
            <TextField
                label="Email"
                name="invited_email"
                kind=TextKind::Email
                autocomplete="username"
                value=view.email
                readonly=true
            />
            <div class="pair">
                <TextField
                    label="First name"
                    name="first_name"
                    autocomplete="given-name"
                    value=feedback.value("first_name")
                    error=feedback.fault(Field::FirstName)
                    on_input=keep(first_name)
                    required=true
                />
                <TextField
                    label="Last name"
                    name="last_name"
                    autocomplete="family-name"
                    value=feedback.value("last_name")
                    error=feedback.fault(Field::LastName)
                    on_input=keep(last_name)
                    required=true
                />
            </div>
            <NewPassword length=view.password_length error=feedback.fault(Field::Password) context />
            <Button kind=ButtonKind::Primary wide=true pending=feedback.pending>
                {button}
            </Button>
        </ActForm>
    }
    .into_any()
}
