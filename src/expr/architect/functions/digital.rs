//! Functions for messages, bots and preferred agents.
//!
//! These functions are newer than Genesys' catalogue. *Source: how real flows call them.*
//! Undocumented: the names of the properties of time slots and of agents with scores.

use std::sync::Arc;

use crate::diagnostic::Code;
use crate::value::spoken::DateFormat;
use crate::value::{
    Collection, Communication, CommunicationPart, Kind, Number, Object, Type, Value,
    to_text,
};

use super::super::arguments::Arguments;
use super::super::failure::Failure;
use super::super::signature::{
    Category, Function, Overload, Parameter, many, one, overload,
};
use super::limits;
use super::text::require_length;

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        name: "MakeAgentScorePair",
        category: Category::Digital,
        summary: "Creates a pair of a user and a score, for routing to preferred agents.",
        example: (
            "IsSet(MakeAgentScorePair(FindUser(\"john.doe@company.com\"), 100))",
            "true",
        ),
        overloads: &[
            overload(
                &[one("agent", Kind::User).or_not_set(), one("score", Kind::Integer)],
                Type::one(Kind::AgentScorePair),
                make_agent_score_pair,
            ),
            overload(
                &[one("agent", Kind::User).or_not_set(), one("score", Kind::Decimal)],
                Type::one(Kind::AgentScorePair),
                make_agent_score_pair,
            ),
        ],
    },
    Function {
        name: "MakeCommunication",
        category: Category::Digital,
        summary: "Creates one message from several values. Adjacent values are separated by a space unless one of them has a space there.",
        example: (
            "MakeCommunication(\"You chose\", 5, \"Is that correct?\")",
            "\"You chose 5 Is that correct?\"",
        ),
        overloads: &[overload(
            &[one("item", Kind::Any).of_every_type().repeated()],
            Type::one(Kind::Communication),
            make_communication,
        )],
    },
    Function {
        name: "MakeListAgentScorePair",
        category: Category::Digital,
        summary: "Creates pairs of users and scores, for routing to preferred agents. Each user gets the score at the same position, or all get the same score.",
        example: (
            "Count(MakeListAgentScorePair(MakeList(FindUser(\"john.doe@company.com\")), MakeList(100)))",
            "1",
        ),
        overloads: &[
            overload(
                &[many("agents", Kind::User), many("scores", Kind::Integer)],
                Type::many(Kind::AgentScorePair),
                make_agent_score_pairs,
            ),
            overload(
                &[many("agents", Kind::User), many("scores", Kind::Decimal)],
                Type::many(Kind::AgentScorePair),
                make_agent_score_pairs,
            ),
            overload(
                &[many("agents", Kind::User), one("score", Kind::Integer)],
                Type::many(Kind::AgentScorePair),
                make_agent_score_pairs,
            ),
            overload(
                &[many("agents", Kind::User), one("score", Kind::Decimal)],
                Type::many(Kind::AgentScorePair),
                make_agent_score_pairs,
            ),
        ],
    },
    Function {
        name: "MakeTimeslot",
        category: Category::Digital,
        summary: "Creates a time slot from its start and duration.",
        example: (
            "MakeTimeslot(MakeDateTime(2026, 1, 5, 9, 0, 0), MakeDuration(0, 2, 0, 0))",
            "{\"startDateTime\":\"2026-01-05T09:00:00Z\",\"duration\":\"PT2H\"}",
        ),
        overloads: &[overload(
            &[one("startDateTime", Kind::DateTime), one("duration", Kind::Duration)],
            Type::one(Kind::Timeslot),
            make_timeslot,
        )],
    },
    Function {
        name: "ResolveSlot",
        category: Category::Digital,
        summary: "Returns the value that a bot has found for a slot.",
        example: ("ResolveSlot(\"red\")", "\"red\""),
        overloads: &[
            overload(&[one("slot", Kind::Any).or_not_set()], Type::ANY, resolve_slot),
            overload(&[many("slot", Kind::Any)], Type::many(Kind::Any), resolve_slot),
        ],
    },
    Function {
        name: "ToCommunication",
        category: Category::Digital,
        summary: "Converts a value to a message. A format selects the parts of a date, or `yes` and `no` for a Boolean; the other formats change only how bots speak.",
        example: ("ToCommunication(\"Sorry.\")", "\"Sorry.\""),
        overloads: &[
            overload(
                &[one("item", Kind::Communication).or_not_set()],
                Type::one(Kind::Communication),
                make_communication,
            ),
            overload(
                &[one("item", Kind::Any).or_not_set()],
                Type::one(Kind::Communication),
                make_communication,
            ),
            overload(
                &[many("items", Kind::Any)],
                Type::one(Kind::Communication),
                make_communication,
            ),
            formatted(&[
                one("date", Kind::Date).or_not_set(),
                one("format", Kind::DateFormat),
            ]),
            formatted(&[
                one("dateTime", Kind::DateTime).or_not_set(),
                one("format", Kind::DateFormat),
            ]),
            formatted(&[
                one("boolean", Kind::Boolean).or_not_set(),
                one("format", Kind::BoolFormat),
            ]),
            formatted(&[
                one("currency", Kind::Currency).or_not_set(),
                one("format", Kind::CurrencyFormat),
            ]),
            formatted(&[
                one("integer", Kind::Integer).or_not_set(),
                one("format", Kind::NumberFormat),
            ]),
            formatted(&[
                one("phoneNumber", Kind::PhoneNumber).or_not_set(),
                one("format", Kind::PhoneNumberFormat),
            ]),
            formatted(&[
                one("string", Kind::String).or_not_set(),
                one("format", Kind::StringFormat),
            ]),
            formatted(&[
                one("time", Kind::Time).or_not_set(),
                one("format", Kind::TimeFormat),
            ]),
        ],
    },
    Function {
        name: "ToDisplayString",
        category: Category::Digital,
        summary: "Returns the String that a message shows for a value. Each item of a collection is on a separate line.",
        example: ("ToDisplayString(1.50)", "\"1.5\""),
        overloads: &[
            overload(
                &[one("value", Kind::Any).or_not_set()],
                Type::one(Kind::String),
                to_display_string,
            ),
            overload(
                &[many("values", Kind::Any)],
                Type::one(Kind::String),
                to_display_string,
            ),
        ],
    },
];

