//! Two servers on one database: what one does holds at the other with the next request, and of two that happen at the
//! same time one happens.

use super::account::{Account, Trace, rounds};
use crate::{
    console::{Browser, KEY, PASSWORD, acceptance, address, id_of, is_ready, mailed_token},
    usher::{Running, Usher},
};
use backend::mail::testing::MailServer;
use sqlx::PgPool;

pub(crate) struct Pair {
    pub(crate) ushers: [Usher; 2],
    pub(crate) servers: [Running; 2],
    pub(crate) ada: Browser,
}

impl Pair {
    pub(crate) async fn start(name: &str, database: &PgPool, mail_url: &str) -> Self {
        Self::start_at(name, &address(database), mail_url).await
    }

    pub(crate) async fn start_at(name: &str, database_url: &str, mail_url: &str) -> Self {
        let ushers = [0, 1].map(|n| {
            Usher::new(&format!("{name}-{n}"))
                .with("DATABASE_URL", database_url)
                .with("USHER_SECRET_KEY", KEY)
                .with("USHER_MAIL_URL", mail_url)
                .with("USHER_MAIL_FIRST_WAIT", "1s")
                // Each act is to leave its mail, however often the same person is put out.
                .with("USHER_THROTTLE_MAILS_ADDRESS", "100000/1s")
                .with("USHER_THROTTLE_INVITATIONS_USER", "100000/1s")
                .with("USHER_THROTTLE_INVITATIONS_ORGANIZATION", "100000/1s")
        });
        let mut servers = [ushers[0].start(&[]), ushers[1].start(&[])];
        // Each prints a link of its own, and the last one printed works.
        for (usher, server) in ushers.iter().zip(&mut servers) {
            server.prints("/setup?token=");
            is_ready(&usher.urls()[0]).await;
        }
        let printed = ushers[0].output(&["setup-link"]);
        let token = printed.trim().split("/setup?token=").nth(1).unwrap();
        let ada = Browser::ada(&ushers[0].urls()[0], token).await;
        Self { ushers, servers, ada }
    }

    pub(crate) fn urls(&self) -> [String; 2] {
        [0, 1].map(|n: usize| self.ushers[n].urls()[0].clone())
    }

    pub(crate) async fn end(mut self) {
        for server in &mut self.servers {
            server.ask_to_end();
            assert_eq!(server.ended().await, Some(0));
        }
    }
}

/// Who came by an invitation, with the groups of it.
pub(super) async fn colleague(
    pair: &Pair,
    mails: &MailServer,
    database: &PgPool,
    email: &str,
    group: &str,
) -> Browser {
    let group: sqlx::types::Uuid = sqlx::query_scalar("select id from groups where name = $1")
        .bind(group)
        .fetch_one(database)
        .await
        .unwrap();
    let fields = [("email", email), ("groups[]", &group.to_string())];
    assert_eq!(pair.ada.act("/api/invitations/invite", &fields).await, 200);
    Browser::accepting(&pair.urls()[0], &mailed_token(mails, email).await).await
}

#[sqlx::test(migrations = false)]
async fn rel_07_who_is_deactivated_at_one_server_is_out_at_the_other(pool: PgPool) {
    let mails = MailServer::start().await;
    let pair = Pair::start("out", &pool, &mails.url()).await;
    let [one, two] = pair.urls();
    colleague(&pair, &mails, &pool, "ben@example.test", "read").await;
    let id = id_of(&pool, "ben@example.test").await;
    let rounds = rounds(5);
    let mut account = Account::new("deactivated at the other server", rounds);
    for round in 0..rounds {
        let (here, there) = if round % 2 == 0 {
            (&one, &two)
        } else {
            (&two, &one)
        };
        let ben = Browser::sign_in(here, "ben@example.test").await;
        assert!(ben.is_signed_in().await && ben.elsewhere(there).is_signed_in().await);
        let ada = pair.ada.elsewhere(there);
        assert_eq!(ada.act("/api/users/deactivate", &[("user", &id)]).await, 200);
        let is_in = ben.is_signed_in().await || ben.elsewhere(there).is_signed_in().await;
        account.enter(round, true, if is_in { Trace::Nothing } else { Trace::Done });
        assert_eq!(ben.act("/api/account/settings", &[]).await, 401);
        assert_eq!(ada.act("/api/users/reactivate", &[("user", &id)]).await, 200);
    }
    pair.end().await;
    account.close();
}

