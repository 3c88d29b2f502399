//! The audit log: one entry for each change, in the change's own transaction, written from its permit. `read.rs` has
//! how people read it.

mod entry;
mod read;
mod store;
#[cfg(test)]
mod tests;

pub use entry::AuditEntry;
pub use read::AuditExport;

use crate::{Result, caller::Permit, database::Tx};
use serde_json::Value;
use time::OffsetDateTime;

/// What an act changed. Never holds a secret.
#[derive(Debug, Default)]
pub(crate) struct Change {
    before: Option<Value>,
    after: Option<Value>,
    refused: bool,
}

impl Change {
    pub(crate) fn made(after: Value) -> Self {
        Self {
            after: Some(after),
            ..Self::default()
        }
    }

    pub(crate) fn from_to(before: Value, after: Value) -> Self {
        Self {
            before: Some(before),
            after: Some(after),
            refused: false,
        }
    }

    pub(crate) fn removed(before: Value) -> Self {
        Self {
            before: Some(before),
            ..Self::default()
        }
    }

    /// Nothing changed but it is worth knowing: a sign-in.
    pub(crate) fn nothing() -> Self {
        Self::default()
    }

    /// Somebody tried and was refused.
    pub(crate) fn refused() -> Self {
        Self {
            refused: true,
            ..Self::default()
        }
    }
}

/// Writes the entry. `label` is what people call the target: an address or a name.
pub(crate) async fn record(
    tx: &mut Tx,
    permit: &Permit,
    label: &str,
    change: Change,
    at: OffsetDateTime,
) -> Result<()> {
    store::save_entry(tx, permit, label, &change, at).await
}
