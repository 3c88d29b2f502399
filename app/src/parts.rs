//! What of the program in the browser is loaded for which pages. Each page is a document of its own, so nobody needs the
//! code of the others; `cargo leptos build --split` writes a file for each part named here, and one for what several share.

#[cfg(debug_assertions)]
use crate::design::design_page;
// A release has no such page.
#[cfg(not(debug_assertions))]
mod design_page {
    pub(super) use crate::page::NotFoundPage as DesignPage;
}
use crate::{
    access::{
        group_page, groups_page, new_members_page, policies_page, policy_editor_page, role_page, roles_page,
    },
    account,
    api_reference::reference_page,
    audit::audit_page,
    bulk_invitations::{list_page, new_list_page},
    home::home_page,
    identities::{leaving_page, link_page, problem_page},
    invitations::invitation_page,
    mailbox::{mail_page, mailbox_page},
    page,
    password_resets::{forgot_page, recover_page},
    scim::scim_page,
    services::services_page,
    sessions::not_me_page,
    setup::setup_page,
    sign_in::{code_page, lost_device_page, sign_in_page, sso_page},
    sso::{self, test_page},
    tokens::{all_page, own_page},
    travel,
    two_factor::demand_page,
    users::{person_page, users_page},
};
use leptos::prelude::*;
use leptos_router::LazyRoute;

/// Declares pages whose code is one part.
macro_rules! part {
    ($part:ident: $($name:ident = $page:path),+ $(,)?) => {
        $(
            pub struct $name;

            #[expect(non_snake_case, reason = "the splitter tells functions apart by their names")]
            const _: () = {
                #[leptos::wasm_split::wasm_split($part, wasm_split_path = ::leptos::wasm_split, preload(fetch))]
                fn $name() -> AnyView {
                    use $page as Page;
                    leptos::view! { <Page /> }.into_any()
                }

                impl $name {
                    /// Loads the part.
                    pub(crate) async fn fetch() {
                        fetch().await;
                    }

                    /// The page, in the browser.
                    pub(crate) async fn code() -> AnyView {
                        $name().await
                    }
                }

                impl LazyRoute for $name {
                    fn data() -> Self {
                        Self
                    }

                    async fn view(_: Self) -> AnyView {
                        travel::preload(stringify!($part));
                        $name().await
                    }
                }
            };
        )+
    };
}

/// The part of the page that says that there is none.
pub const NOT_FOUND: &str = "doors";

// Before or without a sign-in.
part!(doors:
    SignIn = sign_in_page::SignInPage,
    Code = code_page::CodePage,
    LostDevice = lost_device_page::LostDevicePage,
    Sso = sso_page::SsoPage,
    Problem = problem_page::ProblemPage,
    Link = link_page::LinkPage,
    Leaving = leaving_page::LeavingPage,
    Setup = setup_page::SetupPage,
    Recover = recover_page::RecoverPage,
    Forgot = forgot_page::ForgotPage,
    NotMe = not_me_page::NotMePage,
    Invitation = invitation_page::InvitationPage,
    NotFound = page::NotFoundPage,
);
// The page that most are on, apart: it needs little of what the others do.
part!(people: Users = users_page::UsersPage);
part!(person: Person = person_page::PersonPage);
part!(account:
    Home = home_page::HomePage,
    Settings = account::settings_page::SettingsPage,
    Tokens = own_page::TokensPage,
);
part!(access:
    Groups = groups_page::GroupsPage,
    Group = group_page::GroupPage,
    NewMembers = new_members_page::NewMembersPage,
    Roles = roles_page::RolesPage,
    Role = role_page::RolePage,
    Policies = policies_page::PoliciesPage,
    CreatePolicy = policy_editor_page::CreatePolicyPage,
    EditPolicy = policy_editor_page::EditPolicyPage,
);
part!(organization:
    NewList = new_list_page::NewListPage,
    List = list_page::ListPage,
    Demand = demand_page::DemandPage,
    SsoSettings = sso::settings_page::SsoSettingsPage,
    SsoTest = test_page::SsoTestPage,
    AllTokens = all_page::AllTokensPage,
    Scim = scim_page::ScimPage,
    Services = services_page::ServicesPage,
    Reference = reference_page::ReferencePage,
    Audit = audit_page::AuditPage,
);
// Not of a console that people work with.
part!(trial:
    Design = design_page::DesignPage,
    Mailbox = mailbox_page::MailboxPage,
    Mail = mail_page::MailPage,
);
