//! The description of all questions as the page of people has it.

use app::{
    api_reference::{Answer, Member, Question, Reference, Section},
    request::Handed,
};
use serde_json::{Map, Value};
use std::sync::Arc;

/// Things within things that are listed; deeper ones are not in our answers.
const DEEPEST: usize = 6;

/// For the pages of a console with this address.
pub(crate) fn handed(address: &str) -> Handed {
    let document = serde_json::to_value(super::document()).unwrap_or_default();
    Handed(Arc::new(reference(&document, address)))
}

fn reference(document: &Value, address: &str) -> Reference {
    let reader = Reader { document };
    let mut sections: Vec<Section> = super::TAGS
        .iter()
        .map(|name| Section {
            name: (*name).to_owned(),
            questions: Vec::new(),
        })
        .collect();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        for method in ["get", "post", "put", "delete"] {
            let Some(operation) = item.get(method) else {
                continue;
            };
            let tag = operation["tags"][0].as_str().unwrap_or_default();
            if let Some(section) = sections.iter_mut().find(|section| section.name == tag) {
                section.questions.push(reader.question(method, path, operation));
            }
        }
    }
    Reference {
        address: address.trim_end_matches('/').to_owned(),
        sections,
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

struct Reader<'a> {
    document: &'a Value,
}

impl Reader<'_> {
    fn question(&self, method: &str, path: &str, operation: &Value) -> Question {
        let parameters = operation["parameters"].as_array().into_iter().flatten();
        let body = &operation["requestBody"]["content"];
        let mut answers: Vec<Answer> = operation["responses"]
            .as_object()
            .into_iter()
            .flatten()
            .filter(|(status, _)| *status != "default")
            .map(|(status, response)| self.answer(status, response))
            .collect();
        answers.sort_by(|one, other| one.status.cmp(&other.status));
        // What is made is the answer, before that of a preview.
        if let Some(made) = answers.iter().position(|answer| answer.status == "201") {
            answers.swap(0, made);
        }
        Question {
            id: text(&operation["operationId"]),
            method: method.to_uppercase(),
            path: path.to_owned(),
            summary: text(&operation["summary"]),
            credential: credential(operation),
            parameters: parameters.map(|parameter| self.parameter(parameter)).collect(),
            body: self.members(content(body)),
            answers,
        }
    }

    fn answer(&self, status: &str, response: &Value) -> Answer {
        let is_error = status.starts_with(['4', '5']);
        Answer {
            status: status.to_owned(),
            text: text(&response["description"]),
            members: if is_error {
                Vec::new()
            } else {
                self.members(content(&response["content"]))
            },
        }
    }

    fn parameter(&self, parameter: &Value) -> Member {
        let place = match parameter["in"].as_str() {
            Some("path") => "in the path",
            Some("header") => "header",
            _ => "",
        };
        let kind = self.kind(&parameter["schema"]);
        Member {
            name: text(&parameter["name"]),
            kind: [place, kind.as_str()].join(" ").trim().to_owned(),
            required: parameter["required"].as_bool().unwrap_or_default(),
            text: text(&parameter["description"]),
        }
    }

    fn members(&self, schema: &Value) -> Vec<Member> {
        let mut found = Vec::new();
        self.collect(schema, "", 0, &mut found);
        found
    }

    fn collect(&self, schema: &Value, within: &str, depth: usize, found: &mut Vec<Member>) {
        let schema = self.resolved(schema);
        for part in schema["allOf"].as_array().into_iter().flatten() {
            self.collect(part, within, depth, found);
        }
        let none = Map::new();
        let properties = schema["properties"].as_object().unwrap_or(&none);
        let required = |name: &str| {
            let names = schema["required"].as_array();
            names.is_some_and(|names| names.iter().any(|it| it == name))
        };
        for (name, property) in properties {
            let (is_list, element) = self.element(property);
            let name_there = format!("{within}{name}");
            found.push(Member {
                name: name_there.clone(),
                kind: self.kind(property),
                required: required(name),
                text: text(&property["description"]),
            });
            if depth < DEEPEST {
                let way = if is_list { "[]." } else { "." };
                self.collect(element, &format!("{name_there}{way}"), depth + 1, found);
            }
        }
    }

    /// What stands in a list, or in the one that is not `null`.
    fn element<'a>(&'a self, schema: &'a Value) -> (bool, &'a Value) {
        let schema = self.resolved(schema);
        match schema.get("items") {
            Some(items) => (true, self.resolved(items)),
            None => (false, schema),
        }
    }

    /// Behind references, and behind "or `null`".
    fn resolved<'a>(&'a self, schema: &'a Value) -> &'a Value {
        if let Some(reference) = schema["$ref"].as_str() {
            let there = self.document.pointer(reference.trim_start_matches('#'));
            return there.map_or(schema, |schema| self.resolved(schema));
        }
        let mut others = schema["oneOf"].as_array().into_iter().flatten();
        match others.find(|other| other["type"] != "null") {
            Some(other) => self.resolved(other),
            None => schema,
        }
    }

    fn kind(&self, schema: &Value) -> String {
        let or_null = schema["oneOf"]
            .as_array()
            .is_some_and(|all| all.iter().any(|one| one["type"] == "null"))
            || schema["type"]
                .as_array()
                .is_some_and(|all| all.contains(&Value::from("null")));
        let schema = self.resolved(schema);
        let types = match &schema["type"] {
            Value::Array(all) => all.iter().find(|one| *one != "null").cloned().unwrap_or_default(),
            one => one.clone(),
        };
        let values: Vec<_> = schema["enum"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let plain = match (types.as_str(), schema["format"].as_str()) {
            (Some("array"), _) => format!("list of {}", self.kind(&schema["items"])),
            _ if !values.is_empty() => values.join(", "),
            (Some("string"), Some("uuid")) => "UUID".to_owned(),
            (Some("string"), Some("date-time")) => "time".to_owned(),
            (Some("string"), _) => "text".to_owned(),
            (Some("integer" | "number"), _) => "number".to_owned(),
            (Some("boolean"), _) => "true or false".to_owned(),
            _ => "object".to_owned(),
        };
        if or_null {
            format!("{plain} or null")
        } else {
            plain
        }
    }
}

