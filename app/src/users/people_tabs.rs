//! The two views of the people of an organization: one by one, and in groups.

use crate::{
    routes,
    ui::{Tab, Tabs},
    viewer::Person,
};
use leptos::prelude::*;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PeopleTab {
    Users,
    Groups,
}

pub fn people_tabs(person: &Person, current: PeopleTab) -> impl IntoView + use<> {
    let mut tabs = vec![Tab::new(routes::USERS, "Users").current(current == PeopleTab::Users)];
    if person.sees_access {
        tabs.push(Tab::new(routes::GROUPS, "Groups").current(current == PeopleTab::Groups));
    }
    view! { <Tabs label="People" tabs /> }
}
