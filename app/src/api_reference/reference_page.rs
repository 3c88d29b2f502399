//! `/help/api`.

use super::{Answer, Member, Question, Reference, Section, api::read_reference};
use crate::{
    page::still_page,
    ui::{Card, CardBody, CardHeader, PageHeader, Stack},
    viewer::{Person, Viewer},
};
use leptos::prelude::*;

/// Where programs read the same.
const DESCRIPTION: &str = "/api/v1/openapi.json";

#[component]
pub fn ReferencePage() -> impl IntoView {
    still_page(
        "API",
        || (),
        |()| read_reference(),
        |_: &Viewer, _: &Person, reference: &Reference| {
            let reference = reference.clone();
            let address = reference.address;
            view! {
                <PageHeader title="API" lead="What scripts and services can ask over HTTP and JSON." />
                <Stack>
                    <Card>
                        <CardHeader title="How to ask" />
                        <CardBody>
                            <p>
                                "Send an access token or the secret of a service in each request, as "
                                <code>"Authorization: Bearer"</code> ", to " <code>{address}</code> "."
                            </p>
                            <p>
                                "A token may do what its person may. Every error has a " <code>"code"</code> " for programs, a "
                                <code>"message"</code> " for people and " <code>"details"</code> " that name what is wrong."
                            </p>
                            <p>
                                "Generators of clients read the same at "
                                <a href=DESCRIPTION rel="external">{DESCRIPTION}</a> " (OpenAPI 3.1)."
                            </p>
                        </CardBody>
                    </Card>
                    {reference.sections.into_iter().map(section).collect_view()}
                </Stack>
            }
        },
    )
}

fn section(section: Section) -> impl IntoView {
    view! {
        <Card>
            <CardHeader title=section.name />
            <div class="questions">{section.questions.into_iter().map(question).collect_view()}</div>
        </Card>
    }
}

fn question(question: Question) -> impl IntoView {
    let Question {
        id,
        method,
        path,
        summary,
        credential,
        parameters,
        body,
        answers,
    } = question;
    let mut answers = answers.into_iter();
    let done = answers.next();
    let errors: Vec<_> = answers.collect();
    view! {
        <details class="question" id=id>
            <summary>
                <span class="question-method" data-method=method.clone()>{method.clone()}</span>
                <code class="question-path">{path}</code>
                <span class="question-summary muted">{summary}</span>
            </summary>
            <div class="question-body">
                <p class="muted">{credential}</p>
                {members("Parameters", parameters)}
                {members("Body", body)}
                {done.map(success)}
                {(!errors.is_empty()).then(|| view! {
                    <h3>"Other answers"</h3>
                    <dl class="question-errors">{errors.into_iter().map(error).collect_view()}</dl>
                })}
            </div>
        </details>
    }
}

fn success(answer: Answer) -> impl IntoView {
    let Answer {
        status,
        text,
        members: all,
    } = answer;
    view! {
        <h3>"Answer " <code>{status}</code></h3>
        {(!text.is_empty()).then(|| view! { <p class="muted">{text}</p> })}
        {table(all)}
    }
}

fn error(answer: Answer) -> impl IntoView {
    view! {
        <div>
            <dt><code>{answer.status}</code></dt>
            <dd>{marked(&answer.text)}</dd>
        </div>
    }
}

fn members(title: &'static str, all: Vec<Member>) -> impl IntoView {
    (!all.is_empty()).then(|| {
        view! {
            <h3>{title}</h3>
            {table(all)}
        }
    })
}

fn table(all: Vec<Member>) -> impl IntoView {
    (!all.is_empty()).then(|| {
        let row = |member: Member| {
            let note = if member.required { "" } else { "optional" };
            view! {
                <div class="question-member">
                    <dt>
                        <code>{member.name}</code>
                        <small class="muted">{member.kind}</small>
                        {(!note.is_empty()).then(|| view! { <small class="muted">{note}</small> })}
                    </dt>
                    <dd>{marked(&member.text)}</dd>
                </div>
            }
        };
        view! { <dl class="question-members">{all.into_iter().map(row).collect_view()}</dl> }
    })
}

/// What stands between backticks is what programs read.
fn marked(text: &str) -> impl IntoView + use<> {
    let part = |(n, part): (usize, &str)| match n % 2 {
        0 => part.to_owned().into_any(),
        _ => view! { <code>{part.to_owned()}</code> }.into_any(),
    };
    text.split('`').enumerate().map(part).collect_view()
}
