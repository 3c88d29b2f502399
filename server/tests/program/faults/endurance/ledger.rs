//! What was tried and what was acknowledged, and at the end what the database has of it.

use super::post::Post;
use crate::faults::account::{Account, Trace};
use sqlx::{FromRow, PgPool};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Invited,
    Accepted,
    ThemeChosen,
    TokenCreated,
    TokenDeleted,
    Deactivated,
    Reactivated,
    GroupCreated,
    GroupDeleted,
}

const KINDS: [(Kind, &str); 9] = [
    (Kind::Invited, "endurance: invited"),
    (Kind::Accepted, "endurance: accepted"),
    (Kind::ThemeChosen, "endurance: theme chosen"),
    (Kind::TokenCreated, "endurance: token created"),
    (Kind::TokenDeleted, "endurance: token deleted"),
    (Kind::Deactivated, "endurance: deactivated"),
    (Kind::Reactivated, "endurance: reactivated"),
    (Kind::GroupCreated, "endurance: group created"),
    (Kind::GroupDeleted, "endurance: group deleted"),
];

#[derive(Default)]
pub(super) struct Ledger {
    /// Acts by the name that no other of their kind has, and whether they were acknowledged.
    acts: Mutex<BTreeMap<Kind, BTreeMap<String, bool>>>,
    /// Acts that each server acknowledged.
    pub(super) acknowledged: [AtomicUsize; 2],
    pub(super) read: AtomicUsize,
    /// Answers that it can't be done now.
    pub(super) unavailable: AtomicUsize,
    /// Requests without an answer.
    pub(super) unanswered: AtomicUsize,
    /// Acts that were asked for again and found done.
    pub(super) found_done: AtomicUsize,
    unexpected: Mutex<Vec<String>>,
}

impl Ledger {
    pub(super) fn try_act(&self, kind: Kind, name: &str) {
        let mut acts = self.acts.lock().unwrap();
        acts.entry(kind)
            .or_default()
            .entry(name.to_owned())
            .or_insert(false);
    }

    pub(super) fn acknowledge(&self, kind: Kind, name: &str, server: usize) {
        let mut acts = self.acts.lock().unwrap();
        acts.get_mut(&kind).unwrap().insert(name.to_owned(), true);
        self.acknowledged[server].fetch_add(1, Ordering::SeqCst);
    }

    pub(super) fn expect_not(&self, answer: String) {
        self.unexpected.lock().unwrap().push(answer);
    }

    pub(super) fn unexpected(&self) -> Vec<String> {
        self.unexpected.lock().unwrap().clone()
    }

    /// How it went, for `bin/faults`.
    pub(super) fn in_words(&self) -> String {
        let of = |count: &AtomicUsize| count.load(Ordering::SeqCst);
        format!(
            "acts at the two servers {} and {}, reads {}; told to try later {}, not answered {}, found done when repeated {}",
            of(&self.acknowledged[0]),
            of(&self.acknowledged[1]),
            of(&self.read),
            of(&self.unavailable),
            of(&self.unanswered),
            of(&self.found_done)
        )
    }

    /// An account for each kind of act, and one of the mails.
    pub(super) async fn accounts(&self, database: &PgPool, post: &Post, rounds: usize) -> Vec<Account> {
        let acts = std::mem::take(&mut *self.acts.lock().unwrap());
        let mut traces = of_people(database).await;
        let groups: Vec<_> = acts
            .get(&Kind::GroupCreated)
            .into_iter()
            .flat_map(BTreeMap::keys)
            .collect();
        traces.extend(of_groups(database, &groups).await);
        let mut accounts = Vec::new();
        for (kind, title) in KINDS {
            let mut account = Account::new(title, rounds);
            let tried = acts.get(&kind).cloned().unwrap_or_default();
            let mut found = traces.remove(&kind).unwrap_or_default();
            // What nobody tried and is there all the same would be found as well.
            found.retain(|name, trace| tried.contains_key(name) || *trace != Trace::Nothing);
            let acknowledged: BTreeSet<_> = tried
                .iter()
                .filter(|(_, done)| **done)
                .map(|(name, _)| name)
                .collect();
            account.enter_all(acknowledged, &found);
            for (name, trace) in &found {
                if !tried.contains_key(name) {
                    self.expect_not(format!("{kind:?} {name} is {trace:?}, and nobody asked for it"));
                }
            }
            accounts.push(account);
        }
        accounts.push(of_mails(database, post, rounds).await);
        accounts
    }
}

/// How often each thing is there that an act leaves once.
#[derive(FromRow)]
struct Person {
    email: String,
    invited: Vec<i64>,
    accepted: Vec<i64>,
    theme: Vec<i64>,
    token_created: Vec<i64>,
    token_deleted: Vec<i64>,
    deactivated: Vec<i64>,
    reactivated: Vec<i64>,
}

