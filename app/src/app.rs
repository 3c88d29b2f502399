//! All pages under their addresses. Each is rendered whole (`SsrMode::Async`), so that it works without scripts and
//! answers with the right status.

#[cfg(debug_assertions)]
use crate::design::design_page::DesignPage;
// A release has no such page.
#[cfg(not(debug_assertions))]
use crate::page::NotFoundPage as DesignPage;
use crate::{
    access::{
        group_page::GroupPage,
        groups_page::GroupsPage,
        new_members_page::NewMembersPage,
        policies_page::PoliciesPage,
        policy_editor_page::{CreatePolicyPage, EditPolicyPage},
        role_page::RolePage,
        roles_page::RolesPage,
    },
    account::settings_page::SettingsPage,
    api_reference::reference_page::ReferencePage,
    audit::audit_page::AuditPage,
    browser,
    bulk_invitations::{list_page::ListPage, new_list_page::NewListPage},
    home::home_page::HomePage,
    identities::{leaving_page::LeavingPage, link_page::LinkPage, problem_page::ProblemPage},
    invitations::invitation_page::InvitationPage,
    mailbox::{mail_page::MailPage, mailbox_page::MailboxPage},
    page::NotFoundPage,
    password_resets::{forgot_page::ForgotPage, recover_page::RecoverPage},
    scim::scim_page::ScimPage,
    services::services_page::ServicesPage,
    sessions::not_me_page::NotMePage,
    setup::setup_page::SetupPage,
    sign_in::{
        code_page::CodePage, lost_device_page::LostDevicePage, sign_in_page::SignInPage, sso_page::SsoPage,
    },
    sso::{settings_page::SsoSettingsPage, test_page::SsoTestPage},
    tokens::{all_page::AllTokensPage, own_page::TokensPage},
    two_factor::demand_page::DemandPage,
    users::{person_page::PersonPage, users_page::UsersPage},
};
use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::{
    SsrMode,
    components::{Route, Router, Routes},
    path,
};

#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    Effect::new(browser::mark_hydrated);
    view! {
        <Router>
            <Routes fallback=NotFoundPage>
                <Route path=path!("/") view=HomePage ssr=SsrMode::Async />
                <Route path=path!("/sign-in") view=SignInPage ssr=SsrMode::Async />
                <Route path=path!("/sign-in/code") view=CodePage ssr=SsrMode::Async />
                <Route path=path!("/sign-in/lost-device") view=LostDevicePage ssr=SsrMode::Async />
                <Route path=path!("/sign-in/sso") view=SsoPage ssr=SsrMode::Async />
                <Route path=path!("/sign-in/problem") view=ProblemPage ssr=SsrMode::Async />
                <Route path=path!("/accounts/link") view=LinkPage ssr=SsrMode::Async />
                <Route path=path!("/accounts/leaving") view=LeavingPage ssr=SsrMode::Async />
                <Route path=path!("/setup") view=SetupPage ssr=SsrMode::Async />
                <Route path=path!("/recover") view=RecoverPage ssr=SsrMode::Async />
                <Route path=path!("/forgot-password") view=ForgotPage ssr=SsrMode::Async />
                <Route path=path!("/not-me") view=NotMePage ssr=SsrMode::Async />
                <Route path=path!("/invitations/:token") view=InvitationPage ssr=SsrMode::Async />
                <Route path=path!("/design") view=DesignPage ssr=SsrMode::Async />
                <Route path=path!("/mailbox") view=MailboxPage ssr=SsrMode::Async />
                <Route path=path!("/mailbox/:id") view=MailPage ssr=SsrMode::Async />
                <Route path=path!("/organization/users") view=UsersPage ssr=SsrMode::Async />
                <Route path=path!("/organization/users/groups") view=GroupsPage ssr=SsrMode::Async />
                <Route path=path!("/organization/users/groups/:id") view=GroupPage ssr=SsrMode::Async />
                <Route path=path!("/organization/users/groups/:id/add") view=NewMembersPage ssr=SsrMode::Async />
                <Route path=path!("/organization/users/invite-many") view=NewListPage ssr=SsrMode::Async />
                <Route path=path!("/organization/users/invite-many/:id") view=ListPage ssr=SsrMode::Async />
                <Route path=path!("/organization/users/:id") view=PersonPage ssr=SsrMode::Async />
                <Route path=path!("/organization/iam/roles") view=RolesPage ssr=SsrMode::Async />
                <Route path=path!("/organization/iam/roles/:key") view=RolePage ssr=SsrMode::Async />
                <Route path=path!("/organization/iam/access-policies") view=PoliciesPage ssr=SsrMode::Async />
                <Route path=path!("/organization/iam/access-policies/create") view=CreatePolicyPage ssr=SsrMode::Async />
                <Route path=path!("/organization/iam/access-policies/:id/edit") view=EditPolicyPage ssr=SsrMode::Async />
                <Route path=path!("/organization/iam/two-factor") view=DemandPage ssr=SsrMode::Async />
                <Route path=path!("/organization/iam/sso") view=SsoSettingsPage ssr=SsrMode::Async />
                <Route path=path!("/organization/iam/sso/tests/:id") view=SsoTestPage ssr=SsrMode::Async />
                <Route path=path!("/organization/tokens") view=AllTokensPage ssr=SsrMode::Async />
                <Route path=path!("/organization/iam/scim") view=ScimPage ssr=SsrMode::Async />
                <Route path=path!("/organization/services") view=ServicesPage ssr=SsrMode::Async />
                <Route path=path!("/help/api") view=ReferencePage ssr=SsrMode::Async />
                <Route path=path!("/organization/audit") view=AuditPage ssr=SsrMode::Async />
                <Route path=path!("/tokens") view=TokensPage ssr=SsrMode::Async />
                <Route path=path!("/account/settings") view=SettingsPage ssr=SsrMode::Async />
            </Routes>
        </Router>
    }
}
