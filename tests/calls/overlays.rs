//! Later fixtures documents change earlier ones: one row, one cell, one key.

#![expect(clippy::unwrap_used, reason = "a document that cannot be read fails the test")]

use std::path::Path;

use flowsim::expr::architect::Directory as _;
use flowsim::source::{Files, read_document};
use flowsim::value::{DateTime, Json, Kind, Value};
use flowsim::world::{
    Answer, AnswerProgress, DataTableRow, Fixtures, Question, QueueAnswer,
    ScheduleGroupState,
};

/// Merges documents; none of them may have a mistake.
fn merged(documents: &[&str]) -> Fixtures {
    let mut fixtures = Fixtures::default();
    for text in documents {
        let file = Files::new().add("a.yaml", *text);
        let document = read_document(&file).unwrap();
        let (merged, problems) = fixtures.merged(&document, Path::new(""));
        assert_eq!(problems, [], "{text}");
        fixtures = merged;
    }
    fixtures
}

fn row(fixtures: &Fixtures, key: &str) -> Option<Vec<Value>> {
    match fixtures.data_table_row("Routes", key)? {
        DataTableRow::NotFound => None,
        DataTableRow::Found(cells) => Some(cells.into_iter().map(|(_, it)| it).collect()),
    }
}

const TABLE: &str = "
dataTables:
  Routes:
    id: t-1
    key: Number
    columns: {Queue: string, Priority: {type: integer, default: 5}}
    rows:
      - {Number: '1', Queue: Sales, Priority: 1}
      - {Number: '2', Queue: Support}
";

#[test]
fn a_later_document_changes_a_cell_and_adds_a_row() {
    let texts = [
        TABLE,
        "dataTables: {Routes: {rows: [{Number: '1', Priority: 9}, {key: '3', Queue: New}]}}",
    ];
    let fixtures = merged(&texts);
    let values = |key: &str| row(&fixtures, key).unwrap();
    assert_eq!(values("1"), ["1".into(), "Sales".into(), Value::Integer(9)]);
    assert_eq!(values("2"), ["2".into(), "Support".into(), Value::Integer(5)]);
    assert_eq!(values("3"), ["3".into(), "New".into(), Value::Integer(5)]);
    let keys: Vec<String> = fixtures
        .data_table_keys("routes")
        .unwrap()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(keys, ["1", "2", "3"]);
}

#[test]
fn null_removes_a_row_a_cell_and_a_table() {
    let text = "dataTables: {t-1: {rows: {'1': {Priority: null}, '2': null}}}";
    let fixtures = merged(&[TABLE, text]);
    assert_eq!(row(&fixtures, "1").unwrap()[2], Value::Integer(5));
    assert_eq!(row(&fixtures, "2"), None);
    let removed = merged(&[TABLE, "dataTables: {Routes: null}"]);
    assert_eq!(removed.data_table_names().count(), 0);
    // An empty value is the name of a table, which exists already.
    assert!(row(&merged(&[TABLE, "dataTables:\n  Routes:\n"]), "1").is_some());
}

#[test]
fn a_later_document_adds_a_column() {
    let text = "dataTables: {Routes: {columns: {Open: {type: boolean, default: true}}}}";
    let fixtures = merged(&[TABLE, text]);
    assert_eq!(row(&fixtures, "1").unwrap()[3], Value::Boolean(true));
    let keeps = "dataTables: {Routes: {rows: [{Number: '1', Opne: true}]}}";
    let file = Files::new().add("a.yaml", keeps);
    let document = read_document(&file).unwrap();
    let (_, problems) = fixtures.merged(&document, Path::new(""));
    assert_eq!(problems[0].message, "the table has no column `Opne`");
}

const QUEUES: &str = "
queues:
  - {id: q-1, name: Support, agents: [{name: Ann, skills: [english]}], answerAfterMs: 10}
  - {name: Sales, statistics: {waiting: 3}}
";

