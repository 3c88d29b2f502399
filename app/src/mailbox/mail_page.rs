//! `/mailbox/{id}`: the text of one mail. Its HTML is not shown: it says the same, and a page shows no markup that it did
//! not write itself.

use super::api::open_mail;
use crate::{
    layout::door::Door,
    loaded::load,
    page::door_page,
    routes,
    travel::use_params_map,
    ui::{ButtonLink, Definition, DefinitionList, Time},
    viewer::Viewer,
};
use domain::mail::{MailView, Piece};
use leptos::prelude::*;

#[component]
pub fn MailPage() -> impl IntoView {
    let params = use_params_map();
    let id = move || params.read().get("id").unwrap_or_default();
    let opened = load(id, open_mail);
    door_page("Mail", opened, |_: Viewer, mail: MailView| {
        let MailView { summary, text } = mail;
        let sent = summary.sent;
        let text = text.into_iter().map(|piece| match piece {
            Piece::Words(words) => words.into_any(),
            Piece::Link(address) => {
                let href = address.clone();
                view! { <a href=href>{address}</a> }.into_any()
            }
        });
        view! {
            <Door title=summary.subject wide=true>
                <DefinitionList>
                    <Definition term="To">{summary.to}</Definition>
                    <Definition term="Sent">
                        <Time datetime=sent.rfc3339() text=sent.date_and_time() title=sent.date_and_time() local=true />
                    </Definition>
                </DefinitionList>
                <div class="mail-text">{text.collect_view()}</div>
                <ButtonLink href=routes::MAILBOX wide=true>
                    "All mails"
                </ButtonLink>
            </Door>
        }
    })
}