fn make_timeslot(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let start = Value::DateTime(arguments.datetime(0)?);
    let duration = Value::Duration(arguments.duration(1)?);
    let properties = [("startDateTime".into(), start), ("duration".into(), duration)];
    let properties = properties.into_iter().collect();
    Ok(Value::Object(Arc::new(Object { kind: Kind::Timeslot, properties })))
}

fn make_communication(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let mut message = Communication::default();
    for value in arguments.values().iter().filter(|value| !value.is_unset()) {
        message.push((*value).clone());
    }
    require_length(arguments, message.size())?;
    Ok(Value::Communication(Arc::new(message)))
}

/// An overload of `ToCommunication` with a format. *Source: an export, which names the
/// overload `ToCommunication(String_ONE,StringFormat_ONE)`.*
const fn formatted(parameters: &'static [Parameter]) -> Overload {
    overload(parameters, Type::one(Kind::Communication), to_formatted_communication)
}

fn to_formatted_communication(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let format = match arguments.value(1).property("name") {
        Some(Value::String(name)) => DateFormat::from_name(&name),
        _ => None,
    };
    let value = match arguments.value(0) {
        Value::Boolean(true) => "yes".into(),
        Value::Boolean(false) => "no".into(),
        value => value.clone(),
    };
    let parts = match value.is_unset() {
        true => Vec::new(),
        false => vec![CommunicationPart { value, format }],
    };
    Ok(Value::Communication(Arc::new(Communication { parts })))
}

fn make_agent_score_pair(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    Ok(pair(arguments.value(0), arguments.value(1)))
}

/// Undocumented: the number of scores must equal the number of users.
fn make_agent_score_pairs(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let agents = arguments.items(0)?;
    let items = match arguments.value(1) {
        Value::Collection(scores) if scores.items.len() == agents.len() => {
            let pairs = agents.iter().zip(&scores.items);
            pairs.map(|(agent, score)| pair(agent, score)).collect()
        }
        Value::Collection(scores) => {
            let (agents, scores) = (agents.len(), scores.items.len());
            let message = format!(
                "found {agents} users and {scores} scores, expected as many scores as users"
            );
            return Err(arguments.fail(Code::OUT_OF_RANGE, &message));
        }
        score => agents.iter().map(|agent| pair(agent, score)).collect(),
    };
    Ok(Value::Collection(Arc::new(Collection { kind: Kind::AgentScorePair, items })))
}