fn queue(fixtures: &Fixtures, name: &str, skill: &str) -> QueueAnswer {
    let skills = [skill.into()];
    let skills = if skill.is_empty() { &[][..] } else { &skills };
    let question = Question::Queue { id: None, name: Some(name), skills };
    match fixtures.answer(&question, &mut AnswerProgress::default()) {
        Answer::Queue(answer) => answer,
        other => panic!("{other:?}"),
    }
}

fn waiting(fixtures: &Fixtures, queue: &str) -> Option<Json> {
    let question = Question::QueueStatistics { queue };
    match fixtures.answer(&question, &mut AnswerProgress::default()) {
        Answer::Statistics(Some(statistics)) => statistics.get("waiting").cloned(),
        _ => None,
    }
}

#[test]
fn a_later_document_changes_one_key_of_a_queue() {
    // The key of the section may be an id or a name.
    for key in ["q-1", "Support"] {
        let text = format!("queues: {{{key}: {{statistics: {{waiting: 7}}}}}}");
        let fixtures = merged(&[QUEUES, &text]);
        assert_eq!(waiting(&fixtures, "q-1"), Some(Json::Integer(7)), "{key}");
        assert!(matches!(
            queue(&fixtures, "Support", "german"),
            QueueAnswer::SkillMismatch { .. }
        ));
        assert_eq!(fixtures.queue_wait(["q-1", ""], &[], 0).answer_after_ms, Some(10));
        assert_eq!(fixtures.object_names(Kind::Queue), ["Support", "Sales"]);
    }
    let text = "queues: [{name: Support, agents: null, answerAfterMs: null}]";
    let fixtures = merged(&[QUEUES, text]);
    assert!(matches!(
        queue(&fixtures, "Support", "german"),
        QueueAnswer::Accepted { .. }
    ));
    assert_eq!(fixtures.queue_wait(["q-1", ""], &[], 0).answer_after_ms, None);
}

#[test]
fn queues_are_named_as_skills_are() {
    let fixtures = merged(&["queues: [Support, {name: Sales}]"]);
    assert!(matches!(queue(&fixtures, "Support", ""), QueueAnswer::Accepted { .. }));
    assert_eq!(queue(&fixtures, "Suport", ""), QueueAnswer::NotFound);
    assert_eq!(fixtures.object_names(Kind::Queue), ["Support", "Sales"]);
    // A bare name changes nothing.
    let fixtures = merged(&[QUEUES, "queues: [Sales]"]);
    assert_eq!(waiting(&fixtures, "Sales"), Some(Json::Integer(3)));
}

#[test]
fn null_removes_a_queue_a_user_and_a_skill() {
    let text = "queues: {Support: null}\nskills: {Billing: null}\nusers: {Ann: null}";
    let first = format!(
        "{QUEUES}\nskills: [Billing, Sales]\nusers: [{{name: Ann, email: a@b.c}}, Bob]"
    );
    let fixtures = merged(&[&first, text]);
    assert_eq!(queue(&fixtures, "Support", ""), QueueAnswer::NotFound);
    assert_eq!(fixtures.object_names(Kind::Queue), ["Sales"]);
    assert_eq!(fixtures.object_names(Kind::Skill), ["Sales"]);
    assert_eq!(fixtures.object_names(Kind::User), ["Bob"]);
}

#[test]
fn a_later_document_changes_one_key_of_a_user() {
    let first =
        "users: [{id: u-1, name: Ann, email: ann@example.com, skills: [english]}]";
    let fixtures = merged(&[first, "users: {Ann: {extension: '100'}}"]);
    let users: Vec<_> = fixtures.users().collect();
    assert_eq!(users.len(), 1);
    assert_eq!(users[0].id.as_deref(), Some("u-1"));
    assert_eq!(users[0].email.as_deref(), Some("ann@example.com"));
    assert_eq!(users[0].extension.as_deref(), Some("100"));
    assert_eq!(users[0].skills, ["english"]);
}

#[test]
fn a_later_id_of_a_queue_counts() {
    let fixtures = merged(&[QUEUES, "queues: [{id: q-9, name: Support}]"]);
    let QueueAnswer::Accepted { id, .. } = queue(&fixtures, "Support", "english") else {
        panic!("the queue and its agent stay");
    };
    assert_eq!(id.as_deref(), Some("q-9"));
}

