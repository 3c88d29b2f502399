//! Responses that are made for one trick each, by somebody who may sign in at the identity provider and knows SAML.

use crate::{
    identity_provider::{
        bring, bring_xml, deploy, leave, org_id, problem, response, set, sign_in_by_sso, typed, who_is_in,
    },
    stage::{colleague, db_count, eve},
    visitor::{TestConsole, Visitor},
};
use backend::saml::testing::{Answer as Response, Asked};
use base64::{Engine, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};
use sqlx::PgPool;
use time::Duration;

const BEN: &str = "ben@example.test";
const GRACE: &str = "grace@example.test";

/// Ada's organization with single sign-on, by which Ben and Grace have signed in before.
async fn scene(pool: PgPool) -> (TestConsole, Visitor, String) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    deploy(&console, &ada, typed()).await;
    let org_id = org_id(&console, &ada).await;
    for email in [BEN, GRACE] {
        colleague(&console, &ada, email, &[]).await;
        let browser = console.stranger();
        let answer = sign_in_by_sso(&console, &browser, &org_id, email).await;
        assert_eq!(answer.redirect(), (303, "/"));
        assert_eq!(who_is_in(&console, &browser).await.as_deref(), Some(email));
    }
    (console, ada, org_id)
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    let at = text.find(start).unwrap();
    let length = text[at..].find(end).unwrap() + end.len();
    &text[at..at + length]
}

/// What of an assertion is signed, and its digest. The identity provider of the tests writes canonical XML.
fn digest(xml: &str) -> String {
    let assertion = between(xml, "<saml:Assertion", "</saml:Assertion>");
    let signature = between(assertion, "<ds:Signature ", "</ds:Signature>");
    STANDARD.encode(Sha256::digest(assertion.replacen(signature, "", 1)))
}

