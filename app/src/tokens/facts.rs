//! What tables, cards and dialogs say of a token, the same wherever one is shown.

use crate::ui::{Badge, BadgeKind, Time};
use domain::{
    moment::Moment,
    tokens::{TokenLine, TokenStatus},
};
use leptos::prelude::*;

/// Its name, with what it is for below.
pub(super) fn name_of(token: &TokenLine) -> AnyView {
    let comment = (!token.comment.is_empty()).then(|| token.comment.clone());
    view! {
        <span class="token-name">
            <b>{token.name.clone()}</b>
            {comment.map(|comment| view! { <small class="muted">{comment}</small> })}
        </span>
    }
    .into_any()
}

pub(super) fn time(at: Moment, now: Moment) -> AnyView {
    view! { <Time datetime=at.rfc3339() text=at.relative_to(now) title=at.date_and_time() /> }.into_any()
}

pub(super) fn expiry(token: &TokenLine, now: Moment) -> AnyView {
    token
        .expires
        .map_or_else(|| "Never".into_any(), |end| time(end, now))
}

pub(super) fn last_use(token: &TokenLine, now: Moment) -> AnyView {
    token.last_used.map_or_else(
        || view! { <span class="muted">"Never used"</span> }.into_any(),
        |at| time(at, now),
    )
}

pub(super) fn status_of(token: &TokenLine) -> AnyView {
    let kind = match token.status {
        TokenStatus::Active => BadgeKind::Good,
        TokenStatus::Expired => BadgeKind::Idle,
        TokenStatus::Stopped => BadgeKind::Wait,
    };
    view! { <Badge kind text=token.status.label() /> }.into_any()
}

/// All of its times in one line, as after its name.
pub(super) fn times(token: &TokenLine, now: Moment) -> AnyView {
    let end = match token.expires {
        Some(end) if end <= now => view! { "expired " {time(end, now)} }.into_any(),
        Some(end) => view! { "expires " {time(end, now)} }.into_any(),
        None => "never expires".into_any(),
    };
    let last_use = match token.last_used {
        Some(at) => view! { "last used " {time(at, now)} }.into_any(),
        None => "never used".into_any(),
    };
    view! { "Created " {time(token.created, now)} ", " {end} ", " {last_use} }.into_any()
}
