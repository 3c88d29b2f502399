//! `/organization/users/invite-many`: a list is pasted or uploaded; below are those of before.

use super::api::{DraftList, list_lists};
use crate::{
    act::{Act, ActForm},
    feedback::Feedback,
    loaded::load,
    page::console_page,
    routes,
    ui::{
        Badge, BadgeKind, Button, ButtonKind, ButtonLink, Card, CardBody, CardFooter, CardHeader,
        ColumnHeader, DataTable, ErrorSummary, FileField, PageHeader, PostForm, Sending, Stack, TextArea,
        Time,
    },
    viewer::{Person, Viewer},
};
use domain::{
    bulk_invitations::{Listed, Lists, MOST_BYTES, MOST_ROWS, Stage},
    field::Field,
    moment::Moment,
};
use leptos::prelude::*;

const EXAMPLE: &str = "email,groups
ada@example.com,Engineering
ben@example.com,Engineering | On call
cy@example.com";

#[component]
pub fn NewListPage() -> impl IntoView {
    let lists = load(|| (), |()| list_lists());
    console_page("Invite many", lists, |viewer: Viewer, _: Person, lists: Lists| {
        view! {
            <PageHeader
                title="Invite many"
                lead="Give a list. You see what would become of each line before anything is sent."
            >
                <ButtonLink href=routes::USERS>"Back to Users"</ButtonLink>
            </PageHeader>
            <Stack>{paste(&viewer)} {upload(&viewer)} {what_a_list_is()}</Stack>
            {(!lists.lists.is_empty()).then(|| recent(&lists))}
        }
    })
}

fn paste(viewer: &Viewer) -> AnyView {
    let action = Act::of::<DraftList>();
    let feedback = Feedback::of(action, viewer);
    let pending = feedback.pending;
    view! {
        <Card id="paste">
            <CardHeader title="Paste a list" />
            <ActForm act=action>
                <CardBody>
                    <div class="form">
                        <ErrorSummary errors=feedback.errors() general=feedback.general() />
                        <TextArea
                            label=Field::List.label()
                            name=Field::List.name()
                            value=feedback.value(Field::List.name())
                            error=feedback.fault(Field::List)
                            hint=format!("One person in each line, at most {MOST_ROWS}. After the address you can name groups.")
                            placeholder="ada@example.com"
                            rows=8
                            mono=true
                        />
                    </div>
                </CardBody>
                <CardFooter note="Nothing is sent yet.">
                    <Button kind=ButtonKind::Primary pending id="check-list">
                        "Check the list"
                    </Button>
                </CardFooter>
            </ActForm>
        </Card>
    }
    .into_any()
}

fn upload(viewer: &Viewer) -> AnyView {
    let sending = Sending::new();
    let feedback = Feedback::left(routes::INVITE_MANY_FILE, viewer, sending.pending());
    let pending = feedback.pending;
    view! {
        <Card id="upload">
            <CardHeader title="Or upload a file" />
            <PostForm action=routes::INVITE_MANY_FILE sending files=true>
                <CardBody>
                    <div class="form">
                        <ErrorSummary errors=feedback.errors() general=feedback.general() id="upload-errors" />
                        <FileField
                            label=Field::ListFile.label()
                            name=Field::ListFile.name()
                            accept=".csv,.tsv,.txt,text/csv,text/plain,text/tab-separated-values"
                            error=feedback.fault(Field::ListFile)
                            hint=format!("Text in UTF-8, at most {} KiB.", MOST_BYTES / 1024)
                        />
                    </div>
                </CardBody>
                <CardFooter note="Nothing is sent yet.">
                    <Button pending id="check-file">
                        "Check the file"
                    </Button>
                </CardFooter>
            </PostForm>
        </Card>
    }
    .into_any()
}

fn what_a_list_is() -> AnyView {
    view! {
        <Card id="format">
            <CardHeader title="What a list looks like" />
            <CardBody>
                <div class="list-format">
                    <pre tabindex="0" role="region" aria-label="An example">
                        <code>{EXAMPLE}</code>
                    </pre>
                    <ul>
                        <li>"Commas, semicolons or tabs part the address from the groups; | or ; part one group from the next."</li>
                        <li>
                            "The first line may name the columns: "<code>"email"</code>" and "<code>"groups"</code>
                            ". Other columns are then left out, so the file that Users gives can be used again."
                        </li>
                        <li>"Empty lines don't count. Of an address that is there twice the first line counts."</li>
                    </ul>
                </div>
            </CardBody>
        </Card>
    }
    .into_any()
}

fn recent(lists: &Lists) -> AnyView {
    let rows = lists
        .lists
        .iter()
        .map(|list| recent_row(list, lists.now))
        .collect_view();
    view! {
        <section class="recent-lists" aria-labelledby="recent-lists">
            <h2 id="recent-lists">"Earlier lists"</h2>
            <DataTable caption="Earlier lists, the newest first" columns="invite-lists">
                <thead>
                    <tr>
                        <ColumnHeader label="List" />
                        <ColumnHeader label="When" />
                        <ColumnHeader label="By" />
                        <ColumnHeader label="State" />
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </DataTable>
        </section>
    }
    .into_any()
}

fn recent_row(list: &Listed, now: Moment) -> impl IntoView + use<> {
    let (counts, at) = (list.progress.counts, list.at);
    let people = match counts.to_send() {
        1 => "1 person".to_owned(),
        people => format!("{people} people"),
    };
    let (kind, state) = match list.progress.stage {
        Stage::Draft => (BadgeKind::Idle, "Not sent".to_owned()),
        Stage::Running => (BadgeKind::Wait, format!("Being sent: {}%", counts.percent())),
        Stage::Done if counts.failed > 0 => (BadgeKind::Bad, format!("{} failed", counts.failed)),
        Stage::Done => (BadgeKind::Good, "Sent".to_owned()),
    };
    view! {
        <tr>
            <td>
                <a href=routes::invite_list(list.id)>{people}</a>
            </td>
            <td data-label="When" data-cell="number">
                <Time datetime=at.rfc3339() text=at.relative_to(now) title=at.date_and_time() />
            </td>
            <td data-label="By">{list.by.clone()}</td>
            <td data-label="State">
                <Badge kind text=state />
            </td>
        </tr>
    }
}
