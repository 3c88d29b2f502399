//! The list of sessions: one's own with the means to end them, and those of others to look at.

use super::api::{EndOtherSessions, EndSession};
use crate::{
    act::{Act, ActForm},
    failure::tell_failures_of,
    ui::{Badge, BadgeKind, Button, ButtonSize, Card, CardBody, CardFooter, CardHeader, Time},
};
use domain::{account::OwnSettings, moment::Moment, sessions::SessionLine};
use leptos::prelude::*;

/// The card of the settings.
pub fn own_sessions(own: &OwnSettings) -> impl IntoView + use<> {
    let now = own.now;
    let lines = own
        .sessions
        .iter()
        .map(|session| {
            let end = (!session.is_this).then(|| end_form(session).into_any());
            line(session, now, end)
        })
        .collect_view();
    let others = (own.sessions.len() > 1).then(|| {
        let action = Act::of::<EndOtherSessions>();
        tell_failures_of(action);
        view! {
            <CardFooter note="If you don't know one of them, change your password, too.">
                <ActForm act=action>
                    <Button pending=action.pending()>"Sign out all others"</Button>
                </ActForm>
            </CardFooter>
        }
    });
    view! {
        <Card id="sessions">
            <CardHeader title="Sessions" lead="Where you are signed in." />
            <CardBody>
                <ul class="sessions">{lines}</ul>
            </CardBody>
            {others}
        </Card>
    }
}

/// Those of somebody else.
pub fn sessions(sessions: &[SessionLine], now: Moment) -> AnyView {
    if sessions.is_empty() {
        return view! { <p class="muted">"Nowhere at the moment."</p> }.into_any();
    }
    let lines = sessions
        .iter()
        .map(|session| line(session, now, None))
        .collect_view();
    view! { <ul class="sessions">{lines}</ul> }.into_any()
}

fn line(session: &SessionLine, now: Moment, end: Option<AnyView>) -> impl IntoView + use<> {
    let time = |at: Moment| view! { <Time datetime=at.rfc3339() text=at.relative_to(now) title=at.date_and_time() /> };
    let SessionLine {
        started,
        last_seen,
        address,
        device,
        is_this,
        ..
    } = session.clone();
    view! {
        <li>
            <div>
                <b>{device}</b>
                {is_this.then(|| view! { <Badge kind=BadgeKind::Good text="This session" /> })}
                <small class="muted">
                    {address} ", last seen " {time(last_seen)} ", signed in " {time(started)}
                </small>
            </div>
            {end}
        </li>
    }
}

fn end_form(session: &SessionLine) -> impl IntoView + use<> {
    let action = Act::of::<EndSession>();
    tell_failures_of(action);
    let label = format!("Sign out {}, {}", session.device, session.address);
    let id = session.id.to_string();
    view! {
        <ActForm act=action>
            <input type="hidden" name="session" value=id />
            <Button size=ButtonSize::Small label pending=action.pending()>
                "Sign out"
            </Button>
        </ActForm>
    }
}
