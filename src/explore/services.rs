//! Answers of other systems to draft flows: external contacts, statistics of queues, and
//! queues with other agents.
//!
//! They are examples: an action that depends on them still counts as one for which not all
//! data was tried.

use std::sync::Arc;

use crate::flow::{FlowId, NodeId};
use crate::program::{Place, Response, StepAction};
use crate::value::{Json, Text};
use crate::world::{Answer, AnswerProgress, Fixtures, Question, QueueAnswer};

use super::domain::Context;
use super::examples::insert;
use super::free::{Field, combinations};

/// The largest number of examples of a contact.
const MOST_CONTACTS: usize = 8;

/// The largest number of whole numbers that are tried for one value.
const MOST_NUMBERS: usize = 8;

/// The largest number of strings that are tried for one attribute.
const MOST_STRINGS: usize = 3;

const ID: &str = "contact-1";
const NAME: &str = "Sam Example";
const EMAIL: &str = "sam@example.com";

impl Context<'_> {
    /// Returns the answers to a question of a draft node to another system, that of the
    /// fixtures first.
    pub(super) fn service(&self, node: NodeId, question: &Question<'_>) -> Vec<Answer> {
        let Some(known) = answer_of(self.fixtures, question) else { return Vec::new() };
        let step = &self.program.steps[node.index()];
        let more = match (&step.action, question, &known) {
            (
                StepAction::GetExternalContact(contact),
                Question::Contact { key, is_search: false },
                Answer::Contact(None),
            ) => self.contacts(step.flow, &contact.response, key),
            (
                StepAction::QueueStatistics(statistics),
                Question::QueueStatistics { .. },
                Answer::Statistics(Some(figures)),
            ) => self.statistics(&statistics.response, figures),
            (
                StepAction::Route(_),
                Question::Queue { skills, .. },
                Answer::Queue(answer),
            ) if !skills.is_empty() => {
                other_agents(answer).into_iter().map(Answer::Queue).collect()
            }
            _ => Vec::new(),
        };
        let more = more.into_iter().filter(|answer| *answer != known);
        let more: Vec<Answer> = more.collect();
        std::iter::once(known).chain(more).collect()
    }

    /// Returns contacts with values for the attributes that the flow reads.
    fn contacts(&self, flow: FlowId, response: &Response, key: &str) -> Vec<Answer> {
        let numbers = self.numbers().into_iter().rev();
        let strings = self.constants.strings().take(MOST_STRINGS).cloned();
        let strings = strings.map(Json::String);
        let mut values: Vec<Option<Json>> = numbers.chain(strings).map(Some).collect();
        values.push(None);
        let attributes = self.attributes(flow, response);
        let contact = |skip: usize, value: Option<&Json>| {
            let mut found = Json::object([]);
            for (place, path) in attributes.iter().enumerate() {
                let first = values.first().and_then(Option::as_ref);
                let value = if place == skip { value } else { first };
                value.into_iter().for_each(|it| insert(&mut found, path, it));
            }
            Answer::Contact(Some(contact(key, found)))
        };
        let mut contacts = vec![contact(usize::MAX, None)];
        for place in 0..attributes.len() {
            let other = values.iter().skip(1);
            contacts.extend(other.map(|value| contact(place, value.as_ref())));
        }
        contacts.truncate(MOST_CONTACTS);
        contacts
    }

    /// Returns the paths of the attributes of a contact that the flow reads.
    fn attributes(&self, flow: FlowId, response: &Response) -> Vec<Vec<Text>> {
        let mut found: Vec<Vec<Text>> = Vec::new();
        let is_contact = |place: Place| {
            let mut fields = response.fields.iter();
            matches!(place, Place::Output(id) if fields.any(|(_, own)| *own == id))
        };
        for step in self.program.steps.iter().filter(|step| step.flow == flow) {
            step.action.each_operand(&mut |operand| {
                if let Some((first, path)) = operand.path.split_first()
                    && first == "attributes"
                    && !path.is_empty()
                    && is_contact(operand.place)
                    && !found.iter().any(|known| known == path)
                {
                    found.push(path.to_vec());
                }
            });
        }
        found
    }

    /// Returns other values for the statistics that the flow reads.
    fn statistics(&self, response: &Response, figures: &Json) -> Vec<Answer> {
        let field = |(name, _): &(Text, _)| {
            let known = figures.get(name)?.clone();
            let mut values = vec![Some(known)];
            let numbers = self.numbers().into_iter();
            let numbers = numbers.filter(|it| !matches!(it, Json::Integer(..0)));
            values.extend(
                numbers.map(Some).filter(|it| *it != values[0]).collect::<Vec<_>>(),
            );
            let combined = values.len();
            Some(Field { name: name.clone(), values, combined, is_whole: false })
        };
        let fields: Vec<Field> = response.fields.iter().filter_map(field).collect();
        let with = |changed: Vec<(Text, Json)>| {
            let mut figures = figures.clone();
            if let Json::Object(members) = &mut figures {
                Arc::make_mut(members).extend(changed);
            }
            Answer::Statistics(Some(figures))
        };
        combinations(&fields).0.into_iter().map(with).collect()
    }

    /// Returns whole numbers of the flow with their neighbours.
    fn numbers(&self) -> Vec<Json> {
        let mut numbers = self.constants.whole_numbers();
        numbers.truncate(MOST_NUMBERS);
        numbers
    }
}

