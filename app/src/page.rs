//! The frame that a page stands in, and what it shows while or instead of its data.

use crate::{
    access::explain_api::list_administrators,
    account::theme_form::ThemeForm,
    error::{AppError, Result},
    failure::{FailureToast, provide_failures},
    layout::{
        door::Door,
        frame::{Frame, NavItem, Signed, sidebar},
    },
    loaded::{Loaded, Loading, load},
    notice::Notice,
    routes,
    sessions::api::SignOut,
    still::{Unsent, still},
    travel::{self, Arriving, use_path, use_query_map},
    two_factor::demand_note::demand_note,
    ui::{ButtonKind, ButtonLink, IconKind, MenuLink, MenuSection, MenuSubmit, PageHeader, Toast},
    users::undo::{Undo, undo_form},
    viewer::{Person, Viewer, view_shell},
};
use leptos::{prelude::*, server_fn::ServerFn};
use serde::{Serialize, de::DeserializeOwned};
use std::sync::Arc;

/// A page of the console: framed, for a signed-in person.
pub fn console_page<T, V>(
    title: &'static str,
    data: Loading<T>,
    page: impl Fn(Viewer, Person, T) -> V + Send + Sync + 'static,
) -> impl IntoView
where
    T: DeserializeOwned + Clone + 'static,
    V: IntoView + 'static,
{
    let page = move |viewer: &Viewer, person: &Person, data: &Loaded| {
        Ok(page(viewer.clone(), person.clone(), data.read()?).into_any())
    };
    framed_page(title, data.loaded, Arc::new(page))
}

/// The same where nothing in the page changes: the browser has no code for it. `find` loads what `page` writes.
pub fn still_page<S, T, F, V>(
    title: &'static str,
    asked: impl Fn() -> S,
    find: impl Fn(S) -> F + Clone + Send + Sync + 'static,
    page: impl Fn(&Viewer, &Person, &T) -> V + Send + Sync + 'static,
) -> impl IntoView
where
    S: Clone + Send + Sync + 'static,
    T: Send + Sync + 'static,
    F: Future<Output = Result<T>> + Send + 'static,
    V: IntoView + 'static,
{
    let data = load(asked, move |asked| {
        let found = find(asked);
        async move { found.await.map(Unsent::new) }
    });
    console_page(title, data, move |viewer, person, data: Unsent<T>| {
        still(|| data.get().map(|data| page(&viewer, &person, data)))
    })
}

type Framed = Arc<dyn Fn(&Viewer, &Person, &Loaded) -> Result<AnyView> + Send + Sync>;

/// The same whatever is loaded, so that it is there once.
fn framed_page(title: &'static str, data: Arriving, page: Framed) -> AnyView {
    provide_failures();
    let viewer = load(|| (), |()| view_shell()).loaded;
    let helpers = load(|| (), move |()| who_can_help(data)).loaded;
    let arriving = [viewer, data, helpers];
    travel::when_arrived(titled(title), arriving, move |[viewer, data, helpers]| {
        let viewer: Viewer = match viewer.and_then(|viewer| viewer.read()) {
            Ok(viewer) => viewer,
            Err(error) => return problem_door(&error, "").into_any(),
        };
        let Some(person) = &viewer.person else {
            let error = data.err().unwrap_or(AppError::SignedOut);
            return problem_door(&error, &viewer.request_id).into_any();
        };
        let page = data
            .and_then(|data| page(&viewer, person, &data))
            .unwrap_or_else(|error| {
                let helpers: Vec<String> = helpers.and_then(|helpers| helpers.read()).unwrap_or_default();
                problem(&error, &viewer.request_id, &helpers).into_any()
            });
        framed(&viewer, person, page).into_any()
    })
}

fn titled(title: &str) -> String {
    format!("{title} · Usher")
}

/// The names of some who can give the role that a page asks for, where it is missing.
async fn who_can_help(data: Arriving) -> Result<Vec<String>> {
    match travel::arrived(data).await {
        // Without an answer the page still says which role it is.
        Err(AppError::Forbidden(_)) => Ok(list_administrators().await.unwrap_or_default()),
        _ => Ok(Vec::new()),
    }
}

