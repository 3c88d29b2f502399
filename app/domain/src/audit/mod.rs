//! The audit log as people read it: how it is asked for, a page of it, and what acts are called. It is written in the
//! transaction of each act, see `app/backend/src/audit/`.

mod query;
mod table;
mod words;

pub use query::{AuditQuery, AuditResult, Cursor, Place};
pub use words::{AuditAction, in_words};

use crate::moment::Moment;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Entries on a page.
pub const PAGE_SIZE: usize = 50;

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditRow {
    pub at: Moment,
    /// `None` for the operator, and for somebody who did not prove who they are; the label says which.
    pub actor_id: Option<Uuid>,
    pub actor: String,
    /// As recorded, also where this program has no words for it.
    pub action: String,
    /// `None` unless it is a person or a group, whose other entries can be asked for.
    pub target_id: Option<Uuid>,
    pub target: String,
    pub result: AuditResult,
    pub address: String,
    pub request_id: String,
    pub changes: Vec<AuditChange>,
}

/// A value that the act changed, both sides as text; `None` where there was or is nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditChange {
    pub key: String,
    pub before: Option<String>,
    pub after: Option<String>,
}

/// A page of the log, the newest entry first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditPage {
    pub rows: Vec<AuditRow>,
    /// The cursors of the neighbouring pages, where there are any: newer and older.
    pub previous: Option<Cursor>,
    pub next: Option<Cursor>,
    /// When the log was read: relative times are seen from here, on the server and in the browser.
    pub now: Moment,
}
