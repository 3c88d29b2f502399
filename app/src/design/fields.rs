//! What is filled in.

use crate::ui::{
    Ask, Checkbox, CheckboxList, CheckboxOption, FileField, Meter, PasswordField, Picker, SearchField,
    SelectField, SelectOption, Switch, TextArea, TextField, TextKind, Toolbar,
};
use leptos::prelude::*;

fn fault(sentence: &str) -> Signal<Option<String>> {
    Signal::stored(Some(sentence.to_owned()))
}

pub(super) fn fields(theme: &'static str) -> AnyView {
    let id = move |name: &str| format!("{theme}-{name}");
    view! {
        <div class="pair">
            <TextField label="Empty" name="empty" id=id("empty") placeholder="name@example.com" kind=TextKind::Email />
            <TextField label="With hint" name="hint" id=id("hint") value="Ada" hint="As people call you." />
            <TextField
                label="With error"
                name="error"
                id=id("error")
                value="ada.example.test"
                error=fault("Enter one e-mail address, like name@example.com.")
            />
            <TextField
                label="With both"
                name="both"
                id=id("both")
                value="x"
                hint="Optional."
                error=fault("Use at most 200 characters.")
            />
            <TextField label="Fixed" name="fixed" id=id("fixed") value="ben@example.test" readonly=true />
            <TextField label="Code" name="code" id=id("code") value="123 456" kind=TextKind::Code />
            <TextField label="Moment" name="moment" id=id("moment") value="2026-12-31T18:30" kind=TextKind::Moment />
            <TextArea label="Lines" name="lines" id=id("lines") value="One line,\nand another." hint="As many as you like." />
            <TextArea
                label="Lines with error"
                name="lines_error"
                id=id("lines-error")
                value="-----BEGIN"
                rows=3
                mono=true
                error=fault("Paste all of it.")
            />
            <FileField label="File" name="file" id=id("file") accept=".xml" hint="At most 1 MiB." />
            <FileField label="File with error" name="file_error" id=id("file-error") error=fault("Choose a file.") />
        </div>
    }
    .into_any()
}

pub(super) fn password(theme: &'static str) -> AnyView {
    let id = move |name: &str| format!("{theme}-{name}");
    let meters = [
        "",
        "Too easy to guess: it is a common password.",
        "Add another word.",
        "Good.",
        "Very good.",
    ];
    let meters = meters
        .into_iter()
        .zip(0_u8..)
        .map(|(sentence, level)| view! { <Meter level sentence /> });
    view! {
        <div class="pair">
            <PasswordField
                label="Password"
                name="password"
                id=id("password")
                autocomplete="new-password"
                hint="15 characters or more. A sentence is best."
            />
            <PasswordField
                label="Password with error"
                name="password_error"
                id=id("password-error")
                autocomplete="current-password"
                error=fault("Enter a password.")
            />
        </div>
        <div class="pair">{meters.collect_view()}</div>
    }
    .into_any()
}

pub(super) fn choices(theme: &'static str) -> AnyView {
    let id = move |name: &str| format!("{theme}-{name}");
    let statuses = ["Any status", "Active", "Invited"]
        .map(|name| SelectOption::new(name, name))
        .to_vec();
    let (filter, choice) = (statuses.clone(), statuses.clone());
    let groups = |count: usize| {
        let all = [
            "admin",
            "write",
            "read",
            "metrics",
            "billing_viewer",
            "support",
            "auditors",
            "interns",
        ];
        let option = |name: &&str| CheckboxOption::new(*name, *name).description("What the group may do.");
        all.iter().take(count).map(option).collect::<Vec<_>>()
    };
    let chosen = vec!["write".to_owned(), "metrics".to_owned()];
    view! {
        <Toolbar count="3 people">
            <SearchField label=format!("Search, {theme}") id=id("search") placeholder="Name or e-mail" shortcut=false />
            <SelectField label="Status" name="status" id=id("status") options=filter hide_label=true />
        </Toolbar>
        <div class="pair">
            <SelectField label="Choice" name="choice" id=id("choice") options=choice value="Active" />
            <SelectField
                label="Choice with error"
                name="choice_error"
                id=id("choice-error")
                options=statuses
                hint="You can change it later."
                error=fault("Choose a status.")
            />
        </div>
        <div class="pair">
            <CheckboxList
                legend="A few"
                name="few"
                id=id("few")
                options=groups(3)
                chosen=vec!["read".to_owned()]
                hint="Without a group they can sign in and nothing else."
            />
            <CheckboxList
                legend="Many, with error"
                name="many"
                id=id("many")
                noun="groups"
                options=groups(8)
                chosen
                error=fault("One of these groups no longer exists. Choose again.")
            />
        </div>
        <div class="pair">{picker(id("picker"), None)} {picker(id("picker-error"), Some("Rule 1 names nobody."))}</div>
        <div class="checkbox-list-box">
            <Checkbox label="No" name="no" id=id("no") />
            <Checkbox label="Yes" name="yes" id=id("yes") description="With what it means." checked=true />
        </div>
        <div class="actions">
            <Switch checked=false label="Off" />
            <Switch checked=true label="On" />
            <Switch checked=true label="At work" pending=true />
        </div>
    }
    .into_any()
}

/// One that has somebody chosen, or, with a fault, one that found nobody.
fn picker(id: String, sentence: Option<&'static str>) -> impl IntoView {
    let people = ["Ada Lovelace", "Ben Babbage", "Grace Hopper"];
    let option = |name: &str| CheckboxOption::new(name, name).description("Somebody of the organization.");
    let all = people.map(option).to_vec();
    let offered = all.clone();
    let ask = Ask::new(move |typed: String| {
        let mut found = offered.clone();
        found.retain(|option| option.is_like(&typed));
        async move { Some(found) }
    });
    let (chosen, found) = if sentence.is_some() {
        (vec![], vec![])
    } else {
        (all[..1].to_vec(), all[1..].to_vec())
    };
    view! {
        <Picker
            legend=if sentence.is_some() { "Nobody found, with error" } else { "From many" }
            name="people"
            id
            chosen
            found
            find_name="find"
            noun="users"
            placeholder="Name or e-mail"
            ask
            error=sentence.map(str::to_owned)
        />
    }
}