/// A page before sign-in: a card on the deep blue ground.
pub fn door_page<T, V>(
    title: &'static str,
    data: Loading<T>,
    page: impl Fn(Viewer, T) -> V + Send + Sync + 'static,
) -> impl IntoView
where
    T: DeserializeOwned + Clone + 'static,
    V: IntoView + 'static,
{
    let page = move |viewer: &Viewer, data: &Loaded| Ok(page(viewer.clone(), data.read()?).into_any());
    behind_door(title, data.loaded, Arc::new(page))
}

type Behind = Arc<dyn Fn(&Viewer, &Loaded) -> Result<AnyView> + Send + Sync>;

fn behind_door(title: &'static str, data: Arriving, page: Behind) -> AnyView {
    provide_failures();
    let viewer = load(|| (), |()| view_shell()).loaded;
    travel::when_arrived(titled(title), [viewer, data], move |[viewer, data]| match viewer
        .and_then(|viewer| viewer.read::<Viewer>())
    {
        Ok(viewer) => data
            .and_then(|data| page(&viewer, &data))
            .unwrap_or_else(|error| problem_door(&error, &viewer.request_id).into_any()),
        Err(error) => problem_door(&error, "").into_any(),
    })
}

/// A page behind a link with a token (`?token=…`). `look` finds what is behind it and changes nothing; a link that does not
/// work has one page, whatever the reason.
pub fn link_page<T, F, V, D>(
    title: &'static str,
    look: fn(String) -> F,
    page: fn(&Viewer, T, String) -> V,
    dead: fn() -> D,
) -> impl IntoView
where
    T: Serialize + DeserializeOwned + Clone + Send + Sync + 'static,
    F: Future<Output = Result<Option<T>>> + Send + 'static,
    V: IntoView + 'static,
    D: IntoView + 'static,
{
    let query = use_query_map();
    let token = move || query.read().get("token").unwrap_or_default();
    let looked = load(token, look);
    door_page(
        title,
        looked,
        move |viewer: Viewer, found: Option<T>| match found {
            Some(found) => page(
                &viewer,
                found,
                query.read_untracked().get("token").unwrap_or_default(),
            )
            .into_any(),
            None => dead().into_any(),
        },
    )
}

fn framed(viewer: &Viewer, person: &Person, page: AnyView) -> impl IntoView + use<> {
    let sidebar = still(|| sidebar_of(viewer, person));
    let viewer = viewer.clone();
    let demand = demand_note(person);
    view! {
        <Frame sidebar>
            {demand} {page} <NoticeToast undo=viewer.flash.as_ref().and_then(Undo::of) />
            <FailureToast viewer />
        </Frame>
    }
}

fn sidebar_of(viewer: &Viewer, person: &Person) -> impl IntoView + use<> {
    let signed = Signed {
        name: person.name.clone(),
        email: person.email.clone(),
        organization: person.organization.clone(),
        hue: person.hue,
    };
    let theme = viewer.theme;
    let menu = view! {
        <MenuLink href=routes::SETTINGS icon=IconKind::Gear>
            "Settings"
        </MenuLink>
        <MenuSection>
            <ThemeForm theme id="menu-theme" />
        </MenuSection>
        <form action=SignOut::PATH method="post">
            <MenuSubmit icon=IconKind::SignOut>"Sign out"</MenuSubmit>
        </form>
    };
    let path = use_path().get_untracked();
    sidebar(&signed, &places(person), &path, menu, env!("CARGO_PKG_VERSION"))
}

/// Where somebody can go.
fn places(person: &Person) -> Vec<NavItem> {
    let mut nav = vec![NavItem::new(routes::HOME, "Home", IconKind::Home)];
    if person.sees_users {
        nav.push(NavItem::new(routes::USERS, "Users", IconKind::Users).section("Organization"));
    }
    if person.sees_access {
        nav.push(NavItem::new(routes::POLICIES, "Access policies", IconKind::Shield).section("Organization"));
        nav.push(NavItem::new(routes::ROLES, "Roles", IconKind::Key).section("Organization"));
        nav.push(
            NavItem::new(routes::SSO, "SSO", IconKind::Link)
                .section("Organization")
                .also(routes::SCIM),
        );
    }
    if person.sees_users {
        nav.push(NavItem::new(routes::TWO_FACTOR, "Two-factor", IconKind::Lock).section("Organization"));
    }
    if person.sees_all_tokens {
        nav.push(
            NavItem::new(routes::ALL_TOKENS, "Access tokens", IconKind::Terminal).section("Organization"),
        );
    }
    if person.sees_services {
        nav.push(NavItem::new(routes::SERVICES, "Services", IconKind::Server).section("Organization"));
    }
    if person.sees_audit {
        nav.push(NavItem::new(routes::AUDIT, "Audit", IconKind::Log).section("Organization"));
    }
    if person.sees_own_tokens {
        nav.push(NavItem::new(routes::TOKENS, "Tokens", IconKind::Terminal).section("You"));
    }
    nav.push(NavItem::new(routes::SETTINGS, "Settings", IconKind::Gear).section("You"));
    nav
}

