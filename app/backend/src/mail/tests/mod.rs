//! The outbox against a real database and a real mail server on loopback. Nothing sleeps: the clock is moved.

mod certificates;
mod delivery;
mod mime;
mod servers;
mod words;
mod workers;

use super::{MailUrl, Message, NewMail, Patience, Transport, queue, testing::MailServer};
use crate::{
    Backend, Client, caller::Permit, clock::Clock, database::Tx, secret::Chance, settings::Settings,
};
use domain::ids::{InvitationId, MailId, OrganizationId};
use sqlx::PgPool;
use std::{
    sync::{Arc, Mutex},
    time::Duration as Wait,
};
use time::{Duration, OffsetDateTime, macros::datetime};

/// A backend whose clock is moved by hand, a mail server, and an organization without people.
struct Post {
    backend: Backend,
    server: MailServer,
    transport: Transport,
    permit: Permit,
    organization: OrganizationId,
    now: Arc<Mutex<OffsetDateTime>>,
}

/// The outbox's row of a mail.
#[derive(Debug, PartialEq, Eq)]
struct Row {
    state: String,
    attempts: i32,
    reason: Option<String>,
}

fn row(state: &str, attempts: i32, reason: Option<&str>) -> Row {
    Row {
        state: state.to_owned(),
        attempts,
        reason: reason.map(str::to_owned),
    }
}

impl Post {
    async fn new(pool: PgPool) -> Self {
        Self::with_patience(pool, Wait::from_secs(10)).await
    }

    async fn with_patience(pool: PgPool, patience: Wait) -> Self {
        let now = Arc::new(Mutex::new(datetime!(2026-11-24 10:00 UTC)));
        let hands = Arc::clone(&now);
        let clock = Clock::new(move || *hands.lock().unwrap());
        let backend = Backend::new(
            pool,
            Settings::default(),
            clock,
            Chance::system(),
            crate::testing::sealer(),
        );
        let server = MailServer::start().await;
        let transport = transport(&server.url(), patience);
        let organization = OrganizationId(backend.chance.id(backend.now()));
        let permit = Permit::operator(organization, "organization.create", &Client::command_line());
        let post = Self {
            backend,
            server,
            transport,
            permit,
            organization,
            now,
        };
        post.db_organization().await;
        post
    }

    fn move_clock(&self, by: Duration) {
        *self.now.lock().unwrap() += by;
    }

    async fn begin(&self) -> Tx {
        Tx::begin(&self.backend.pool).await.unwrap()
    }

    /// Queues a mail without a link.
    async fn notice(&self, recipient: &str) -> MailId {
        let mut tx = self.begin().await;
        let id = self.notice_in(&mut tx, recipient).await;
        tx.commit().await.unwrap();
        id
    }

    async fn notice_in(&self, tx: &mut Tx, recipient: &str) -> MailId {
        let at = self.backend.now();
        let message = Message::AccountDeactivated {
            organization: "Analytical Engines".into(),
            at: at.into(),
            tokens_deleted: false,
        };
        self.queue(tx, recipient, None, message).await
    }

    /// Invites somebody and queues the mail.
    async fn invite(&self, recipient: &str) -> (InvitationId, MailId) {
        let invitation = self.db_invitation(recipient).await;
        let message = Message::Invitation {
            organization: "Analytical Engines".into(),
            inviter: Some("Ada Lovelace".into()),
            expires_at: (self.backend.now() + Duration::days(7)).into(),
        };
        let mut tx = self.begin().await;
        let id = self.queue(&mut tx, recipient, Some(invitation), message).await;
        tx.commit().await.unwrap();
        (invitation, id)
    }

    async fn queue(
        &self,
        tx: &mut Tx,
        recipient: &str,
        invitation: Option<InvitationId>,
        message: Message,
    ) -> MailId {
        let at = self.backend.now();
        let id = MailId(self.backend.chance.id(at));
        let mail = NewMail {
            id,
            organization: self.organization,
            user: None,
            invitation,
            recipient,
            message,
            at,
        };
        queue(tx, &self.permit, mail).await.unwrap()
    }

    async fn deliver(&self) -> usize {
        self.backend.deliver_due_mails(&self.transport).await.unwrap()
    }

    async fn row(&self, mail: MailId) -> Option<Row> {
        let row: Option<(String, i32, Option<String>)> =
            sqlx::query_as("select state, attempts, reason from mails where id = $1")
                .bind(mail.0)
                .fetch_optional(&self.backend.pool)
                .await
                .unwrap();
        row.map(|(state, attempts, reason)| Row {
            state,
            attempts,
            reason,
        })
    }

    async fn db_organization(&self) {
        sqlx::query("insert into organizations (id, org_id, name, created_at) values ($1, 'abc123', 'Analytical Engines', $2)")
            .bind(self.organization.0)
            .bind(self.backend.now())
            .execute(&self.backend.pool)
            .await
            .unwrap();
    }

    async fn db_invitation(&self, recipient: &str) -> InvitationId {
        let now = self.backend.now();
        let id = self.backend.chance.id(now);
        let user = self.backend.chance.id(now);
        sqlx::query(
            "with invited as (
                insert into users (id, organization_id, email, email_key, status, created_at)
                values ($2, $3, $4, $4, 'invited', $5) returning id
             )
             insert into invitations (id, organization_id, kind, email, user_id, created_at, expires_at)
             select $1, $3, 'invitation', $4, invited.id, $5, $6 from invited",
        )
        .bind(id)
        .bind(user)
        .bind(self.organization.0)
        .bind(recipient)
        .bind(now)
        .bind(now + Duration::days(7))
        .execute(&self.backend.pool)
        .await
        .unwrap();
        InvitationId(id)
    }

    async fn db_cancel(&self, invitation: InvitationId) {
        sqlx::query("update invitations set cancelled_at = $2 where id = $1")
            .bind(invitation.0)
            .bind(self.backend.now())
            .execute(&self.backend.pool)
            .await
            .unwrap();
    }

    async fn db_count(&self, table_and_condition: &str) -> i64 {
        let query = format!("select count(*) from {table_and_condition}");
        sqlx::query_scalar(sqlx::AssertSqlSafe(query))
            .fetch_one(&self.backend.pool)
            .await
            .unwrap()
    }
}

fn transport(url: &str, patience: Wait) -> Transport {
    let url: MailUrl = url.parse().unwrap();
    Transport::new(
        url,
        Patience {
            connect: patience,
            send: patience,
        },
    )
    .unwrap()
}

/// Waits for what another task is about to do, at most ten seconds.
async fn eventually<F: Future<Output = bool>>(mut happened: impl FnMut() -> F) {
    for _ in 0..1000 {
        if happened().await {
            return;
        }
        tokio::time::sleep(Wait::from_millis(10)).await;
    }
    panic!("it did not happen");
}
