//! Whoever finds a session open, or has stolen one, makes nobody an IAM Admin: each way to do it asks for the password.

use crate::{
    stage::{colleague, deactivate, group, id_of},
    visitor::{PASSWORD, TestConsole},
};
use app::error::AppError;
use domain::field::{Fault, Field};
use sqlx::PgPool;

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn pol_02_a_sign_in_that_lies_back_makes_no_iam_admin(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    for name in ["ben", "gone"] {
        colleague(&console, &ada, &format!("{name}@example.test"), &[]).await;
    }
    assert_eq!(deactivate(&console, &ada, "gone@example.test").await.status, 200);
    let pending = [("email", "pending@example.test")];
    assert_eq!(ada.call("/api/invitations/invite", &pending).await.status, 200);
    let admins = group(&console, &ada, "admin").await;
    let ids = [
        id_of(&console, "ben@example.test").await,
        id_of(&console, "gone@example.test").await,
        id_of(&console, "pending@example.test").await,
    ];
    let [ben, gone, pending] = ids.each_ref().map(String::as_str);
    console.advance(10 * 60);
    let ways: [(&str, &[(&str, &str)]); 4] = [
        (
            "/api/invitations/invite",
            &[("email", "thief@evil.test"), ("groups[]", &admins)],
        ),
        (
            "/api/invitations/edit_groups",
            &[("user", pending), ("groups[]", &admins)],
        ),
        // Of a deactivated person nothing is gained now, so that no second yes is asked for.
        (
            "/api/groups/add_members",
            &[("group", &admins), ("users[]", gone)],
        ),
        (
            "/api/policies/save",
            &[
                ("name", "Theirs"),
                ("step", "save"),
                ("rules[0][users][]", gone),
                ("rules[0][roles][]", "iam-admin"),
            ],
        ),
    ];
    for (action, fields) in ways {
        let answer = ada.call(action, fields).await;
        assert_eq!(answer.status, 422, "{action}: {}", answer.body);
        let failure: AppError = serde_json::from_str(&answer.body).unwrap();
        let wanted = AppError::Invalid((Field::CurrentPassword, Fault::ProofWanted).into());
        assert_eq!(failure, wanted, "{action}");
        let wrong = [fields, &[("current_password", "not theirs")]].concat();
        assert_eq!(ada.call(action, &wrong).await.status, 422, "{action}");
    }
    // Where nobody becomes one, nothing is asked.
    let readers = group(&console, &ada, "read").await;
    let fields = [("group", readers.as_str()), ("users[]", ben)];
    assert_eq!(ada.call("/api/groups/add_members", &fields).await.status, 200);
    // The password makes the proof new, for this and what follows.
    for (action, fields) in ways {
        let right = [fields, &[("current_password", PASSWORD)]].concat();
        assert_eq!(ada.call(action, &right).await.status, 200, "{action}");
    }
}
