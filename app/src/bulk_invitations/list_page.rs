//! `/organization/users/invite-many/{id}`: one list as it is now. Before the yes what would become of each line, then how far
//! it is, and at last what became of it. It is found here again after the page was closed.

use super::{
    api::{DropList, RetryList, StartList, find_list},
    progress::live_progress,
    rows_table::{others_table, trouble_table},
};
use crate::{
    act::{Act, ActForm},
    feedback::Feedback,
    loaded::load,
    page::console_page,
    routes,
    travel::use_params_map,
    two_factor::proof::{self, proof_field},
    ui::{
        Button, ButtonKind, ButtonLink, Card, CardBody, CardFooter, ErrorSummary, IconKind, Notice,
        NoticeKind, PageHeader, Stack,
    },
    viewer::{Person, Viewer},
};
use domain::bulk_invitations::{Counts, List, Stage};
use leptos::prelude::*;

#[component]
pub fn ListPage() -> impl IntoView {
    let params = use_params_map();
    let asked = move || params.read().get("id").unwrap_or_default();
    let list = load(asked, find_list);
    console_page("Invite many", list, |viewer: Viewer, _: Person, list: List| {
        view(&viewer, &list)
    })
}

fn view(viewer: &Viewer, list: &List) -> AnyView {
    let (job, progress) = (list.listed.id, list.listed.progress);
    let counts = progress.counts;
    let act = match progress.stage {
        Stage::Draft => draft(viewer, list),
        Stage::Running => live_progress(job, progress),
        Stage::Done => done(viewer, list),
    };
    let (title, lead) = words(progress.stage, counts, &list.listed.by);
    let file = routes::invite_list_file(job);
    let trouble = trouble_table(list);
    // While it is sent, what the page was shown with is soon wrong; the bar is not.
    let others = (progress.stage != Stage::Running).then(|| others_table(list));
    view! {
        <PageHeader title lead>
            <ButtonLink href=routes::INVITE_MANY>"All lists"</ButtonLink>
            <ButtonLink href=file icon=IconKind::Download external=true label="Download result">
                "CSV"
            </ButtonLink>
        </PageHeader>
        <Stack>{act}</Stack>
        {trouble}
        {others}
    }
    .into_any()
}

fn words(stage: Stage, counts: Counts, by: &str) -> (String, String) {
    match stage {
        Stage::Draft => (
            "Check the list".to_owned(),
            "Nothing is sent yet. Look at what would become of each line.".to_owned(),
        ),
        Stage::Running => (
            format!("Inviting {}", people(counts.to_send())),
            format!("{by} said yes. It goes on when you close this page."),
        ),
        Stage::Done => (
            counts.sentence(),
            match counts.invited {
                0 => format!("{by} said yes. Nobody was sent a mail."),
                _ => format!("{by} said yes. Whoever was invited got a mail with a link that works once."),
            },
        ),
    }
}

fn people(count: u32) -> String {
    match count {
        1 => "1 person".to_owned(),
        count => format!("{count} people"),
    }
}

fn mailed(count: u32) -> String {
    match count {
        1 => "1 person has a mail, or will within minutes.".to_owned(),
        count => format!("{count} people have their mail, or will within minutes."),
    }
}

/// `970 will be invited, 30 will not.`
fn verdict(counts: Counts) -> String {
    match (counts.waiting, counts.refused) {
        (0, _) => "Nobody in this list can be invited.".to_owned(),
        (_, 0) => format!("{} will be invited.", people(counts.waiting)),
        (_, refused) => format!("{} will be invited, {refused} will not.", counts.waiting),
    }
}

fn draft(viewer: &Viewer, list: &List) -> AnyView {
    let (job, counts) = (list.listed.id, list.listed.progress.counts);
    let start = Act::of::<StartList>();
    let feedback = Feedback::of(start, viewer);
    let pending = feedback.pending;
    let drop = Act::of::<DropList>();
    let dropped = Feedback::of(drop, viewer);
    let dropping = dropped.pending;
    let proof = proof_field(viewer, list.wants_proof, &feedback);
    let send = match counts.waiting {
        1 => "Send 1 invitation".to_owned(),
        waiting => format!("Send {waiting} invitations"),
    };
    let nothing = (counts.waiting == 0).then(|| "No line of this list can be sent.".to_owned());
    view! {
        <Card id="verdict">
            <ActForm act=start id="start-list">
                <input type="hidden" name="job" value=job.to_string() />
                <CardBody>
                    <div class="form">
                        <ErrorSummary errors=feedback.errors_at(proof::ids) general=feedback.general() />
                        <ErrorSummary errors=dropped.errors() general=dropped.general() id="drop-errors" />
                        <p class="list-verdict">{verdict(counts)}</p>
                        {proof}
                    </div>
                </CardBody>
            </ActForm>
            <CardFooter note="Each person gets a mail with a link that works once.">
                <Button form="drop-list" pending=dropping>
                    "Start over"
                </Button>
                <Button kind=ButtonKind::Primary form="start-list" pending why_disabled=nothing id="send-list">
                    {send}
                </Button>
            </CardFooter>
        </Card>
        <ActForm act=drop id="drop-list">
            <input type="hidden" name="job" value=job.to_string() />
        </ActForm>
    }
    .into_any()
}

fn done(viewer: &Viewer, list: &List) -> AnyView {
    let (job, counts) = (list.listed.id, list.listed.progress.counts);
    if counts.failed == 0 {
        let refused = match counts.refused {
            0 => String::new(),
            1 => " 1 line was not sent: it is below.".to_owned(),
            lines => format!(" {lines} lines were not sent: they are below."),
        };
        return view! {
            <Notice kind=NoticeKind::Good title="The invitations are sent">
                <p role="status">{format!("{}{refused}", mailed(counts.invited))}</p>
            </Notice>
        }
        .into_any();
    }
    let retry = Act::of::<RetryList>();
    let feedback = Feedback::of(retry, viewer);
    let pending = feedback.pending;
    let proof = proof_field(viewer, list.wants_proof, &feedback);
    let failed = match counts.failed {
        1 => "1 invitation could not be sent.".to_owned(),
        failed => format!("{failed} invitations could not be sent."),
    };
    view! {
        <Card id="verdict">
            <ActForm act=retry>
                <input type="hidden" name="job" value=job.to_string() />
                <CardBody>
                    <div class="form">
                        <ErrorSummary errors=feedback.errors_at(proof::ids) general=feedback.general() />
                        <p class="list-verdict" role="status">
                            {failed}
                        </p>
                        {proof}
                    </div>
                </CardBody>
                <CardFooter note="Nobody is invited twice.">
                    <Button kind=ButtonKind::Primary pending id="retry-list">
                        "Try the failed again"
                    </Button>
                </CardFooter>
            </ActForm>
        </Card>
    }
    .into_any()
}
