//! The installation as a whole: whether this program has its key, and the facts about its database that an operator asks
//! for. Belongs to no organization and changes nothing of one.

mod store;
#[cfg(test)]
mod tests;

pub use store::{Counts, DatabaseFacts, find_database_facts};

use crate::{
    Backend, Result,
    sealer::{Place, Sealer},
};
use sqlx::PgPool;
use time::OffsetDateTime;
use uuid::Uuid;

const PLACE: Place = Place {
    table: "installation",
    row: Uuid::nil(),
};
const KNOWN_TEXT: &[u8] = b"the key of this installation";

/// Whether a key is the one that this installation was begun with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyVerdict {
    /// It is, or the installation had none and has this one from now on.
    Right,
    Wrong,
}

/// Whether the installation has a key already. Not before its schema has the table.
pub async fn has_key(pool: &PgPool) -> Result<bool> {
    Ok(store::find_key_check(pool).await?.is_some())
}

/// Whether this key is the installation's; `None` if it has none yet. Changes nothing.
pub async fn judge_key(pool: &PgPool, sealer: &Sealer) -> Result<Option<KeyVerdict>> {
    Ok(store::find_key_check(pool)
        .await?
        .map(|check| verdict(sealer, &check)))
}

fn verdict(sealer: &Sealer, check: &[u8]) -> KeyVerdict {
    match sealer.open(PLACE, check) {
        Ok(text) if text.expose() == KNOWN_TEXT => KeyVerdict::Right,
        _ => KeyVerdict::Wrong,
    }
}

impl Backend {
    /// Gives the installation its key if it has none, and judges ours. Of two servers that start at once with different
    /// keys, one has the right one.
    pub async fn adopt_key(&self) -> Result<KeyVerdict> {
        let check = self
            .sealer
            .seal(PLACE, KNOWN_TEXT)
            .map_err(crate::Error::unavailable)?;
        let stored = store::save_key_check_unless_there(&self.pool, &check, self.now()).await?;
        Ok(verdict(&self.sealer, &stored))
    }

    /// What those who watch the installation are told, never about single people.
    pub async fn count(&self) -> Result<Counts> {
        let now: OffsetDateTime = self.now();
        store::count(&self.pool, now, now - self.settings.session_idle).await
    }
}
