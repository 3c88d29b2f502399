//! Why somebody may do something: the grants of a person, the holders of a role, and who can give one. Answered by the
//! evaluator that decides.

use super::store::{groups, held, policies};
use crate::{Backend, Caller, Error, Result, caller::Target, database::Tx, users};
use domain::{
    access::{
        Action, Grant, Named, Role, RoleEntry, RoleKey,
        explain::{Holder, HolderPage, PersonAccess, RoleHolders},
    },
    ids::{GroupId, PolicyId, UserId},
    users::PAGE_SIZE,
};

use std::collections::BTreeMap;

/// Administrators named to somebody who lacks a role, at most.
const NAMED_ADMINISTRATORS: i64 = 5;

impl Backend {
    /// The catalogue of roles.
    pub fn list_roles(&self, caller: &Caller) -> Result<Vec<RoleEntry>> {
        caller.permit(Action::ViewAccess, Target::Organization(caller.organization))?;
        Ok(self.settings.catalogue.roles().to_vec())
    }

    /// Everything that a person holds and why, and the groups they are in.
    pub async fn explain_person(&self, caller: &Caller, user: UserId) -> Result<PersonAccess> {
        caller.permit(Action::ViewAccess, Target::User(user))?;
        self.access_of(caller, user).await
    }

    /// The policies that name a person or a group of theirs, whether or not they give anything now.
    pub async fn policies_naming(&self, caller: &Caller, user: UserId) -> Result<Vec<Named<PolicyId>>> {
        caller.permit(Action::ViewAccess, Target::User(user))?;
        let found = policies::list_naming_person(&self.pool, caller.organization, user, self.now()).await?;
        let named = |policy: policies::Naming| Named {
            id: PolicyId(policy.id),
            name: policy.name,
        };
        Ok(found.into_iter().map(named).collect())
    }

    pub(crate) async fn access_of(&self, caller: &Caller, user: UserId) -> Result<PersonAccess> {
        let (organization, now) = (caller.organization, self.now());
        let person = users::store::find_named(&self.pool, organization, user)
            .await?
            .ok_or(Error::NotFound)?;
        let grants = held::list_grants(&self.pool, organization, &[user.0], None, now).await?;
        let grants: Vec<_> = grants.into_iter().map(|(_, grant)| grant).collect();
        let memberships = groups::list_of_person(&self.pool, organization, user, now).await?;
        Ok(PersonAccess {
            id: user,
            name: person.name,
            email: person.email,
            is_active: person.is_active,
            groups: memberships
                .into_iter()
                .map(|(id, name, ends)| {
                    (
                        Named {
                            id: GroupId(id),
                            name,
                        },
                        ends.map(Into::into),
                    )
                })
                .collect(),
            roles: self.by_role(&grants),
            unknown: self.unknown_roles(grants),
            now: now.into(),
        })
    }

    /// By role; one that comes with another role stands with that.
    fn by_role(&self, grants: &[Grant]) -> Vec<(RoleEntry, Vec<Grant>)> {
        let entries = self.settings.catalogue.roles().iter();
        entries
            .filter_map(|entry| {
                let gives = |grant: &&Grant| grant.role == entry.key || includes(&grant.role, &entry.key);
                let because: Vec<Grant> = grants.iter().filter(gives).cloned().collect();
                (!because.is_empty()).then(|| (entry.clone(), because))
            })
            .collect()
    }

    /// Those that the catalogue does not have any more: an operator took them away.
    fn unknown_roles(&self, grants: Vec<Grant>) -> Vec<(RoleKey, Vec<Grant>)> {
        let mut unknown = BTreeMap::<RoleKey, Vec<Grant>>::new();
        for grant in grants {
            if self.settings.catalogue.find(&grant.role).is_none() {
                unknown.entry(grant.role.clone()).or_default().push(grant);
            }
        }
        unknown.into_iter().collect()
    }

    /// A page of the active people who hold a role, each with every way by which they do.
    pub async fn explain_role(
        &self,
        caller: &Caller,
        role: &RoleKey,
        after: Option<UserId>,
    ) -> Result<RoleHolders> {
        caller.permit(Action::ViewAccess, Target::Organization(caller.organization))?;
        let (organization, now) = (caller.organization, self.now());
        let entry = self
            .settings
            .catalogue
            .find(role)
            .cloned()
            .ok_or(Error::NotFound)?;
        let keys: Vec<String> = self
            .settings
            .catalogue
            .roles()
            .iter()
            .filter(|other| other.key == *role || includes(&other.key, role))
            .map(|other| other.key.as_str().to_owned())
            .collect();
        let limit = i64::try_from(PAGE_SIZE).unwrap_or(i64::MAX) + 1;
        let mut tx = Tx::begin(&self.pool).await?;
        let mut holders = held::list_holders(&mut tx, organization, &keys, after, now, limit).await?;
        let more = holders.len() > PAGE_SIZE;
        holders.truncate(PAGE_SIZE);
        let ids: Vec<_> = holders.iter().map(|holder| holder.id).collect();
        let mut grants = held::list_grants(&mut *tx, organization, &ids, Some(&keys), now).await?;
        tx.commit().await?;
        let next = holders.last().filter(|_| more).map(|holder| UserId(holder.id));
        let people = holders
            .into_iter()
            .map(|holder| Holder {
                id: UserId(holder.id),
                name: holder.name,
                email: holder.email,
                because: grants
                    .extract_if(.., |(user, _)| user.0 == holder.id)
                    .map(|(_, grant)| grant)
                    .collect(),
            })
            .collect();
        Ok(RoleHolders {
            role: entry,
            holders: HolderPage { people, next },
            now: now.into(),
        })
    }

    /// The names of people who can give somebody a role that they lack.
    pub async fn list_administrators(&self, caller: &Caller) -> Result<Vec<String>> {
        caller.permit(Action::ViewOwnSettings, Target::User(caller.user))?;
        let keys = [Role::IamAdmin.key().to_owned()];
        let mut tx = Tx::begin(&self.pool).await?;
        let found = held::list_holders(
            &mut tx,
            caller.organization,
            &keys,
            None,
            self.now(),
            NAMED_ADMINISTRATORS,
        )
        .await?;
        tx.commit().await?;
        Ok(found.into_iter().map(|holder| holder.name).collect())
    }
}

/// Whether the second role comes with the first.
fn includes(role: &RoleKey, other: &RoleKey) -> bool {
    role.built_in()
        .zip(other.built_in())
        .is_some_and(|(role, other)| role.includes().contains(&other))
}
