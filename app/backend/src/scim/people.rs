//! People by SCIM: added, changed, deactivated and let in again.

use super::{
    Connection, NewPerson, PersonAsked, PersonChange, ScimPage, ScimPerson, Window,
    person::{lacks_only_a_name, names},
    require_match,
    store::people as store,
};
use crate::{
    Backend, Error, Result, audit,
    caller::{Permit, Target},
    database::{Hold, Tx},
    invitations::{at_the_address, why_not},
    mail::Message,
    sso, throttle,
    users::{self, Whom},
};
use domain::{
    access::Action,
    email_address::EmailAddress,
    field::{Faults, Field},
    ids::UserId,
    invitations::InvitationKind,
    moment::Moment,
    person_name::PersonName,
    refusal::Refusal,
    scim::{self, ScimMarks, ScimPart},
    sso::SsoRules,
    users::{StatusVersion, UserStatus},
};
use serde_json::json;
use std::slice;

impl Backend {
    /// Everybody of the organization but those whom SCIM deleted.
    pub async fn list_scim_people(
        &self,
        by: &Connection,
        asked: &[PersonAsked],
        window: Window,
    ) -> Result<ScimPage<ScimPerson>> {
        by.require(ScimPart::Users)?;
        let bounds = window.offset_and_limit();
        let (total, rows) = store::list(&self.pool, by.organization, asked, bounds).await?;
        Ok(ScimPage {
            total: u64::try_from(total).unwrap_or_default(),
            resources: rows.iter().map(ScimPerson::of).collect(),
        })
    }

    pub async fn find_scim_person(&self, by: &Connection, user: UserId) -> Result<ScimPerson> {
        by.require(ScimPart::Users)?;
        let row = store::find(&self.pool, by.organization, user).await?;
        row.as_ref().map(ScimPerson::of).ok_or(Error::NotFound)
    }

    /// Adds somebody. Whoever can come in by single sign-on is active at once, without a password and without any right;
    /// everybody else is invited. Somebody whom SCIM deleted is let in again.
    pub async fn add_scim_person(&self, by: &Connection, new: &NewPerson) -> Result<ScimPerson> {
        by.require(ScimPart::Users)?;
        let mut faults = Faults::default();
        let email = faults.take(Field::Email, EmailAddress::parse(&new.user_name));
        let external_id = new.external_id.as_deref().map(scim::external_id).transpose();
        let external_id = faults.take(Field::ExternalId, external_id);
        let (Some(email), Some(external_id)) = (email, external_id) else {
            return Err(faults.into());
        };
        if new.active == Some(false) {
            return Err(Refusal::ScimNewIsActive.into());
        }
        let now = self.now();
        let user = UserId(self.chance.id(now));
        let permit = Permit::scim_adding(by, user);
        // Alone: it may let somebody in again.
        let mut tx = self.begin(&permit, Hold::Alone).await?;
        let user = if let Some(row) = self.find_deleted(&mut tx, by, &email).await? {
            let user = UserId(row.id);
            self.let_in(&mut tx, by, &row).await?;
            let external_id = external_id.as_deref().or(row.external_id.as_deref());
            let permit = Permit::scim_editing(by, user);
            store::save(&mut tx, &permit, user, external_id, ScimMarks::default(), now).await?;
            user
        } else {
            if let Some(refusal) = self.find_why_not(&mut tx, &permit, &email).await? {
                // What was counted stays counted.
                tx.commit().await?;
                return Err(at_the_address(refusal));
            }
            self.make_scim_account(&mut tx, by, user, &email, new).await?;
            store::save(
                &mut tx,
                &permit,
                user,
                external_id.as_deref(),
                ScimMarks::default(),
                now,
            )
            .await?;
            user
        };
        let row = store::lock(&mut tx, by.organization, user).await?;
        let person = row.as_ref().map(ScimPerson::of).ok_or(Error::NotFound)?;
        tx.commit().await?;
        self.mail_bell.notify_one();
        Ok(person)
    }

    /// Somebody of this address whom SCIM deleted, held.
    async fn find_deleted(
        &self,
        tx: &mut Tx,
        by: &Connection,
        email: &EmailAddress,
    ) -> Result<Option<store::Row>> {
        let Some(known) = users::store::find_by_email(tx, email).await? else {
            return Ok(None);
        };
        let row = store::lock(tx, by.organization, UserId(known.id)).await?;
        Ok(row.filter(is_deleted))
    }

    /// Why an address can't be added, in the words of an invitation: of one in another organization nothing is said but that
    /// it is taken, and only so often.
    async fn find_why_not(
        &self,
        tx: &mut Tx,
        permit: &Permit,
        email: &EmailAddress,
    ) -> Result<Option<Refusal>> {
        let refusal = why_not(tx, permit, email).await?;
        if refusal.is_none_or(|refusal| refusal == Refusal::AddressTaken) {
            let taken = throttle::taken_address(&self.settings.throttles, permit.organization);
            throttle::take(tx, slice::from_ref(&taken), self.now()).await?;
            if refusal.is_none() {
                throttle::give_back(tx, &taken, self.now()).await?;
            }
        }
        Ok(refusal)
    }

