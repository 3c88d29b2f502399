//! What the console says.

use crate::ui::{
    Button, ButtonKind, ButtonLink, ButtonSize, EmptyState, ErrorSummary, IconKind, Notice, NoticeKind, Toast,
};
use leptos::prelude::*;

const KINDS: [(NoticeKind, &str); 4] = [
    (NoticeKind::Info, "Your organization signs in with SSO."),
    (NoticeKind::Good, "The invitation is on its way."),
    (NoticeKind::Wait, "The signing certificate ends in 7 days."),
    (
        NoticeKind::Bad,
        "Usher can't do this at the moment. Nothing was changed.",
    ),
];

pub(super) fn errors(theme: &'static str) -> AnyView {
    let errors = vec![
        (
            format!("{theme}-error"),
            "Enter one e-mail address, like name@example.com.".to_owned(),
        ),
        (format!("{theme}-password-error"), "Enter a password.".to_owned()),
    ];
    let general = Some("Too many attempts. Wait a little and try again.".to_owned());
    view! {
        <ErrorSummary id=format!("{theme}-summary") errors />
        <ErrorSummary id=format!("{theme}-summary-general") general />
    }
    .into_any()
}

pub(super) fn notices() -> AnyView {
    let notice = |(kind, text): (NoticeKind, &'static str)| {
        view! {
            <Notice kind title="What there is to know">
                <p>{text} " " <a href="#content">"See more"</a></p>
            </Notice>
        }
    };
    KINDS.map(notice).collect_view().into_any()
}

/// They stay here, and a dismissed one comes back with the page.
pub(super) fn toasts() -> AnyView {
    let toast = |(kind, text): (NoticeKind, &'static str)| {
        view! { <Toast kind text stays=true dismiss_href="#content" on_dismiss=Callback::from(|| ()) /> }
    };
    view! {
        {KINDS.map(toast).collect_view()}
        <Toast
            text="The account is deactivated. Nothing of it works any more."
            stays=true
            dismiss_href="#content"
            on_dismiss=Callback::from(|| ())
        >
            <Button kind=ButtonKind::Quiet size=ButtonSize::Small>
                "Undo"
            </Button>
        </Toast>
    }
    .into_any()
}

pub(super) fn empty() -> AnyView {
    view! {
        <EmptyState title="Nobody matches" icon=IconKind::Search>
            <p>"Try fewer letters or another status."</p>
            <ButtonLink href="#content">"Clear filters"</ButtonLink>
        </EmptyState>
        <EmptyState title="Nothing here yet" />
    }
    .into_any()
}
