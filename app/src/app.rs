//! The pages and their addresses. Each is a document of its own: the server finds it by its router and sends it whole; the
//! browser finds by its address what it needs to take it over, and never goes on to another one itself.

use crate::{page::NotFoundPage, parts, travel};
use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::{
    Lazy, SsrMode,
    components::{Route, Router, Routes},
    params::ParamsMap,
    path,
};
use std::pin::Pin;

/// What the browser loads and runs for a page.
pub struct Page {
    /// What stands in the address where its pattern has a name.
    pub params: ParamsMap,
    /// Loads its part of the program.
    pub fetch: fn() -> Pin<Box<dyn Future<Output = ()>>>,
    /// Its view, at once where its part is there.
    pub view: fn() -> Pin<Box<dyn Future<Output = AnyView>>>,
}

macro_rules! pages {
    ($($pattern:tt => $page:ident,)+) => {
        #[component]
        pub fn App() -> impl IntoView {
            provide_meta_context();
            view! {
                <Router>
                    <Routes fallback=not_found>
                        $(<Route path=path!($pattern) view={Lazy::<parts::$page>::new()} ssr=SsrMode::Async />)+
                    </Routes>
                </Router>
            }
        }

        /// The page at an address; the one that says so where there is none.
        pub fn page_at(path: &str) -> Page {
            $(
                if let Some(params) = params_in($pattern, path) {
                    return Page {
                        params,
                        fetch: || Box::pin(parts::$page::fetch()),
                        view: || Box::pin(parts::$page::code()),
                    };
                }
            )+
            Page {
                params: ParamsMap::new(),
                fetch: || Box::pin(parts::NotFound::fetch()),
                view: || Box::pin(parts::NotFound::code()),
            }
        }
    };
}

// The first that fits is it.
pages! {
    "/" => Home,
    "/sign-in" => SignIn,
    "/sign-in/code" => Code,
    "/sign-in/lost-device" => LostDevice,
    "/sign-in/sso" => Sso,
    "/sign-in/problem" => Problem,
    "/accounts/link" => Link,
    "/accounts/leaving" => Leaving,
    "/setup" => Setup,
    "/recover" => Recover,
    "/forgot-password" => Forgot,
    "/not-me" => NotMe,
    "/invitations/:token" => Invitation,
    "/design" => Design,
    "/mailbox" => Mailbox,
    "/mailbox/:id" => Mail,
    "/organization/users" => Users,
    "/organization/users/groups" => Groups,
    "/organization/users/groups/:id" => Group,
    "/organization/users/groups/:id/add" => NewMembers,
    "/organization/users/invite-many" => NewList,
    "/organization/users/invite-many/:id" => List,
    "/organization/users/:id" => Person,
    "/organization/iam/roles" => Roles,
    "/organization/iam/roles/:key" => Role,
    "/organization/iam/access-policies" => Policies,
    "/organization/iam/access-policies/create" => CreatePolicy,
    "/organization/iam/access-policies/:id/edit" => EditPolicy,
    "/organization/iam/two-factor" => Demand,
    "/organization/iam/sso" => SsoSettings,
    "/organization/iam/sso/tests/:id" => SsoTest,
    "/organization/tokens" => AllTokens,
    "/organization/iam/scim" => Scim,
    "/organization/services" => Services,
    "/help/api" => Reference,
    "/organization/audit" => Audit,
    "/tokens" => Tokens,
    "/account/settings" => Settings,
}

/// Beside a page that is none of them, the browser fetches what shows that.
fn not_found() -> impl IntoView {
    travel::preload(parts::NOT_FOUND);
    view! { <NotFoundPage /> }
}

/// What an address has in the places that a pattern names; `None` if it is not of this pattern.
fn params_in(pattern: &'static str, path: &str) -> Option<ParamsMap> {
    let mut params = ParamsMap::new();
    // As the router takes them: one at the beginning, and at the end one or none.
    let path = path.strip_prefix('/').filter(|path| *path != "/")?;
    let mut places = path.strip_suffix('/').unwrap_or(path).split('/');
    for wanted in pattern.trim_matches('/').split('/') {
        let place = places.next()?;
        match wanted.strip_prefix(':') {
            Some(name) if !place.is_empty() => params.insert(name, place.to_owned()),
            None if wanted == place => {}
            _ => return None,
        }
    }
    places.next().is_none().then_some(params)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_of_a_pattern_and_says_what_the_pattern_names() {
        let id = |pattern, path| params_in(pattern, path).map(|params| params.get("id"));
        assert_eq!(id("/", "/"), Some(None));
        assert_eq!(id("/a/b", "/a/b"), Some(None));
        assert_eq!(id("/a/b", "/a/b/"), Some(None));
        assert_eq!(id("/a/:id", "/a/7"), Some(Some("7".to_owned())));
        assert_eq!(id("/a/:id/c", "/a/%C3%A4/c"), Some(Some("ä".to_owned())));
        for (pattern, path) in [
            ("/", "/a"),
            ("/", "//"),
            ("/a", "/"),
            ("/a", "/a/b"),
            ("/a", "/a//"),
            ("/a", "//a"),
            ("/a", "a"),
            ("/a/b", "/a"),
            ("/a/:id", "/a"),
            ("/a/:id", "/a//"),
            ("/a/:id", "/a/7/c"),
        ] {
            assert_eq!(id(pattern, path), None, "{pattern} {path}");
        }
    }
}