#[sqlx::test(migrations = false)]
async fn rel_07_an_invitation_that_is_accepted_at_both_servers_at_once_makes_one_account(pool: PgPool) {
    let mails = MailServer::start().await;
    let pair = Pair::start("both", &pool, &mails.url()).await;
    let [one, two] = pair.urls();
    let rounds = rounds(10);
    let mut account = Account::new("accepted at both servers", rounds);
    for round in 0..rounds {
        let email = format!("ben{round}@example.test");
        pair.ada.invites(&email).await;
        let token = mailed_token(&mails, &email).await;
        let accept = |url: &str, password: &str| {
            Browser::at(url)
                .request("/api/invitations/accept", &acceptance(&token, password))
                .send()
        };
        let (here, there) = tokio::join!(
            accept(&one, PASSWORD),
            accept(&two, "another calm sea of green glass")
        );
        let answers = [here.unwrap().status().as_u16(), there.unwrap().status().as_u16()];
        assert!(matches!(answers, [200, 409] | [409, 200]), "{answers:?}");
        let things: Vec<i64> = sqlx::query_scalar(
            "select array[count(*),
                count(*) filter (where status = 'active'),
                sum((select count(*) from passwords p where p.user_id = u.id))::bigint,
                sum((select count(*) from sessions s where s.user_id = u.id))::bigint,
                sum((select count(*) from audit a where a.target_id = u.id and a.action = 'invitations.accept'))::bigint]
             from users u where email = $1",
        )
        .bind(&email)
        .fetch_one(&pool)
        .await
        .unwrap();
        account.enter(&email, true, Trace::of(&things));
        // The password is that of whoever was told that they are in.
        let typed = [("email", email.as_str()), ("password", PASSWORD)];
        let signed_in = Browser::at(&two).act("/api/sign_in/password", &typed).await == 200;
        assert_eq!(signed_in, answers[0] == 200, "{answers:?}");
    }
    pair.end().await;
    account.close();
}

#[sqlx::test(migrations = false)]
async fn rel_07_of_two_administrators_who_deactivate_each_other_at_two_servers_one_stays(pool: PgPool) {
    let mails = MailServer::start().await;
    let pair = Pair::start("each-other", &pool, &mails.url()).await;
    let urls = pair.urls();
    let emails = ["ada@example.test", "ben@example.test"];
    let ben = colleague(&pair, &mails, &pool, emails[1], "admin").await;
    let ids = [id_of(&pool, emails[0]).await, id_of(&pool, emails[1]).await];
    let mut people = [pair.ada.clone(), ben.elsewhere(&urls[1])];
    let rounds = rounds(50);
    let mut account = Account::new("deactivated each other", rounds);
    let mut stayed = [0; 2];
    for round in 0..rounds {
        let deactivate = |who: usize, whom: usize| {
            people[who]
                .request("/api/users/deactivate", &[("user", &ids[whom])])
                .send()
        };
        let (ada, ben) = tokio::join!(deactivate(0, 1), deactivate(1, 0));
        let answers = [ada.unwrap().status().as_u16(), ben.unwrap().status().as_u16()];
        assert!(matches!(answers, [200, 401] | [401, 200]), "{answers:?}");
        let (stays, goes) = if answers[0] == 200 { (0, 1) } else { (1, 0) };
        stayed[stays] += 1;

        let things: Vec<i64> = sqlx::query_scalar(
            "select array[
                (select count(*) from users where status = 'active'),
                (select count(*) from users where status = 'deactivated'),
                (select count(*) from audit where action = 'users.deactivate') - $1,
                (select count(*) from mails where message->>'kind' = 'account_deactivated') - $1]",
        )
        .bind(i64::try_from(round).unwrap())
        .fetch_one(&pool)
        .await
        .unwrap();
        account.enter(round, true, Trace::of(&things));
        assert!(people[stays].is_signed_in().await && !people[goes].is_signed_in().await);
        let back = people[stays]
            .act("/api/users/reactivate", &[("user", &ids[goes])])
            .await;
        assert_eq!(back, 200);
        people[goes] = Browser::sign_in(&urls[goes], emails[goes]).await;
    }
    assert!(
        rounds < 20 || stayed.iter().all(|times| *times > 0),
        "both may win: {stayed:?}"
    );
    pair.end().await;
    account.close();
}