/// The sentence of `?notice=`, gone with a click, a reload of the plain address or after a while.
#[component]
pub fn NoticeToast(#[prop(optional_no_strip)] undo: Option<Undo>) -> impl IntoView {
    let path = use_path();
    let query = use_query_map();
    move || {
        let notice = query.read().get_str("notice").and_then(Notice::from_key)?;
        // The sign-in page says it above its form.
        if notice == Notice::SessionEnded {
            return None;
        }
        let mut rest = query.get();
        rest.remove("notice");
        let plain = format!("{}{}", path.get(), rest.to_query_string());
        let undo = undo
            .clone()
            .filter(|_| matches!(notice, Notice::Deactivated | Notice::Reactivated));
        let text = notice.sentence();
        Some(match undo {
            Some(undo) => view! {
                <Toast text dismiss_href=plain has_act=true>
                    {undo_form(undo)}
                </Toast>
            }
            .into_any(),
            None => view! { <Toast text dismiss_href=plain /> }.into_any(),
        })
    }
}

fn heading(error: &AppError) -> &'static str {
    match error {
        AppError::SignedOut => "You are signed out",
        AppError::Forbidden(_) => "Your account may not see this",
        AppError::TwoFactorWanted => "Set up two-factor authentication first",
        AppError::NotFound => "This page doesn't exist",
        AppError::TooManyAttempts { .. } => "Wait a little",
        _ => "Something went wrong",
    }
}

/// Instead of a page, in the frame. `helpers`: who can give a role that is missing.
pub fn problem(error: &AppError, request_id: &str, helpers: &[String]) -> impl IntoView + use<> {
    let names = helpers
        .iter()
        .map(|name| view! { <li>{name.clone()}</li> })
        .collect_view();
    let who = (!helpers.is_empty()).then(|| {
        view! {
            <div class="helpers">
                <p>"Ask one of these IAM Admins for it:"</p>
                <ul>{names}</ul>
            </div>
        }
    });
    let (way_on, label) = match error {
        AppError::TwoFactorWanted => (routes::settings_dialog("two-factor"), "Set it up"),
        _ => (routes::HOME.to_owned(), "Go to Home"),
    };
    view! {
        <PageHeader title=heading(error) lead=error.sentence() />
        {who}
        {reference(error, request_id)}
        <ButtonLink href=way_on kind=ButtonKind::Primary>
            {label}
        </ButtonLink>
    }
}

/// What finds the log line, where the fault is the server's.
fn reference(error: &AppError, request_id: &str) -> impl IntoView + use<> {
    let shown = *error == AppError::Unavailable && !request_id.is_empty();
    let id = request_id.to_owned();
    shown.then(|| view! { <p class="muted">"Reference: " <span class="mono">{id}</span></p> })
}

/// Instead of a page, where nobody is signed in.
pub fn problem_door(error: &AppError, request_id: &str) -> impl IntoView + use<> {
    let reference = reference(error, request_id);
    view! {
        <Door title=heading(error) lead=error.sentence()>
            {reference}
            <ButtonLink href=routes::HOME kind=ButtonKind::Primary wide=true>
                "Go to Home"
            </ButtonLink>
        </Door>
    }
}

#[server(endpoint = "shell/not_found")]
pub async fn answer_not_found() -> Result<()> {
    crate::request::set_status(&AppError::NotFound);
    Err(AppError::NotFound)
}

/// What the page of an id that is none loads.
pub async fn not_found<T>() -> Result<T> {
    answer_not_found().await.and(Err(AppError::NotFound))
}

#[component]
pub fn NotFoundPage() -> impl IntoView {
    let nothing = load(|| (), |()| answer_not_found());
    console_page("Not found", nothing, |_, _, ()| ())
}
