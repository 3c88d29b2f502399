//! All pages under their addresses. Each is rendered whole (`SsrMode::Async`), so that it works without scripts and
//! answers with the right status.

use crate::{page::NotFoundPage, parts};
use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::{
    Lazy, SsrMode,
    components::{Route, Router, Routes},
    path,
};

#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <Router>
            <Routes fallback=NotFoundPage>
                <Route path=path!("/") view={Lazy::<parts::Home>::new()} ssr=SsrMode::Async />
                <Route path=path!("/sign-in") view={Lazy::<parts::SignIn>::new()} ssr=SsrMode::Async />
                <Route path=path!("/sign-in/code") view={Lazy::<parts::Code>::new()} ssr=SsrMode::Async />
                <Route path=path!("/sign-in/lost-device") view={Lazy::<parts::LostDevice>::new()} ssr=SsrMode::Async />
                <Route path=path!("/sign-in/sso") view={Lazy::<parts::Sso>::new()} ssr=SsrMode::Async />
                <Route path=path!("/sign-in/problem") view={Lazy::<parts::Problem>::new()} ssr=SsrMode::Async />
                <Route path=path!("/accounts/link") view={Lazy::<parts::Link>::new()} ssr=SsrMode::Async />
                <Route path=path!("/accounts/leaving") view={Lazy::<parts::Leaving>::new()} ssr=SsrMode::Async />
                <Route path=path!("/setup") view={Lazy::<parts::Setup>::new()} ssr=SsrMode::Async />
                <Route path=path!("/recover") view={Lazy::<parts::Recover>::new()} ssr=SsrMode::Async />
                <Route path=path!("/forgot-password") view={Lazy::<parts::Forgot>::new()} ssr=SsrMode::Async />
                <Route path=path!("/not-me") view={Lazy::<parts::NotMe>::new()} ssr=SsrMode::Async />
                <Route path=path!("/invitations/:token") view={Lazy::<parts::Invitation>::new()} ssr=SsrMode::Async />
                <Route path=path!("/design") view={Lazy::<parts::Design>::new()} ssr=SsrMode::Async />
                <Route path=path!("/mailbox") view={Lazy::<parts::Mailbox>::new()} ssr=SsrMode::Async />
                <Route path=path!("/mailbox/:id") view={Lazy::<parts::Mail>::new()} ssr=SsrMode::Async />
                <Route path=path!("/organization/users") view={Lazy::<parts::Users>::new()} ssr=SsrMode::Async />
                <Route path=path!("/organization/users/groups") view={Lazy::<parts::Groups>::new()} ssr=SsrMode::Async />
                <Route path=path!("/organization/users/groups/:id") view={Lazy::<parts::Group>::new()} ssr=SsrMode::Async />
                <Route path=path!("/organization/users/groups/:id/add") view={Lazy::<parts::NewMembers>::new()} ssr=SsrMode::Async />
                <Route path=path!("/organization/users/invite-many") view={Lazy::<parts::NewList>::new()} ssr=SsrMode::Async />
                <Route path=path!("/organization/users/invite-many/:id") view={Lazy::<parts::List>::new()} ssr=SsrMode::Async />
                <Route path=path!("/organization/users/:id") view={Lazy::<parts::Person>::new()} ssr=SsrMode::Async />
                <Route path=path!("/organization/iam/roles") view={Lazy::<parts::Roles>::new()} ssr=SsrMode::Async />
                <Route path=path!("/organization/iam/roles/:key") view={Lazy::<parts::Role>::new()} ssr=SsrMode::Async />
                <Route path=path!("/organization/iam/access-policies") view={Lazy::<parts::Policies>::new()} ssr=SsrMode::Async />
                <Route path=path!("/organization/iam/access-policies/create") view={Lazy::<parts::CreatePolicy>::new()} ssr=SsrMode::Async />
                <Route path=path!("/organization/iam/access-policies/:id/edit") view={Lazy::<parts::EditPolicy>::new()} ssr=SsrMode::Async />
                <Route path=path!("/organization/iam/two-factor") view={Lazy::<parts::Demand>::new()} ssr=SsrMode::Async />
                <Route path=path!("/organization/iam/sso") view={Lazy::<parts::SsoSettings>::new()} ssr=SsrMode::Async />
                <Route path=path!("/organization/iam/sso/tests/:id") view={Lazy::<parts::SsoTest>::new()} ssr=SsrMode::Async />
                <Route path=path!("/organization/tokens") view={Lazy::<parts::AllTokens>::new()} ssr=SsrMode::Async />
                <Route path=path!("/organization/iam/scim") view={Lazy::<parts::Scim>::new()} ssr=SsrMode::Async />
                <Route path=path!("/organization/services") view={Lazy::<parts::Services>::new()} ssr=SsrMode::Async />
                <Route path=path!("/help/api") view={Lazy::<parts::Reference>::new()} ssr=SsrMode::Async />
                <Route path=path!("/organization/audit") view={Lazy::<parts::Audit>::new()} ssr=SsrMode::Async />
                <Route path=path!("/tokens") view={Lazy::<parts::Tokens>::new()} ssr=SsrMode::Async />
                <Route path=path!("/account/settings") view={Lazy::<parts::Settings>::new()} ssr=SsrMode::Async />
            </Routes>
        </Router>
    }
}