fn pair(agent: &Value, score: &Value) -> Value {
    let score = Number::of(score).map(|score| Value::Decimal(score.to_decimal()));
    let score = score.unwrap_or(Value::NotSet(Type::one(Kind::Decimal)));
    let properties = [("agent".into(), agent.clone()), ("score".into(), score)];
    let properties = properties.into_iter().collect();
    Value::Object(Arc::new(Object { kind: Kind::AgentScorePair, properties }))
}

/// A slot already holds its value, because bots fill slots before expressions are
/// evaluated.
fn resolve_slot(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    Ok(arguments.value(0).clone())
}

/// Undocumented: the result equals that of `ToString`. Flows check with `IsNotSetOrEmpty`
/// whether there is anything to show.
fn to_display_string(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let Value::Collection(collection) = arguments.value(0) else {
        return limits::converted(arguments, to_text(arguments.value(0)));
    };
    let mut text = String::new();
    for (place, item) in collection.items.iter().enumerate() {
        if place > 0 {
            text.push('\n');
        }
        item.write_text(&mut text);
        require_length(arguments, text.len())?;
    }
    Ok(Value::string(text))
}

#[cfg(test)]
mod tests {
    use super::super::super::trial::{assert_results, evaluated, evaluated_in};
    use super::super::known::TestOrganization;

    #[test]
    fn pairs() {
        assert_results(&[
            ("MakeAgentScorePair(NOT_SET, 5)", r#"{"agent":null,"score":5.0}"#),
            ("MakeAgentScorePair(NOT_SET, 5).score", "5.0"),
            ("MakeAgentScorePair(NOT_SET, 5).agent", "NOT_SET User"),
            ("MakeAgentScorePair(FindUser(\"a\"), 7.5).Score * 2", "15.0"),
            ("MakeAgentScorePair(NOT_SET, NOT_SET)", "NOT_SET_NOT_ALLOWED"),
            ("MakeAgentScorePair(\"john\", 5)", "WRONG_ARGUMENTS"),
        ]);
        let users = "MakeList(FindUser(\"a\"), FindUser(\"b\"))";
        let agent = |name| format!(r#"{{"agent":{{"id":"User name {name}"}},"score":"#);
        let (a, b) = (agent("a"), agent("b"));
        for (scores, pairs) in [
            ("MakeList(1, 2)", format!("[{a}1.0}},{b}2.0}}]")),
            ("MakeList(1.5, 2.0)", format!("[{a}1.5}},{b}2.0}}]")),
            ("7", format!("[{a}7.0}},{b}7.0}}]")),
            ("MakeList(1)", "OUT_OF_RANGE".to_owned()),
        ] {
            let text = format!("MakeListAgentScorePair({users}, {scores})");
            assert_eq!(evaluated_in(&text, &TestOrganization), pairs, "{text}");
        }
    }

    #[test]
    fn display_strings() {
        assert_results(&[
            ("ToDisplayString(NOT_SET)", "NOT_SET String"),
            ("ToDisplayString(\"\")", "\"\""),
            ("ToDisplayString(MakeList(\"a\", NOT_SET, \"b\"))", "\"a\\n\\nb\""),
            ("ToDisplayString(MakeEmptyList(1))", "\"\""),
            ("ResolveSlot(ToInt(NOT_SET))", "NOT_SET Integer"),
            ("ResolveSlot(MakeList(1))", "[1]"),
        ]);
    }

    #[test]
    fn not_set_without_a_type_is_not_converted() {
        assert_results(&[
            ("ToCommunication(If(true, NOT_SET, NOT_SET))", "\"\""),
            ("ToCommunication(MakeList(NOT_SET)[0])", "\"\""),
            ("MakeCommunication(\"a\") == MakeList(NOT_SET)[0]", "false"),
            ("ToCommunication(Flow.nope[0])", "UNKNOWN_VARIABLE"),
            ("ToCommunication(ResolveSlot(Slot.nope))", "UNKNOWN_VARIABLE"),
            ("ToAudio(If(true, NOT_SET, NOT_SET))", "\"\""),
        ]);
    }

    #[test]
    fn display_strings_have_a_limit() {
        let ten = |text: String| format!("Replace({text}, \"a\", \"aaaaaaaaaa\")");
        let million = (0..6).fold("\"a\"".to_owned(), |text, _| ten(text));
        let text = format!("ToDisplayString(MakeList({million}, {million}))");
        assert_eq!(evaluated(&text), "RESULT_TOO_LARGE");
    }
}
