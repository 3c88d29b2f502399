//! `/`: what a person can do here, or kindly that there is nothing yet.

use crate::{
    page::still_page,
    routes,
    ui::{ButtonKind, ButtonLink, EmptyState, IconKind, PageHeader},
    viewer::{Person, Viewer},
};
use leptos::prelude::*;

#[component]
pub fn HomePage() -> impl IntoView {
    let nothing = |()| async { Ok(()) };
    still_page(
        "Home",
        || (),
        nothing,
        |_: &Viewer, person: &Person, (): &()| {
            let person = person.clone();
            let lead = format!("You are signed in to {}.", person.organization);
            view! {
                <PageHeader title=format!("Welcome, {}", person.name) lead />
                {if person.must_enrol {
                    view! {
                        <EmptyState title="Set up two-factor authentication" icon=IconKind::Lock>
                            <p>"Until then nothing but your own settings is open to you. It takes a minute."</p>
                            <ButtonLink href=routes::settings_dialog("two-factor") kind=ButtonKind::Primary>
                                "Set it up"
                            </ButtonLink>
                        </EmptyState>
                    }
                        .into_any()
                } else if person.sees_users {
                    view! {
                        <EmptyState title="Your people" icon=IconKind::Users>
                            <p>"See who belongs to your organization and what became of invitations."</p>
                            <ButtonLink href=routes::USERS kind=ButtonKind::Primary>
                                "See users"
                            </ButtonLink>
                        </EmptyState>
                    }
                        .into_any()
                } else if person.sees_own_tokens {
                    view! {
                        <EmptyState title="Your tokens" icon=IconKind::Terminal>
                            <p>"With a token a script acts as you. See what yours are, and when each was last used."</p>
                            <ButtonLink href=routes::TOKENS kind=ButtonKind::Primary>
                                "See tokens"
                            </ButtonLink>
                        </EmptyState>
                    }
                        .into_any()
                } else {
                    let title = if person.has_roles { "Nothing to do here" } else { "You have no roles yet" };
                    view! {
                        <EmptyState title icon=IconKind::Key>
                            <p>
                                "Your account works. What you may do is decided by the IAM Admins of "
                                {person.organization.clone()} ". Ask one of them for a role. Your own settings are yours."
                            </p>
                            <ButtonLink href=routes::SETTINGS kind=ButtonKind::Primary>
                                "Open settings"
                            </ButtonLink>
                        </EmptyState>
                    }
                        .into_any()
                }}
            }
        },
    )
}
