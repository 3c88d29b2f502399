//! What is asked of a provider is little, and what it gives stays nowhere.

use super::{ADA, BEN, GRACE, Stage};
use crate::{
    log::Log,
    providers::{
        DEPARTURE, IDENTITY, LINK_PAGE, Person, Place, accept_by, client_secret, come_back, is_stopped, join,
        leads_to_link_page, leave, leave_to_link, link_by_password, login, sign_in_by,
    },
    stage::{db_count, db_holds, invite},
    visitor::{PASSWORD, Visitor},
};
use backend::{Error, identities::Answer};
use domain::{identities::Provider, sign_in_problem::SignInProblem};
use reqwest::{Method, header};
use sqlx::PgPool;

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_13_no_more_is_asked_for_than_who_somebody_is(pool: PgPool) {
    let stage = Stage::set(pool).await;
    let common = [
        "client_id",
        "code_challenge",
        "code_challenge_method",
        "prompt",
        "redirect_uri",
        "response_type",
        "scope",
        "state",
    ];
    for provider in Provider::ALL {
        for (more, prompt) in [
            (vec![], "select_account"),
            (
                vec![("again", "")],
                match provider {
                    Provider::Google => "login",
                    Provider::GitHub => "select_account",
                },
            ),
        ] {
            let departed = leave(&stage.console.stranger(), provider, &more).await;
            let (scope, mut names) = match provider {
                Provider::Google if !more.is_empty() => (
                    "openid email profile",
                    [&common[..], &["nonce", "max_age"]].concat(),
                ),
                Provider::Google => ("openid email profile", [&common[..], &["nonce"]].concat()),
                Provider::GitHub => ("user:email", common.to_vec()),
            };
            names.sort_unstable();
            // No offline access, and nothing that we don't know of.
            assert_eq!(departed.query.keys().collect::<Vec<_>>(), names);
            assert_eq!(departed.query["scope"], scope);
            assert_eq!(departed.query["prompt"], prompt);
            assert_eq!(departed.query["client_id"], crate::providers::CLIENT);
        }
    }
}

/// Collects what a browser sees.
struct Seen(String);