/// Returns the answer of the fixtures; `None` if it is not one for a draft flow.
fn answer_of(fixtures: &Fixtures, question: &Question<'_>) -> Option<Answer> {
    let is_service = matches!(
        question,
        Question::Contact { .. }
            | Question::QueueStatistics { .. }
            | Question::Queue { .. }
    );
    is_service.then(|| fixtures.answer(question, &mut AnswerProgress::default()))
}

/// Whether the fixtures give this answer to a question of a draft flow.
pub(super) fn is_of_fixtures(
    fixtures: &Fixtures,
    question: &Question<'_>,
    answer: &Answer,
) -> bool {
    answer_of(fixtures, question).is_some_and(|known| known == *answer)
}

/// Returns the decision of a queue with other agents.
fn other_agents(answer: &QueueAnswer) -> Option<QueueAnswer> {
    match answer.clone() {
        QueueAnswer::Accepted { id, name } => {
            Some(QueueAnswer::SkillMismatch { id, name })
        }
        QueueAnswer::SkillMismatch { id, name } => {
            Some(QueueAnswer::Accepted { id, name })
        }
        QueueAnswer::Unchecked | QueueAnswer::NotFound => None,
    }
}

/// Whether a lookup key is a telephone number with its country code.
fn is_number(key: &str) -> bool {
    let digits = key.strip_prefix('+').unwrap_or_default();
    (8..=15).contains(&digits.len()) && digits.chars().all(|it| it.is_ascii_digit())
}

/// Returns a contact with a key, as flows see it.
fn contact(key: &str, attributes: Json) -> Json {
    let text = |text: &str| Json::String(text.into());
    let (id, email) = match key {
        key if is_number(key) => (ID, EMAIL),
        key if key.contains('@') => (ID, key),
        key => (key, EMAIL),
    };
    Json::object([
        ("id".into(), text(id)),
        ("name".into(), text(NAME)),
        ("email".into(), text(email)),
        ("attributes".into(), attributes),
    ])
}

/// A section of a fixtures document, the name of an object, and its entries.
pub(super) type Object = (&'static str, Text, Vec<(Text, Json)>);

/// Returns the part of a fixtures document that gives an answer.
pub(super) fn document(question: &Question<'_>, answer: &Answer) -> Option<Object> {
    match (question, answer) {
        (Question::Contact { key, .. }, Answer::Contact(Some(Json::Object(contact)))) => {
            let entries = contact.iter().map(|(name, it)| (name.clone(), it.clone()));
            let number = is_number(key).then(|| ("phone".into(), Json::from(*key)));
            Some(("contacts", Text::from(*key), entries.chain(number).collect()))
        }
        (Question::QueueStatistics { queue }, Answer::Statistics(Some(figures))) => {
            let entries = vec![("statistics".into(), figures.clone())];
            Some(("queues", Text::from(*queue), entries))
        }
        (Question::Queue { id, name, skills }, Answer::Queue(answer)) => {
            let skills = match answer {
                QueueAnswer::Accepted { .. } => *skills,
                _ => &[],
            };
            let skills = skills.iter().cloned().map(Json::String);
            let agent = [
                (Text::from("name"), Json::from(NAME)),
                ("skills".into(), Json::array(skills)),
            ];
            let agents = Json::array([Json::object(agent)]);
            let queue = id.or(*name)?;
            Some(("queues", queue.into(), vec![("agents".into(), agents)]))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_become_the_key_of_the_contact() {
        for (key, id, email) in [
            ("+13175550100", ID, EMAIL),
            ("jo@example.com", ID, "jo@example.com"),
            ("customer-1", "customer-1", EMAIL),
        ] {
            let contact = contact(key, Json::object([]));
            assert_eq!(contact.get("id"), Some(&Json::from(id)), "{key}");
            assert_eq!(contact.get("email"), Some(&Json::from(email)), "{key}");
        }
    }
}
