//! `/sign-in/sso`: asks by which organization somebody signs in. The answer to a form must not lead to another site, so the
//! form asks for this page once more, which has the way there as a link.

use super::api::look_at_sign_in;
use crate::{
    identities::leaving_page::{going_on, way_on},
    layout::door::Door,
    loaded::load,
    page::door_page,
    routes,
    travel::use_query_map,
    ui::{Button, ButtonKind, ButtonLink, ErrorSummary, TextField},
    viewer::Viewer,
};
use domain::{
    field::{Fault, Field},
    identities::Offered,
    local_path::LocalPath,
    organization::OrgId,
};
use leptos::prelude::*;

#[component]
pub fn SsoPage() -> impl IntoView {
    let query = use_query_map();
    let next = move || query.read().get("next");
    let looked = load(next, look_at_sign_in);
    door_page("Sign in with SSO", looked, move |_: Viewer, offered: Offered| {
        let query = query.read_untracked();
        let next = query.get_str("next").and_then(LocalPath::parse);
        match query.get_str(Field::OrgId.name()).map(read) {
            Some(Ok(organization)) => {
                let go_on = if offered.from_elsewhere { way_on } else { going_on };
                go_on(
                    "Going to your identity provider".to_owned(),
                    format!("That of organization {organization}. Sign in there, and you come back here."),
                    "Continue to your identity provider".to_owned(),
                    routes::leave_for_sso(&organization, next.as_ref()),
                )
            }
            Some(Err((typed, fault))) => ask(typed, Some(&fault), next),
            // The one that this browser remembers, to be seen and changed.
            None => ask(
                offered
                    .sso
                    .map(|organization| organization.to_string())
                    .unwrap_or_default(),
                None,
                next,
            ),
        }
    })
}

/// As people write it, in capitals or with a space beside it.
fn read(typed: &str) -> Result<OrgId, (String, Fault)> {
    let typed = typed.trim();
    let fault = if typed.is_empty() {
        Fault::Missing
    } else {
        Fault::NotAnOrgId
    };
    typed
        .to_ascii_lowercase()
        .parse()
        .map_err(|()| (typed.to_owned(), fault))
}

fn ask(typed: String, fault: Option<&Fault>, next: Option<LocalPath>) -> AnyView {
    let name = Field::OrgId.name();
    let errors: Vec<_> = fault
        .map(|fault| (name.to_owned(), fault.sentence_apart(Field::OrgId)))
        .into_iter()
        .collect();
    let error = fault.map(|fault| fault.sentence(Field::OrgId));
    let back = routes::sign_in_step(routes::SIGN_IN, next.as_ref());
    let next = next.map(|next| view! { <input type="hidden" name="next" value=next.as_str().to_owned() /> });
    view! {
        <Door title="Sign in with SSO" lead="Your organization's own sign-in. Which organization is it?">
            <form method="get" action=routes::SIGN_IN_SSO class="form">
                <ErrorSummary errors />
                {next}
                <TextField
                    label=Field::OrgId.label()
                    name
                    value=typed
                    error
                    placeholder="a1b2c3"
                    autocomplete="off"
                    hint="Six characters. Your administrator knows it; members find it in their settings as Org ID. This browser remembers it once you have signed in."
                    required=true
                    autofocus=true
                />
                <Button kind=ButtonKind::Primary wide=true>
                    "Continue"
                </Button>
                <ButtonLink href=back wide=true>
                    "Back to sign-in"
                </ButtonLink>
            </form>
        </Door>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_organization_id_is_read_as_people_write_it() {
        assert_eq!(read(" A1B2C3 "), Ok("a1b2c3".parse().unwrap()));
        assert_eq!(read(" "), Err((String::new(), Fault::Missing)));
        for wrong in ["a1b2c", "a1b2cg", "../../x"] {
            assert_eq!(read(wrong), Err((wrong.to_owned(), Fault::NotAnOrgId)));
        }
    }
}
