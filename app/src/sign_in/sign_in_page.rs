//! `/sign-in`.

use super::api::{SignInWithPassword, look_at_sign_in};
use crate::{
    act::{Act, ActForm},
    feedback::Feedback,
    identities::ways_in::{provider_links, sso_link},
    layout::door::Door,
    loaded::load,
    notice::Notice,
    page::{NoticeToast, door_page},
    routes,
    travel::use_query_map,
    ui::{Button, ButtonKind, Divider, ErrorSummary, PasswordField, TextField, TextKind},
    viewer::Viewer,
};
use domain::{field::Field, identities::Offered, local_path::LocalPath};
use leptos::prelude::*;

#[component]
pub fn SignInPage() -> impl IntoView {
    let query = use_query_map();
    let next = move || query.read().get("next");
    let looked = load(next, look_at_sign_in);
    let action = Act::of::<SignInWithPassword>();
    door_page("Sign in", looked, move |viewer: Viewer, offered: Offered| {
        let feedback = Feedback::of(action, &viewer);
        let notice = query
            .read_untracked()
            .get_str("notice")
            .and_then(Notice::from_key);
        let lead = notice
            .filter(|notice| *notice == Notice::SessionEnded)
            .map(|notice| notice.sentence().to_owned());
        let next = query.read_untracked().get_str("next").and_then(LocalPath::parse);
        let others = other_ways(&offered, next.as_ref());
        view! {
            <Door title="Sign in" lead=lead>
                <ActForm act=action class="form">
                    <ErrorSummary errors=feedback.errors() general=feedback.general() />
                    <input type="hidden" name="next" value=query.read_untracked().get("next").unwrap_or_default() />
                    <TextField
                        label="Email"
                        name="email"
                        kind=TextKind::Email
                        autocomplete="username"
                        value=feedback.value("email")
                        error=feedback.fault(Field::Email)
                        required=true
                    />
                    <PasswordField
                        label="Password"
                        name="password"
                        autocomplete="current-password"
                        error=feedback.fault(Field::Password)
                        required=true
                    />
                    <Button kind=ButtonKind::Primary wide=true pending=feedback.pending>
                        "Sign in"
                    </Button>
                    <p class="door-more">
                        <a href=routes::FORGOT_PASSWORD>"Forgot password?"</a>
                    </p>
                </ActForm>
                <Divider text="or" />
                {others}
            </Door>
            <NoticeToast />
        }
    })
}

/// The ways in beside the password.
fn other_ways(offered: &Offered, next: Option<&LocalPath>) -> AnyView {
    let providers = provider_links(&offered.providers, |provider| routes::leave_for(provider, next));
    let sso = sso_link(offered.sso.as_ref(), next);
    let another = offered.sso.is_some().then(|| {
        let href = routes::sign_in_step(routes::SIGN_IN_SSO, next);
        view! {
            <p class="door-more">
                <a href=href>"Use another organization"</a>
            </p>
        }
    });
    view! { <div class="ways-in">{providers} {sso} {another}</div> }.into_any()
}
