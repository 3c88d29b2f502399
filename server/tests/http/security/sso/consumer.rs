//! The consumer is the one address to which other sites post: what it takes, and how its cookies are made for that.

use crate::{
    identity_provider::{
        AWAY, FORM, SECURE_AWAY, bring, come, consumer, deploy, leave, org_id, post_body, problem, response,
        sign_in_by_sso, typed, who_is_in,
    },
    log::Log,
    stage::{colleague, db_count, db_rows, sign_in},
    visitor::{Answer, PASSWORD, TestConsole, Visitor, encoded},
};
use reqwest::{Method, header};
use sqlx::PgPool;

const BEN: &str = "ben@example.test";

/// Ben is a member.
async fn scene(pool: PgPool) -> (TestConsole, Visitor, String) {
    let (console, ada, org_id) = super::scene(pool).await;
    colleague(&console, &ada, BEN, &[]).await;
    (console, ada, org_id)
}

fn cookie_lines(answer: &Answer) -> Vec<String> {
    let all = answer.headers.get_all(header::SET_COOKIE);
    all.iter().map(|line| line.to_str().unwrap().to_owned()).collect()
}

fn line<'a>(lines: &'a [String], name: &str) -> &'a str {
    let start = format!("{name}=");
    let mut found = lines.iter().filter(|line| line.starts_with(&start));
    let line = found.next().unwrap_or_else(|| panic!("no {name} in {lines:?}"));
    assert!(found.next().is_none(), "{lines:?}");
    line
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn saml_21_the_consumer_goes_by_a_cookie_of_its_own_and_leads_to_a_page_of_ours(pool: PgPool) {
    let (console, _, org_id) = scene(pool).await;
    let browser = console.stranger();
    let leaving = browser.open(&format!("/accounts/saml/{org_id}/login")).await;
    let cookie = browser.cookie(AWAY).unwrap();
    assert_eq!(
        line(&cookie_lines(&leaving), AWAY),
        format!("saml={cookie}; Path=/; HttpOnly; SameSite=None; Secure; Max-Age=600")
    );
    assert_eq!(cookie.len(), 43, "256 bits");
    assert_eq!(leaving.header("cache-control"), "no-store");
    let asked = backend::saml::testing::Asked::by(leaving.header("location"));
    // Neither of the two tells the other, so that whoever reads an address has not the cookie.
    assert_ne!(asked.relay_state, cookie);

    let answer = bring(&browser, &asked, &response(&console, &asked, BEN)).await;
    assert_eq!(answer.redirect(), (303, "/"));
    let lines = cookie_lines(&answer);
    assert!(line(&lines, AWAY).ends_with("SameSite=None; Secure; Max-Age=0"));
    let session = line(&lines, "usher");
    assert!(session.contains("; HttpOnly; SameSite=Lax") && !session.contains("Max-Age"));
    assert_eq!(browser.cookie(AWAY), None);
    assert!(browser.open("/").await.body.contains("Welcome, Ben"));
    // Where they signed in is remembered, and nothing of who they are.
    let remembered = line(&lines, "sso");
    assert!(
        remembered.starts_with(&format!("sso={org_id};")) && remembered.contains("HttpOnly; SameSite=Lax")
    );
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn saml_21_over_https_the_cookie_is_bound_to_the_host(pool: PgPool) {
    let console = TestConsole::start_with(pool, &[("public_url", "https://console.example.test")]).await;
    let ada = console.ada().await;
    deploy(&console, &ada, typed()).await;
    let org_id = org_id(&console, &ada).await;
    let browser = console.stranger();
    let leaving = browser.open(&format!("/accounts/saml/{org_id}/login")).await;
    let set = cookie_lines(&leaving);
    let set = line(&set, SECURE_AWAY);
    assert!(
        set.ends_with("; Path=/; HttpOnly; SameSite=None; Secure; Max-Age=600") && !set.contains("Domain")
    );
    let asked = backend::saml::testing::Asked::by(leaving.header("location"));
    assert_eq!(
        asked.acs_url,
        format!("https://console.example.test/accounts/saml/{org_id}/acs")
    );
    // The same under the name that any neighbour could set.
    let neighbour = console.stranger();
    neighbour.set_cookie(AWAY, &browser.cookie(SECURE_AWAY).unwrap());
    let answer = bring(&neighbour, &asked, &response(&console, &asked, BEN)).await;
    assert_eq!(problem(&answer), "over");
    let answer = bring(&browser, &asked, &response(&console, &asked, BEN)).await;
    assert_eq!(answer.redirect(), (303, "/"));
    assert!(line(&cookie_lines(&answer), "__Host-usher").contains("; SameSite=Lax; Secure"));
    assert_eq!(browser.cookie(SECURE_AWAY), None);
}

/// Whatever is signed in comes along where the identity provider is on the same site; it lends the consumer nothing.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn saml_21_a_session_that_comes_along_changes_nothing_and_ends(pool: PgPool) {
    let (console, _, org_id) = scene(pool.clone()).await;
    let ada = console.stranger();
    sign_in(&ada, "ada@example.test", PASSWORD).await;
    let before = console.stranger();
    before.set_cookie("usher", &ada.cookie("usher").unwrap());
    let with_all = async |asked: &backend::saml::testing::Asked| {
        let said = response(&console, asked, BEN).posted();
        let fields = [
            ("SAMLResponse", said.as_str()),
            ("RelayState", &asked.relay_state),
        ];
        let request = ada
            .request(Method::POST, &consumer(asked))
            .header(header::ORIGIN, "https://idp.example.test")
            .header("sec-fetch-site", "same-site")
            .header(header::CONTENT_TYPE, FORM);
        ada.send(request.body(encoded(&fields))).await
    };
    let of_another = leave(&console.stranger(), &org_id).await;
    assert_eq!(problem(&with_all(&of_another).await), "over");
    assert!(who_is_in(&console, &before).await.is_some());
    let own = leave(&ada, &org_id).await;
    assert_eq!(with_all(&own).await.redirect(), (303, "/"));
    assert_eq!(who_is_in(&console, &ada).await.as_deref(), Some(BEN));
    assert_eq!(
        who_is_in(&console, &before).await,
        None,
        "the session before ends"
    );
    let recorded = "audit where action = 'sessions.sign_out' and target_label = 'ada@example.test'";
    assert_eq!(db_count(&pool, recorded).await, 1, "and the log says so");
}

