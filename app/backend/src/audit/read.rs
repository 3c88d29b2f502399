//! Reading the log: a page of it, or all that is filtered, for a file.

use super::{AuditEntry, store};
use crate::{
    Backend, Caller, Error, Result,
    caller::{Permit, Target},
    database::{Hold, Tx},
};
use domain::{
    access::Action,
    audit::{AuditPage, AuditQuery, Cursor, PAGE_SIZE},
};
use store::From;

/// Entries that one statement of an export reads.
const BATCH: usize = 500;

impl Backend {
    /// A page of the audit log.
    pub async fn list_audit(&self, caller: &Caller, query: &AuditQuery) -> Result<AuditPage> {
        caller.permit(Action::ViewAudit, Target::Organization(caller.organization))?;
        // One entry more than a page tells whether there is another page in this direction.
        let read = async |query: &AuditQuery| {
            let from = match query.cursor {
                Cursor::Start => From::Newest,
                Cursor::After(place) => From::Below(place),
                Cursor::Before(place) => From::Above(place),
            };
            let mut tx = Tx::begin(&self.pool).await?;
            let entries =
                store::list_entries(&mut tx, caller.organization, query, from, PAGE_SIZE + 1).await?;
            tx.commit().await?;
            Ok::<_, Error>(entries)
        };
        let mut cursor = query.cursor;
        let mut entries = read(query).await?;
        if entries.is_empty() && cursor != Cursor::Start {
            // Nothing lies beyond: the log from its start is what is left.
            cursor = Cursor::Start;
            entries = read(&query.from_start()).await?;
        }
        let more = entries.len() > PAGE_SIZE;
        entries.truncate(PAGE_SIZE);
        if cursor.is_backwards() {
            entries.reverse();
        }
        let (has_previous, has_next) = cursor.neighbours(more);
        let place = |entry: Option<&AuditEntry>| entry.map(AuditEntry::place);
        Ok(AuditPage {
            previous: place(entries.first())
                .filter(|_| has_previous)
                .map(Cursor::Before),
            next: place(entries.last()).filter(|_| has_next).map(Cursor::After),
            rows: entries.into_iter().map(AuditEntry::shown).collect(),
            now: self.now().into(),
        })
    }

    /// All that is filtered, whatever page is shown, to be read in batches.
    pub fn export_audit(&self, caller: &Caller, query: &AuditQuery) -> Result<AuditExport> {
        let permit = caller.permit(Action::ViewAudit, Target::Organization(caller.organization))?;
        Ok(AuditExport {
            backend: self.clone(),
            permit,
            query: query.from_start(),
            from: From::Newest,
            is_over: false,
        })
    }
}

/// The filtered log from the newest entry on, in batches. Between them it holds neither a connection nor more than a
/// place in the log, so that whoever reads slowly holds up nobody.
pub struct AuditExport {
    backend: Backend,
    permit: Permit,
    query: AuditQuery,
    from: From,
    is_over: bool,
}

impl AuditExport {
    /// The next entries; none at the end. The right to see them is judged anew each time: who loses it in the middle of
    /// a long file gets no more of it.
    pub async fn next(&mut self) -> Result<Vec<AuditEntry>> {
        if self.is_over {
            return Ok(Vec::new());
        }
        let _turn = self.backend.exports.acquire().await.map_err(Error::unavailable)?;
        let mut tx = self.backend.begin(&self.permit, Hold::Looked).await?;
        let organization = self.permit.organization;
        let entries = store::list_entries(&mut tx, organization, &self.query, self.from, BATCH).await?;
        tx.commit().await?;
        match entries.last() {
            Some(last) if entries.len() == BATCH => self.from = From::BelowEntry(last.at, last.id),
            _ => self.is_over = true,
        }
        Ok(entries)
    }
}