    /// An account without any right, or an invitation to one.
    async fn make_scim_account(
        &self,
        tx: &mut Tx,
        by: &Connection,
        user: UserId,
        email: &EmailAddress,
        new: &NewPerson,
    ) -> Result<()> {
        let now = self.now();
        let taken = || at_the_address(Refusal::AddressTaken);
        let domains = sso::store::list_domains_in_use(&mut **tx, by.organization).await?;
        if comes_by_sso(email, domains) {
            let permit = Permit::scim_adding(by, user);
            let (first, last) = names(new)?;
            if !users::store::save_active(tx, &permit, user, email, (&first, &last), now).await? {
                return Err(taken());
            }
            let change = audit::Change::made(json!({ "status": "active", "external_id": new.external_id }));
            return audit::record(tx, &permit, email.as_str(), change, now).await;
        }
        let permit = Permit::by_scim(by, Action::InviteUser, Target::User(user));
        if !users::store::save_invited(tx, &permit, user, email, now).await? {
            return Err(taken());
        }
        match names(new) {
            Ok((first, last)) => store::save_names(tx, &permit, user, (&first, &last)).await?,
            Err(faults) if lacks_only_a_name(&faults) => {}
            Err(faults) => return Err(faults.into()),
        }
        // A token may send as many as a person.
        let sender = UserId(by.token.0);
        let buckets = throttle::invitation_mail(&self.settings.throttles, by.organization, sender, email);
        throttle::take(tx, &buckets, now).await?;
        let message = Message::Invitation {
            organization: by.organization_name.clone(),
            inviter: None,
            expires_at: Moment::from(now + self.settings.invitation_lifetime),
        };
        self.save_invitation(
            tx,
            &permit,
            InvitationKind::Invitation,
            (user, email),
            &[],
            message,
        )
        .await?;
        let change = audit::Change::made(json!({ "status": "invited", "external_id": new.external_id }));
        audit::record(tx, &permit, email.as_str(), change, now).await
    }

    /// Changes what is told. `if_match`: the entity tag that the person must still have.
    ///
    /// Somebody invited who is not to be active any more is gone with their invitation: this is the last that is said of
    /// them.
    pub async fn change_scim_person(
        &self,
        by: &Connection,
        user: UserId,
        if_match: Option<&str>,
        change: &PersonChange,
    ) -> Result<ScimPerson> {
        by.require(ScimPart::Users)?;
        let permit = Permit::scim_editing(by, user);
        let mut tx = self.begin(&permit, Hold::Alone).await?;
        let row = lock_shown(&mut tx, by, user).await?;
        require_match(if_match, &ScimPerson::of(&row).entity_tag())?;
        self.edit(&mut tx, &permit, &row, change).await?;
        match (change.active, status_of(&row)?) {
            (Some(false), UserStatus::Invited) => {
                let permit = Permit::by_scim(by, Action::CancelInvitation, Target::User(user));
                let person = ScimPerson::of(&lock_shown(&mut tx, by, user).await?);
                self.cancel_in(&mut tx, &permit, user).await?;
                tx.commit().await?;
                return Ok(ScimPerson {
                    active: false,
                    ..person
                });
            }
            (Some(false), UserStatus::Active) => {
                let row = lock_shown(&mut tx, by, user).await?;
                self.put_out(&mut tx, by, &row, false).await?;
            }
            (Some(true), UserStatus::Deactivated) => {
                let row = lock_shown(&mut tx, by, user).await?;
                self.let_in(&mut tx, by, &row).await?;
                let marks = ScimMarks::default();
                store::save(
                    &mut tx,
                    &permit,
                    user,
                    row.external_id.as_deref(),
                    marks,
                    self.now(),
                )
                .await?;
            }
            _ => {}
        }
        let person = ScimPerson::of(&lock_shown(&mut tx, by, user).await?);
        // The database refuses this commit if it takes the last active administrator.
        tx.commit().await?;
        self.mail_bell.notify_one();
        Ok(person)
    }

