//! The dialogs about one person, opened by their address (`?dialog=…&user=…`), so that they work without scripts.

use super::api::{DeactivateUser, ShownUsers};
use crate::{
    access::consequences::what_changes,
    act::{Act, ActForm},
    error::{AppError, Result},
    feedback::Feedback,
    invitations::{
        api::{CancelInvitation, EditInvitedGroups},
        invite_dialog::group_options,
    },
    routes,
    two_factor::proof::{self, proof_field},
    ui::{
        Button, ButtonKind, Checkbox, CheckboxList, CopyButton, Dialog, DialogBody, DialogFooter,
        ErrorSummary, TextField,
    },
    viewer::Viewer,
};
use domain::{
    access::Preview,
    field::Field,
    users::{GroupOption, UserQuery, UserStatus, UserSummary},
};
use leptos::prelude::*;

pub fn user_dialog(
    viewer: &Viewer,
    query: &UserQuery,
    dialog: &str,
    user: &UserSummary,
    users: &ShownUsers,
) -> impl IntoView + use<> {
    let back = routes::users(query);
    match (dialog, user.status) {
        ("deactivate", UserStatus::Active) => {
            deactivate(viewer, back, user, users.deactivation.as_ref()).into_any()
        }
        ("groups", UserStatus::Invited) => edit_groups(viewer, back, user, &users.groups).into_any(),
        ("cancel", UserStatus::Invited) => cancel(viewer, back, user).into_any(),
        ("link", UserStatus::Invited) => link(viewer, back, user).into_any(),
        _ => ().into_any(),
    }
}

/// The box of the dialog that takes the tokens for good.
/// Not a name with `token` in it: what is called so is a secret to `form_flash.rs`, and never comes back.
const DELETE_TOKENS: &str = "also_delete";

/// `changes`: who loses what, or why it can't be done.
fn deactivate(
    viewer: &Viewer,
    back: String,
    user: &UserSummary,
    changes: Option<&Result<Preview>>,
) -> impl IntoView + use<> {
    let action = Act::of::<DeactivateUser>();
    let feedback = Feedback::of(action, viewer);
    let pending = feedback.pending;
    let id = user.id.to_string();
    let sessions = match user.stops.sessions {
        0 => "No session is open; signing in stops working.".to_owned(),
        1 => "1 session ends at once; signing in stops working.".to_owned(),
        n => format!("{n} sessions end at once; signing in stops working."),
    };
    let invitations = match user.stops.invitations {
        0 => None,
        1 => Some("1 invitation they sent stops working.".to_owned()),
        n => Some(format!("{n} invitations they sent stop working.")),
    };
    let tokens = match user.stops.tokens {
        0 => None,
        1 => Some("1 access token stops working. It works again if you reactivate the account.".to_owned()),
        n => Some(format!(
            "{n} access tokens stop working. They work again if you reactivate the account."
        )),
    };
    let delete_tokens = tokens.is_some().then(|| {
        let checked = !feedback.value(DELETE_TOKENS).is_empty();
        view! {
            <div class="checkbox-list-box">
                <Checkbox
                    label="Delete their access tokens"
                    name=DELETE_TOKENS
                    description="This can't be undone: reactivating the account doesn't bring them back."
                    checked
                />
            </div>
        }
    });
    let title = format!("Deactivate {}?", user.title());
    let mailed = format!("{} gets a mail.", user.email);
    let is_self = user.is_self;
    let why_not = changes.and_then(|changes| changes.as_ref().err().map(AppError::sentence));
    // Once: the button says it.
    let changes = changes.filter(|changes| changes.is_ok()).map(what_changes);
    view! {
        <Dialog id="deactivate" title lead="Nothing of the account is deleted. You can reactivate it at any time." open=true close_href=back>
            <ActForm act=action>
                <DialogBody>
                    <ErrorSummary errors=feedback.errors() general=feedback.general() />
                    <input type="hidden" name="user" value=id />
                    <ul>
                        <li>{sessions}</li>
                        {invitations.map(|text| view! { <li>{text}</li> })}
                        {tokens.map(|text| view! { <li>{text}</li> })}
                        <li>{mailed}</li>
                        {is_self.then(|| view! { <li>"This is your own account: you are signed out yourself."</li> })}
                    </ul>
                    {changes}
                    <TextField
                        label="Reason"
                        name="reason"
                        autocomplete="off"
                        value=feedback.value("reason")
                        error=feedback.fault(Field::Reason)
                        hint="Optional. It is shown in the list of users and kept in the audit log. The person doesn't get it."
                    />
                    {delete_tokens}
                </DialogBody>
                <DialogFooter>
                    <Button kind=ButtonKind::Danger pending why_disabled=why_not>
                        "Deactivate"
                    </Button>
                </DialogFooter>
            </ActForm>
        </Dialog>
    }
}

