//! `/sign-in`.

use super::api::{SignInWithPassword, look_at_sign_in};
use crate::{
    feedback::Feedback,
    layout::door::Door,
    notice::Notice,
    page::{NoticeToast, door_page},
    routes,
    ui::{Button, ButtonKind, ErrorSummary, PasswordField, TextField, TextKind},
    viewer::Viewer,
};
use domain::field::Field;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

#[component]
pub fn SignInPage() -> impl IntoView {
    let query = use_query_map();
    let next = move || query.read().get("next");
    let looked = Resource::new_blocking(next, look_at_sign_in);
    let action = ServerAction::<SignInWithPassword>::new();
    door_page("Sign in", looked, move |viewer: Viewer, ()| {
        let feedback = Feedback::of(action, &viewer);
        let notice = query
            .read_untracked()
            .get_str("notice")
            .and_then(Notice::from_key);
        let lead = notice
            .filter(|notice| *notice == Notice::SessionEnded)
            .map(|notice| notice.sentence().to_owned());
        view! {
            <Door title="Sign in" lead=lead>
                <ActionForm action attr:class="form">
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
                </ActionForm>
            </Door>
            <NoticeToast />
        }
    })
}
