//! The menu of a row: what can be done with this person. It stands in a part of the page that stays as it is.

use super::api::ReactivateUser;
use crate::{
    invitations::api::{CopyInvitationLink, ResendInvitation},
    routes,
    ui::{IconKind, Menu, MenuLink, MenuSubmit},
};
use domain::users::{ShownStatus, UserQuery, UserRow};
use leptos::{prelude::*, server_fn::ServerFn};

pub fn user_menu(query: &UserQuery, row: &UserRow, may_change: bool) -> impl IntoView + use<> {
    if !may_change {
        return ().into_any();
    }
    let label = format!("Actions for {}", row.title());
    let id = row.id.to_string();
    let dialog = |name| routes::user_dialog(query, name, row.id);
    match row.status {
        ShownStatus::Active => {
            let href = dialog("deactivate");
            let reset = row.two_factor.then(|| routes::reset_two_factor(row.id));
            view! {
                <Menu label>
                    {reset
                        .map(|href| {
                            view! {
                                <MenuLink href icon=IconKind::Key>
                                    "Reset two-factor…"
                                </MenuLink>
                            }
                        })}
                    <MenuLink href icon=IconKind::Block danger=true>
                        "Deactivate…"
                    </MenuLink>
                </Menu>
            }
            .into_any()
        }
        ShownStatus::Deactivated => view! {
            <Menu label>
                <form action=ReactivateUser::PATH method="post">
                    <input type="hidden" name="user" value=id />
                    <MenuSubmit icon=IconKind::Refresh>
                        "Reactivate"
                    </MenuSubmit>
                </form>
            </Menu>
        }
        .into_any(),
        ShownStatus::Invited | ShownStatus::InviteExpired => {
            let (groups, cancel, copied) = (dialog("groups"), dialog("cancel"), id.clone());
            let can_copy = row.status == ShownStatus::Invited;
            view! {
                <Menu label>
                    <form action=ResendInvitation::PATH method="post">
                        <input type="hidden" name="user" value=id />
                        <MenuSubmit icon=IconKind::Mail>
                            "Resend"
                        </MenuSubmit>
                    </form>
                    <form action=CopyInvitationLink::PATH method="post">
                        <input type="hidden" name="user" value=copied />
                        <MenuSubmit
                            icon=IconKind::Copy
                            why_disabled=(!can_copy).then(|| "The invitation has expired. Resend it first.".to_owned())
                        >
                            "Copy link"
                        </MenuSubmit>
                    </form>
                    <MenuLink href=groups icon=IconKind::Edit>
                        "Edit groups"
                    </MenuLink>
                    <MenuLink href=cancel icon=IconKind::Trash danger=true>
                        "Cancel invitation"
                    </MenuLink>
                </Menu>
            }
            .into_any()
        }
    }
}