/// Not `groups`: the dialog to invite somebody has those, on the same page.
const GROUPS: &str = "invited-groups";

fn ids_of_groups(field: Field) -> &'static str {
    match field {
        Field::Groups => GROUPS,
        field => proof::ids(field),
    }
}

fn edit_groups(
    viewer: &Viewer,
    back: String,
    user: &UserSummary,
    groups: &[GroupOption],
) -> impl IntoView + use<> {
    let action = Act::of::<EditInvitedGroups>();
    let feedback = Feedback::of(action, viewer);
    let pending = feedback.pending;
    let id = user.id.to_string();
    let options = group_options(groups);
    let proof = proof_field(viewer, false, &feedback);
    let lead = format!("They count when {} accepts.", user.email);
    let mut chosen = feedback.values("groups[]");
    if chosen.is_empty() {
        chosen = user.groups.iter().map(|group| group.id.to_string()).collect();
    }
    view! {
        <Dialog
            id="edit-groups"
            title="Edit groups"
            lead
            open=true
            close_href=back
        >
            <ActForm act=action>
                <DialogBody>
                    <ErrorSummary errors=feedback.errors_at(ids_of_groups) general=feedback.general() />
                    <input type="hidden" name="user" value=id />
                    <CheckboxList
                        legend="Groups"
                        name="groups[]"
                        id=GROUPS
                        noun="groups"
                        options
                        chosen
                        error=feedback.fault(Field::Groups)
                    />
                    {proof}
                </DialogBody>
                <DialogFooter>
                    <Button kind=ButtonKind::Primary pending>
                        "Save"
                    </Button>
                </DialogFooter>
            </ActForm>
        </Dialog>
    }
}

fn cancel(viewer: &Viewer, back: String, user: &UserSummary) -> impl IntoView + use<> {
    let action = Act::of::<CancelInvitation>();
    let feedback = Feedback::of(action, viewer);
    let pending = feedback.pending;
    let id = user.id.to_string();
    view! {
        <Dialog
            id="cancel-invitation"
            title="Cancel the invitation?"
            lead=format!("The link sent to {} stops working. You can invite them again.", user.email)
            open=true
            close_href=back
        >
            <ActForm act=action>
                <DialogBody>
                    <ErrorSummary errors=feedback.errors() general=feedback.general() />
                    <input type="hidden" name="user" value=id />
                </DialogBody>
                <DialogFooter cancel="Keep it">
                    <Button kind=ButtonKind::Danger pending>
                        "Cancel invitation"
                    </Button>
                </DialogFooter>
            </ActForm>
        </Dialog>
    }
}

fn link(viewer: &Viewer, back: String, user: &UserSummary) -> impl IntoView + use<> {
    let link = viewer
        .flash
        .as_ref()
        .filter(|left| left.action == "/api/invitations/copy_link")
        .and_then(|left| left.values.first().map(|(_, link)| link.clone()))?;
    Some(view! {
        <Dialog
            id="invitation-link"
            title="Invitation link"
            lead=format!("Only for {}. It is shown once and works once.", user.email)
            open=true
            close_href=back
        >
            <DialogBody>
                <p class="mono">{link.clone()}</p>
                <CopyButton text=link what="invitation link" />
            </DialogBody>
            <DialogFooter cancel="Close" />
        </Dialog>
    })
}