/// A mail that was sent, and not written down as such because the database was away, is taken out of the outbox when its
/// invitation is accepted: here nobody can accept who has not got it.
const PEOPLE: &str = "
    with mailed as (
        select user_id,
            count(*) filter (where message->>'kind' = 'invitation') as invited,
            count(*) filter (where message->>'kind' = 'account_deactivated') as deactivated,
            count(*) filter (where message->>'kind' = 'account_reactivated') as reactivated,
            count(*) filter (where message->>'kind' = 'access_token') as token
        from mails group by user_id),
    recorded as (
        select target_id,
            count(*) filter (where action = 'invitations.create') as invited,
            count(*) filter (where action = 'invitations.accept') as accepted,
            count(*) filter (where action = 'account.choose_theme') as theme,
            count(*) filter (where action = 'tokens.create') as token_created,
            count(*) filter (where action = 'tokens.delete') as token_deleted,
            count(*) filter (where action = 'users.deactivate') as deactivated,
            count(*) filter (where action = 'users.reactivate') as reactivated
        from audit where result = 'done' group by target_id),
    counted as (
        select u.email, u.status, u.theme as chosen, m.*, r.invited as r_invited, r.accepted as r_accepted,
            r.theme as r_theme, r.token_created, r.token_deleted, r.deactivated as r_deactivated,
            r.reactivated as r_reactivated,
            count(*) over (partition by u.email) as people,
            (select count(*) from invitations i where i.user_id = u.id) as invitations,
            (select count(*) from passwords p where p.user_id = u.id) as passwords,
            (select count(*) from memberships g where g.user_id = u.id) as memberships,
            (select count(*) from access_tokens t where t.user_id = u.id) as tokens
        from users u left join mailed m on m.user_id = u.id left join recorded r on r.target_id = u.id)
    select email,
        array[people, invitations, greatest(coalesce(invited, 0), (status <> 'invited')::int), coalesce(r_invited, 0)]
            as invited,
        array[(status <> 'invited')::int, passwords, memberships, coalesce(r_accepted, 0)] as accepted,
        array[(chosen = 'dark')::int::bigint, coalesce(r_theme, 0)] as theme,
        array[coalesce(token_created, 0), coalesce(token, 0), tokens + coalesce(token_deleted, 0)] as token_created,
        array[coalesce(token_deleted, 0), (coalesce(token_created, 0) > tokens)::int] as token_deleted,
        array[coalesce(r_deactivated, 0), coalesce(deactivated, 0),
            (status = 'deactivated' or coalesce(r_reactivated, 0) > 0)::int] as deactivated,
        array[coalesce(r_reactivated, 0), coalesce(reactivated, 0),
            (status = 'active' and coalesce(r_deactivated, 0) > 0)::int] as reactivated
    from counted where email <> 'ada@example.test'";

type Traces = BTreeMap<Kind, BTreeMap<String, Trace>>;

async fn of_people(database: &PgPool) -> Traces {
    let people: Vec<Person> = sqlx::query_as(PEOPLE).fetch_all(database).await.unwrap();
    let mut traces = Traces::new();
    for person in people {
        for (kind, things) in [
            (Kind::Invited, &person.invited),
            (Kind::Accepted, &person.accepted),
            (Kind::ThemeChosen, &person.theme),
            (Kind::TokenCreated, &person.token_created),
            (Kind::TokenDeleted, &person.token_deleted),
            (Kind::Deactivated, &person.deactivated),
            (Kind::Reactivated, &person.reactivated),
        ] {
            let of_kind = traces.entry(kind).or_default();
            of_kind.insert(person.email.clone(), Trace::of(things));
        }
    }
    traces
}

async fn of_groups(database: &PgPool, names: &[&String]) -> Traces {
    let rows: Vec<(String, i64, i64, i64)> = sqlx::query_as(
        "with recorded as (
             select target_label, count(*) filter (where action = 'groups.create') as created,
                 count(*) filter (where action = 'groups.delete') as deleted
             from audit where result = 'done' and action like 'groups.%' group by target_label),
         there as (select name, count(*) as there from groups group by name)
         select n.name, coalesce(created, 0), coalesce(deleted, 0), coalesce(there, 0)
         from unnest($1::text[]) n (name) left join recorded on target_label = n.name left join there t on t.name = n.name",
    )
    .bind(names)
    .fetch_all(database)
    .await
    .unwrap();
    let mut traces = Traces::new();
    for (name, created, deleted, there) in rows {
        let mut enter = |kind, things: &[i64]| {
            let of_kind = traces.entry(kind).or_default();
            of_kind.insert(name.clone(), Trace::of(things));
        };
        enter(Kind::GroupCreated, &[created, deleted + there]);
        enter(Kind::GroupDeleted, &[deleted, i64::from(created > there)]);
    }
    traces
}

/// Each mail of the outbox was taken by the mail server: once, or again where its answer was lost.
async fn of_mails(database: &PgPool, post: &Post, rounds: usize) -> Account {
    let sent: Vec<(String, String)> = sqlx::query_as("select id::text, state from mails")
        .fetch_all(database)
        .await
        .unwrap();
    let arrived = post.arrived();
    let mut account = Account::new("endurance: mails sent", rounds);
    for (id, state) in sent {
        let things = [i64::from(state == "sent"), i64::from(arrived.contains_key(&id))];
        account.enter(id, true, Trace::of(&things));
    }
    account
}
