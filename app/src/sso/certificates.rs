//! The certificates by which an identity provider signs, and the word before one ends.

use crate::ui::{Badge, BadgeKind, Notice, NoticeKind, Time};
use domain::sso::{CERTIFICATE_NOTICES, CertificateLine, IdentityProviderView};
use leptos::prelude::*;

/// From here on pages say it, as the first of the mails does.
const SOON: i64 = CERTIFICATE_NOTICES[0] as i64;

pub fn certificates(lines: &[CertificateLine]) -> AnyView {
    let lines = lines.iter().map(certificate).collect_view();
    view! { <ul class="certificates">{lines}</ul> }.into_any()
}

fn certificate(line: &CertificateLine) -> impl IntoView + use<> {
    let kind = match line.days_left {
        ..0 => BadgeKind::Bad,
        0..=SOON => BadgeKind::Wait,
        _ => BadgeKind::Good,
    };
    let CertificateLine {
        subject,
        fingerprint,
        key,
        ends,
        ..
    } = line.clone();
    view! {
        <li>
            <div class="certificate-line">
                <b>{subject}</b>
                <Badge kind text=left(line.days_left) />
            </div>
            <span>
                {key} ", " {if line.days_left < 0 { "ended " } else { "until " }}
                <Time datetime=ends.rfc3339() text=ends.date() title=ends.date_and_time() />
            </span>
            <small class="muted">"SHA-256 " <code>{fingerprint}</code></small>
        </li>
    }
}

fn left(days: i64) -> String {
    match days {
        ..0 => "Ended".to_owned(),
        0 => "Ends today".to_owned(),
        1 => "1 day left".to_owned(),
        days => format!("{days} days left"),
    }
}

/// What to do about certificates that end soon or have ended; nothing where another one lasts.
pub fn ending_note(provider: &IdentityProviderView) -> Option<AnyView> {
    let longest = provider
        .certificates
        .iter()
        .max_by_key(|certificate| certificate.days_left)?;
    if longest.days_left > SOON {
        return None;
    }
    let advice = if longest.days_left < 0 {
        "People still sign in with it. Replace it all the same: make the next one at your identity provider, and put it in its place here."
    } else {
        "Make the next one at your identity provider and add it here beside the old one: both work, so that nobody notices the change."
    };
    let (kind, title) = match longest.days_left {
        ..0 => (NoticeKind::Bad, "The signing certificate has ended".to_owned()),
        0 => (NoticeKind::Bad, "The signing certificate ends today".to_owned()),
        1 => (
            NoticeKind::Bad,
            "The signing certificate ends tomorrow".to_owned(),
        ),
        days => (
            NoticeKind::Wait,
            format!("The signing certificate ends in {days} days"),
        ),
    };
    Some(
        view! {
            <Notice kind title>
                <p>{advice}</p>
            </Notice>
        }
        .into_any(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{
        moment::Moment,
        sso::{Source, SsoRules, Stage},
    };

    fn with(days: &[i64]) -> IdentityProviderView {
        let line = |days: &i64| CertificateLine {
            subject: "CN=idp".into(),
            fingerprint: "AA".into(),
            key: "RSA 2048".into(),
            ends: Moment::from_unix_seconds(0),
            days_left: *days,
        };
        IdentityProviderView {
            stage: Stage::Live,
            source: Source::Manual,
            metadata_url: None,
            entity_id: String::new(),
            sso_url: String::new(),
            certificates: days.iter().map(line).collect(),
            certificates_pem: String::new(),
            rules: SsoRules::offered_to("ada@example.test"),
            enabled: true,
            version: 1,
            saved: Moment::from_unix_seconds(0),
            tested: None,
        }
    }

    #[test]
    fn the_word_is_said_from_thirty_days_on_unless_another_certificate_lasts() {
        for (days, said) in [
            (&[31_i64][..], false),
            (&[30], true),
            (&[-1], true),
            (&[3, 400], false),
            (&[-20, 12], true),
        ] {
            assert_eq!(ending_note(&with(days)).is_some(), said, "{days:?}");
        }
    }

    #[test]
    fn days_are_counted_as_people_do() {
        let said = [
            (-3, "Ended"),
            (0, "Ends today"),
            (1, "1 day left"),
            (400, "400 days left"),
        ];
        for (days, words) in said {
            assert_eq!(left(days), words);
        }
    }
}