const CALENDAR: &str = "
schedules:
  Weekdays: {start: 2026-01-05T09:00, end: 2026-01-05T17:00, rrule: FREQ=DAILY}
  Night: {start: 2026-01-05T22:00, end: 2026-01-06T06:00, rrule: FREQ=DAILY}
scheduleGroups:
  Hours: {timeZone: Europe/Berlin, openSchedules: [Weekdays]}
emergencyGroups:
  Fire: {enabled: true}
prompts:
  Welcome: {tts: {en-us: Hello}, duration: PT3S}
dataActions:
  balance: {output: {balance: 1}}
";

/// Returns whether the schedule group is open at an hour of UTC.
fn is_open(fixtures: &Fixtures, hour: u8) -> bool {
    let at = DateTime::parse(&format!("2026-01-05T{hour:02}:30:00Z")).unwrap();
    let state = fixtures.schedule_group_state("Hours", None, at).unwrap();
    state == ScheduleGroupState::Open
}

#[test]
fn a_later_document_changes_one_key_of_a_schedule() {
    let later = |text: &str| merged(&[CALENDAR, text]);
    let plain = later("queues: []");
    assert!(is_open(&plain, 8) && is_open(&plain, 15) && !is_open(&plain, 16));
    let longer = later("schedules: {Weekdays: {end: 2026-01-05T18:00}}");
    assert!(is_open(&longer, 8) && is_open(&longer, 16) && !is_open(&longer, 17));
    // The rule counts from the new start.
    let weekends = later("schedules: {Weekdays: {rrule: 'FREQ=WEEKLY;BYDAY=SA,SU'}}");
    assert!(!is_open(&weekends, 8));
    let once = later("schedules: {Weekdays: {rrule: null}}");
    assert!(is_open(&once, 8));
}

#[test]
fn a_later_document_changes_one_key_of_a_schedule_group() {
    let group = merged(&[CALENDAR, "scheduleGroups: {Hours: {openSchedules: [Night]}}"]);
    // The time zone stays: the night begins at 21:00 UTC.
    assert!(is_open(&group, 21) && !is_open(&group, 20) && !is_open(&group, 8));
    let zone = merged(&[CALENDAR, "scheduleGroups: {Hours: {timeZone: UTC}}"]);
    assert!(is_open(&zone, 16) && !is_open(&zone, 8));
    let closed = "scheduleGroups: {Hours: {closedSchedules: [Night]}}";
    assert!(is_open(&merged(&[CALENDAR, closed]), 8));
    let emergency = merged(&[CALENDAR, "emergencyGroups: {Fire: {description: no}}"]);
    assert_eq!(emergency.emergency_group_is_active("Fire"), Some(true));
    let over = merged(&[CALENDAR, "emergencyGroups: {Fire: {enabled: false}}"]);
    assert_eq!(over.emergency_group_is_active("Fire"), Some(false));
}

#[test]
fn a_later_document_changes_one_key_of_a_prompt() {
    let prompt = |text: &str| match merged(&[CALENDAR, text]).user_prompt("Welcome") {
        Some(Value::Object(prompt)) => ["textToSpeech", "duration"]
            .map(|name| prompt.properties.get(name).unwrap().to_string()),
        other => panic!("{other:?}"),
    };
    let words = "prompts: {Welcome: {tts: Good day}}";
    assert_eq!(prompt(words), ["Good day", "PT3S"]);
    let silent = prompt("prompts: {Welcome: {tts: null, duration: PT9S}}");
    assert_eq!(silent[1], "PT9S");
    assert_ne!(silent[0], "Hello");
}

#[test]
fn null_removes_a_data_action() {
    let knows =
        |text: &str| merged(&[CALENDAR, text]).knows_data_action(None, Some("balance"));
    assert!(knows("dataActions: {other: {status: 500}}"));
    assert!(!knows("dataActions: {balance: null}"));
}
