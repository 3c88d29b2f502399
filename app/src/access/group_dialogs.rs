//! The dialogs about one group, opened by their address (`?dialog=…`), so that they work without scripts.

use super::{
    groups_api::{DeleteGroup, GroupDetails, GroupQuestion, RemoveMembers, RenameGroup},
    groups_page::words,
    preview::preview,
};
use crate::{
    error::{AppError, Result},
    feedback::Feedback,
    routes,
    ui::{
        Button, ButtonKind, ButtonLink, Dialog, DialogBody, DialogFooter, ErrorSummary, Notice, NoticeKind,
    },
    viewer::Viewer,
};
use domain::{
    access::{Preview, group::GroupView},
    refusal::Refusal,
    users::UserQuery,
};
use leptos::prelude::*;

pub fn group_dialog(
    viewer: &Viewer,
    query: &UserQuery,
    dialog: &str,
    question: Option<GroupQuestion>,
    group: &GroupDetails,
) -> AnyView {
    let back = routes::members(group.view.group.id, query);
    match (dialog, question, &group.preview) {
        ("rename", _, _) if !group.view.group.built_in => rename(viewer, query, back, &group.view).into_any(),
        (_, Some(GroupQuestion::Delete), Some(changes)) if !group.view.group.built_in => {
            delete(viewer, back, &group.view, changes).into_any()
        }
        (_, Some(GroupQuestion::Remove(user)), Some(changes)) => {
            let member = group.view.members.iter().find(|member| member.id == user);
            member
                .map(|member| {
                    remove(
                        viewer,
                        back,
                        &group.view,
                        (user.to_string(), &member.name),
                        changes,
                    )
                })
                .into_any()
        }
        _ => ().into_any(),
    }
}

fn rename(viewer: &Viewer, query: &UserQuery, back: String, view: &GroupView) -> impl IntoView + use<> {
    let action = ServerAction::<RenameGroup>::new();
    let feedback = Feedback::of(action, viewer);
    let (pending, general) = (feedback.pending, feedback.general());
    let (group, version) = (view.group.id.to_string(), view.version.0);
    let words = words(&feedback, (&view.group.name, &view.group.description));
    let here = routes::group_dialog(view.group.id, query, "rename", None);
    let conflict = move || {
        general
            .get()
            .is_some_and(|text| text == Refusal::EditedMeanwhile.sentence())
    };
    // Whoever was refused sees what somebody else has saved before they save theirs over it.
    let (name, description) = (view.group.name.clone(), view.group.description.clone());
    let meanwhile = move || {
        let fresh = action.value().with(Option::is_none);
        let now = if description.is_empty() {
            format!("It is now called “{name}”, without a description. Save again to replace that.")
        } else {
            format!("It is now called “{name}”: {description} Save again to replace that.")
        };
        let here = here.clone();
        conflict().then(|| {
            view! {
                <Notice kind=NoticeKind::Wait>
                    {if fresh {
                        view! { <p>{now}</p> }.into_any()
                    } else {
                        view! { <ButtonLink href=here external=true>"Show what it is now"</ButtonLink> }.into_any()
                    }}
                </Notice>
            }
        })
    };
    view! {
        <Dialog id="rename" title="Rename the group" lead="Its members and what it gives stay." open=true close_href=back>
            <ActionForm action>
                <DialogBody>
                    <ErrorSummary errors=feedback.errors() general />
                    {meanwhile}
                    <input type="hidden" name="group" value=group />
                    <input type="hidden" name="version" value=version />
                    {words}
                </DialogBody>
                <DialogFooter>
                    <Button kind=ButtonKind::Primary pending>
                        "Save"
                    </Button>
                </DialogFooter>
            </ActionForm>
        </Dialog>
    }
}

fn delete(
    viewer: &Viewer,
    back: String,
    view: &GroupView,
    changes: &Result<Preview>,
) -> impl IntoView + use<> {
    let action = ServerAction::<DeleteGroup>::new();
    let feedback = Feedback::of(action, viewer);
    let (pending, possible) = (feedback.pending, changes.is_ok());
    let (group, changes) = (view.group.id.to_string(), what_changes(changes));
    let named = (!view.policies.is_empty()).then(|| {
        let names = view
            .policies
            .iter()
            .map(|policy| view! { <li>{policy.name.clone()}</li> });
        view! {
            <div>
                <p>"These access policies name it. They stay, and give what they gave it to nobody:"</p>
                <ul>{names.collect_view()}</ul>
            </div>
        }
    });
    view! {
        <Dialog
            id="delete"
            title=format!("Delete {}?", view.group.name)
            lead="It can't be brought back. Its members keep their accounts."
            open=true
            close_href=back
        >
            <ActionForm action>
                <DialogBody>
                    <ErrorSummary errors=feedback.errors() general=feedback.general() />
                    <input type="hidden" name="group" value=group />
                    <input type="hidden" name="confirmed" value="true" />
                    {named}
                    {changes}
                </DialogBody>
                <DialogFooter>
                    {possible
                        .then(|| {
                            view! {
                                <Button kind=ButtonKind::Danger pending>
                                    "Delete"
                                </Button>
                            }
                        })}
                </DialogFooter>
            </ActionForm>
        </Dialog>
    }
}

fn remove(
    viewer: &Viewer,
    back: String,
    view: &GroupView,
    (user, name): (String, &str),
    changes: &Result<Preview>,
) -> impl IntoView + use<> {
    let action = ServerAction::<RemoveMembers>::new();
    let feedback = Feedback::of(action, viewer);
    let (pending, possible) = (feedback.pending, changes.is_ok());
    let (group, changes) = (view.group.id.to_string(), what_changes(changes));
    view! {
        <Dialog
            id="remove"
            title=format!("Remove {name} from {}?", view.group.name)
            lead="You can add them again at any time."
            open=true
            close_href=back
        >
            <ActionForm action>
                <DialogBody>
                    <ErrorSummary errors=feedback.errors() general=feedback.general() />
                    <input type="hidden" name="group" value=group />
                    <input type="hidden" name="users[]" value=user />
                    <input type="hidden" name="confirmed" value="true" />
                    {changes}
                </DialogBody>
                <DialogFooter>
                    {possible
                        .then(|| {
                            view! {
                                <Button kind=ButtonKind::Danger pending>
                                    "Remove"
                                </Button>
                            }
                        })}
                </DialogFooter>
            </ActionForm>
        </Dialog>
    }
}

/// What an act would change, or why it can't be done.
pub fn what_changes(changes: &Result<Preview>) -> AnyView {
    match changes {
        Ok(changes) => preview(changes).into_any(),
        Err(error) => {
            let sentence = match error {
                AppError::Invalid(faults) => faults
                    .0
                    .iter()
                    .map(|(field, fault)| fault.sentence(*field))
                    .collect::<Vec<_>>()
                    .join(" "),
                error => error.sentence(),
            };
            view! { <Notice kind=NoticeKind::Bad>{sentence}</Notice> }.into_any()
        }
    }
}
