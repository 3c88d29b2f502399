//! What is shown.

use crate::ui::{
    Avatar, Badge, BadgeKind, Button, ButtonKind, Card, CardBody, CardFooter, CardHeader, Chip, ColumnHeader,
    DataTable, Definition, DefinitionList, IconKind, Menu, MenuLink, Person, Progress, Sorted, Stack, Switch,
    Time,
};
use leptos::prelude::*;

const BADGES: [(BadgeKind, &str); 4] = [
    (BadgeKind::Good, "Active"),
    (BadgeKind::Wait, "Invited"),
    (BadgeKind::Bad, "Invite expired"),
    (BadgeKind::Idle, "Deactivated"),
];
const MOMENT: &str = "2026-11-24T09:05:00Z";
const IN_UTC: &str = "24 Nov 2026, 09:05 UTC";

pub(super) fn cards(theme: &'static str) -> AnyView {
    view! {
        <Stack>
            <Card>
                <CardHeader title="You" />
                <CardBody>
                    <DefinitionList>
                        <Definition term="Name">"Ada Lovelace"</Definition>
                        <Definition term="Groups">
                            <Chip text="admin" />
                            <Chip text="billing_viewer" />
                        </Definition>
                        <Definition term="Joined">
                            <Time datetime=MOMENT text=IN_UTC title=IN_UTC local=true />
                        </Definition>
                    </DefinitionList>
                </CardBody>
            </Card>
            <Card>
                <CardBody>
                    <Progress label="Invitations" value=640_u32 most=970_u32 text="639 of 970 invited, 1 failed" />
                </CardBody>
            </Card>
            <Card id=format!("{theme}-card")>
                <CardHeader title="Two-factor authentication" lead="A code at every sign-in.">
                    <Switch checked=true label="Two-factor authentication" />
                </CardHeader>
                <CardFooter note="You are signed out everywhere else.">
                    <Button kind=ButtonKind::Primary>"Save"</Button>
                </CardFooter>
            </Card>
        </Stack>
    }
    .into_any()
}

pub(super) fn people() -> AnyView {
    let hues = (0_u8..4).map(|hue| {
        view! {
            <Avatar initials="AL" hue />
            <Avatar initials="AL" hue large=true />
        }
    });
    view! {
        <div class="actions">{hues.collect_view()}</div>
        <Person name="Ada Lovelace" detail="ada@example.test" initials="AL" />
        <Person name="With a page of their own" initials="WO" hue=2 href="#content" />
        <div class="actions">{BADGES.map(|(kind, text)| view! { <Badge kind text /> }).collect_view()}</div>
    }
    .into_any()
}

pub(super) fn table(theme: &'static str) -> AnyView {
    let row = move |(kind, status): (BadgeKind, &'static str)| {
        view! {
            <tr>
                <td>
                    <Person name="Ben Babbage" detail="ben@example.test" initials="BB" hue=1 />
                </td>
                <td data-label="Status">
                    <Badge kind text=status />
                </td>
                <td data-label="Groups">
                    <Chip text="write" />
                    <Chip text="metrics" />
                </td>
                <td data-label="Last sign-in" data-cell="number">
                    <Time datetime=MOMENT text="2 hours ago" title=IN_UTC />
                </td>
                <td data-cell="menu">
                    <Menu label=format!("Actions for {status}, {theme}")>
                        <MenuLink href="#content" icon=IconKind::Edit>
                            "Edit groups"
                        </MenuLink>
                    </Menu>
                </td>
            </tr>
        }
    };
    view! {
        <DataTable caption="People" columns="people">
            <thead>
                <tr>
                    <ColumnHeader label="Name" href="#content" sorted=Some(Sorted::Ascending) />
                    <ColumnHeader label="Status" />
                    <ColumnHeader label="Groups" />
                    <ColumnHeader label="Last sign-in" href="#content" sorted=Some(Sorted::Descending) />
                    <ColumnHeader label="Actions" hide_label=true />
                </tr>
            </thead>
            <tbody>{BADGES.map(row).collect_view()}</tbody>
        </DataTable>
    }
    .into_any()
}
