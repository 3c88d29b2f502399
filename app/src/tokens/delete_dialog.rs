//! The dialogs that delete a token, opened by their address (`?dialog=…&token=…`), so that they work without scripts.

use super::{
    api::{DeleteToken, DeleteTokenOf},
    facts::time,
};
use crate::{
    act::{Act, ActForm},
    feedback::Feedback,
    routes,
    ui::{Button, ButtonKind, Dialog, DialogBody, DialogFooter, ErrorSummary},
    viewer::Viewer,
};
use domain::{
    ids::UserId,
    moment::Moment,
    tokens::{TokenLine, TokenStatus},
};
use leptos::prelude::*;

/// Whose token it is, where it may be somebody else's.
pub(super) struct Holder {
    pub user: UserId,
    pub name: String,
    pub is_self: bool,
}

pub(super) fn delete_own(viewer: &Viewer, token: &TokenLine, now: Moment) -> AnyView {
    let action = Act::of::<DeleteToken>();
    let feedback = Feedback::of(action, viewer);
    let back = routes::TOKENS.to_owned();
    dialog(&feedback, token, now, None, back, move |asked| {
        view! { <ActForm act=action>{asked}</ActForm> }.into_any()
    })
}

/// For an administrator. `back`: the page that it is opened on.
pub(super) fn delete_of(
    viewer: &Viewer,
    holder: Holder,
    token: &TokenLine,
    now: Moment,
    back: String,
) -> AnyView {
    let action = Act::of::<DeleteTokenOf>();
    let feedback = Feedback::of(action, viewer);
    dialog(&feedback, token, now, Some(holder), back, move |asked| {
        view! { <ActForm act=action>{asked}</ActForm> }.into_any()
    })
}

/// `form` puts what is asked into the form of the act.
fn dialog(
    feedback: &Feedback,
    token: &TokenLine,
    now: Moment,
    holder: Option<Holder>,
    back: String,
    form: impl FnOnce(AnyView) -> AnyView + Send + 'static,
) -> AnyView {
    let (errors, general, pending) = (feedback.errors(), feedback.general(), feedback.pending);
    let stops = match token.status {
        TokenStatus::Active => "What uses it is refused from its next request on.",
        TokenStatus::Expired => "It has expired: nothing stops that works now.",
        TokenStatus::Stopped => "It would work again with the account, and then no longer does.",
    };
    let last_use = match token.last_used {
        Some(at) => view! { "It was last used " {time(at, now)} "." }.into_any(),
        None => "Nobody has used it yet.".into_any(),
    };
    let mailed = holder
        .as_ref()
        .filter(|holder| !holder.is_self)
        .map(|holder| view! { <li>{holder.name.clone()} " gets a mail."</li> });
    let user =
        holder.map(|holder| view! { <input type="hidden" name="user" value=holder.user.to_string() /> });
    let id = token.id.to_string();
    // Within the dialog, whose parts know it by where they are made.
    let asked = move || {
        view! {
            <DialogBody>
                <ErrorSummary errors general />
                {user}
                <input type="hidden" name="token" value=id />
                <ul>
                    <li>{stops}</li>
                    <li>{last_use}</li>
                    {mailed}
                </ul>
            </DialogBody>
            <DialogFooter>
                <Button kind=ButtonKind::Danger pending>
                    "Delete"
                </Button>
            </DialogFooter>
        }
        .into_any()
    };
    view! {
        <Dialog
            id="delete-token"
            title=format!("Delete {}?", token.name)
            lead="It can't be brought back."
            open=true
            close_href=back
        >
            {form(asked())}
        </Dialog>
    }
    .into_any()
}

/// For whoever comes too late, or back to a dialog of before.
pub(super) fn gone(back: String) -> AnyView {
    view! {
        <Dialog
            id="token-gone"
            title="This token is gone"
            lead="It was deleted: nothing works with it any more."
            open=true
            close_href=back
        >
            <DialogFooter cancel="Close" />
        </Dialog>
    }
    .into_any()
}
