//! The dialogs about one group, opened by their address (`?dialog=…`), so that they work without scripts.

use super::{
    consequences::{Question, ask},
    groups_api::{DeleteGroup, GroupDetails, GroupQuestion, RemoveMembers, RenameGroup},
    groups_page::words,
};
use crate::{
    error::Result,
    feedback::Feedback,
    routes,
    ui::{
        Button, ButtonKind, Dialog, DialogBody, DialogFooter, ErrorSummary, Notice, NoticeKind, PostForm,
        Sending,
    },
    viewer::Viewer,
};
use domain::{
    access::{Preview, group::GroupView},
    refusal::Refusal,
    users::UserQuery,
};
use leptos::{prelude::*, server_fn::ServerFn};

pub fn group_dialog(
    viewer: &Viewer,
    query: &UserQuery,
    dialog: &str,
    question: Option<GroupQuestion>,
    group: &GroupDetails,
) -> AnyView {
    let back = routes::members(group.view.group.id, query);
    match (dialog, question, &group.preview) {
        ("rename", _, _) if !group.view.group.built_in => rename(viewer, back, &group.view).into_any(),
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

/// Its answer is a page, so that whoever comes too late sees both: what they typed, and what it is by now.
fn rename(viewer: &Viewer, back: String, view: &GroupView) -> impl IntoView + use<> {
    let sending = Sending::new();
    let feedback = Feedback::left(RenameGroup::PATH, viewer, sending.pending());
    let (pending, general) = (feedback.pending, feedback.general());
    let (group, version) = (view.group.id.to_string(), view.version.0);
    let (name, description) = (&view.group.name, &view.group.description);
    let words = words(&feedback, (name, description));
    let is_late = feedback.is_refused(Refusal::EditedMeanwhile);
    let meanwhile = is_late.then(|| {
        let now = if description.is_empty() {
            format!("It is now called “{name}”, without a description. Save again to replace that.")
        } else {
            format!("It is now called “{name}”: {description} Save again to replace that.")
        };
        view! { <Notice kind=NoticeKind::Wait>{now}</Notice> }
    });
    view! {
        <Dialog id="rename" title="Rename the group" lead="Its members and what it gives stay." open=true close_href=back>
            <PostForm action=RenameGroup::PATH sending>
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
            </PostForm>
        </Dialog>
    }
}

fn delete(
    viewer: &Viewer,
    back: String,
    view: &GroupView,
    changes: &Result<Preview>,
) -> impl IntoView + use<> {
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
    let question = Question {
        id: "delete",
        title: format!("Delete {}?", view.group.name),
        lead: "It can't be brought back. Its members keep their accounts.",
        also: named.into_any(),
        yes: "Delete",
        action: DeleteGroup::PATH,
        fields: vec![("group", view.group.id.to_string())],
        back,
    };
    ask(viewer, question, changes)
}

fn remove(
    viewer: &Viewer,
    back: String,
    view: &GroupView,
    (user, name): (String, &str),
    changes: &Result<Preview>,
) -> impl IntoView + use<> {
    let question = Question {
        id: "remove",
        title: format!("Remove {name} from {}?", view.group.name),
        lead: "You can add them again at any time.",
        also: ().into_any(),
        yes: "Remove",
        action: RemoveMembers::PATH,
        fields: vec![("group", view.group.id.to_string()), ("users[]", user)],
        back,
    };
    ask(viewer, question, changes)
}
