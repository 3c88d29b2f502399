//! What a policy may be, and how a list of policies is asked for.

use super::{Role, RoleKey, catalogue::Catalogue, policy::*};
use crate::{field::Fault, ids::UserId, moment::Moment};

const NOW: Moment = Moment::from_unix_seconds(1_795_608_300);

fn rule() -> RuleDraft {
    RuleDraft {
        roles: vec![Role::CksViewer.into()],
        users: vec![UserId(uuid::Uuid::from_u128(1))],
        ..RuleDraft::default()
    }
}

fn faults(rules: Vec<RuleDraft>) -> Vec<Fault> {
    let draft = PolicyDraft {
        name: "Clusters".into(),
        description: String::new(),
        rules,
    };
    let checked = draft.check(&Catalogue::default(), &[], NOW);
    checked.map_or_else(
        |faults| faults.0.into_iter().map(|(_, fault)| fault).collect(),
        |_| Vec::new(),
    )
}

#[test]
fn a_rule_gives_roles_to_somebody() {
    assert_eq!(faults(vec![rule()]), []);
    assert_eq!(faults(vec![]), [Fault::NoRule]);
    assert_eq!(
        faults(vec![RuleDraft::default()]),
        [
            Fault::RuleWithoutPrincipal { rule: 1 },
            Fault::RuleWithoutRole { rule: 1 }
        ],
        "a rule hears all its faults at once"
    );
    let nothing = RuleDraft {
        roles: vec![],
        ..rule()
    };
    let nobody = RuleDraft {
        users: vec![],
        ..rule()
    };
    assert_eq!(
        faults(vec![nothing, nobody]),
        [
            Fault::RuleWithoutRole { rule: 1 },
            Fault::RuleWithoutPrincipal { rule: 2 }
        ]
    );
}

#[test]
fn pol_06_unknown_roles_doubles_and_too_many_entries_are_refused() {
    let unknown = RuleDraft {
        roles: vec![RoleKey::new("root")],
        ..rule()
    };
    assert_eq!(faults(vec![unknown]), [Fault::UnknownRole { rule: 1 }]);
    let double = RuleDraft {
        roles: vec![Role::CksViewer.into(), Role::CksViewer.into()],
        ..rule()
    };
    assert_eq!(faults(vec![double]), [Fault::TwiceInRule { rule: 1 }]);
    let crowd = RuleDraft {
        users: (0..10_000).map(|n| UserId(uuid::Uuid::from_u128(n))).collect(),
        ..rule()
    };
    assert_eq!(
        faults(vec![crowd]),
        [Fault::TooManyPrincipals {
            rule: 1,
            max: MAX_PRINCIPALS
        }]
    );
    assert_eq!(
        faults(vec![rule(); MAX_RULES + 1]),
        [Fault::TooManyRules { max: MAX_RULES }]
    );
}

#[test]
fn two_drafts_are_the_same_in_whatever_order_they_were_chosen() {
    let draft = |roles: [Role; 2], find: &str, ends: &str| PolicyDraft {
        name: "Clusters".into(),
        description: String::new(),
        rules: vec![RuleDraft {
            roles: roles.map(Into::into).to_vec(),
            find_users: find.into(),
            ends: ends.into(),
            ..rule()
        }],
    };
    let one = draft([Role::CksViewer, Role::BillingViewer], "ada", "");
    assert!(one.is_same(&draft([Role::BillingViewer, Role::CksViewer], "", "")));
    assert!(!one.is_same(&draft([Role::BillingViewer, Role::IamAdmin], "", "")));
    assert!(!one.is_same(&draft(
        [Role::BillingViewer, Role::CksViewer],
        "",
        "2027-01-01T00:00"
    )));
}

#[test]
fn an_end_lies_ahead() {
    assert_eq!(end("", NOW), Ok(None));
    assert_eq!(
        end("2026-11-25T12:06", NOW).map(|end| end.map(Moment::control)),
        Ok(Some("2026-11-25T12:06".into()))
    );
    assert_eq!(end("2026-11-25T12:05", NOW), Err(Fault::EndIsOver));
    assert_eq!(end("tomorrow", NOW), Err(Fault::NotATime));
    let over = RuleDraft {
        ends: "2020-01-01T00:00".into(),
        ..rule()
    };
    assert_eq!(faults(vec![over]), [Fault::RuleEnd { rule: 1 }]);
}

#[test]
fn the_list_is_asked_for_in_the_address_and_back() {
    let query = NameQuery {
        search: "cl".into(),
        after: Some("Clusters".into()),
    };
    let pairs = query.to_query();
    let get = |key: &str| pairs.iter().find(|(k, _)| *k == key).map(|(_, v)| v.as_str());
    assert_eq!(NameQuery::from_query(get), query);
}
