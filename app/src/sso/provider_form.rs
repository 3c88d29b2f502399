//! Telling this console of an identity provider, by hand or by its metadata: a tab each, at an address of its own.

use super::{VERSION, console_facts::console_facts, manual_form::manual_form, metadata_form::metadata_form};
use crate::{
    feedback::Feedback,
    routes,
    ui::{ButtonLink, ErrorSummary, Notice, NoticeKind, PageHeader, Tab, Tabs},
    viewer::Viewer,
};
use domain::{
    field::Field,
    refusal::Refusal,
    sso::{IdentityProviderView, Source, SsoView},
};
use leptos::prelude::*;
use leptos_router::params::ParamsMap;

/// The ways to do it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Manual,
    Metadata,
}

impl Way {
    const ALL: [Self; 2] = [Self::Manual, Self::Metadata];

    pub fn asked(query: &ParamsMap) -> Option<Self> {
        let tab = query.get_str("tab")?;
        Self::ALL.into_iter().find(|way| way.key() == tab)
    }

    /// As it was done before.
    fn of(source: Source) -> Self {
        match source {
            // A file is not kept: what was in it can be changed field by field.
            Source::Manual | Source::File => Self::Manual,
            Source::Url => Self::Metadata,
        }
    }

    fn key(self) -> &'static str {
        match self {
            Self::Manual => "manual",
            Self::Metadata => "metadata",
        }
    }

    fn label(self) -> &'static str {
        match self {
            Self::Manual => "Manual Configuration",
            Self::Metadata => "Metadata",
        }
    }

    fn href(self) -> String {
        routes::sso_form(self.key())
    }
}

/// Where the form is, for what there is now.
pub fn form_href(shown: Option<&IdentityProviderView>) -> String {
    shown.map_or(Way::Manual, |shown| Way::of(shown.source)).href()
}

/// What the form is filled from: the draft, or else what is in use.
pub fn shown_of(sso: &SsoView) -> Option<&IdentityProviderView> {
    sso.draft.as_ref().or(sso.live.as_ref())
}

pub fn provider_form(viewer: &Viewer, sso: &SsoView, way: Way) -> AnyView {
    let tabs: Vec<_> = Way::ALL
        .map(|tab| Tab::new(tab.href(), tab.label()).current(tab == way))
        .to_vec();
    let form = match way {
        Way::Manual => manual_form(viewer, sso),
        Way::Metadata => metadata_form(viewer, sso),
    };
    let facts = console_facts(sso);
    view! {
        <PageHeader
            title="Single sign-on"
            lead="Make this console and your identity provider known to each other. Nothing changes for anybody before you deploy it."
        />
        <div class="stack">
            {facts} <div class="sso-form">
                <Tabs label="Ways to configure it" tabs />
                {form}
            </div>
        </div>
    }
    .into_any()
}

/// What is wrong, and what both forms carry along: the version of what they were filled from.
pub fn form_head(sso: &SsoView, feedback: &Feedback, ids: fn(Field) -> &'static str) -> AnyView {
    // Of what was seen when it was filled in, where the form came back.
    let sent = feedback.values(VERSION).into_iter().next();
    let version = sent.or_else(|| shown_of(sso).map(|shown| shown.version.to_string()));
    let (errors, general) = (feedback.errors_at(ids), feedback.general());
    let edited = feedback.refused(Refusal::EditedMeanwhile);
    view! {
        <ErrorSummary errors general />
        {move || {
            edited
                .get()
                .then(|| {
                    view! {
                        <Notice kind=NoticeKind::Wait>
                            <ButtonLink href=routes::SSO external=true>
                                "Show what is there now"
                            </ButtonLink>
                        </Notice>
                    }
                })
        }}
        {version.map(|version| view! { <input type="hidden" name=VERSION value=version /> })}
    }
    .into_any()
}

/// What was typed, or else what there is.
pub fn typed(feedback: &Feedback, field: Field, stored: impl Into<String>) -> String {
    feedback
        .values(field.name())
        .into_iter()
        .next()
        .unwrap_or_else(|| stored.into())
}
