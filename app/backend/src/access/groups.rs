//! Groups of an organization: made, renamed, deleted, joined and left. What members hold by them is said by policies.

use super::{
    change::{Intent, recorded},
    store::{
        choices, groups as store,
        held::{self, Scope},
        members,
    },
};
use crate::{
    Backend, Caller, Error, Result, audit,
    caller::{Permit, Target},
    database::{Hold, Tx},
};
use domain::{
    access::{
        Action, Named, Preview, RoleKey,
        group::{GroupPage, GroupRow, GroupView, MEMBERS_AT_ONCE, MemberRow},
        policy::{self, NameQuery, Version},
    },
    field::{Fault, Faults, Field},
    ids::{GroupId, PolicyId, UserId},
    moment::Moment,
    refusal::Refusal,
    users::{Cursor, GroupOption, PAGE_SIZE},
};
use serde_json::json;
use std::collections::BTreeMap;
use uuid::Uuid;

impl Backend {
    /// The groups that an administrator can choose from in one list.
    pub async fn list_groups(&self, caller: &Caller) -> Result<Vec<GroupOption>> {
        caller.permit(Action::ViewUsers, Target::Organization(caller.organization))?;
        let groups = choices::list_options(&self.pool, caller.organization, "", 1000).await?;
        Ok(groups
            .into_iter()
            .map(|g| GroupOption {
                id: GroupId(g.id),
                name: g.name,
                description: g.description,
            })
            .collect())
    }

    /// A page of the list of groups.
    pub async fn list_group_page(&self, caller: &Caller, query: &NameQuery) -> Result<GroupPage> {
        caller.permit(Action::ViewAccess, Target::Organization(caller.organization))?;
        let mut rows = store::list_page(&self.pool, caller.organization, query, self.now()).await?;
        let more = rows.len() > PAGE_SIZE;
        rows.truncate(PAGE_SIZE);
        Ok(GroupPage {
            next: rows.last().filter(|_| more).map(|row| row.name.clone()),
            groups: rows.into_iter().map(shown).collect(),
        })
    }

    /// A group with a page of its members, those whose name or address has `search` in it.
    pub async fn find_group(
        &self,
        caller: &Caller,
        group: GroupId,
        search: &str,
        cursor: Cursor,
    ) -> Result<GroupView> {
        caller.permit(Action::ViewAccess, Target::Group(group))?;
        let (organization, now) = (caller.organization, self.now());
        let row = store::find(&self.pool, organization, group, now)
            .await?
            .ok_or(Error::NotFound)?;
        let mut members = members::list_members(&self.pool, organization, group, search, cursor, now).await?;
        let more = members.len() > PAGE_SIZE;
        members.truncate(PAGE_SIZE);
        let backwards = matches!(cursor, Cursor::Before(_));
        if backwards {
            members.reverse();
        }
        let (has_previous, has_next) = match cursor {
            Cursor::Start => (false, more),
            Cursor::After(_) => (true, more),
            Cursor::Before(_) => (more, true),
        };
        let beside = |member: Option<&members::Member>| member.map(|member| UserId(member.id));
        let policies = store::list_policies_naming(&self.pool, organization, group).await?;
        let roles = store::list_roles_of(&self.pool, organization, group, now).await?;
        Ok(GroupView {
            version: Version(row.version),
            group: shown(row),
            previous: beside(members.first())
                .filter(|_| has_previous)
                .map(Cursor::Before),
            next: beside(members.last()).filter(|_| has_next).map(Cursor::After),
            members: members
                .into_iter()
                .map(|member| MemberRow {
                    id: UserId(member.id),
                    name: member.name,
                    email: member.email,
                    is_active: member.is_active,
                    ends: member.ends_at.map(Into::into),
                })
                .collect(),
            policies: policies
                .into_iter()
                .map(|policy| Named {
                    id: PolicyId(policy.id),
                    name: policy.name,
                })
                .collect(),
            roles: roles
                .into_iter()
                .map(|key| self.named_role(RoleKey::new(key)))
                .collect(),
            now: now.into(),
        })
    }

    pub(super) fn named_role(&self, key: RoleKey) -> Named<RoleKey> {
        let name = self.settings.catalogue.name(&key).to_owned();
        Named { id: key, name }
    }