/// Ben's response with Grace in his place, in each way by which a verifier was ever led to another digest than the signed one.
fn confusions(genuine: &str) -> Vec<(&'static str, String)> {
    let forged = genuine.replace(BEN, GRACE);
    let (real, wanted) = (digest(genuine), digest(&forged));
    let value = format!("<ds:DigestValue>{real}</ds:DigestValue>");
    assert!(forged.contains(&value) && real != wanted);
    let with = |new: String| forged.replacen(&value, &new, 1);
    let info = between(&forged, "<ds:SignedInfo", "</ds:SignedInfo>").to_owned();
    let false_info = info.replace(&real, &wanted);
    let reference = between(&info, "<ds:Reference ", "</ds:Reference>").to_owned();
    let id = reference.split('"').nth(1).unwrap().to_owned();
    let false_reference = reference.replace(&real, &wanted);
    let signature = between(&forged, "<ds:Signature ", "</ds:Signature>").to_owned();
    let false_signature = signature.replace(&real, &wanted);
    let detail = format!(
        r#"<samlp:StatusDetail><ds:DigestValue xmlns:ds="http://www.w3.org/2000/09/xmldsig#">{wanted}</ds:DigestValue></samlp:StatusDetail></samlp:Status>"#
    );
    let object = |content: &str| format!("<ds:Object>{content}</ds:Object></ds:Signature>");
    vec![
        ("as it is", forged.clone()),
        ("digest changed", forged.replace(&real, &wanted)),
        (
            "CVE-2025-29774, first",
            forged.replacen(&info, &format!("{false_info}{info}"), 1),
        ),
        (
            "CVE-2025-29774, last",
            forged.replacen(&info, &format!("{info}{false_info}"), 1),
        ),
        (
            "CVE-2025-29775, first",
            with(format!("<ds:DigestValue><!--{wanted}-->{real}</ds:DigestValue>")),
        ),
        (
            "CVE-2025-29775, last",
            with(format!("<ds:DigestValue>{real}<!--{wanted}--></ds:DigestValue>")),
        ),
        (
            "instruction in the digest",
            with(format!("<ds:DigestValue><?x {wanted}?>{real}</ds:DigestValue>")),
        ),
        (
            "two values, first",
            with(format!("<ds:DigestValue>{wanted}</ds:DigestValue>{value}")),
        ),
        (
            "two values, last",
            with(format!("{value}<ds:DigestValue>{wanted}</ds:DigestValue>")),
        ),
        ("CVE-2024-45409", forged.replacen("</samlp:Status>", &detail, 1)),
        (
            "two references, first",
            forged.replacen(&reference, &format!("{false_reference}{reference}"), 1),
        ),
        (
            "two references, last",
            forged.replacen(&reference, &format!("{reference}{false_reference}"), 1),
        ),
        (
            "two signatures, first",
            forged.replacen(&signature, &format!("{false_signature}{signature}"), 1),
        ),
        (
            "two signatures, last",
            forged.replacen(&signature, &format!("{signature}{false_signature}"), 1),
        ),
        (
            "SignedInfo in an object",
            forged.replacen("</ds:Signature>", &object(&false_info), 1),
        ),
        (
            "value in an object",
            forged.replacen(
                "</ds:Signature>",
                &object(&format!("<ds:DigestValue>{wanted}</ds:DigestValue>")),
                1,
            ),
        ),
        ("no reference", forged.replacen(&reference, "", 1)),
        (
            "reference to nothing",
            forged.replacen(&reference, &reference.replace("URI=\"#", "URI=\"#x"), 1),
        ),
        (
            "reference to all",
            forged.replacen(&reference, &reference.replacen(&id, "", 1), 1),
        ),
    ]
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn saml_05_no_confusion_of_digests_makes_somebody_another(pool: PgPool) {
    let (console, _, org_id) = scene(pool.clone()).await;
    let sessions = db_count(&pool, "sessions").await;
    let count = {
        let asked = leave(&console.stranger(), &org_id).await;
        confusions(&response(&console, &asked, BEN).xml()).len()
    };
    for number in 0..count {
        let browser = console.stranger();
        let asked = leave(&browser, &org_id).await;
        let genuine = response(&console, &asked, BEN).xml();
        let (name, forged) = confusions(&genuine).swap_remove(number);
        let answer = bring_xml(&browser, &asked, &forged).await;
        let key = problem(&answer);
        assert!(
            ["wrong-signature", "unexpected-shape", "forbidden-xml"].contains(&key.as_str()),
            "{name}: {key}"
        );
        assert_eq!(who_is_in(&console, &browser).await, None, "{name}");
    }
    assert_eq!(db_count(&pool, "sessions").await, sessions);
}

/// Somebody who has an account at the identity provider whose name begins like Ben's address.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn saml_06_a_comment_in_a_name_cuts_nothing_off(pool: PgPool) {
    let (console, _, org_id) = scene(pool).await;
    let longer = format!("{BEN}.evil.test");
    for hidden in ["<!---->", "<!--x-->", "<?x?>", "&#0;", "<a/>", "<![CDATA[]]>"] {
        for (whole, cut) in [
            (
                format!("id-of-{longer}<"),
                format!("id-of-{BEN}{hidden}.evil.test<"),
            ),
            (format!(">{longer}<"), format!(">{BEN}{hidden}.evil.test<")),
        ] {
            let browser = console.stranger();
            let asked = leave(&browser, &org_id).await;
            let genuine = response(&console, &asked, &longer).xml();
            assert!(genuine.contains(&whole), "{genuine}");
            let answer = bring_xml(&browser, &asked, &genuine.replace(&whole, &cut)).await;
            match who_is_in(&console, &browser).await {
                Some(email) => assert_eq!(email, longer, "{cut}"),
                None => assert_ne!(problem(&answer), "unavailable", "{cut}"),
            }
        }
    }
    // Space around is the same as none.
    let browser = console.stranger();
    let asked = leave(&browser, &org_id).await;
    let mut spaced = response(&console, &asked, BEN);
    spaced.name_id = Some(format!(" \n id-of-{BEN}\t "));
    set(&mut spaced, "email", &[&format!("  {BEN}\n")]);
    assert_eq!(bring(&browser, &asked, &spaced).await.redirect(), (303, "/"));
    assert_eq!(who_is_in(&console, &browser).await.as_deref(), Some(BEN));
}

