//! What keeps a policy from being saved, at the control that mends it.

use crate::error::{AppError, Result};
use domain::{
    access::Preview,
    field::{Fault, Faults, Field},
};

/// A part of a rule that a person fills in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Users,
    Groups,
    Roles,
    Ends,
}

impl Part {
    /// The id of the control; rules are counted from 1.
    pub fn id(self, rule: usize) -> String {
        let part = match self {
            Self::Users => "users",
            Self::Groups => "groups",
            Self::Roles => "roles",
            Self::Ends => "ends",
        };
        format!("rule-{rule}-{part}")
    }
}

/// The button that adds a rule, where a fault of all rules leads.
pub const ADD_RULE: &str = "add-rule";

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PolicyFaults(Faults);

impl PolicyFaults {
    pub fn of(preview: Option<&Result<Preview>>) -> Self {
        match preview {
            Some(Err(AppError::Invalid(faults))) => Self(faults.clone()),
            _ => Self::default(),
        }
    }

    /// The sentence at the name or the description.
    pub fn field(&self, field: Field) -> Option<String> {
        self.0.of(field).map(|fault| fault.sentence(field))
    }

    /// The sentence at a part of a rule.
    pub fn part(&self, rule: usize, part: Part) -> Option<String> {
        let faults = self.0.0.iter();
        faults
            .filter(|(_, fault)| place(fault) == Some((rule, part)))
            .map(|(field, fault)| fault.sentence(*field))
            .next()
    }

    /// For the summary above the form: the id of each control with its sentence.
    pub fn links(&self) -> Vec<(String, String)> {
        let link = |(field, fault): &(Field, Fault)| {
            let id = match (field, place(fault)) {
                (_, Some((rule, part))) => part.id(rule),
                (Field::Rules, None) => ADD_RULE.to_owned(),
                (field, None) => field.name().to_owned(),
            };
            (id, fault.sentence(*field))
        };
        self.0.0.iter().map(link).collect()
    }
}

/// The rule, from 1, and the part of it that a fault is about.
fn place(fault: &Fault) -> Option<(usize, Part)> {
    match fault {
        Fault::RuleWithoutRole { rule } | Fault::UnknownRole { rule } => Some((*rule, Part::Roles)),
        Fault::RuleWithoutPrincipal { rule }
        | Fault::TooManyPrincipals { rule, .. }
        | Fault::UnknownPrincipal { rule }
        | Fault::TwiceInRule { rule } => Some((*rule, Part::Users)),
        Fault::RuleEnd { rule } => Some((*rule, Part::Ends)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_leads_to_the_control_that_mends_it() {
        let faults = PolicyFaults(Faults(vec![
            (Field::Name, Fault::Missing),
            (Field::Rules, Fault::RuleWithoutRole { rule: 2 }),
            (Field::Rules, Fault::RuleEnd { rule: 2 }),
            (Field::Rules, Fault::NoRule),
        ]));
        let ids: Vec<_> = faults.links().into_iter().map(|(id, _)| id).collect();
        assert_eq!(ids, ["name", "rule-2-roles", "rule-2-ends", "add-rule"]);
        assert!(faults.part(2, Part::Roles).is_some() && faults.field(Field::Name).is_some());
        assert_eq!(faults.part(1, Part::Roles), None);
        assert_eq!(faults.part(2, Part::Users), None);
    }
}