    /// Name and external id.
    async fn edit(
        &self,
        tx: &mut Tx,
        permit: &Permit,
        row: &store::Row,
        change: &PersonChange,
    ) -> Result<()> {
        let mut faults = Faults::default();
        let told = change.user_name.as_deref();
        let email = faults.take(Field::Email, told.map(EmailAddress::parse).transpose());
        let kept = |name: &Option<String>, has: &str| {
            let told = name.as_deref().filter(|name| *name != has);
            told.map(PersonName::parse).transpose()
        };
        let first = faults.take(Field::FirstName, kept(&change.first, &row.first_name));
        let last = faults.take(Field::LastName, kept(&change.last, &row.last_name));
        let external_id = change.external_id.as_ref().map(Option::as_deref);
        let external_id = external_id
            .map(|id| id.map(scim::external_id).transpose())
            .transpose();
        let external_id = faults.take(Field::ExternalId, external_id);
        let (Some(email), Some(first), Some(last), Some(external_id)) = (email, first, last, external_id)
        else {
            return Err(faults.into());
        };
        let has = EmailAddress::parse(&row.email).map(|email| email.key().to_owned());
        if email.is_some_and(|told| has.as_deref() != Ok(told.key())) {
            return Err(Refusal::ScimAddressStays.into());
        }
        let external_id = external_id.unwrap_or_else(|| row.external_id.clone());
        let named = |name: Option<PersonName>, has: &str| match name {
            Some(name) => Ok(name),
            None => PersonName::parse(has),
        };
        let is_renamed = first.is_some() || last.is_some();
        if !is_renamed && external_id == row.external_id {
            return Ok(());
        }
        let (user, now) = (UserId(row.id), self.now());
        let mut before = json!({ "external_id": row.external_id });
        let mut after = json!({ "external_id": external_id });
        if is_renamed {
            let first = faults.take(Field::FirstName, named(first, &row.first_name));
            let last = faults.take(Field::LastName, named(last, &row.last_name));
            let (Some(first), Some(last)) = (first, last) else {
                return Err(faults.into());
            };
            store::save_names(tx, permit, user, (&first, &last)).await?;
            before["name"] = json!(format!("{} {}", row.first_name, row.last_name).trim());
            after["name"] = json!(format!("{} {}", first.as_str(), last.as_str()));
        }
        store::save(tx, permit, user, external_id.as_deref(), row.marks(), now).await?;
        let change = audit::Change::from_to(before, after);
        audit::record(tx, permit, &row.email, change, now).await
    }

    /// Deactivates with all that this means, and makes the person gone for SCIM. Adding their address again lets them in
    /// again. Somebody invited is gone with their invitation.
    pub async fn delete_scim_person(
        &self,
        by: &Connection,
        user: UserId,
        if_match: Option<&str>,
    ) -> Result<()> {
        by.require(ScimPart::Users)?;
        let permit = Permit::scim_editing(by, user);
        let mut tx = self.begin(&permit, Hold::Alone).await?;
        let row = lock_shown(&mut tx, by, user).await?;
        require_match(if_match, &ScimPerson::of(&row).entity_tag())?;
        match status_of(&row)? {
            UserStatus::Invited => {
                let permit = Permit::by_scim(by, Action::CancelInvitation, Target::User(user));
                self.cancel_in(&mut tx, &permit, user).await?;
            }
            UserStatus::Active => self.put_out(&mut tx, by, &row, true).await?,
            UserStatus::Deactivated => {
                let marks = ScimMarks {
                    deleted: Some(StatusVersion(row.status_version)),
                    ..row.marks()
                };
                let (external_id, now) = (row.external_id.as_deref(), self.now());
                store::save(&mut tx, &permit, user, external_id, marks, now).await?;
                let change = audit::Change::made(json!({ "deleted_by_scim": true }));
                audit::record(&mut tx, &permit, &row.email, change, now).await?;
            }
        }
        tx.commit().await?;
        self.mail_bell.notify_one();
        Ok(())
    }

    async fn put_out(&self, tx: &mut Tx, by: &Connection, row: &store::Row, deletes: bool) -> Result<()> {
        let user = UserId(row.id);
        let permit = Permit::by_scim(by, Action::DeactivateUser, Target::User(user));
        let reason = format!("By SCIM ({})", by.name);
        let version = self
            .deactivate_in(tx, &permit, whom(by, row)?, Some(&reason), false)
            .await?;
        let marks = ScimMarks {
            deactivated: Some(version),
            deleted: deletes.then_some(version),
        };
        store::save(tx, &permit, user, row.external_id.as_deref(), marks, self.now()).await
    }

    async fn let_in(&self, tx: &mut Tx, by: &Connection, row: &store::Row) -> Result<()> {
        if !row.marks().may_reactivate(StatusVersion(row.status_version)) {
            return Err(Refusal::DeactivatedByHand.into());
        }
        let permit = Permit::by_scim(by, Action::ReactivateUser, Target::User(UserId(row.id)));
        let reason = row.deactivation_reason.as_deref();
        self.reactivate_in(tx, &permit, whom(by, row)?, reason).await?;
        Ok(())
    }
}

fn comes_by_sso(email: &EmailAddress, domains: Vec<String>) -> bool {
    let rules = SsoRules {
        domains,
        ..SsoRules::offered_to("")
    };
    !rules.domains.is_empty() && rules.admits(email.key())
}

fn status_of(row: &store::Row) -> Result<UserStatus> {
    let status = row.status.parse();
    status.map_err(|()| Error::unavailable("unknown status"))
}

fn whom<'a>(by: &'a Connection, row: &'a store::Row) -> Result<Whom<'a>> {
    Ok(Whom {
        user: UserId(row.id),
        email: &row.email,
        status: status_of(row)?,
        organization_name: &by.organization_name,
    })
}

fn is_deleted(row: &store::Row) -> bool {
    row.status == UserStatus::Deactivated.as_str() && row.marks().hides(StatusVersion(row.status_version))
}

/// Held; one whom SCIM deleted is gone.
async fn lock_shown(tx: &mut Tx, by: &Connection, user: UserId) -> Result<store::Row> {
    let row = store::lock(tx, by.organization, user).await?;
    row.filter(|row| !is_deleted(row)).ok_or(Error::NotFound)
}