/// Nothing else of ours is open to other sites, whatever its address looks like.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn saml_21_nothing_but_the_consumer_takes_what_other_sites_post(pool: PgPool) {
    let (_, ada, org_id) = scene(pool).await;
    for path in [
        format!("/accounts/saml/{org_id}/login"),
        format!("/accounts/saml/{org_id}/metadata"),
        format!("/accounts/saml/{org_id}/acs/"),
        format!("/accounts/saml/{org_id}/x/acs"),
        format!("//accounts/saml/{org_id}/acs"),
        "/accounts/google/acs".to_owned(),
        "/api/sessions/sign_out".to_owned(),
        "/api/users/deactivate".to_owned(),
    ] {
        let answer = post_body(&ada, &path, FORM, "user=x").await;
        assert_eq!(answer.status, 403, "{path}");
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn saml_16_what_is_no_form_of_an_identity_provider_is_refused(pool: PgPool) {
    let (console, _, org_id) = scene(pool.clone()).await;
    let path = format!("/accounts/saml/{org_id}/acs");
    let left = async || {
        let browser = console.stranger();
        let asked = leave(&browser, &org_id).await;
        let said = response(&console, &asked, BEN).posted();
        let said = encoded(&[("SAMLResponse", said.as_str())]);
        (
            browser,
            said,
            encoded(&[("RelayState", asked.relay_state.as_str())]),
        )
    };
    for (name, kind, body) in [
        (
            "nothing",
            FORM,
            &(|_: &str, _: &str| String::new()) as &dyn Fn(&str, &str) -> String,
        ),
        ("no response", FORM, &|_, state| state.to_owned()),
        ("two responses", FORM, &|said, state| {
            format!("{said}&{said}&{state}")
        }),
        ("two states", FORM, &|said, state| {
            format!("{said}&{state}&{state}")
        }),
        ("an empty response", FORM, &|_, state| {
            format!("SAMLResponse=&{state}")
        }),
        ("another kind of text", "text/plain", &|said, state| {
            format!("{said}&{state}")
        }),
        ("no kind", "", &|said, state| format!("{said}&{state}")),
        ("JSON", "application/json", &|_, _| {
            r#"{"SAMLResponse":"x","RelayState":"y"}"#.into()
        }),
        ("parts", "multipart/form-data; boundary=x", &|said, state| {
            format!("--x\r\n{said}{state}\r\n--x--")
        }),
        ("XML", "text/xml", &|_, _| "<samlp:Response/>".into()),
        ("no text", FORM, &|_, state| {
            format!("SAMLResponse=%FF%FE&{state}")
        }),
        ("a zero", FORM, &|_, state| format!("SAMLResponse=%00&{state}")),
        ("an artifact", FORM, &|_, state| {
            format!("SAMLart=AAQAAMFbLinlXaCM%2BFIxiDwGOLAy2T71gbpO7ZhNzAgEANlB90ECfpNEVLg%3D&{state}")
        }),
        ("a logout", FORM, &|_, state| format!("LogoutResponse=x&{state}")),
    ] {
        let (browser, said, state) = left().await;
        let before = db_rows(&pool).await;
        let answer = post_body(&browser, &path, kind, body(&said, &state)).await;
        assert_eq!(problem(&answer), "unreadable", "{name}");
        assert_eq!(browser.cookie("usher"), None, "{name}");
        let page = browser.open(answer.header("location")).await;
        assert!(
            (400..500).contains(&page.status.as_u16()),
            "{name}: {}",
            page.status
        );
        let after = db_rows(&pool).await;
        let same = after
            .iter()
            .all(|(table, rows)| table == "external_sign_ins" || before.get(table) == Some(rows));
        assert!(same, "{name}");
    }
    // The same as a whole, once.
    let (browser, said, state) = left().await;
    let answer = post_body(&browser, &path, FORM, format!("{said}&{state}&other=1")).await;
    assert_eq!(answer.redirect(), (303, "/"));
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn saml_16_the_consumer_is_posted_to_and_nothing_else(pool: PgPool) {
    let (console, _, org_id) = scene(pool).await;
    let path = format!("/accounts/saml/{org_id}/acs");
    for method in [
        Method::GET,
        Method::HEAD,
        Method::PUT,
        Method::DELETE,
        Method::PATCH,
    ] {
        let browser = console.stranger();
        let asked = leave(&browser, &org_id).await;
        let said = response(&console, &asked, BEN).posted();
        let query = encoded(&[
            ("SAMLResponse", said.as_str()),
            ("RelayState", &asked.relay_state),
        ]);
        let request = browser.request(method.clone(), &format!("{path}?{query}"));
        let answer = browser.send(request).await;
        assert_eq!(answer.status, 405, "{method}");
        assert_eq!(browser.cookie("usher"), None);
        // By a form it still goes.
        assert_eq!(
            bring(&browser, &asked, &response(&console, &asked, BEN))
                .await
                .redirect(),
            (303, "/")
        );
    }
    for (address, body) in [
        ("/accounts/saml/ffffff/acs", "SAMLResponse=x&RelayState=y"),
        ("/accounts/saml/nonsense/acs", "SAMLResponse=x&RelayState=y"),
        ("/accounts/saml/%00/acs", "SAMLResponse=x&RelayState=y"),
        (
            "/accounts/saml/%2F%2Fevil.test/acs",
            "SAMLResponse=x&RelayState=y",
        ),
    ] {
        let browser = console.stranger();
        let cookie = console.backend.new_browser();
        browser.set_cookie(AWAY, cookie.expose());
        let answer = post_body(&browser, address, FORM, body).await;
        assert!(
            ["over", "unreadable"].contains(&problem(&answer).as_str()),
            "{address}"
        );
    }
}

/// The same for every Org ID: it tells nobody which organizations there are.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn saml_21_metadata_and_the_way_out_tell_nothing_of_an_organization(pool: PgPool) {
    let (console, ada, org_id) = scene(pool).await;
    let metadata = async |org_id: &str| {
        let answer = console
            .stranger()
            .open(&format!("/accounts/saml/{org_id}/metadata"))
            .await;
        assert_eq!(answer.status, 200, "{org_id}");
        assert_eq!(answer.header("content-type"), "application/samlmetadata+xml");
        let (start, rest) = answer.body.split_once(" ID=\"").unwrap();
        let (_, end) = rest.split_once('"').unwrap();
        format!("{start}{end}").replace(org_id, "ORG")
    };
    let ours = metadata(&org_id).await;
    assert_eq!(ours, metadata("ffffff").await);
    assert!(!ours.contains("KeyDescriptor"), "nobody can encrypt for us");
    for wrong in ["nonsense", "ABCDEF0", "..%2F"] {
        let answer = console
            .stranger()
            .open(&format!("/accounts/saml/{wrong}/metadata"))
            .await;
        assert_eq!(answer.status, 404, "{wrong}");
    }
    let way_out = async |org_id: &str| {
        let answer = console
            .stranger()
            .open(&format!("/accounts/saml/{org_id}/login"))
            .await;
        let headers: Vec<_> = answer
            .lasting_headers()
            .into_iter()
            .filter(|line| !line.starts_with("location"))
            .collect();
        (problem(&answer), headers)
    };
    let by = crate::stage::caller(&console, &ada).await;
    console.backend.switch_sso(&by, false).await.unwrap();
    let switched_off = way_out(&org_id).await;
    assert_eq!(switched_off.0, "no-sso");
    assert_eq!(switched_off, way_out("ffffff").await);
    assert_eq!(switched_off, way_out("nonsense").await);
    console.backend.switch_sso(&by, true).await.unwrap();
    let browser = console.stranger();
    assert_eq!(
        sign_in_by_sso(&console, &browser, &org_id, BEN).await.redirect(),
        (303, "/")
    );
}

/// The reference of the page finds a line that says why; of the response, and of whom it is about, the log holds nothing.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn the_reference_finds_a_line_in_the_log_which_holds_nothing_of_the_response(pool: PgPool) {
    let (console, _, org_id) = scene(pool).await;
    let log = Log::listen();
    let (_, accepted) = come(&console, &org_id, "grace@example.test", |_| ()).await;
    assert_eq!(accepted.redirect(), (303, "/"));
    let (_, refused) = come(&console, &org_id, "grace@example.test", |said| {
        said.audience = "https://other.example.test/".into();
    })
    .await;
    let (_, unsigned) = come(&console, &org_id, "grace@example.test", |said| {
        said.signed = false;
    })
    .await;
    let text = log.text();
    for (answer, key) in [(&refused, "wrong-audience"), (&unsigned, "not-signed")] {
        assert_eq!(problem(answer), key);
        let (_, reference) = answer.redirect().1.split_once("reference=").unwrap();
        let reference = reference.split('&').next().unwrap();
        let found = text
            .lines()
            .filter(|line| line.contains(reference) && line.contains(key));
        assert_eq!(found.count(), 1, "{text}");
    }
    for word in ["grace@example.test", "id-of-", "SAMLResponse", "<saml", "PHNhbWx"] {
        assert!(!text.contains(word), "{word}: {text}");
    }
}
