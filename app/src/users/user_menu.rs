//! The menu of a row: what can be done with this person.

use super::api::ReactivateUser;
use crate::{
    act::{Act, ActForm},
    failure::tell_failures_of,
    invitations::api::{CopyInvitationLink, ResendInvitation},
    routes,
    ui::{IconKind, Menu, MenuLink, MenuSubmit},
};
use domain::users::{ShownStatus, UserQuery, UserRow};
use leptos::prelude::*;

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
        ShownStatus::Deactivated => {
            let reactivate = Act::of::<ReactivateUser>();
            tell_failures_of(reactivate);
            view! {
                <Menu label>
                    <ActForm act=reactivate>
                        <input type="hidden" name="user" value=id />
                        <MenuSubmit icon=IconKind::Refresh pending=reactivate.pending()>
                            "Reactivate"
                        </MenuSubmit>
                    </ActForm>
                </Menu>
            }
            .into_any()
        }
        ShownStatus::Invited | ShownStatus::InviteExpired => {
            let resend = Act::of::<ResendInvitation>();
            tell_failures_of(resend);
            let copy = Act::of::<CopyInvitationLink>();
            tell_failures_of(copy);
            let (groups, cancel, copied) = (dialog("groups"), dialog("cancel"), id.clone());
            let can_copy = row.status == ShownStatus::Invited;
            view! {
                <Menu label>
                    <ActForm act=resend>
                        <input type="hidden" name="user" value=id />
                        <MenuSubmit icon=IconKind::Mail pending=resend.pending()>
                            "Resend"
                        </MenuSubmit>
                    </ActForm>
                    <ActForm act=copy>
                        <input type="hidden" name="user" value=copied />
                        <MenuSubmit
                            icon=IconKind::Copy
                            pending=copy.pending()
                            why_disabled=(!can_copy).then(|| "The invitation has expired. Resend it first.".to_owned())
                        >
                            "Copy link"
                        </MenuSubmit>
                    </ActForm>
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
