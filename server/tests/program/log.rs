//! What must not stand in the log, at the level at which somebody looks for a fault.

use crate::{
    console::{Browser, PASSWORD, acceptance, is_ready, mailed_token},
    usher::Usher,
};
use backend::mail::testing::MailServer;

const NEW: &str = "nine herons carry my ladder";
const WRONG: &str = "eleven geese polish my kettle";
const SHORT: &str = "short-secret";

#[tokio::test]
async fn inv_15_no_link_password_or_session_stands_in_the_log() {
    let mails = MailServer::start().await;
    let usher = Usher::new("log")
        .with("RUST_LOG", "debug")
        .with("USHER_MAIL_URL", mails.url());
    let mut server = usher.start(&[]);
    let set_up = server.prints("/setup?token=");
    let [url, _] = usher.urls();
    is_ready(&url).await;
    let stranger = Browser::at(&url);
    let open = async |path: String| stranger.page(&path).send().await.unwrap().status();
    assert_eq!(open(format!("/setup?token={set_up}")).await, 200);
    let ada = Browser::ada(&url, &set_up).await;

    ada.invites("ben@example.test").await;
    let invitation = mailed_token(&mails, "ben@example.test").await;
    let link = format!("/invitations/{invitation}");
    assert_eq!(open(link.clone()).await, 200);
    let weak = acceptance(&invitation, SHORT);
    assert_eq!(stranger.act("/api/invitations/accept", &weak).await, 422);
    let ben = Browser::accepting(&url, &invitation).await;
    assert_eq!(open(link).await, 410);
    let guess = [("email", "ben@example.test"), ("password", WRONG)];
    assert_eq!(stranger.act("/api/sign_in/password", &guess).await, 409);

    let (enrolling, phone) = ben.scans().await;
    let used = phone.code_after(0);
    assert_eq!(enrolling.confirms(&phone).send().await.unwrap().status(), 200);
    let asked = Browser::asked_for_code(&url, "ben@example.test").await;
    let wrong = [("code", "7k2m-q9xd-4h01")];
    assert_eq!(asked.act("/api/sign_in/code", &wrong).await, 422);
    let code = phone.code_after(1);
    let entered = asked.given_cookies("/api/sign_in/code", &[("code", &code)]).await;

    let printed = usher.output(&["recover-admin"]);
    let recovery = printed.split_once("/recover?token=").unwrap().1[..43].to_owned();
    assert_eq!(open(format!("/recover?token={recovery}")).await, 200);
    let fields = [("token", recovery.as_str()), ("password", NEW)];
    let again = Browser::entering(&url, "/api/password_resets/complete", &fields).await;
    assert!(again.is_signed_in().await);

    assert_eq!(server.stop(), Some(0));
    let log = server.said();
    assert!(log.contains("DEBUG") && log.contains("request answered"), "{log}");
    let browsers = [&ada, &ben, &enrolling, &asked, &entered, &again];
    let mut secrets: Vec<_> = browsers.iter().flat_map(|browser| browser.cookies()).collect();
    secrets.retain(|value| value.len() > 20);
    assert!(secrets.len() >= 6, "a session and a known browser of each");
    let (grouped, key) = (phone.key.as_str(), phone.key.replace(' ', ""));
    secrets.extend([grouped, &key, "7k2m-q9xd-4h01", "7k2mq9xd4h01"]);
    for code in [&used, &code] {
        assert!(!log.contains(&format!("code={code}")), "{code}");
    }
    secrets.extend([&*set_up, &*invitation, &*recovery, PASSWORD, NEW, WRONG, SHORT]);
    for secret in secrets {
        let escaped = secret.replace(' ', "+");
        assert!(!log.contains(secret) && !log.contains(&escaped), "{secret}");
    }
}
