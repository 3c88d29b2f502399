//! Groups by SCIM: it makes, renames and deletes its own, and says who is in them. What their members hold by them is said
//! by policies, which an identity provider never sees.

use super::{
    Connection, GroupAsked, GroupChange, MemberStep, ScimGroup, ScimMember, ScimPage, Window,
    members::MembersChange, require_match, store::groups as store,
};
use crate::{
    Backend, Error, Result,
    access::{
        recorded,
        store::{groups as access, held::Scope, members},
    },
    audit,
    caller::{Permit, Target},
    database::{Hold, Tx},
};
use domain::{
    access::{Action, policy},
    field::{Fault, Faults, Field},
    ids::{GroupId, PolicyId},
    scim::{self, ScimPart},
};
use serde_json::json;
use std::collections::HashMap;
use uuid::Uuid;

/// What the list of groups says of them.
const DESCRIPTION: &str = "Kept by SCIM";

impl Backend {
    /// The groups that SCIM made. `with_members`: with all of them.
    pub async fn list_scim_groups(
        &self,
        by: &Connection,
        asked: &[GroupAsked],
        window: Window,
        with_members: bool,
    ) -> Result<ScimPage<ScimGroup>> {
        by.require(ScimPart::Groups)?;
        let (bounds, now) = (window.offset_and_limit(), self.now());
        let (total, rows) = store::list(&self.pool, by.organization, asked, bounds, now).await?;
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        let mut members: HashMap<Uuid, Vec<ScimMember>> = HashMap::new();
        if with_members {
            for (group, member) in store::list_members(&self.pool, by.organization, &ids, now).await? {
                members.entry(group).or_default().push(member);
            }
        }
        let resources = rows.into_iter().map(|row| {
            let own = members.remove(&row.id).unwrap_or_default();
            ScimGroup::of(row, with_members.then_some(own))
        });
        Ok(ScimPage {
            total: u64::try_from(total).unwrap_or_default(),
            resources: resources.collect(),
        })
    }

    pub async fn find_scim_group(
        &self,
        by: &Connection,
        group: GroupId,
        with_members: bool,
    ) -> Result<ScimGroup> {
        by.require(ScimPart::Groups)?;
        let row = store::find(&self.pool, by.organization, group)
            .await?
            .ok_or(Error::NotFound)?;
        let members = if with_members {
            let ids = [row.id];
            let found = store::list_members(&self.pool, by.organization, &ids, self.now()).await?;
            Some(found.into_iter().map(|(_, member)| member).collect())
        } else {
            None
        };
        Ok(ScimGroup::of(row, members))
    }

    /// # Errors
    /// A name that another group has, whoever made that: rights that somebody gave to a group go to none of the same name.
    pub async fn add_scim_group(&self, by: &Connection, new: &GroupChange) -> Result<ScimGroup> {
        by.require(ScimPart::Groups)?;
        let mut faults = Faults::default();
        let name = faults.take(Field::Name, policy::name(new.name.as_deref().unwrap_or_default()));
        let external_id = new.external_id.clone().flatten();
        let external_id = external_id.as_deref().map(scim::external_id).transpose();
        let external_id = faults.take(Field::ExternalId, external_id);
        let (Some(name), Some(external_id)) = (name, external_id) else {
            return Err(faults.into());
        };
        let now = self.now();
        let group = GroupId(self.chance.id(now));
        let permit = Permit::by_scim(by, Action::CreateGroup, Target::Group(group));
        let mut tx = self.begin(&permit, Hold::Alone).await?;
        access::save_new(&mut tx, &permit, group, (&name, DESCRIPTION), now).await?;
        store::save(&mut tx, &permit, group, external_id.as_deref(), now).await?;
        let change = audit::Change::made(json!({ "name": name, "external_id": external_id }));
        audit::record(&mut tx, &permit, &name, change, now).await?;
        self.change_scim_members(&mut tx, by, (group, &name), &new.members)
            .await?;
        let (row, members) = self.lock_scim_group(&mut tx, by, group).await?;
        tx.commit().await?;
        Ok(ScimGroup::of(row, Some(members)))
    }

    /// Changes what is told. `if_match`: the entity tag that the group must still have.
    pub async fn change_scim_group(
        &self,
        by: &Connection,
        group: GroupId,
        if_match: Option<&str>,
        change: &GroupChange,
    ) -> Result<ScimGroup> {
        let mut tx = self.begin_scim_change(by, group, if_match, change).await?;
        let (row, members) = self.lock_scim_group(&mut tx, by, group).await?;
        // The database refuses this commit if it takes the last active administrator.
        tx.commit().await?;
        Ok(ScimGroup::of(row, Some(members)))
    }

    /// The same without reading its members, who may be very many.
    pub async fn patch_scim_group(
        &self,
        by: &Connection,
        group: GroupId,
        if_match: Option<&str>,
        change: &GroupChange,
    ) -> Result<()> {
        let tx = self.begin_scim_change(by, group, if_match, change).await?;
        Ok(tx.commit().await?)
    }