    /// # Errors
    /// A name that another group has, at the field.
    pub async fn create_group(&self, caller: &Caller, name: &str, description: &str) -> Result<GroupId> {
        let now = self.now();
        let group = GroupId(self.chance.id(now));
        let permit = caller.permit(Action::CreateGroup, Target::Group(group))?;
        let (name, description) = words(name, description)?;
        let mut tx = self.begin(&permit, Hold::Alone).await?;
        store::save_new(&mut tx, &permit, group, (&name, &description), now).await?;
        let change = audit::Change::made(json!({ "name": name, "description": description }));
        audit::record(&mut tx, &permit, &name, change, now).await?;
        tx.commit().await?;
        Ok(group)
    }

    /// Gives a group of the organization's own another name and description.
    pub async fn rename_group(
        &self,
        caller: &Caller,
        group: GroupId,
        version: Version,
        (name, description): (&str, &str),
    ) -> Result<()> {
        let permit = caller.permit(Action::EditGroup, Target::Group(group))?;
        let (name, description) = words(name, description)?;
        let now = self.now();
        let mut tx = self.begin(&permit, Hold::Alone).await?;
        let held = lock_own(&mut tx, &permit, group).await?;
        if (&held.name, &held.description) == (&name, &description) {
            return Ok(());
        }
        if held.version != version.0 {
            return Err(Refusal::EditedMeanwhile.into());
        }
        store::save_words(&mut tx, &permit, group, (&name, &description)).await?;
        let change = audit::Change::from_to(
            json!({ "name": held.name, "description": held.description }),
            json!({ "name": name, "description": description }),
        );
        audit::record(&mut tx, &permit, &name, change, now).await?;
        Ok(tx.commit().await?)
    }

    /// Deletes a group of the organization's own; its members lose what it gave them. One that policies name wants the
    /// second yes, after these were listed.
    pub async fn delete_group(&self, caller: &Caller, group: GroupId, intent: Intent) -> Result<Preview> {
        let permit = caller.permit(Action::DeleteGroup, Target::Group(group))?;
        let now = self.now();
        let mut tx = self.begin(&permit, Hold::Alone).await?;
        let held = lock_own(&mut tx, &permit, group).await?;
        let naming = store::list_policies_naming(&mut *tx, permit.organization, group).await?;
        // Afterwards its members are nowhere to be found.
        let users = held::list_members(&mut tx, permit.organization, group.0).await?;
        let measure = self
            .measure(&mut tx, permit.organization, Scope::of_users(users))
            .await?
            .beside(naming.iter().map(|policy| PolicyId(policy.id)).collect());
        store::delete(&mut tx, &permit, group).await?;
        let judged = self.judge(&mut tx, caller, measure, intent).await;
        let preview = judged.map_err(|error| match error {
            Error::Refused(Refusal::WantsConfirmation) if !naming.is_empty() => Refusal::GroupInUse.into(),
            error => error,
        })?;
        if intent == Intent::Preview {
            return Ok(preview);
        }
        let policies: Vec<_> = naming.iter().map(|policy| policy.name.as_str()).collect();
        let mut before = json!({ "name": held.name, "description": held.description, "policies": policies });
        before["difference"] = recorded(&preview);
        audit::record(&mut tx, &permit, &held.name, audit::Change::removed(before), now).await?;
        tx.commit().await?;
        Ok(preview)
    }

    /// Makes people members, until `ends` if that is given; those who are members get this end. Again does nothing more.
    pub async fn add_members(
        &self,
        caller: &Caller,
        group: GroupId,
        users: &[UserId],
        ends: &str,
        intent: Intent,
    ) -> Result<Preview> {
        let permit = caller.permit(Action::ChangeMembers, Target::Group(group))?;
        let now = self.now();
        let mut faults = Faults::default();
        let ids = faults.take(Field::Members, chosen(users));
        let ends = faults.take(Field::Ends, policy::end(ends, now.into()));
        let (Some(ids), Some(ends)) = (ids, ends) else {
            return Err(faults.into());
        };
        let mut tx = self.begin(&permit, Hold::Alone).await?;
        let held = store::lock(&mut tx, permit.organization, group)
            .await?
            .ok_or(Error::NotFound)?;
        let people = store::list_people_among(&mut tx, permit.organization, &ids).await?;
        if people.len() != ids.len() {
            return Err(Faults::from((Field::Members, Fault::UnknownUser)).into());
        }
        let measure = self
            .measure(&mut tx, permit.organization, Scope::of_users(ids.clone()))
            .await?;
        let ends_at = ends.map(Moment::civil);
        let changed = members::save_members(&mut tx, &permit, group, &ids, ends_at, now).await?;
        let preview = self.judge(&mut tx, caller, measure, intent).await?;
        if intent == Intent::Preview || changed.is_empty() {
            return Ok(preview);
        }
        if intent.can_be_asked() {
            self.require_proof_for_groups(&mut tx, caller, &[group.0]).await?;
        }
        let change = changed_members(&people, &changed, ends, &preview);
        audit::record(&mut tx, &permit, &held.name, change, now).await?;
        tx.commit().await?;
        Ok(preview)
    }

