//! All people that are filtered, for a file, in batches.

use super::{list, store};
use crate::{
    Backend, Caller, Error, Result,
    caller::{Permit, Target},
    database::Hold,
};
use domain::{
    access::Action,
    users::{Cursor, UserQuery, UserRow},
};

/// People that one statement reads.
const BATCH: usize = 500;

impl Backend {
    /// All people that are filtered, whatever page is shown, in the order of the list.
    pub fn export_users(&self, caller: &Caller, query: &UserQuery) -> Result<UserExport> {
        let permit = caller.permit(Action::ViewUsers, Target::Organization(caller.organization))?;
        Ok(UserExport {
            backend: self.clone(),
            permit,
            query: UserQuery {
                cursor: Cursor::Start,
                ..query.clone()
            },
            is_over: false,
        })
    }
}

/// The filtered people from the first on. Between batches it holds no connection, so that whoever reads slowly holds up
/// nobody.
pub struct UserExport {
    backend: Backend,
    permit: Permit,
    query: UserQuery,
    is_over: bool,
}

impl UserExport {
    /// The next people; none at the end. The right to see them is judged anew each time.
    ///
    /// # Errors
    /// `Unavailable` if the person behind whom it goes on is gone, as a cancelled invitation is: what follows can't be
    /// told any more, and a file that ends there would look whole.
    pub async fn next(&mut self) -> Result<Vec<UserRow>> {
        if self.is_over {
            return Ok(Vec::new());
        }
        let _turn = self.backend.exports.acquire().await.map_err(Error::unavailable)?;
        let (organization, now) = (self.permit.organization, self.backend.now());
        let mut tx = self.backend.begin(&self.permit, Hold::Looked).await?;
        let rows = list::list_batch(&mut tx, organization, &self.query, now, BATCH).await?;
        if let (true, Cursor::After(last)) = (rows.is_empty(), self.query.cursor)
            && !store::exists(&mut tx, organization, last).await?
        {
            return Err(Error::unavailable(
                "the list of people changed while it was written",
            ));
        }
        tx.commit().await?;
        match rows.last() {
            Some(last) if rows.len() == BATCH => self.query.cursor = Cursor::After(last.id),
            _ => self.is_over = true,
        }
        Ok(rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{EXPORTS_AT_ONCE, testing::Stage};
    use sqlx::PgPool;

    #[sqlx::test]
    async fn a_file_is_read_on_when_it_is_its_turn(pool: PgPool) {
        let stage = Stage::new(pool);
        let ada = stage.ada().await;
        let others = u32::try_from(EXPORTS_AT_ONCE).unwrap();
        let others = stage.backend.exports.acquire_many(others).await.unwrap();
        let mut export = stage.backend.export_users(&ada, &UserQuery::default()).unwrap();
        let reading = tokio::spawn(async move { export.next().await });
        // Longer than reading takes: the same list, many times.
        for _ in 0..20 {
            stage
                .backend
                .list_users(&ada, &UserQuery::default())
                .await
                .unwrap();
        }
        assert!(!reading.is_finished());
        drop(others);
        assert_eq!(reading.await.unwrap().unwrap().len(), 1);
        assert_eq!(stage.backend.exports.available_permits(), EXPORTS_AT_ONCE);
    }
}
