//! `/organization/iam/two-factor`: from when everybody of the organization needs two-factor authentication, and who lacks
//! it.

use super::{
    api::{AskForTwoFactor, StopAskingForTwoFactor, view_demand},
    proof::{ids, proof_field, proof_field_at},
};
use crate::{
    act::{Act, ActForm},
    feedback::Feedback,
    loaded::load,
    page::console_page,
    routes,
    ui::{
        Button, ButtonKind, ButtonLink, Card, CardBody, CardFooter, CardHeader, ErrorSummary, PageHeader,
        Stack, TextField, TextKind, Time,
    },
    viewer::{Person, Viewer},
};
use domain::{
    field::Field,
    moment::{Day, Moment},
    two_factor::{Demand, Missing},
};
use leptos::prelude::*;

/// The page has another field for a password.
const STOP_PROOF: &str = "stop-proof";

#[component]
pub fn DemandPage() -> impl IntoView {
    let demand = load(|| (), |()| view_demand());
    console_page(
        "Two-factor authentication",
        demand,
        |viewer: Viewer, person: Person, demand: Demand| {
            let (ask, stop) = (
                ask_card(&viewer, &person, &demand),
                stop_card(&viewer, &person, &demand),
            );
            let missing = missing_card(&demand);
            view! {
                <PageHeader
                    title="Two-factor authentication"
                    lead="Ask everybody for a second factor, from a day on. Nobody is cut off before it."
                />
                <Stack>{ask} {missing} {stop}</Stack>
            }
        },
    )
}

fn time(at: Moment) -> impl IntoView {
    view! { <Time datetime=at.rfc3339() text=at.date() title=at.date_and_time() /> }
}

fn ask_card(viewer: &Viewer, person: &Person, demand: &Demand) -> impl IntoView + use<> {
    let action = Act::of::<AskForTwoFactor>();
    let feedback = Feedback::of(action, viewer);
    let pending = feedback.pending;
    let may = person.asks_for_two_factor;
    let why_disabled = match (may, demand.is_enrolled) {
        (false, _) => Some("Only an IAM Admin can ask for it.".to_owned()),
        (true, false) => Some("Set two-factor authentication up for yourself first.".to_owned()),
        (true, true) => None,
    };
    let set_up = (may && !demand.is_enrolled).then(|| {
        view! { <ButtonLink href=routes::settings_dialog("two-factor")>"Set up my own"</ButtonLink> }
    });
    let state = match demand.from {
        None => view! { <p>"Nobody has to have it."</p> }.into_any(),
        Some(from) if demand.is_in_force() => view! {
            <p>
                "Everybody needs it since " {time(from)}
                ". Who has none sees nothing but their own settings until it is set up."
            </p>
        }
        .into_any(),
        Some(from) => view! { <p>"Everybody needs it from " {time(from)} " on."</p> }.into_any(),
    };
    let day = demand
        .from
        .map(|from| Day::of(from.civil()).to_string())
        .unwrap_or_default();
    let typed = Some(feedback.value(Field::From.name())).filter(|day| !day.is_empty());
    let label = if demand.from.is_some() {
        "Change the day"
    } else {
        "Ask for it"
    };
    let proof = may.then(|| proof_field(viewer, demand.wants_proof, &feedback));
    let (errors, general, error) = (
        feedback.errors_at(ids),
        feedback.general(),
        feedback.fault(Field::From),
    );
    view! {
        <Card>
            <CardHeader title="For everybody" />
            <ActForm act=action>
                <CardBody>
                    <div class="form">
                        {state}
                        <ErrorSummary errors general />
                        <TextField
                            label="From"
                            name=Field::From.name()
                            kind=TextKind::Date
                            value=typed.unwrap_or(day)
                            error
                            hint="The day begins at midnight UTC. Everybody without it gets a mail now, and is reminded a week and a day before."
                            required=true
                        />
                        {proof}
                    </div>
                </CardBody>
                <CardFooter>
                    <div class="actions">
                        {set_up}
                        <Button kind=ButtonKind::Primary pending why_disabled>
                            {label}
                        </Button>
                    </div>
                </CardFooter>
            </ActForm>
        </Card>
    }
}

fn missing_card(demand: &Demand) -> impl IntoView + use<> {
    let lines = demand.missing.iter().map(missing).collect_view();
    let (nobody, more) = (demand.missing.is_empty(), demand.more);
    let lead = if nobody {
        "Everybody has it."
    } else {
        "Active people who have not set it up."
    };
    view! {
        <Card>
            <CardHeader title="Without it" lead>
                {(!nobody).then(|| view! { <ButtonLink href=routes::without_two_factor()>"Show in the list"</ButtonLink> })}
            </CardHeader>
            {(!nobody)
                .then(|| {
                    view! {
                        <CardBody>
                            <ul class="names">{lines} {more.then(|| view! { <li class="muted">"and more"</li> })}</ul>
                        </CardBody>
                    }
                })}
        </Card>
    }
}

fn missing(person: &Missing) -> impl IntoView + use<> {
    let (href, name, email) = (
        routes::person(person.id),
        person.name.clone(),
        person.email.clone(),
    );
    view! {
        <li>
            <a href=href>{name}</a>
            <span class="muted">" " {email}</span>
        </li>
    }
}

fn stop_card(viewer: &Viewer, person: &Person, demand: &Demand) -> Option<AnyView> {
    demand.from.filter(|_| person.asks_for_two_factor)?;
    let action = Act::of::<StopAskingForTwoFactor>();
    let feedback = Feedback::of(action, viewer);
    let pending = feedback.pending;
    let (errors, general) = (feedback.errors_at(|_| STOP_PROOF), feedback.general());
    let proof = proof_field_at(STOP_PROOF, viewer, demand.wants_proof, &feedback);
    Some(
        view! {
            <Card>
                <CardHeader title="Stop asking" lead="Who has it keeps it, and may switch it off." />
                <ActForm act=action>
                    <CardBody>
                        <div class="form">
                            <ErrorSummary errors general id="stop-errors" />
                            {proof}
                        </div>
                    </CardBody>
                    <CardFooter>
                        <Button kind=ButtonKind::Danger pending>
                            "Stop asking"
                        </Button>
                    </CardFooter>
                </ActForm>
            </Card>
        }
        .into_any(),
    )
}