/// What becomes of a genuine response about Ben with one thing changed.
async fn changed(
    console: &TestConsole,
    org_id: &str,
    change: impl FnOnce(&mut Response, &Asked),
) -> Result<Visitor, String> {
    let browser = console.stranger();
    let asked = leave(&browser, org_id).await;
    let mut response = response(console, &asked, BEN);
    change(&mut response, &asked);
    let answer = bring(&browser, &asked, &response).await;
    if answer.redirect() == (303, "/") {
        return Ok(browser);
    }
    assert_eq!(browser.cookie("usher"), None);
    Err(problem(&answer))
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn saml_08_what_another_organization_is_sent_is_of_no_use_here(pool: PgPool) {
    let (console, _, ours) = scene(pool).await;
    let eve = eve(&console).await;
    // With the same identity provider, as two departments of one company have.
    deploy(&console, &eve, typed()).await;
    let theirs = org_id(&console, &eve).await;
    let other = |url: &str| url.replace(&ours, &theirs);
    let refused = [
        changed(&console, &ours, |response, asked| {
            response.destination = Some(other(&asked.acs_url));
        })
        .await,
        changed(&console, &ours, |response, asked| {
            response.recipient = other(&asked.acs_url);
        })
        .await,
        changed(&console, &ours, |response, asked| {
            response.audience = other(&asked.issuer);
        })
        .await,
        changed(&console, &ours, |response, _| response.destination = None).await,
        changed(&console, &ours, |response, _| {
            response.destination = Some("https://evil.test/accounts/saml/acs".into());
        })
        .await,
        changed(&console, &ours, |response, asked| {
            response.destination = Some(format!("{}/", asked.acs_url));
        })
        .await,
        changed(&console, &ours, |response, _| response.recipient = String::new()).await,
    ];
    let keys: Vec<_> = refused.into_iter().map(|one| one.err().unwrap()).collect();
    assert_eq!(
        keys,
        [
            "wrong-destination",
            "wrong-recipient",
            "wrong-audience",
            "destination-missing",
            "wrong-destination",
            "wrong-destination",
            "wrong-recipient",
        ]
    );
    // A whole one of the other organization, in a browser that has left for both.
    let browser = console.stranger();
    let there = leave(&browser, &theirs).await;
    let here = leave(&browser, &ours).await;
    let of_there = response(&console, &there, BEN);
    let answer = bring(&browser, &here, &of_there).await;
    assert!(problem(&answer).starts_with("wrong-"));
    assert_eq!(who_is_in(&console, &browser).await, None);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn saml_11_clocks_may_be_two_minutes_apart_and_no_more(pool: PgPool) {
    let (console, _, org_id) = scene(pool).await;
    // Ten seconds for the machine.
    let (within, beyond) = (Duration::seconds(110), Duration::seconds(130));
    let now = console.backend.now();
    assert!(
        changed(&console, &org_id, |r, _| r.not_before = now + within)
            .await
            .is_ok()
    );
    assert!(
        changed(&console, &org_id, |r, _| r.not_on_or_after = now - within)
            .await
            .is_ok()
    );
    assert!(
        changed(&console, &org_id, |r, _| r.confirmation_ends = now - within)
            .await
            .is_ok()
    );
    let early = changed(&console, &org_id, |r, _| {
        r.not_before = now + beyond + Duration::minutes(1);
    });
    assert_eq!(early.await.err().unwrap(), "not-yet-valid");
    let late = changed(&console, &org_id, |r, _| r.not_on_or_after = now - beyond);
    assert_eq!(late.await.err().unwrap(), "expired");
    let late = changed(&console, &org_id, |r, _| r.confirmation_ends = now - beyond);
    assert_eq!(late.await.err().unwrap(), "expired");
    let over = changed(&console, &org_id, |r, _| r.session_ends = Some(now - beyond));
    assert_eq!(over.await.err().unwrap(), "session-over");
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn saml_11_a_session_ends_when_the_identity_provider_says(pool: PgPool) {
    let (console, _, org_id) = scene(pool).await;
    let now = console.backend.now();
    let short = changed(&console, &org_id, |r, _| {
        r.session_ends = Some(now + Duration::minutes(30));
    });
    let (short, long) = (
        short.await.unwrap(),
        changed(&console, &org_id, |_, _| ()).await.unwrap(),
    );
    console.advance(29 * 60);
    assert!(who_is_in(&console, &short).await.is_some());
    console.advance(2 * 60);
    assert_eq!(who_is_in(&console, &short).await, None);
    assert!(who_is_in(&console, &long).await.is_some());
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn saml_14_what_is_large_or_deep_is_refused_at_once_and_hurts_nobody(pool: PgPool) {
    let (console, ada, org_id) = scene(pool).await;
    for (name, xml) in hurtful() {
        let browser = console.stranger();
        let asked = leave(&browser, &org_id).await;
        let began = std::time::Instant::now();
        let answer = bring_xml(&browser, &asked, &xml).await;
        let key = problem(&answer);
        if xml.len() > 256 * 1024 {
            assert_eq!(key, "too-large", "{name}");
        }
        assert!(
            ["forbidden-xml", "unexpected-shape", "unreadable", "too-large"].contains(&key.as_str()),
            "{name}: {key}"
        );
        assert!(began.elapsed() < std::time::Duration::from_secs(5), "{name}");
        let began = std::time::Instant::now();
        assert_eq!(console.stranger().open("/livez").await.status, 200, "{name}");
        assert!(began.elapsed() < std::time::Duration::from_secs(1), "{name}");
    }
    // Genuine ones go on, the largest that there is reason for among them.
    let groups: Vec<_> = (0..800)
        .map(|n| format!("cn=group-{n},ou=groups,dc=example,dc=test"))
        .collect();
    let groups: Vec<_> = groups.iter().map(String::as_str).collect();
    let many = changed(&console, &org_id, |r, _| set(r, "groups", &groups)).await;
    assert_eq!(who_is_in(&console, &many.unwrap()).await.as_deref(), Some(BEN));
    assert_eq!(ada.open("/").await.status, 200);
}

fn hurtful() -> Vec<(&'static str, String)> {
    let within = |content: &str| {
        format!(
            r#"<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_r" Version="2.0" Destination="x">{content}</samlp:Response>"#
        )
    };
    let nested = |depth: usize| within(&format!("{}{}", "<a>".repeat(depth), "</a>".repeat(depth)));
    let numbered = |count: u32, one: fn(u32) -> String| (0..count).map(one).collect::<Vec<_>>().concat();
    let attributes = numbered(9_000, |n| format!(r#" a{n}="""#));
    let namespaces = numbered(7_000, |n| format!(r#" xmlns:n{n}="u""#));
    let signature =
        r#"<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignedInfo/></ds:Signature>"#;
    vec![
        ("200 000 deep", nested(200_000)),
        ("20 000 deep", nested(20_000)),
        ("100 deep", nested(100)),
        ("never closed", within(&"<a>".repeat(50_000))),
        ("many elements", within(&"<a/>".repeat(40_000))),
        ("many attributes", within(&format!("<a{attributes}/>"))),
        ("many prefixes", within(&format!("<a{namespaces}/>"))),
        ("many signatures", within(&signature.repeat(1_000))),
        ("many references", within(&"&amp;".repeat(30_000))),
        ("much text", within(&"x".repeat(150_000))),
        ("ten megabytes", within(&"x".repeat(10_000_000))),
        ("nothing", String::new()),
        ("no XML", "x".repeat(1_000)),
    ]
}