    /// The change, to be committed.
    async fn begin_scim_change(
        &self,
        by: &Connection,
        group: GroupId,
        if_match: Option<&str>,
        change: &GroupChange,
    ) -> Result<Tx> {
        by.require(ScimPart::Groups)?;
        let permit = Permit::by_scim(by, Action::EditGroup, Target::Group(group));
        let now = self.now();
        let mut tx = self.begin(&permit, Hold::Alone).await?;
        let row = self.lock_matching(&mut tx, by, group, if_match).await?;
        let mut faults = Faults::default();
        let told = change.name.as_deref().filter(|name| *name != row.name);
        let name = faults.take(Field::Name, told.map(policy::name).transpose());
        let external_id = match &change.external_id {
            Some(Some(id)) => faults.take(Field::ExternalId, scim::external_id(id).map(Some)),
            Some(None) => Some(None),
            None => Some(row.external_id.clone()),
        };
        let (Some(name), Some(external_id)) = (name, external_id) else {
            return Err(faults.into());
        };
        let name = name.unwrap_or_else(|| row.name.clone());
        if name != row.name {
            access::save_words(&mut tx, &permit, group, (&name, &row.description)).await?;
        }
        if (&name, &external_id) != (&row.name, &row.external_id) {
            store::save(&mut tx, &permit, group, external_id.as_deref(), now).await?;
            let change = audit::Change::from_to(
                json!({ "name": row.name, "external_id": row.external_id }),
                json!({ "name": name, "external_id": external_id }),
            );
            audit::record(&mut tx, &permit, &name, change, now).await?;
        }
        self.change_scim_members(&mut tx, by, (group, &name), &change.members)
            .await?;
        Ok(tx)
    }

    /// Deletes a group that SCIM made, also from the policies that name it: its members lose what it gave them.
    pub async fn delete_scim_group(
        &self,
        by: &Connection,
        group: GroupId,
        if_match: Option<&str>,
    ) -> Result<()> {
        by.require(ScimPart::Groups)?;
        let permit = Permit::by_scim(by, Action::DeleteGroup, Target::Group(group));
        let mut tx = self.begin(&permit, Hold::Alone).await?;
        let row = self.lock_matching(&mut tx, by, group, if_match).await?;
        let naming = access::list_policies_naming(&mut *tx, by.organization, group).await?;
        // Afterwards its members are nowhere to be found.
        let users = store::list_all_members(&mut tx, by.organization, group).await?;
        let measure = self
            .measure(&mut tx, by.organization, Scope::of_users(users))
            .await?
            .beside(naming.iter().map(|policy| PolicyId(policy.id)).collect());
        access::delete(&mut tx, &permit, group).await?;
        let preview = self.compare(&mut tx, by.organization, None, measure).await?;
        let policies: Vec<_> = naming.iter().map(|policy| policy.name.as_str()).collect();
        let change = audit::Change::removed(json!({
            "name": row.name, "policies": policies, "difference": recorded(&preview)
        }));
        audit::record(&mut tx, &permit, &row.name, change, self.now()).await?;
        Ok(tx.commit().await?)
    }

    /// All steps as one change, with one entry in the log.
    async fn change_scim_members(
        &self,
        tx: &mut Tx,
        by: &Connection,
        (group, name): (GroupId, &str),
        steps: &[MemberStep],
    ) -> Result<()> {
        let change = MembersChange::of(steps);
        if change.is_nothing() {
            return Ok(());
        }
        let permit = Permit::by_scim(by, Action::ChangeMembers, Target::Group(group));
        let (organization, now) = (by.organization, self.now());
        let added: Vec<Uuid> = change.added.iter().copied().collect();
        let mut removed: Vec<Uuid> = change.removed.iter().copied().collect();
        if change.replaces {
            let all = store::list_all_members(tx, organization, group).await?;
            removed = all
                .into_iter()
                .filter(|user| !change.added.contains(user))
                .collect();
        }
        let people = store::list_shown_among(tx, organization, &added).await?;
        if people.len() != added.len() {
            return Err(Faults::from((Field::Members, Fault::UnknownUser)).into());
        }
        let both = added.iter().chain(&removed).copied().collect();
        let measure = self.measure(tx, organization, Scope::of_users(both)).await?;
        let invited = store::save_invited_members(tx, &permit, group, &added).await?;
        let here = access::list_people_among(tx, organization, &added).await?;
        let here: Vec<Uuid> = here.into_iter().map(|person| person.id).collect();
        let saved = members::save_members(tx, &permit, group, &here, None, now).await?;
        let mut gone = members::delete_members(tx, &permit, group, &removed).await?;
        gone.extend(store::delete_invited_members(tx, &permit, group, &removed).await?);
        let come: Vec<Uuid> = saved.iter().map(|member| member.user_id).chain(invited).collect();
        if come.is_empty() && gone.is_empty() {
            return Ok(());
        }
        let preview = self.compare(tx, organization, None, measure).await?;
        let changed = audit::Change::made(json!({
            "added": store::list_addresses(tx, organization, &come).await?,
            "removed": store::list_addresses(tx, organization, &gone).await?,
            "difference": recorded(&preview)
        }));
        audit::record(tx, &permit, name, changed, now).await
    }

    /// A group that SCIM keeps, held, with its members.
    async fn lock_scim_group(
        &self,
        tx: &mut Tx,
        by: &Connection,
        group: GroupId,
    ) -> Result<(store::Row, Vec<ScimMember>)> {
        let row = store::lock(tx, by.organization, group)
            .await?
            .ok_or(Error::NotFound)?;
        let members = store::list_members(&mut **tx, by.organization, &[row.id], self.now()).await?;
        Ok((row, members.into_iter().map(|(_, member)| member).collect()))
    }

    async fn lock_matching(
        &self,
        tx: &mut Tx,
        by: &Connection,
        group: GroupId,
        if_match: Option<&str>,
    ) -> Result<store::Row> {
        if if_match.is_none() {
            return store::lock(tx, by.organization, group)
                .await?
                .ok_or(Error::NotFound);
        }
        let (row, members) = self.lock_scim_group(tx, by, group).await?;
        let shown = ScimGroup::of(row.clone(), Some(members));
        require_match(if_match, &shown.entity_tag().unwrap_or_default())?;
        Ok(row)
    }
}