    /// Takes people out of a group. Again does nothing.
    pub async fn remove_members(
        &self,
        caller: &Caller,
        group: GroupId,
        users: &[UserId],
        intent: Intent,
    ) -> Result<Preview> {
        let permit = caller.permit(Action::ChangeMembers, Target::Group(group))?;
        let ids = chosen(users).map_err(|fault| Faults::from((Field::Members, fault)))?;
        let now = self.now();
        let mut tx = self.begin(&permit, Hold::Alone).await?;
        let held = store::lock(&mut tx, permit.organization, group)
            .await?
            .ok_or(Error::NotFound)?;
        let measure = self
            .measure(&mut tx, permit.organization, Scope::of_users(ids.clone()))
            .await?;
        let gone = members::delete_members(&mut tx, &permit, group, &ids).await?;
        let preview = self.judge(&mut tx, caller, measure, intent).await?;
        if intent == Intent::Preview || gone.is_empty() {
            return Ok(preview);
        }
        let people = store::list_people_among(&mut tx, permit.organization, &gone).await?;
        let removed: Vec<_> = people.iter().map(|person| person.name.as_str()).collect();
        let change = audit::Change::removed(json!({ "removed": removed, "difference": recorded(&preview) }));
        audit::record(&mut tx, &permit, &held.name, change, now).await?;
        tx.commit().await?;
        Ok(preview)
    }
}

/// Who was added, and whose membership has another end than before.
fn changed_members(
    people: &[store::Naming],
    changed: &[members::SavedMember],
    ends: Option<Moment>,
    preview: &Preview,
) -> audit::Change {
    let name = |user: Uuid| {
        let found = people.iter().find(|person| person.id == user);
        found.map_or("", |person| person.name.as_str())
    };
    let (moved, new): (Vec<_>, Vec<_>) = changed.iter().partition(|member| member.was_member);
    let added: Vec<_> = new.iter().map(|member| name(member.user_id)).collect();
    let until = ends.map(Moment::rfc3339);
    if moved.is_empty() {
        return audit::Change::made(
            json!({ "added": added, "until": until, "difference": recorded(preview) }),
        );
    }
    let names: Vec<_> = moved.iter().map(|member| name(member.user_id)).collect();
    let had: BTreeMap<_, _> = moved
        .iter()
        .map(|member| {
            let end = member.ended_at.map(|end| Moment::from(end).rfc3339());
            (
                name(member.user_id),
                end.unwrap_or_else(|| "without end".to_owned()),
            )
        })
        .collect();
    audit::Change::from_to(
        json!({ "ends": had }),
        json!({ "added": added, "with_another_end": names, "until": until, "difference": recorded(preview) }),
    )
}

fn shown(row: store::Row) -> GroupRow {
    GroupRow {
        id: GroupId(row.id),
        name: row.name,
        description: row.description,
        built_in: row.built_in,
        members: usize::try_from(row.members).unwrap_or_default(),
    }
}

fn words(name: &str, description: &str) -> Result<(String, String), Faults> {
    let mut faults = Faults::default();
    let name = faults.take(Field::Name, policy::name(name));
    let description = faults.take(Field::Description, policy::description(description));
    name.zip(description).ok_or(faults)
}

/// Each once.
fn chosen(users: &[UserId]) -> Result<Vec<Uuid>, Fault> {
    let mut ids: Vec<Uuid> = users.iter().map(|user| user.0).collect();
    ids.sort_unstable();
    ids.dedup();
    match ids.len() {
        0 => Err(Fault::Missing),
        n if n > MEMBERS_AT_ONCE => Err(Fault::TooManyMembers { max: MEMBERS_AT_ONCE }),
        _ => Ok(ids),
    }
}

/// Held, unless it is built in.
async fn lock_own(tx: &mut Tx, permit: &Permit, group: GroupId) -> Result<store::Locked> {
    match store::lock(tx, permit.organization, group).await? {
        Some(held) if held.built_in => Err(Refusal::BuiltInGroup.into()),
        Some(held) => Ok(held),
        None => Err(Error::NotFound),
    }
}
