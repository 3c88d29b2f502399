//! What is pressed or followed.

use crate::ui::{
    Button, ButtonKind, ButtonLink, ButtonSize, CopyButton, Dialog, DialogBody, DialogButton, DialogFooter,
    Divider, Icon, IconKind, Menu, MenuLink, MenuSection, MenuSubmit, Pager, PostForm, Sending, Tab, Tabs,
};
use leptos::prelude::*;

const KINDS: [(ButtonKind, &str); 4] = [
    (ButtonKind::Primary, "Primary"),
    (ButtonKind::Plain, "Plain"),
    (ButtonKind::Danger, "Danger"),
    (ButtonKind::Quiet, "Quiet"),
];

pub(super) fn buttons(theme: &'static str) -> AnyView {
    let row = |(kind, name): (ButtonKind, &'static str)| {
        let id = format!("{theme}-{name}");
        view! {
            <div class="actions">
                <Button kind>{name}</Button>
                <Button kind icon=IconKind::Plus>
                    "With icon"
                </Button>
                <Button kind pending=true>
                    "At work"
                </Button>
                <Button kind size=ButtonSize::Small>
                    "Small"
                </Button>
                <Button kind size=ButtonSize::Large>
                    "Large"
                </Button>
                <ButtonLink kind href="#content">
                    "Link"
                </ButtonLink>
                <Button kind id why_disabled=Some("Only an IAM Admin can do this.".to_owned())>
                    "Disabled"
                </Button>
            </div>
        }
    };
    view! {
        {KINDS.map(row).collect_view()}
        <Button kind=ButtonKind::Primary wide=true>
            "As wide as its form"
        </Button>
        <PostForm action="#" sending=Sending::new()>
            <Button>"Of a form that is sent once"</Button>
        </PostForm>
        <Divider text="or" />
        <ButtonLink wide=true href="#content" icon=IconKind::External>
            "A link of the same width"
        </ButtonLink>
        <div class="actions">
            <span class="mono">"7ac21f"</span>
            <CopyButton text="7ac21f" what="Org ID" />
        </div>
    }
    .into_any()
}

pub(super) fn menus(theme: &'static str) -> AnyView {
    view! {
        <div class="design-menu">
            <Menu label=format!("Actions, {theme}")>
                <MenuLink href="#content" icon=IconKind::Edit>
                    "Edit groups"
                </MenuLink>
                <MenuSubmit icon=IconKind::Mail>"Resend"</MenuSubmit>
                <MenuSubmit icon=IconKind::Copy why_disabled="The invitation has expired.">
                    "Copy link"
                </MenuSubmit>
                <MenuSection label="A part of its own">
                    <MenuLink href="#content" icon=IconKind::Block danger=true>
                        "Deactivate…"
                    </MenuLink>
                </MenuSection>
            </Menu>
        </div>
    }
    .into_any()
}

pub(super) fn navigation(theme: &'static str) -> AnyView {
    let tabs = vec![
        Tab::new("#content", "Users").count("1,204").current(true),
        Tab::new("#content", "Groups").count("5"),
        Tab::new("#content", "Access requests"),
    ];
    let label = |which: &str| format!("{which} pages, {theme}");
    view! {
        <Tabs label=format!("Views, {theme}") tabs />
        <Pager label=label("Middle") previous="#content" next="#content" note="Up to 50 on a page" />
        <Pager label=label("First") next="#content" note="Up to 50 on a page" />
    }
    .into_any()
}

pub(super) fn dialogs(theme: &'static str) -> AnyView {
    let (small, wide) = (format!("{theme}-dialog"), format!("{theme}-dialog-wide"));
    view! {
        <div class="actions">
            <DialogButton dialog=small.clone() kind=ButtonKind::Danger>
                "Open a dialog"
            </DialogButton>
            <DialogButton dialog=wide.clone()>"Open a wide one"</DialogButton>
            <DialogButton dialog=format!("{theme}-none") why_disabled=Some("Only an IAM Admin can invite.".to_owned())>
                "Disabled"
            </DialogButton>
        </div>
        <Dialog id=small title="Deactivate Ben Babbage?" lead="Nothing is deleted.">
            <DialogBody>
                <ul>
                    <li>"2 sessions end at once."</li>
                    <li>"ben@example.test gets a mail."</li>
                </ul>
            </DialogBody>
            <DialogFooter>
                <Button kind=ButtonKind::Danger>"Deactivate"</Button>
            </DialogFooter>
        </Dialog>
        <Dialog id=wide title="A wide dialog" lead="For a table or a preview." wide=true>
            <DialogBody>
                <p>"What it says scrolls when there is more than fits."</p>
            </DialogBody>
            <DialogFooter cancel="Close" />
        </Dialog>
    }
    .into_any()
}

pub(super) fn icons() -> AnyView {
    let icons = IconKind::ALL.map(|kind| {
        view! {
            <span class="design-icon">
                <Icon kind />
                {format!("{kind:?}")}
            </span>
        }
    });
    view! { <div class="design-icons">{icons.collect_view()}</div> }.into_any()
}