/// The schema of what is sent, whichever its kind.
fn content(content: &Value) -> &Value {
    let first = content.as_object().and_then(|kinds| kinds.values().next());
    first.map_or(&Value::Null, |kind| &kind["schema"])
}

fn credential(operation: &Value) -> String {
    let schemes = operation["security"].as_array().into_iter().flatten();
    let by_token = schemes
        .filter_map(Value::as_object)
        .any(|scheme| scheme.contains_key(super::TOKEN));
    if by_token {
        "By an access token."
    } else {
        "By a service."
    }
    .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_question_is_there_to_be_read_with_all_its_values() {
        let Handed(reference) = handed("https://console.example.com/");
        assert_eq!(reference.address, "https://console.example.com");
        let document = serde_json::to_value(super::super::document()).unwrap();
        let asked = document["paths"].as_object().unwrap().values();
        let asked: usize = asked.map(|item| item.as_object().unwrap().len()).sum();
        let questions: Vec<_> = reference
            .sections
            .iter()
            .flat_map(|section| &section.questions)
            .collect();
        assert_eq!(questions.len(), asked);
        assert!(
            reference
                .sections
                .iter()
                .all(|section| !section.questions.is_empty())
        );
        for question in &questions {
            let first = question.answers[0].status.as_str();
            assert!(
                ["200", "201", "204"].contains(&first),
                "{} {}",
                question.method,
                question.path
            );
            assert!(!question.summary.is_empty());
        }
        let policy = questions
            .iter()
            .find(|question| question.id == "createPolicy")
            .unwrap();
        let member = |all: &[Member], name: &str| {
            let found = all.iter().find(|member| member.name == name);
            found.map(|member| (member.kind.clone(), member.required))
        };
        assert_eq!(
            member(&policy.body, "rules[].roles"),
            Some(("list of text".to_owned(), true))
        );
        assert_eq!(
            member(&policy.body, "rules[].users"),
            Some(("list of UUID".to_owned(), false))
        );
        assert_eq!(
            member(&policy.parameters, "preview"),
            Some(("true or false".to_owned(), false))
        );
        assert_eq!(policy.answers[0].status, "201");
        let group = questions
            .iter()
            .find(|question| question.id == "getGroup")
            .unwrap();
        assert_eq!(
            member(&group.answers[0].members, "builtIn"),
            Some(("true or false".to_owned(), true))
        );
        let user = questions
            .iter()
            .find(|question| question.id == "listUsers")
            .unwrap();
        assert_eq!(
            member(&user.answers[0].members, "items[].invitation.delivery"),
            Some(("text or null".to_owned(), false))
        );
    }
}
