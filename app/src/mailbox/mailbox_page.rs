//! `/mailbox`: the newest mails, the last one first.

use super::api::{Mails, list_mails};
use crate::{
    layout::door::Door,
    loaded::load,
    page::door_page,
    routes,
    ui::{ButtonLink, EmptyState, IconKind, Time},
    viewer::Viewer,
};
use domain::{mail::MailSummary, moment::Moment};
use leptos::prelude::*;

#[component]
pub fn MailboxPage() -> impl IntoView {
    let mails = load(|| (), |()| list_mails());
    door_page("Mailbox", mails, |_: Viewer, mails: Mails| {
        let now = mails.now;
        view! {
            <Door
                title="Mailbox"
                lead="Trial mode: mails go into a folder instead of a mail server. Only this machine can open this page."
                wide=true
            >
                {if mails.newest.is_empty() {
                    view! {
                        <EmptyState title="No mail yet" icon=IconKind::Mail>
                            <p>"Invite somebody: their mail appears here a moment later."</p>
                            <ButtonLink href=routes::USERS>"See users"</ButtonLink>
                        </EmptyState>
                    }
                        .into_any()
                } else {
                    let mails = mails.newest.iter().map(|mail| row(mail, now)).collect_view();
                    view! { <ul class="mail-list">{mails}</ul> }.into_any()
                }}
            </Door>
        }
    })
}

fn row(mail: &MailSummary, now: Moment) -> impl IntoView + use<> {
    let (sent, subject, to) = (mail.sent, mail.subject.clone(), mail.to.clone());
    view! {
        <li class="mail-row">
            <a href=routes::mail(mail.id)>{subject}</a>
            <span class="muted">{to}</span>
            <Time datetime=sent.rfc3339() text=sent.relative_to(now) title=sent.date_and_time() />
        </li>
    }
}
