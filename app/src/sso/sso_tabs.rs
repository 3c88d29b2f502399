//! The two sides of an identity provider: how people sign in by it, and what it says of them.

use crate::{
    routes,
    ui::{Tab, Tabs},
};
use leptos::prelude::*;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SsoTab {
    SignIn,
    Provisioning,
}

pub fn sso_tabs(current: SsoTab) -> impl IntoView {
    let tabs = vec![
        Tab::new(routes::SSO, "Sign-in").current(current == SsoTab::SignIn),
        Tab::new(routes::SCIM, "Provisioning").current(current == SsoTab::Provisioning),
    ];
    view! { <Tabs label="Identity provider" tabs /> }
}
