//! What must not stand in the log, at the level at which somebody looks for a fault.

use crate::usher::Usher;
use reqwest::{Client, RequestBuilder, header};
use std::{fs, path::Path, time::Duration};
use tokio::time::{sleep, timeout};

const PASSWORD: &str = "seven owls repair my piano";
const NEW: &str = "nine herons carry my ladder";
const WRONG: &str = "eleven geese polish my kettle";

struct Browser {
    client: Client,
    url: String,
    /// Every value that was set, which nobody may read in a log.
    cookies: Vec<String>,
}

impl Browser {
    fn post(&self, action: &str, fields: &[(&str, &str)]) -> RequestBuilder {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        self.client
            .post(format!("{}{action}", self.url))
            .header(header::ACCEPT, "application/json")
            .header(header::ORIGIN, &self.url)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::COOKIE, self.cookies.join("; "))
            .body(body)
    }

    async fn send(&mut self, action: &str, fields: &[(&str, &str)], status: u16) {
        let answer = self.post(action, fields).send().await.unwrap();
        assert_eq!(answer.status(), status, "{action}");
        for cookie in answer.headers().get_all(header::SET_COOKIE) {
            let cookie = cookie.to_str().unwrap().split(';').next().unwrap();
            self.cookies.push(cookie.to_owned());
        }
    }

    async fn open(&self, path: &str) -> u16 {
        let page = self.client.get(format!("{}{path}", self.url)).send();
        page.await.unwrap().status().as_u16()
    }
}

/// The token of the link in the first mail of a folder.
async fn mailed_token(folder: &Path) -> String {
    let arrives = async {
        loop {
            let mails = fs::read_dir(folder).into_iter().flatten().flatten();
            let texts = mails.filter_map(|mail| fs::read_to_string(mail.path()).ok());
            let token = texts
                .map(|text| text.replace("=\r\n", ""))
                .find_map(|text| Some(text.split_once("/invitations/")?.1.get(..43)?.to_owned()));
            if let Some(token) = token {
                return token;
            }
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(Duration::from_secs(30), arrives).await.unwrap()
}

#[tokio::test]
async fn inv_15_no_link_password_or_session_stands_in_the_log() {
    let usher = Usher::new("log");
    let mut server = usher.start_with(&[], &[("RUST_LOG", "debug")]);
    let set_up = server.prints("/setup?token=");
    let mut ada = Browser {
        client: Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap(),
        url: usher.urls()[0].clone(),
        cookies: Vec::new(),
    };
    assert_eq!(ada.open(&format!("/setup?token={set_up}")).await, 200);
    let typed = [
        ("token", set_up.as_str()),
        ("organization", "Engines"),
        ("first_name", "Ada"),
        ("last_name", "Lovelace"),
        ("email", "ada@example.test"),
        ("password", PASSWORD),
    ];
    ada.send("/api/setup/complete", &typed, 200).await;
    ada.send("/api/invitations/invite", &[("email", "ben@example.test")], 200)
        .await;

    let invitation = mailed_token(&usher.data_dir().join("mail")).await;
    let mut ben = Browser {
        cookies: Vec::new(),
        client: ada.client.clone(),
        url: ada.url.clone(),
    };
    assert_eq!(ben.open(&format!("/invitations/{invitation}")).await, 200);
    let weak = [
        ("token", invitation.as_str()),
        ("first_name", "Ben"),
        ("last_name", "Babbage"),
        ("password", "short-secret"),
    ];
    ben.send("/api/invitations/accept", &weak, 422).await;
    let fields = [&weak[..3], &[("password", PASSWORD)]].concat();
    ben.send("/api/invitations/accept", &fields, 200).await;
    assert_eq!(ben.open(&format!("/invitations/{invitation}")).await, 410);
    let guess = [("email", "ben@example.test"), ("password", WRONG)];
    ben.send("/api/sign_in/password", &guess, 409).await;

    let printed = usher.output(&["recover-admin"]);
    let recovery = printed.split_once("/recover?token=").unwrap().1[..43].to_owned();
    assert_eq!(ada.open(&format!("/recover?token={recovery}")).await, 200);
    let fields = [("token", recovery.as_str()), ("password", NEW)];
    ada.send("/api/password_resets/complete", &fields, 200).await;

    assert_eq!(server.stop(), Some(0));
    let log = server.said();
    assert!(log.contains("DEBUG") && log.contains("request answered"), "{log}");
    let cookies = ada.cookies.iter().chain(&ben.cookies);
    let cookies = cookies.filter_map(|cookie| Some(cookie.split_once('=')?.1));
    let mut secrets: Vec<&str> = cookies.filter(|value| value.len() > 20).collect();
    assert!(secrets.len() >= 4, "sessions and known browsers");
    secrets.extend([
        &*set_up,
        &*invitation,
        &*recovery,
        PASSWORD,
        NEW,
        WRONG,
        "short-secret",
    ]);
    for secret in secrets {
        let escaped = secret.replace(' ', "+");
        assert!(!log.contains(secret) && !log.contains(&escaped), "{secret}");
    }
}