impl Seen {
    async fn open(&mut self, who: &Visitor, path: &str) {
        let page = who.open(path).await;
        self.0.push_str(&page.lasting_headers().join("\n"));
        self.0.push_str(&page.body);
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_13_tokens_and_secrets_stay_nowhere(pool: PgPool) {
    let stage = Stage::set(pool.clone()).await;
    let log = Log::listen();
    let mut seen = Seen(String::new());
    let mut secrets = Vec::new();
    let mut away = Vec::new();
    for provider in Provider::ALL {
        secrets.push(client_secret(provider).to_owned());
        let invited = Person::of(&format!("{}@example.test", provider.key()));
        let link = invite(&stage.console, &stage.ada, &invited.email, &[]).await;
        let token = crate::stage::token(&link);
        // Joined, linked, signed in, and failed.
        let (joins, links, enters, fails) = (
            stage.console.stranger(),
            stage.console.stranger(),
            stage.console.stranger(),
            stage.console.stranger(),
        );
        for (browser, person, query) in [
            (&joins, invited.clone(), vec![("invitation", token)]),
            (&links, Person::of(ADA), vec![]),
            (&enters, invited, vec![]),
            (&fails, Person::of("nobody@example.test").unverified(), vec![]),
        ] {
            let departed = leave(browser, provider, &query).await;
            let code = stage.providers.code(&departed, &person);
            secrets.extend([departed.state().to_owned(), code.clone()]);
            secrets.extend(departed.query.get("nonce").cloned());
            secrets.extend(browser.cookie(DEPARTURE));
            // While they are away, what is kept for them is sealed.
            for secret in &secrets {
                assert!(!db_holds(&pool, secret).await, "{secret}");
            }
            let answer = come_back(browser, &departed, &code).await;
            seen.0.push_str(answer.header("location"));
            secrets.extend(browser.cookie(IDENTITY));
            seen.open(browser, LINK_PAGE).await;
            if browser.cookie(IDENTITY).is_some() && query.is_empty() {
                link_by_password(&stage.console, browser, PASSWORD).await.unwrap();
            } else if browser.cookie(IDENTITY).is_some() {
                join(&stage.console, browser).await.unwrap();
            }
            for page in ["/", "/account/settings", "/sign-in"] {
                seen.open(browser, page).await;
            }
        }
        // And one that stays away.
        let departed = leave(&fails, provider, &[]).await;
        away.push(departed.state().to_owned());
    }
    secrets.extend(away);
    let asked = stage.providers.asked();
    let verifiers = asked.iter().filter_map(|asked| asked.form.get("code_verifier"));
    secrets.extend(verifiers.cloned());
    let issued = stage.providers.issued();
    assert!(issued.len() >= 12, "{issued:?}");
    // A token is also known by its signature.
    secrets.extend(
        issued
            .iter()
            .map(|token| token.rsplit('.').next().unwrap().to_owned()),
    );
    secrets.extend(issued);
    let log = log.text();
    assert!(
        log.contains("DEBUG") && log.contains("a sign-in by a provider did not work"),
        "{log}"
    );
    for secret in &secrets {
        let encoded = crate::visitor::encoded(&[("x", secret)]);
        for text in [secret.as_str(), &encoded[2..]] {
            assert!(!db_holds(&pool, text).await, "in the database: {text}");
            assert!(!seen.0.contains(text), "on a page: {text}");
            assert!(!log.contains(text), "in the log: {text}");
        }
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_13_what_is_printed_for_somebody_who_looks_for_a_fault_has_no_secret(pool: PgPool) {
    let stage = Stage::set(pool).await;
    let backend = &stage.console.backend;
    let client = backend::Client::default();
    let mut printed = Vec::new();
    for provider in Provider::ALL {
        let purpose = backend::identities::Purpose::SignIn { again: false };
        let departure = backend.depart(&client, provider, purpose, None).await.unwrap();
        printed.push(format!("{departure:?}"));
        let url = url::Url::parse(departure.url.expose()).unwrap();
        let state = url.query_pairs().find(|(name, _)| name == "state").unwrap().1;
        let answer = Answer {
            state: Some(state.into_owned()),
            code: Some("code-of-a-test".into()),
            ..Answer::default()
        };
        let text = format!("{answer:?}");
        assert!(
            !text.contains("code-of-a-test") && !text.contains(answer.state.as_ref().unwrap()),
            "{text}"
        );
        printed.push(text);
        let arrived = backend
            .arrive(&client, None, provider, answer, Some(&departure.browser))
            .await;
        printed.push(format!("{arrived:?}"));
        let departure = format!("{:?}", departure.browser);
        assert_eq!(departure, "Token(…)");
    }
    for text in printed {
        for provider in Provider::ALL {
            assert!(!text.contains(client_secret(provider)), "{text}");
        }
        assert!(!text.contains("http://"), "{text}");
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_13_an_access_token_is_used_where_it_is_for_and_once(pool: PgPool) {
    let stage = Stage::set(pool).await;
    stage.member(Provider::Google).await;
    stage.member(Provider::GitHub).await;
    let asked = stage.providers.asked();
    for asked in &asked {
        assert!(asked.user_agent.starts_with("Usher/"), "{asked:?}");
        match asked.place {
            Place::GoogleKeys | Place::GitHubToken => assert_eq!(asked.authorization, ""),
            Place::GoogleToken => assert!(asked.authorization.starts_with("Basic ")),
            Place::GitHubUser | Place::GitHubEmails => {
                assert!(asked.authorization.starts_with("Bearer "));
            }
        }
    }
    let places: Vec<_> = asked.iter().map(|asked| asked.place).collect();
    assert_eq!(places, Place::ALL, "and nothing else is asked");
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_13_one_network_leaves_only_so_often(pool: PgPool) {
    let keys = [("throttle_external_sign_ins_network", "6/1h")];
    let stage = Stage::set_with(pool.clone(), &keys).await;
    let ben = stage.member(Provider::Google).await;
    for provider in Provider::ALL.into_iter().cycle().take(4) {
        leave(&stage.console.stranger(), provider, &[]).await;
    }
    let last = stage.console.stranger();
    let departed = leave(&last, Provider::Google, &[]).await;
    let before = db_count(&pool, "external_sign_ins").await;
    for provider in Provider::ALL {
        let browser = stage.console.stranger();
        let request = browser
            .request(Method::GET, &login(provider, &[]))
            .header(header::ACCEPT, "text/html")
            // Whatever they claim of where they come from.
            .header("x-forwarded-for", "203.0.113.7");
        let answer = browser.send(request).await;
        is_stopped(&answer, SignInProblem::TooMany);
        let link = leave_to_link(&stage.console, &stage.ada, provider).await;
        assert!(matches!(link, Err(Error::TooManyAttempts { .. })), "{link:?}");
    }
    assert_eq!(db_count(&pool, "external_sign_ins").await, before);
    // Whoever is on the way comes back.
    let code = stage.providers.code(&departed, &ben);
    assert_eq!(come_back(&last, &departed, &code).await.redirect(), (303, "/"));
    stage.console.advance(3_600);
    leave(&stage.console.stranger(), Provider::GitHub, &[]).await;
}

/// Names that a provider tells are shown in a form, for their person to mend.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_13_what_a_provider_tells_is_no_markup_and_no_fault(pool: PgPool) {
    let stage = Stage::set(pool.clone()).await;
    for provider in Provider::ALL {
        for (n, name) in [
            "<script>alert(1)</script>",
            "\0",
            "\n\u{202e}",
            "",
            &"x".repeat(5_000),
        ]
        .iter()
        .enumerate()
        {
            let mut person = Person::of(&format!("{n}.{}@example.test", provider.key()));
            person.first_name = (*name).to_owned();
            person.last_name = (*name).to_owned();
            let browser = stage.console.stranger();
            leads_to_link_page(&sign_in_by(&stage.providers, &browser, provider, &person).await);
            let page = browser.open(LINK_PAGE).await;
            assert!(page.status.as_u16() < 500 && !page.body.contains("<script>alert("));
        }
    }
    // Not even in what names somebody, or in their address.
    for (subject, email) in [
        ("\0", BEN),
        ("x", "b\0en@example.test"),
        ("x", "<b>@example.test"),
    ] {
        let browser = stage.console.stranger();
        let person = Person::of(email).known_as(subject);
        let answer = sign_in_by(&stage.providers, &browser, Provider::Google, &person).await;
        assert_eq!(answer.status, 303);
    }
    let link = invite(&stage.console, &stage.ada, GRACE, &[]).await;
    let browser = stage.console.stranger();
    let mut grace = Person::of(GRACE);
    grace.first_name = "<b>".repeat(40);
    leads_to_link_page(&accept_by(&stage.providers, &browser, &link, Provider::Google, &grace).await);
    join(&stage.console, &browser).await.unwrap();
}
