//! Transactions, and how many acts of one organization happen at once.
//!
//! Acts of one organization wait for each other at its row and at what it has left to invite, and each that waits has a
//! connection. Without a bound a few hundred invitations at once would have all of them, and nobody could look at a page.
//! The bound is this server's, and two organizations that are busy to that degree have all connections of it.

use crate::{Error, Result};
use domain::ids::OrganizationId;
use sqlx::{PgConnection, PgPool, Postgres, Transaction};
use std::{
    collections::HashMap,
    ops::{Deref, DerefMut},
    sync::{Arc, Mutex, PoisonError},
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

/// A statement that is planned each time (`persistent(false)`) has no name, and is prepared and then run. It wants a
/// transaction: without one a pooler of transactions may have another session run what the first has prepared.
pub struct Tx {
    transaction: Transaction<'static, Postgres>,
    _place: Option<OwnedSemaphorePermit>,
}

impl Tx {
    /// One that nobody waits behind.
    pub(crate) async fn begin(pool: &PgPool) -> sqlx::Result<Self> {
        Ok(Self {
            transaction: pool.begin().await?,
            _place: None,
        })
    }

    /// That of an act, when it is its turn.
    pub(super) async fn begin_act(
        pool: &PgPool,
        places: &Places,
        organization: OrganizationId,
    ) -> Result<Self> {
        let places = places.of(organization, pool);
        // As long as for a connection, which comes after it.
        let patience = pool.options().get_acquire_timeout();
        let place = timeout(patience, places.acquire_owned()).await;
        let place = place
            .map_err(|_| Error::unavailable("too many acts of the organization wait for one another"))?;
        Ok(Self {
            transaction: pool.begin().await?,
            // Nobody closes them.
            _place: place.ok(),
        })
    }

    pub(crate) async fn commit(self) -> sqlx::Result<()> {
        self.transaction.commit().await
    }

    #[cfg(test)]
    pub(crate) async fn rollback(self) -> sqlx::Result<()> {
        self.transaction.rollback().await
    }
}

impl Deref for Tx {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        &self.transaction
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.transaction
    }
}

/// For each organization that acts at the moment: half of the connections.
#[derive(Clone, Default)]
pub(crate) struct Places(Arc<Mutex<HashMap<OrganizationId, Arc<Semaphore>>>>);

impl Places {
    fn of(&self, organization: OrganizationId, pool: &PgPool) -> Arc<Semaphore> {
        let mut places = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Whoever has a place or waits for one has a share in this, too.
        places.retain(|_, places| Arc::strong_count(places) > 1);
        let half = usize::try_from(pool.options().get_max_connections() / 2).unwrap_or_default();
        let of_it = places
            .entry(organization)
            .or_insert_with(|| Arc::new(Semaphore::new(half.max(1))));
        Arc::clone(of_it)
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        Client, Error,
        database::{Hold, Tx},
        organization::store::lock_organization,
        testing::{Stage, until_waiting},
    };
    use domain::users::UserQuery;
    use sqlx::{
        PgPool,
        postgres::{PgConnectOptions, PgPoolOptions},
    };
    use std::{sync::Mutex, time::Duration};
    use tokio::task::JoinSet;

    #[sqlx::test]
    async fn acts_that_wait_for_one_organization_leave_connections_for_others(
        _pool: PgPoolOptions,
        options: PgConnectOptions,
    ) {
        let small = PgPoolOptions::new()
            .max_connections(4)
            .acquire_timeout(Duration::from_secs(2));
        let stage = Stage::new(small.connect_with(options.clone()).await.unwrap());
        let ada = stage.ada().await;
        let eve = stage.founder("Others", "eve@other.test").await;
        let aside = PgPool::connect_with(options).await.unwrap();
        let mut holder = aside.begin().await.unwrap();
        sqlx::query("select from organizations where id = $1 for update")
            .bind(ada.organization.0)
            .execute(&mut *holder)
            .await
            .unwrap();
        let mut acts = JoinSet::new();
        for n in 0..12 {
            let (backend, ada) = (stage.backend.clone(), ada.clone());
            acts.spawn(async move { backend.invite(&ada, &format!("p{n}@example.test"), &[]).await });
        }
        // Those who have a place wait in the database; the others are told that it takes too long.
        while acts.len() > 2 {
            let told = acts.join_next().await.unwrap().unwrap();
            assert!(matches!(told, Err(Error::Unavailable { .. })), "{told:?}");
        }
        stage
            .backend
            .list_users(&ada, &UserQuery::default())
            .await
            .unwrap();
        let mut file = stage.backend.export_users(&ada, &UserQuery::default()).unwrap();
        assert_eq!(file.next().await.unwrap().len(), 1);
        stage
            .backend
            .invite(&eve, "another@other.test", &[])
            .await
            .unwrap();
        holder.rollback().await.unwrap();
        for done in acts.join_all().await {
            done.unwrap();
        }
        assert!(stage.backend.places.0.lock().unwrap().len() <= 2);
        stage
            .backend
            .invite(&ada, "last@example.test", &[])
            .await
            .unwrap();
        assert_eq!(
            stage.backend.places.0.lock().unwrap().len(),
            1,
            "what is not used is forgotten"
        );
    }

    #[sqlx::test]
    async fn who_waits_to_have_an_organization_alone_is_not_passed_by_those_who_share_it(
        _pool: PgPoolOptions,
        options: PgConnectOptions,
    ) {
        let pool = PgPoolOptions::new().max_connections(8);
        let pool = pool.connect_with(options).await.unwrap();
        let stage = Stage::new(pool.clone());
        let ada = stage.ada().await;
        let held = async |hold| {
            let mut tx = stage.backend.begin_in(ada.organization).await.unwrap();
            lock_organization(&mut tx, ada.organization, hold)
                .await
                .unwrap()
                .unwrap();
            tx
        };
        let order = Mutex::new(Vec::new());
        let shared_after = async |waiting| {
            until_waiting(&pool, waiting).await;
            let tx = held(Hold::Shared).await;
            order.lock().unwrap().push("shared");
            tx.commit().await.unwrap();
        };
        let release = async |held: Tx| {
            until_waiting(&pool, 2).await;
            held.commit().await.unwrap();
        };
        let alone = async {
            let tx = held(Hold::Alone).await;
            order.lock().unwrap().push("alone");
            tx.commit().await.unwrap();
        };
        let first = held(Hold::Shared).await;
        tokio::join!(alone, shared_after(1), release(first));
        let close = async {
            let operator = Client::command_line();
            let reopened = stage.backend.reopen_organization(&operator, ada.org_id.as_str());
            assert!(reopened.await.unwrap().already);
            order.lock().unwrap().push("operator");
        };
        let first = held(Hold::Shared).await;
        tokio::join!(close, shared_after(1), release(first));
        assert_eq!(*order.lock().unwrap(), ["alone", "shared", "operator", "shared"]);
    }
}
