//! Fixtures from the user's perspective: documents, folders, contact files, answers.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use flowsim::diagnostic::{Code, Diagnostic, Severity};
use flowsim::expr::architect::{Directory, Policies};
use flowsim::source::{Files, read_document, read_yaml};
use flowsim::value::{DateTime, Json, Kind, Text, Value};
use flowsim::world::{
    Answer, AnswerProgress, DataTableRow, FixtureHost, Fixtures, Host, Input,
    InputQuestion, Medium, Question, QueueAnswer, ScheduleGroupState,
};
use proptest::prelude::*;
use tempfile::TempDir;

fn read(document: &str) -> (Fixtures, Vec<Diagnostic>) {
    read_in(document, Path::new(""))
}

fn read_in(document: &str, base: &Path) -> (Fixtures, Vec<Diagnostic>) {
    let mut files = Files::new();
    let file = files.add("inline.yaml", document);
    Fixtures::read(&read_yaml(&file).expect("the document is YAML"), base)
}

fn fixtures(document: &str) -> Fixtures {
    let (fixtures, diagnostics) = read(document);
    assert_eq!(diagnostics, []);
    fixtures
}

fn ask(fixtures: &Fixtures, question: &Question<'_>) -> Answer {
    fixtures.answer(question, &mut AnswerProgress::default())
}

/// Returns the id of the contact with a key, or an empty string if it is missing.
fn contact_id(fixtures: &Fixtures, key: &str) -> String {
    match ask(fixtures, &Question::Contact { key, is_search: false }) {
        Answer::Contact(Some(contact)) => match contact.get("id") {
            Some(Json::String(id)) => id.to_string(),
            other => panic!("{other:?}"),
        },
        Answer::Contact(None) => String::new(),
        other => panic!("{other:?}"),
    }
}

fn contact_text(fixtures: &Fixtures, key: &str) -> String {
    match ask(fixtures, &Question::Contact { key, is_search: false }) {
        Answer::Contact(Some(contact)) => contact.to_string(),
        other => format!("{other:?}"),
    }
}

fn queue(fixtures: &Fixtures, id: &str, name: &str, skills: &[&str]) -> QueueAnswer {
    let skills: Vec<Text> = skills.iter().map(|skill| (*skill).into()).collect();
    let question = Question::Queue { id: Some(id), name: Some(name), skills: &skills };
    match ask(fixtures, &question) {
        Answer::Queue(answer) => answer,
        other => panic!("{other:?}"),
    }
}

fn accepted(id: &str, name: &str) -> QueueAnswer {
    let some = |text: &str| (!text.is_empty()).then(|| Text::from(text));
    QueueAnswer::Accepted { id: some(id), name: some(name) }
}

/// Returns the answer of a data action as `status output`.
fn call(
    fixtures: &Fixtures,
    replies: &mut AnswerProgress,
    id: &str,
    inputs: &[(&str, Value)],
) -> String {
    let inputs: Vec<(Text, Value)> =
        inputs.iter().map(|(name, value)| ((*name).into(), value.clone())).collect();
    let question = Question::DataAction { id: Some(id), name: None, inputs: &inputs };
    match fixtures.answer(&question, replies) {
        Answer::Response(response) => format!("{} {}", response.status, response.output),
        other => format!("{other:?}"),
    }
}

fn write(folder: &TempDir, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.path().join(name);
    let parent = path.parent().expect("it is in the folder");
    fs::create_dir_all(parent).expect("the folder is made");
    fs::write(&path, text).expect("the file is written");
    path
}

// ---- the manual ----

/// Returns the code blocks of the manual in a notation, without their indentation.
fn blocks(notation: &str) -> Vec<String> {
    let manual = include_str!("../../docs/fixtures.md");
    let mut blocks = Vec::new();
    let mut open: Option<(usize, String)> = None;
    for line in manual.lines() {
        let text = line.trim_start();
        match &mut open {
            Some(_) if text == "```" => {
                blocks.extend(open.take().map(|(_, block)| block));
            }
            Some((indent, block)) => {
                block.push_str(line.get(*indent..).unwrap_or(""));
                block.push('\n');
            }
            None if text == format!("```{notation}") => {
                open = Some((line.len() - text.len(), String::new()));
            }
            None => {}
        }
    }
    blocks
}

const TERRAFORM: &str = r#"resource "genesyscloud_architect_datatable" "routes" {
  name = "Routes"
  properties {
    name  = "key"
    type  = "string"
    title = "Number"
  }
}
"#;

fn manual_folder() -> TempDir {
    let folder = TempDir::new().expect("a temporary folder");
    write(&folder, "contacts.csv", &blocks("csv")[0]);
    write(&folder, "contacts.ndjson", &blocks("ndjson")[0]);
    write(&folder, "routes.csv", "Number,Queue,Priority\n+15557770100,Sales,1\n");
    write(&folder, "more-routes.json", r#"[{"key": "2", "Queue": "Support"}]"#);
    write(&folder, "tables.tf", TERRAFORM);
    #[cfg(feature = "sqlite")]
    database(&folder.path().join("contacts.sqlite"), "contacts", "");
    folder
}

#[test]
fn every_example_of_the_manual_loads() {
    let folder = manual_folder();
    let mut documents = 0;
    for block in blocks("yaml").iter().chain(&blocks("json")) {
        if cfg!(not(feature = "sqlite")) && block.contains("sqlite") {
            continue;
        }
        let (fixtures, diagnostics) = read_in(block, folder.path());
        assert_eq!(diagnostics, [], "{block}");
        fixtures.index_contacts();
        assert_eq!(fixtures.contact_problems(), [], "{block}");
        documents += 1;
    }
    assert!(documents >= 6, "{documents}");
}

#[test]
fn the_opening_hours_of_the_manual_are_evaluated_correctly() {
    let blocks = blocks("yaml");
    let hours = blocks.iter().find(|block| block.contains("Support hours")).unwrap();
    let fixtures = fixtures(hours);
    let state = |at: &str| {
        let at = DateTime::parse(at).unwrap();
        fixtures.schedule_group_state("Support hours", Some("Evacuation"), at)
    };
    assert_eq!(state("2026-07-01T09:00:00+02:00"), Some(ScheduleGroupState::Open));
    assert_eq!(state("2026-07-01T18:00:00+02:00"), Some(ScheduleGroupState::Closed));
    assert_eq!(state("2026-07-01T23:00:00+02:00"), Some(ScheduleGroupState::Open));
    assert_eq!(state("2026-03-02T14:30:00+01:00"), Some(ScheduleGroupState::Closed));
    assert_eq!(state("2031-12-26T12:00:00+01:00"), Some(ScheduleGroupState::Holiday));
}

/// Whether a document has the data table `Routes`.
fn is_of_routes(block: &str) -> bool {
    block.contains("name: Routes") || block.contains("  Routes:")
}

#[test]
fn the_data_tables_of_the_manual_contain_their_rows() {
    let folder = manual_folder();
    let blocks = blocks("yaml");
    let mut rows = Vec::new();
    for block in blocks.iter().filter(|block| is_of_routes(block)) {
        let (fixtures, diagnostics) = read_in(block, folder.path());
        assert_eq!(diagnostics, []);
        rows.push(fixtures.data_table_row("routes", "+15557770100").unwrap());
    }
    let [listed, filed] = rows.as_slice() else { panic!("{rows:?}") };
    let queue = |row: &DataTableRow| match row {
        DataTableRow::Found(row) => row[1].clone(),
        DataTableRow::NotFound => panic!("not found"),
    };
    let sales = (Text::from("Queue"), Value::from("Sales"));
    assert_eq!((queue(listed), queue(filed)), (sales.clone(), sales));
}

#[test]
fn the_first_example_of_the_manual_answers_as_described() {
    let fixtures = fixtures(&blocks("yaml")[0]);
    assert_eq!(
        contact_text(&fixtures, "+1 (555) 777-0100"),
        r#"{"id":"c-1","name":"Ada Lovelace","email":"ada@example.com","attributes":{"tier":"gold","openCases":2}}"#
    );
    let mut replies = AnswerProgress::default();
    assert_eq!(
        call(&fixtures, &mut replies, "get-balance", &[]),
        r#"200 {"balance":12.5}"#
    );
    assert_eq!(
        queue(&fixtures, "support", "", &["english", "spanish"]),
        accepted("support", "Support")
    );
    assert_eq!(
        fixtures.users().next().unwrap().email.as_deref(),
        Some("ann@example.com")
    );
}

#[test]
fn the_contact_files_of_the_manual_answer_as_described() {
    let folder = manual_folder();
    let (fixtures, _) = read_in(&blocks("yaml")[1], folder.path());
    assert_eq!(
        contact_text(&fixtures, "(555) 777-0103"),
        r#"{"id":"c-100","name":"Grace Hopper","email":"grace@example.com","attributes":{"tier":"gold"}}"#
    );
    assert_eq!(
        contact_text(&fixtures, "ALAN@example.com"),
        r#"{"id":"c-101","name":"Turing, Alan","email":"alan@example.com","attributes":{"tier":""}}"#
    );
    assert_eq!(
        contact_text(&fixtures, "C-201"),
        r#"{"id":"c-201","name":null,"email":"barbara@example.com","attributes":{"openCases":3}}"#
    );
    assert_eq!(contact_id(&fixtures, "tel:+31-20-555-0100"), "c-200");
    assert_eq!(contact_id(&fixtures, "+15557770100"), "c-1");
}

// ---- contacts ----

#[cfg(feature = "phone")]
#[test]
fn contacts_are_found_by_every_key_in_every_spelling() {
    let fixtures = fixtures(
        "defaultCountry: GB\n\
         contacts:\n\
         - {id: C-1, email: Ada@Example.com, phones: ['020 7946 0958', '+1 555 777 0100']}\n\
         - {id: 42, phone: 2079460959}\n",
    );
    for key in [
        "c-1",
        " C-1 ",
        "ada@example.COM",
        "+442079460958",
        "+44 (0)20 7946 0958",
        "020 79460958",
        "+15557770100",
    ] {
        assert_eq!(contact_id(&fixtures, key), "C-1", "{key}");
    }
    assert_eq!(contact_id(&fixtures, "42"), "42");
    assert_eq!(contact_id(&fixtures, "+442079460959"), "42");
    for key in ["", " ", "c-2", "+15557770101", "5557770100", "anonymous"] {
        assert_eq!(contact_id(&fixtures, key), "", "{key}");
    }
}

#[test]
fn a_contact_has_all_its_keys_even_if_their_values_are_unknown() {
    let fixtures = fixtures("contacts: [{phone: '+15557770100', attributes: null}]");
    assert_eq!(
        contact_text(&fixtures, "+15557770100"),
        r#"{"id":null,"name":null,"email":null,"attributes":{}}"#
    );
}

#[test]
fn a_replaced_contact_is_not_found_by_its_old_number() {
    let below = fixtures(
        "contacts: [{id: c-1, phone: '+15550000001'}, {id: c-2, phone: '+15550000002'}]",
    );
    let mut files = Files::new();
    let file = files.add("over.yaml", "contacts: [{id: C-1, phone: '+15550000009'}]");
    let (both, _) = below.merged(&read_yaml(&file).unwrap(), Path::new(""));
    assert_eq!(contact_id(&both, "+15550000001"), "");
    assert_eq!(contact_id(&both, "+15550000009"), "C-1");
    assert_eq!(contact_id(&both, "+15550000002"), "c-2");
    assert_eq!(contact_id(&below, "+15550000001"), "c-1");
}

// ---- queues ----

#[test]
fn queues_are_accepted_by_the_rules() {
    let fixtures = fixtures(
        "queues:\n\
         - {id: s, name: Support, agents: [{skills: [English]}, {skills: [english, spanish]}]}\n\
         - {name: Billing}\n",
    );
    assert_eq!(queue(&fixtures, "s", "", &[]), accepted("s", "Support"));
    assert_eq!(
        queue(&fixtures, "s", "", &["spanish", "ENGLISH"]),
        accepted("s", "Support")
    );
    assert_eq!(
        queue(&fixtures, "s", "", &["spanish", "french"]),
        QueueAnswer::SkillMismatch { id: Some("s".into()), name: Some("Support".into()) }
    );
    assert_eq!(queue(&fixtures, "", "Support", &[]), accepted("s", "Support"));
    assert_eq!(queue(&fixtures, "s", "Billing", &[]), accepted("s", "Support"));
    assert_eq!(queue(&fixtures, "x", "Billing", &[]), QueueAnswer::NotFound);
    assert_eq!(queue(&fixtures, "", "Billing", &["any"]), accepted("", "Billing"));
    assert_eq!(queue(&fixtures, "", "", &[]), QueueAnswer::NotFound);
    assert_eq!(queue(&Fixtures::default(), "s", "", &[]), QueueAnswer::Unchecked);
}

#[test]
fn statistics_are_given_or_derived_from_the_agents() {
    let fixtures = fixtures(
        "queues:\n\
         - {id: a, statistics: {availableAgents: 3, occupancy: 0.50, myOwn: x}}\n\
         - {id: b, name: Bee, agents: [{id: 1}, {id: 2}]}\n\
         - {id: c}\n",
    );
    let statistics = |queue| match ask(&fixtures, &Question::QueueStatistics { queue }) {
        Answer::Statistics(statistics) => statistics.map(|json| json.to_string()),
        other => panic!("{other:?}"),
    };
    assert_eq!(
        statistics("a").unwrap(),
        r#"{"availableAgents":3,"occupancy":0.5,"myOwn":"x"}"#
    );
    let all_free =
        r#"{"availableAgents":2,"occupancy":0,"waiting":0,"estimatedWaitSeconds":0}"#;
    assert_eq!(statistics("b").unwrap(), all_free);
    assert_eq!(statistics("Bee").unwrap(), all_free);
    assert_eq!(statistics("c").unwrap(), "{}");
    assert_eq!(statistics("d"), None);
}

#[test]
fn a_queue_defines_its_waiting_time() {
    let fixtures = fixtures(
        "queues:\n\
         - {id: a, name: Bee, answerAfterMs: 1500}\n\
         - {id: b, statistics: {estimatedWaitSeconds: 40.9, waiting: 2}}\n\
         - {id: c, agents: [{id: 1}]}\n",
    );
    let wait = |id, name| {
        let wait = fixtures.queue_wait([id, name], &[], 0);
        (wait.answer_after_ms, wait.estimated_ms, wait.waiting)
    };
    assert_eq!(wait("a", ""), (Some(1_500), None, None));
    assert_eq!(wait("", "Bee"), (Some(1_500), None, None));
    assert_eq!(wait("b", ""), (None, Some(40_000), Some(2)));
    // Zero waiting callers without statistics are not an estimate.
    assert_eq!(wait("c", ""), (None, None, None));
    assert_eq!(wait("d", ""), (None, None, None));
}

#[test]
fn statistics_may_depend_on_the_waiting_time() {
    let fixtures = fixtures(
        "queues:\n\
         - id: a\n  statistics:\n\
         \x20 - {waiting: 4, estimatedWaitSeconds: 90}\n\
         \x20 - {afterMs: 60000, waiting: 1}\n",
    );
    let wait = |waited_ms| {
        let wait = fixtures.queue_wait(["a", ""], &[], waited_ms);
        (wait.waiting, wait.estimated_ms, wait.changes_after_ms)
    };
    assert_eq!(wait(0), (Some(4), Some(90_000), Some(60_000)));
    assert_eq!(wait(59_999), (Some(4), Some(90_000), Some(60_000)));
    assert_eq!(wait(60_000), (Some(1), None, None));
    let question = Question::QueueStatistics { queue: "a" };
    let Answer::Statistics(Some(statistics)) = ask(&fixtures, &question) else {
        panic!("the queue has statistics");
    };
    assert_eq!(statistics.to_string(), r#"{"waiting":4,"estimatedWaitSeconds":90}"#);
    let (_, problems) =
        read("queues: [{id: a, statistics: [{waiting: 4}, {waiting: 1}]}]");
    let [problem] = problems.as_slice() else { panic!("{problems:?}") };
    assert_eq!(problem.message, "`afterMs` is not later than that of the item before");
    let (_, problems) = read("queues: [{id: a, statistics: [4]}]");
    assert_eq!(problems.len(), 1);
}

#[test]
fn the_first_available_agent_with_the_skills_answers() {
    let fixtures = fixtures(
        "queues:\n\
         - id: a\n  answerAfterMs: 5000\n  agents:\n\
         \x20 - {id: u-1, name: Ann, skills: [English], answerAfterMs: 9000}\n\
         \x20 - {id: u-2, skills: [english, spanish]}\n\
         - {id: b, agents: [{name: Bob, skills: [english]}]}\n",
    );
    let wait = |queue, skills: &[&str]| {
        let skills: Vec<Text> = skills.iter().map(|skill| (*skill).into()).collect();
        let wait = fixtures.queue_wait([queue, ""], &skills, 0);
        (
            wait.answer_after_ms,
            wait.agent.as_deref().map(str::to_owned),
            wait.has_no_agent,
        )
    };
    let by = |name: &str| Some(name.to_owned());
    assert_eq!(wait("a", &["ENGLISH"]), (Some(5_000), by("u-2"), false));
    assert_eq!(wait("a", &["french"]), (Some(5_000), None, true));
    assert_eq!(wait("b", &["english"]), (None, by("Bob"), false));
    assert_eq!(wait("b", &["french"]), (None, None, true));
    assert_eq!(wait("c", &["french"]), (None, None, false));
}

#[test]
fn the_in_queue_flow_is_that_of_the_queue_or_of_the_organisation() {
    let named = |document: &str| {
        let fixtures = fixtures(document);
        ["a", "b"].map(|queue| {
            fixtures.in_queue_flow("", queue, Medium::Call).map(ToString::to_string)
        })
    };
    let queues = "queues: [{name: a, inQueueFlow: Waiting}, {name: b}]\n";
    assert_eq!(named(queues), [Some("Waiting".to_owned()), None]);
    let both = format!("{queues}organization: {{defaultInQueueFlow: Lobby}}");
    assert_eq!(named(&both), [Some("Waiting".to_owned()), Some("Lobby".to_owned())]);
    let (_, problems) = read("organization: {defaultInQueue: Lobby}");
    let [problem] = problems.as_slice() else { panic!("{problems:?}") };
    assert_eq!(problem.code.name(), "INVALID_FIXTURES");
}

#[test]
fn a_wait_is_a_whole_number_up_to_a_day() {
    for wrong in ["-1", "1.5", "soon", "86400001", "true"] {
        let document = format!("queues: [{{id: a, answerAfterMs: {wrong}}}]");
        let (_, problems) = read(&document);
        let [problem] = problems.as_slice() else { panic!("{wrong}: {problems:?}") };
        let expected = "expected a whole number from 0 to 86400000";
        assert!(problem.message.ends_with(expected), "{}", problem.message);
    }
}

// ---- data actions and webhooks ----

#[test]
fn answers_are_used_in_turn_and_the_last_is_repeated() {
    let fixtures = fixtures(
        "dataActions: {flaky: [{status: 500}, {output: {n: 1}, latencyMs: 7}], once: {}}",
    );
    let mut replies = AnswerProgress::default();
    for _ in 0..2 {
        let calls: Vec<String> =
            (0..3).map(|_| call(&fixtures, &mut replies, "flaky", &[])).collect();
        assert_eq!(calls, ["500 {}", r#"200 {"n":1}"#, r#"200 {"n":1}"#]);
        assert_eq!(call(&fixtures, &mut replies, "once", &[]), "200 {}");
        replies.clear();
    }
    assert_eq!(call(&fixtures, &mut replies, "other", &[]), "NotMocked");
}

#[test]
fn answers_can_depend_on_the_inputs() {
    let fixtures = fixtures(
        "dataActions:\n  get:\n\
         \x20 - {when: {customer: c-1, amount: 5}, output: 1}\n\
         \x20 - {output: first}\n\
         \x20 - {when: {customer: null}, status: 400}\n\
         \x20 - {output: second}\n",
    );
    let mut replies = AnswerProgress::default();
    let mut get = |inputs: &[(&str, Value)]| call(&fixtures, &mut replies, "get", inputs);
    let one = [("amount", "5".into()), ("customer", "c-1".into()), ("more", true.into())];
    assert_eq!(get(&one), "200 1");
    assert_eq!(get(&[]), "400 {}");
    assert_eq!(get(&[("customer", "c-1".into())]), r#"200 "first""#);
    assert_eq!(get(&one), "200 1");
    assert_eq!(get(&[("customer", "c-2".into())]), r#"200 "second""#);
}

#[test]
fn ids_override_names_and_webhooks_match_their_body() {
    let fixtures = fixtures(
        "dataActions: [{id: a, name: One, output: 1}, {id: b, name: a, output: 2}]\n\
         webhooks:\n\
         - {id: w, url: 'http://x/', answers: [{when: {n: 1}, status: 201}, {status: 202}]}\n",
    );
    let status = |question: &Question<'_>| match ask(&fixtures, question) {
        Answer::Response(response) => (response.status, response.output.to_string()),
        other => panic!("{other:?}"),
    };
    let action = |id, name| Question::DataAction { id, name, inputs: &[] };
    assert_eq!(status(&action(Some("a"), Some("a"))).1, "1");
    assert_eq!(status(&action(None, Some("a"))).1, "2");
    assert_eq!(status(&action(Some("unknown"), Some("One"))).1, "1");
    assert_eq!(ask(&fixtures, &action(None, None)), Answer::NotMocked);
    let body = Value::Json(Json::object([("n".into(), Json::Integer(1))]));
    let webhook = |body| Question::Webhook {
        id: None,
        url: Some("http://x/"),
        body,
        timeout_ms: 0,
    };
    assert_eq!(status(&webhook(&body)).0, 201);
    assert_eq!(status(&webhook(&Value::NOT_SET)).0, 202);
}

// ---- the directory ----

/// Formats the properties of a found object as `id English, name Skill`; empty if it is
/// missing.
fn shown(found: Option<Value>) -> String {
    match found {
        None => String::new(),
        Some(Value::Object(object)) => {
            let properties = object.properties.iter().map(|(name, value)| match value {
                Value::String(text) => format!("{name} {text}"),
                Value::Duration(duration) => format!("{name} {duration}"),
                Value::NotSet(kind) => format!("{name} {kind} NOT_SET"),
                other => panic!("{name}: {other:?}"),
            });
            properties.collect::<Vec<_>>().join(", ")
        }
        other => panic!("{other:?}"),
    }
}

fn id_of(found: Option<Value>) -> Text {
    match found {
        Some(Value::Object(object)) => match object.properties.get("id") {
            Some(Value::String(id)) => id.clone(),
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

fn overlaid(below: &Fixtures, document: &str) -> Fixtures {
    let mut files = Files::new();
    let file = files.add("over.yaml", document);
    let (over, diagnostics) =
        below.merged(&read_yaml(&file).expect("the document is YAML"), Path::new(""));
    assert_eq!(diagnostics, []);
    over
}

/// The directory at the start of the manual.
fn example() -> Fixtures {
    let blocks = blocks("yaml");
    let example = blocks.iter().find(|block| block.contains("emergencyGroups"));
    fixtures(example.expect("it names every section"))
}

#[test]
fn the_directory_of_the_manual_is_found_by_id_and_name() {
    let org = example();
    assert_eq!(
        shown(org.by_name(Kind::Skill, "javascript")),
        "id 4b933b2c-0201-470f-8af0-b105a93f2914, name JavaScript"
    );
    assert_eq!(
        shown(org.by_id(Kind::Skill, "4B933B2C-0201-470F-8AF0-B105A93F2914")),
        "id 4b933b2c-0201-470f-8af0-b105a93f2914, name JavaScript"
    );
    assert_eq!(shown(org.by_name(Kind::WrapupCode, "SOLD")), "id w-1, name Sold");
    for (kind, name) in [
        (Kind::Skill, "Billing"),
        (Kind::LanguageSkill, "Spanish - Written"),
        (Kind::Group, "Supervisors"),
        (Kind::WrapupCode, "No Interest"),
        (Kind::Schedule, "Christmas"),
        (Kind::ScheduleGroup, "Opening Hours"),
        (Kind::EmergencyGroup, "Evacuation"),
    ] {
        let found = org.by_name(kind, name);
        let id = id_of(found.clone());
        assert_eq!(shown(found.clone()), format!("id {id}, name {name}"));
        assert!(matches!(&found, Some(Value::Object(object)) if object.kind == kind));
        assert_eq!(org.by_id(kind, &id), found);
        assert_eq!(org.by_id(Kind::Queue, &id), None);
        assert_eq!(org.by_name(Kind::Queue, name), None);
    }
}

#[test]
fn prompts_of_the_manual_are_found_with_and_without_prefix() {
    let org = example();
    let id = id_of(org.user_prompt("Greeting"));
    let greeting = format!(
        "duration PT3S, id {id}, name Greeting, textToSpeech Welcome., type user"
    );
    for name in ["Greeting", "greeting", "Prompt.Greeting", "prompt.GREETING"] {
        assert_eq!(shown(org.user_prompt(name)), greeting, "{name}");
        assert_eq!(org.system_prompt(name), None);
    }
    let id = id_of(org.system_prompt("on_hold_music"));
    let music = format!(
        "duration PT30S, id {id}, name on_hold_music, textToSpeech [music], type system"
    );
    assert_eq!(shown(org.system_prompt("PromptSystem.On_Hold_Music")), music);
    assert_eq!(org.user_prompt("on_hold_music"), None);
    assert_eq!(org.system_prompt("boolean_false"), None);
}

#[test]
fn languages_rates_and_policies_of_the_manual_work_as_described() {
    let org = example();
    assert_eq!(org.default_language(), "en-us");
    assert_eq!(org.supported_languages(), ["en-us", "es-us"]);
    assert_eq!(org.detect_language("¡HOLA amigo!").as_deref(), Some("es"));
    assert_eq!(org.detect_language("hello"), None);
    assert_eq!(org.exchange_rate("USD", "EUR").unwrap().to_string(), "0.92");
    assert_eq!(org.policies(), Policies::default());
}

#[test]
fn the_other_examples_of_the_directory_answer_as_described() {
    let of = |part: &str| {
        let blocks = blocks("yaml").into_iter().chain(blocks("json"));
        let mut blocks = blocks.filter(|block| block.starts_with(part));
        blocks.next_back().unwrap()
    };
    let org = fixtures(&of("languages: {"));
    assert_eq!(org.default_language(), "es-us");
    assert_eq!(org.supported_languages(), ["en-us", "es-us"]);
    let org = fixtures(&of("detectedLanguages"));
    assert_eq!(org.detect_language(" NO ").as_deref(), Some("en"));
    assert_eq!(org.detect_language("No, gracias").as_deref(), Some("es"));
    let org = fixtures(&of("{\"users\""));
    let ann = "id a1, name Ann, username ann@example.com";
    assert_eq!(shown(org.by_name(Kind::User, "Ann@Example.com")), ann);
    assert_eq!(shown(org.by_id(Kind::User, "A1")), ann);
    assert_eq!(org.by_name(Kind::User, "Ann"), None);
}

#[test]
fn only_english_is_known_by_default() {
    let org = Fixtures::default();
    for kind in Kind::ALL {
        assert_eq!(org.by_name(*kind, "x"), None);
        assert_eq!(org.by_id(*kind, "x"), None);
    }
    assert_eq!(org.system_prompt("on_hold_music"), None);
    assert_eq!(org.supported_languages(), [org.default_language()]);
    assert_eq!(org.default_language(), "en-us");
    assert_eq!(org.exchange_rate("USD", "EUR"), None);
    assert_eq!(org.exchange_rate("USD", "usd").unwrap().to_string(), "1.0");
}

#[test]
fn queues_of_the_directory_can_be_routed_to() {
    let org = fixtures("queues: [{name: Billing, agents: [{id: 1}]}, {id: s}]");
    let billing = org.by_name(Kind::Queue, "BILLING");
    let id = id_of(billing.clone());
    assert_eq!(shown(billing), format!("id {id}, name Billing"));
    assert_eq!(queue(&org, &id, "", &[]), accepted("", "Billing"));
    let question = Question::QueueStatistics { queue: &id };
    assert!(matches!(ask(&org, &question), Answer::Statistics(Some(_))));
    assert_eq!(shown(org.by_name(Kind::Queue, "S")), "id s, name s");
    assert_eq!(queue(&org, "S", "", &[]), QueueAnswer::NotFound);
}

#[test]
fn ambiguous_names_are_found_by_id_only() {
    let below = fixtures(
        "users: [{id: a, name: Ann, email: x@y}, {id: b, name: Ann, email: X@Y}, {id: c}]\n\
         queues: [{id: q, name: Sales}]\n\
         prompts: [Hello]\n",
    );
    assert_eq!(below.users().count(), 3);
    assert_eq!(below.by_name(Kind::User, "x@y"), None);
    assert_eq!(shown(below.by_id(Kind::User, "a")), "id a, name Ann, username x@y");
    assert_eq!(
        shown(below.by_id(Kind::User, "c")),
        "id c, name c, username String NOT_SET"
    );
    let over = overlaid(
        &below,
        "users: [{id: b, name: Bo, email: b@y}]\nqueues: [{id: r, name: sales}]",
    );
    assert_eq!(shown(over.by_name(Kind::User, "x@y")), "id a, name Ann, username x@y");
    assert_eq!(over.by_name(Kind::Queue, "Sales"), None);
    assert_eq!(shown(over.by_id(Kind::Queue, "q")), "id q, name Sales");
    assert_eq!(shown(below.by_name(Kind::Queue, "SALES")), "id q, name Sales");
}

#[test]
fn later_documents_override_earlier_ones_in_the_directory() {
    let below = fixtures(
        "prompts: {Hello: {id: p, tts: Hi, duration: 5}}\n\
         languages: [en-us, de-de]\n\
         detectedLanguages: [{contains: o, language: en}, {contains: x, language: xx}]\n\
         policies: {missingItems: not-set, stringEquality: ignore-case}\n",
    );
    let over = overlaid(
        &below,
        "prompts: {hello: {tts: {en-us: Howdy, de-DE: Servus}, audio: Grüezi}}\n\
         systemPrompts: {beep: {tts: {en-us: Beep}, audio: Piep}}\n\
         languages: {default: de-de}\n\
         detectedLanguages: [{text: oho, language: de}]\n\
         policies: {stringEquality: case-sensitive}\n",
    );
    assert_eq!(
        shown(below.user_prompt("Hello")),
        "duration PT0.005S, id p, name Hello, textToSpeech Hi, type user"
    );
    assert_eq!(
        shown(over.user_prompt("Hello")),
        "duration PT0.005S, id p, name hello, textToSpeech Servus, type user"
    );
    // The voice has no text in this language, but a recording exists.
    assert!(shown(over.system_prompt("beep")).contains("textToSpeech Piep"));
    assert_eq!(over.supported_languages(), ["de-de"]);
    assert_eq!(below.detect_language("oho").as_deref(), Some("en"));
    assert_eq!(over.detect_language("oho").as_deref(), Some("de"));
    assert_eq!(over.detect_language("OX").as_deref(), Some("en"));
    let (equality_ignores_case, missing_items_are_not_set) = (true, true);
    let both = Policies {
        equality_ignores_case,
        missing_items_are_not_set,
        ..Policies::default()
    };
    assert_eq!(below.policies(), both);
    assert_eq!(over.policies(), Policies { equality_ignores_case: false, ..both });
}

const WRONG_DIRECTORY: &str = "\
skils: [x]
skills: [English, ENGLISH, {}, '', null]
groups: {A: {nam: x}, B: x, C: {name: D}}
schedules: [{id: s, rrule: x}]
wrapupCodes: 5
prompts: [{name: P, tts: [x]}, {name: Q, tts: {en us: x, de: []}}]
systemPrompts: {a: {duration: 3s}, b: {duration: -1}, c: {duration: true}}
languages: {default: fr, suported: [], supported: [en-us, EN-us, 5, a_b]}
detectedLanguages: [{text: a}, {language: es}, {text: a, contains: b, language: es}, {matches: a}]
exchangeRates: {USD: {USD: 1, EURO: 2, EUR: 0, GBP: x}, EUR: 5}
policies: {stringEquality: ignore_case, missingItems: true}
";

#[test]
fn every_problem_in_the_directory_is_reported_at_its_position() {
    let mut files = Files::new();
    let file = files.add("org.yaml", WRONG_DIRECTORY);
    let (_, diagnostics) = Fixtures::read(&read_yaml(&file).unwrap(), Path::new(""));
    let mut told = String::new();
    for diagnostic in &diagnostics {
        assert_eq!(diagnostic.code, Code::INVALID_FIXTURES);
        let span = diagnostic.labels[0].span;
        let at = files.position(span);
        let marked = &WRONG_DIRECTORY[span.start as usize..span.end as usize];
        writeln!(told, "{}:{} {marked}", at.line, at.column).unwrap();
        writeln!(told, "  {:?}: {}", diagnostic.severity, diagnostic.message).unwrap();
        if let Some(help) = &diagnostic.help {
            writeln!(told, "  help: {help}").unwrap();
        }
    }
    // The program of the features has this file too, so the name is without the program.
    insta::with_settings!({prepend_module_to_snapshot => false}, {
        insta::assert_snapshot!("fixtures_of_the_directory", told);
    });
}

#[test]
fn sections_of_the_wrong_type_change_nothing() {
    let below = fixtures("languages: [de-de]\nexchangeRates: {USD: {EUR: 2}}");
    for (document, expected) in [
        ("languages: []", "the list of languages is empty, expected at least one"),
        (
            "languages: {supported: []}",
            "the list of languages is empty, expected at least one",
        ),
        (
            "languages: en-us",
            "`languages` is a string, expected a list of language tags or an object",
        ),
        (
            "languages: {supported: 5}",
            "`supported` is a number, expected a list of language tags",
        ),
        (
            "exchangeRates: []",
            "`exchangeRates` is a list, expected an object such as `{USD: {EUR: 0.92}}`",
        ),
        (
            "detectedLanguages: {}",
            "`detectedLanguages` is an object, expected a list such as `[{contains: hola, language: es}]`",
        ),
        ("policies: []", "`policies` is a list, expected an object"),
        ("prompts: x", "`prompts` is a string, expected a list or an object"),
    ] {
        let mut files = Files::new();
        let file = files.add("over.yaml", document);
        let (over, diagnostics) = below.merged(&read_yaml(&file).unwrap(), Path::new(""));
        assert_eq!(messages(&diagnostics), [expected], "{document}");
        assert_eq!(over.supported_languages(), ["de-de"]);
        assert_eq!(over.exchange_rate("EUR", "USD").unwrap().to_string(), "0.5");
    }
}

// ---- documents ----

const WRONG: &str = "\
defaultCountry: UK
queus: []
contacts:
  - {id: c-1, adress: x}
  - {name: nobody}
  - {id: c-2, phone: none}
  - 5
queues:
  - {id: q, statistics: {waiting: many, availabelAgents: 1}}
  - {id: q}
dataActions:
  a: {balance: 1}
  b: []
  c: {status: 700, latencyMs: -1}
  d: [{when: 5}]
webhooks: 7
users: [{skills: [x]}]
";

/// The line, a part of the message, and a part of the help.
const FAULTS: [(u32, &str, &str); 16] = [
    (1, "`UK`", "ISO 3166"),
    (2, "no key `queus`", "`queues`"),
    (4, "no key `adress`", "`attributes`"),
    (5, "no `id`", "lookups use"),
    (6, "`none` is not a phone number", "country code"),
    (7, "is a number, expected an object", ""),
    (9, "`availabelAgents`", "`availableAgents`"),
    (9, "`waiting` is a string", ""),
    (10, "same id", "later entry"),
    (12, "no key `balance`", "`output`"),
    (13, "empty list", "{status: 200}"),
    (14, "`latencyMs` is -1", ""),
    (14, "`status` is 700", ""),
    (15, "`when` is a number", ""),
    (16, "`webhooks` is a number", ""),
    (17, "neither `id` nor `name`", ""),
];

#[test]
fn every_problem_is_reported_at_its_position_with_help() {
    let mut files = Files::new();
    let file = files.add("org.yaml", WRONG);
    let (_, diagnostics) = Fixtures::read(&read_yaml(&file).unwrap(), Path::new(""));
    let mut told: Vec<(u32, &str, &str)> = diagnostics
        .iter()
        .map(|diagnostic| {
            assert_eq!(diagnostic.code, Code::INVALID_FIXTURES);
            let line = files.position(diagnostic.labels[0].span).line;
            (line, &*diagnostic.message, diagnostic.help.as_deref().unwrap_or(""))
        })
        .collect();
    told.sort_unstable();
    assert_eq!(told.len(), FAULTS.len(), "{told:#?}");
    for ((line, message, help), (expected_line, part, advice)) in told.iter().zip(FAULTS)
    {
        assert_eq!(*line, expected_line, "{message}");
        assert!(message.contains(part), "{message}");
        assert!(help.contains(advice), "{message}: {help}");
    }
}

#[test]
fn later_documents_override_earlier_ones_and_other_files_are_skipped() {
    let folder = TempDir::new().unwrap();
    write(
        &folder,
        "a/1.yaml",
        "queues: [{id: s, name: Support}, {id: b}]\ndataActions: {x: {output: 1}}",
    );
    write(&folder, "a/2.json", r#"{"queues": [{"id": "s", "name": "Help"}]}"#);
    write(&folder, "a/deep/3.yml", "contacts: [{id: c-1, phone: '0207 946 0958'}]");
    write(&folder, "a/flow.json", r#"{"name": "F", "draft": {}, "queues": 5}"#);
    write(&folder, "a/flows.json", r#"{"flows": [], "contacts": 5}"#);
    write(&folder, "a/list.json", "[]");
    write(&folder, "a/archy.yaml", "inboundCall: {name: F}");
    write(&folder, "a/org.test.yaml", "queues: 5");
    write(&folder, "a/.hidden/x.yaml", "queues: 5");
    write(&folder, "a/note.txt", "queues: 5");
    let last = write(
        &folder,
        "last.yaml",
        "defaultCountry: GB\ndataActions: [{name: x, output: 2}]",
    );
    let (fixtures, diagnostics) =
        Fixtures::load(&[folder.path().join("a"), last], &mut Files::new());
    assert_eq!(diagnostics, []);
    assert_eq!(queue(&fixtures, "s", "", &[]), accepted("s", "Help"));
    assert_eq!(queue(&fixtures, "", "Support", &[]), accepted("s", "Help"));
    assert_eq!(queue(&fixtures, "b", "", &[]), accepted("b", ""));
    assert_eq!(call(&fixtures, &mut AnswerProgress::default(), "x", &[]), "200 2");
    if cfg!(feature = "phone") {
        assert_eq!(contact_id(&fixtures, "+442079460958"), "c-1");
    }
}

#[test]
fn files_that_cannot_be_loaded_are_reported() {
    let folder = TempDir::new().unwrap();
    let broken = write(&folder, "broken.json", "{");
    let flow = write(&folder, "flow.json", r#"{"name": "F", "draft": {}}"#);
    let empty = write(&folder, "empty.yaml", "");
    let missing = folder.path().join("missing.yaml");
    let (_, diagnostics) =
        Fixtures::load(&[missing, broken, flow, empty], &mut Files::new());
    let codes: Vec<&str> =
        diagnostics.iter().map(|diagnostic| diagnostic.code.name()).collect();
    assert_eq!(
        codes,
        ["FILE_UNREADABLE", "JSON_SYNTAX", "INVALID_FIXTURES", "FILE_EMPTY"]
    );
}

#[test]
fn a_terraform_file_can_be_named_in_a_document() {
    let folder = TempDir::new().unwrap();
    for name in ["t.tf", "t.tf.json"] {
        let path = write(&folder, name, "{}\n");
        let (_, diagnostics) = Fixtures::load(&[path], &mut Files::new());
        assert_eq!(
            messages(&diagnostics),
            ["a Terraform file is not a fixtures document"]
        );
        let help = format!("name it in a fixtures document: `terraform: {name}`");
        assert_eq!(diagnostics[0].help.as_deref(), Some(&*help));
    }
}

#[test]
fn merging_a_document_over_fixtures_leaves_them_unchanged() {
    let below =
        fixtures("defaultCountry: GB\nqueues: [{id: a}]\nwebhooks: {w: {status: 201}}");
    let mut files = Files::new();
    let file = files.add(
        "over.yaml",
        "queues: {a: {name: A}}\ncontacts: [{id: c, phone: 020 7946 0958}]",
    );
    let (over, diagnostics) = below.merged(&read_yaml(&file).unwrap(), Path::new(""));
    assert_eq!(diagnostics, []);
    assert_eq!(queue(&over, "a", "", &[]), accepted("a", "A"));
    assert_eq!(queue(&below, "a", "", &[]), accepted("a", ""));
    if cfg!(feature = "phone") {
        assert_eq!(contact_id(&over, "+442079460958"), "c");
    }
    let question = Question::Webhook {
        id: Some("w"),
        url: None,
        body: &Value::NOT_SET,
        timeout_ms: 0,
    };
    assert!(
        matches!(ask(&over, &question), Answer::Response(response) if response.status == 201)
    );
}

#[test]
fn the_host_provides_inputs_in_order_and_then_silence() {
    let fixtures = fixtures("dataActions: {x: [{output: 1}, {output: 2}]}");
    let inputs = ["1", "say:yes", "2"].map(|text| Input::parse(text).unwrap());
    let mut host = FixtureHost::new(&fixtures, &inputs);
    let listen = Question::Input(InputQuestion {
        node: "Gather",
        min_digits: 1,
        max_digits: 1,
        timeout_ms: 5000,
        inter_digit_timeout_ms: 3000,
        terminating_key: None,
        valid_digits: "",
        choices: &[],
    });
    let call = Question::DataAction { id: Some("x"), name: None, inputs: &[] };
    assert_eq!(host.answer(&listen), Answer::Input(inputs[0].clone()));
    let first = host.answer(&call);
    assert_ne!(host.answer(&call), first);
    assert_eq!(host.unused_inputs(), &inputs[1..]);
    host.restart(&inputs[2..]);
    assert_eq!(host.answer(&call), first);
    assert_eq!(host.answer(&listen), Answer::Input(inputs[2].clone()));
    assert_eq!(host.answer(&listen), Answer::Input(Input::Silence));
    assert!(host.unused_inputs().is_empty());
}

// ---- contact files ----

fn with_file(folder: &TempDir, name: &str) -> Fixtures {
    let document = format!("contacts: {{file: {name}}}");
    let (fixtures, diagnostics) = read_in(&document, folder.path());
    assert_eq!(diagnostics, []);
    fixtures
}

fn messages(diagnostics: &[Diagnostic]) -> Vec<&str> {
    diagnostics.iter().map(|diagnostic| diagnostic.message.as_str()).collect()
}

#[test]
fn csv_may_have_quotes_line_breaks_and_a_byte_order_mark() {
    let folder = TempDir::new().unwrap();
    let text = "\u{feff}Phone, ID ,name,note\r\n\
        +15550000001,c-1,\"Lovelace, \"\"Ada\"\"\",\"two\r\nlines\"\r\n\
        \r\n\
        +15550000002,c-2,Grace,\r\n\
        +15550000003,c-3\r\n\
        +15550000004,c-4,\u{e9}t\u{e9},x";
    write(&folder, "c.csv", text);
    let fixtures = with_file(&folder, "c.csv");
    assert_eq!(fixtures.contact_problems(), []);
    assert_eq!(
        contact_text(&fixtures, "+15550000001"),
        r#"{"id":"c-1","name":"Lovelace, \"Ada\"","email":null,"attributes":{"note":"two\r\nlines"}}"#
    );
    for id in ["c-2", "c-4", "c-1", "c-4"] {
        assert_eq!(contact_id(&fixtures, id), id);
    }
    assert_eq!(contact_id(&fixtures, "c-3"), "");
    let problems = fixtures.contact_problems();
    assert_eq!(problems.len(), 1);
    assert!(
        problems[0].message.ends_with("c.csv:6: 2 fields, but the header has 4"),
        "{problems:?}"
    );
    assert_eq!(problems[0].severity, Severity::Warning);
}

#[test]
fn twenty_bad_rows_are_reported_and_the_rest_counted() {
    let folder = TempDir::new().unwrap();
    let mut text = b"id,phone\n".to_vec();
    for row in 0..30 {
        let row: &[u8] = match row % 5 {
            0 => b"a,b,c\n",
            1 => b",\n",
            2 => b"\xff,\n",
            3 => b"x,none\n",
            _ => b"good,+15550000001\n",
        };
        text.extend_from_slice(row);
    }
    write(&folder, "c.csv", text);
    let fixtures = with_file(&folder, "c.csv");
    fixtures.index_contacts();
    let problems = fixtures.contact_problems();
    let told = messages(&problems);
    assert_eq!(told.len(), 21);
    assert!(told[0].ends_with("c.csv:2: 3 fields, but the header has 2"), "{told:?}");
    assert!(told[1].contains("c.csv:3: the contact has no id"), "{told:?}");
    assert!(told[2].contains("c.csv:4: the row is not valid UTF-8"), "{told:?}");
    assert!(told[3].contains("c.csv:5: `none` is not a phone number"), "{told:?}");
    assert!(told[20].contains("4 more rows"), "{told:?}");
    assert_eq!(contact_id(&fixtures, "good"), "good");
    assert_eq!(contact_id(&fixtures, "x"), "x");
}

#[test]
fn a_quotation_mark_that_is_never_closed_affects_one_row() {
    let folder = TempDir::new().unwrap();
    let mut text = String::from("id,name\nc-1,ok\nc-2,\"oops\n");
    for row in 3..200_000 {
        writeln!(text, "c-{row},name").unwrap();
    }
    write(&folder, "c.csv", text);
    let fixtures = with_file(&folder, "c.csv");
    assert_eq!(contact_id(&fixtures, "c-199999"), "c-199999");
    assert_eq!(contact_id(&fixtures, "c-3"), "c-3");
    assert_eq!(contact_id(&fixtures, "c-2"), "");
    let problems = fixtures.contact_problems();
    assert_eq!(problems.len(), 1);
    assert!(problems[0].message.contains("c.csv:3: the row is longer"), "{problems:?}");
}

#[test]
fn the_last_row_with_a_key_counts() {
    let folder = TempDir::new().unwrap();
    write(&folder, "c.csv", "id,phone\na,+15550000001\nb,+15550000001\n");
    assert_eq!(contact_id(&with_file(&folder, "c.csv"), "+15550000001"), "b");
    write(
        &folder,
        "c.ndjson",
        "{\"id\":\"a\",\"email\":\"x@y\"}\n\n{\"id\":\"b\",\"email\":\"X@y\"}",
    );
    assert_eq!(contact_id(&with_file(&folder, "c.ndjson"), "x@Y"), "b");
}

#[test]
fn bad_lines_of_json_are_reported() {
    let folder = TempDir::new().unwrap();
    let long = format!("{{\"id\": \"{}\"}}", "x".repeat(2_000_000));
    let lines = [
        "{\"id\": \"a\"}",
        "{",
        "[]",
        "{\"id\": []}",
        "{}",
        &long,
        "{\"id\": 7, \"phones\": \"+15550000001\"}",
    ];
    write(&folder, "c.jsonl", lines.join("\n"));
    let fixtures = with_file(&folder, "c.jsonl");
    assert_eq!(contact_id(&fixtures, "+15550000001"), "7");
    assert_eq!(contact_id(&fixtures, "a"), "a");
    let problems = fixtures.contact_problems();
    let told = messages(&problems);
    assert_eq!(told.len(), 5, "{told:?}");
    for (message, line) in told.iter().zip(2..) {
        assert!(message.contains(&format!("c.jsonl:{line}: ")), "{message}");
    }
}

#[test]
fn unusable_contact_files_are_reported_at_once() {
    let folder = TempDir::new().unwrap();
    write(&folder, "semicolons.csv", "id;name\n1;x\n");
    write(&folder, "twice.csv", "id,ID\n1,2\n");
    write(&folder, "empty.csv", "");
    write(&folder, "noise.csv", [0xff_u8, 0xfe, 0]);
    write(&folder, "book.xlsx", "");
    fs::create_dir(folder.path().join("folder.csv")).unwrap();
    for (file, part) in [
        ("semicolons.csv", "separated by commas"),
        ("twice.csv", "twice"),
        ("empty.csv", "empty"),
        ("noise.csv", "UTF-8"),
        ("book.xlsx", "unsupported contacts file"),
        ("missing.csv", "cannot read the contacts of"),
        ("missing.ndjson", "cannot read the contacts of"),
        ("folder.csv", "not a file"),
    ] {
        let document = format!("contacts: [{{file: {file}}}]");
        let (fixtures, diagnostics) = read_in(&document, folder.path());
        assert_eq!(diagnostics.len(), 1, "{file}");
        assert!(diagnostics[0].message.contains(part), "{:?}", diagnostics[0]);
        assert_eq!(contact_id(&fixtures, "x"), "");
    }
}

#[test]
fn a_file_that_changes_after_indexing_fails_with_a_message() {
    for (name, text) in [("c.csv", "id\na\n"), ("c.ndjson", "{\"id\": \"a\"}\n")] {
        let folder = TempDir::new().unwrap();
        let path = write(&folder, name, text);
        let fixtures = with_file(&folder, name);
        assert_eq!(contact_id(&fixtures, "a"), "a");
        fs::write(&path, format!("{text}{text}")).unwrap();
        for _ in 0..2 {
            assert_eq!(
                ask(&fixtures, &Question::Contact { key: "a", is_search: false }),
                Answer::NotMocked
            );
        }
        let problems = fixtures.contact_problems();
        assert_eq!(problems.len(), 1);
        assert_eq!(problems[0].code, Code::FILE_UNREADABLE);
        assert!(problems[0].message.contains("changed"), "{problems:?}");
    }
}

#[test]
fn a_file_that_disappears_does_not_cause_a_panic() {
    let folder = TempDir::new().unwrap();
    let path = write(&folder, "c.csv", "id\na\n");
    let before = with_file(&folder, "c.csv");
    let late = with_file(&folder, "c.csv");
    assert_eq!(contact_id(&before, "a"), "a");
    fs::remove_file(&path).unwrap();
    // An indexed file stays open.
    assert_eq!(contact_id(&before, "a"), "a");
    assert_eq!(
        ask(&late, &Question::Contact { key: "a", is_search: false }),
        Answer::NotMocked
    );
    assert_eq!(late.contact_problems()[0].code, Code::FILE_UNREADABLE);
}

#[test]
fn many_threads_share_one_index() {
    let folder = TempDir::new().unwrap();
    let mut text = String::from("id,phone\n");
    for row in 0..5_000 {
        writeln!(text, "c-{row},+1555{row:07}").unwrap();
    }
    write(&folder, "c.csv", text);
    let fixtures = with_file(&folder, "c.csv");
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let fixtures = &fixtures;
            scope.spawn(move || {
                for row in (thread..5_000).step_by(7) {
                    let id = contact_id(fixtures, &format!("+1555{row:07}"));
                    assert_eq!(id, format!("c-{row}"));
                }
            });
        }
    });
}

#[cfg(feature = "sqlite")]
fn database(path: &Path, table: &str, more: &str) -> rusqlite::Connection {
    let connection = rusqlite::Connection::open(path).expect("the database is made");
    let table = table.replace('"', "\"\"");
    connection
        .execute_batch(&format!(
            "CREATE TABLE \"{table}\" (id TEXT, Email TEXT, phone TEXT, score INTEGER, rate REAL);
             INSERT INTO \"{table}\" VALUES ('c-1', 'ada@example.com', '+15550000001', 5, 0.5);
             INSERT INTO \"{table}\" VALUES ('c-2', NULL, '+15550000002', NULL, NULL); {more}"
        ))
        .expect("the statements are SQL");
    connection
}

#[cfg(feature = "sqlite")]
#[test]
fn databases_are_searched_with_their_own_index_or_ours() {
    let indexes = "CREATE INDEX i ON contacts(id); CREATE INDEX e ON contacts(email);
                   CREATE INDEX p ON contacts(phone);";
    let other_form = "INSERT INTO contacts VALUES ('C-3', 'Grace@Example.com', '(555) 000-0003', 1, 1);";
    for more in ["", indexes, other_form, &format!("{indexes}{other_form}")] {
        let folder = TempDir::new().unwrap();
        database(&folder.path().join("c.sqlite"), "contacts", more);
        let fixtures = with_file(&folder, "c.sqlite");
        assert_eq!(
            contact_text(&fixtures, "ADA@example.com"),
            r#"{"id":"c-1","name":null,"email":"ada@example.com","attributes":{"score":5,"rate":0.5}}"#
        );
        assert_eq!(contact_id(&fixtures, "tel:+1-555-000-0002"), "c-2");
        assert_eq!(contact_id(&fixtures, "C-2"), "c-2");
        let third = if more.contains("C-3") { "C-3" } else { "" };
        for key in ["c-3", "+15550000003", "grace@example.com"] {
            assert_eq!(contact_id(&fixtures, key), third, "{key} {more}");
        }
        assert_eq!(fixtures.contact_problems(), []);
    }
}

#[cfg(feature = "sqlite")]
#[test]
fn unusable_databases_are_reported() {
    let folder = TempDir::new().unwrap();
    database(&folder.path().join("c.db"), "we\"ird", "CREATE TABLE other (x);");
    write(&folder, "fake.db", "this is not a database, only a text that says so");
    for (document, part) in [
        ("{file: c.db}", "no table `contacts`; the tables are other, we\"ird"),
        ("{file: c.db, table: othr}", "did you mean `other`?"),
        ("{file: c.db, table: other}", "no column `id`"),
        ("{file: fake.db}", "not a database"),
        ("{file: c.db, table: 'we\"ird', tabel: x}", "no key `tabel`"),
    ] {
        let (_, diagnostics) = read_in(&format!("contacts: {document}"), folder.path());
        assert_eq!(diagnostics.len(), 1, "{diagnostics:?}");
        assert!(diagnostics[0].message.contains(part), "{diagnostics:?}");
    }
    let (fixtures, _) =
        read_in("contacts: {file: c.db, table: 'we\"ird'}", folder.path());
    assert_eq!(contact_id(&fixtures, "c-1"), "c-1");
}

#[cfg(feature = "sqlite")]
#[test]
fn a_database_that_changes_after_indexing_fails_with_a_message() {
    let folder = TempDir::new().unwrap();
    let connection = database(&folder.path().join("c.db"), "contacts", "");
    let fixtures = with_file(&folder, "c.db");
    assert_eq!(contact_id(&fixtures, "c-1"), "c-1");
    connection.execute_batch("DELETE FROM contacts").unwrap();
    assert_eq!(
        ask(&fixtures, &Question::Contact { key: "c-1", is_search: false }),
        Answer::NotMocked
    );
    assert_eq!(fixtures.contact_problems()[0].code, Code::FILE_UNREADABLE);
}

#[cfg(not(feature = "sqlite"))]
#[test]
fn without_the_feature_a_database_is_refused_with_help() {
    let folder = TempDir::new().unwrap();
    write(&folder, "c.db", "");
    let (_, diagnostics) = read_in("contacts: {file: c.db}", folder.path());
    assert!(diagnostics[0].message.contains("without the feature `sqlite`"));
}

// ---- arbitrary documents ----

const KEYS: &[&str] = &[
    "contacts",
    "queues",
    "dataActions",
    "webhooks",
    "users",
    "defaultCountry",
    "id",
    "name",
    "phone",
    "phones",
    "email",
    "attributes",
    "agents",
    "skills",
    "statistics",
    "status",
    "output",
    "latencyMs",
    "when",
    "answers",
    "file",
    "url",
    "table",
    "waiting",
    "x",
    "skills",
    "groups",
    "prompts",
    "systemPrompts",
    "languages",
    "detectedLanguages",
    "exchangeRates",
    "policies",
    "tts",
    "audio",
    "duration",
    "default",
    "supported",
    "text",
    "contains",
    "language",
    "USD",
    "EUR",
    "stringEquality",
];

/// JSON that resembles fixtures closely enough to pass the first checks.
fn any_json() -> impl Strategy<Value = String> {
    let key = prop::sample::select(KEYS);
    let leaf = prop_oneof![
        Just("null".to_owned()),
        any::<bool>().prop_map(|truth| truth.to_string()),
        any::<i64>().prop_map(|number| number.to_string()),
        Just("1e999999999".to_owned()),
        "[+(]?[0-9 -]{0,16}".prop_map(|text| format!("{text:?}")),
        "[a-zé.]{0,8}".prop_map(|text| format!("{text:?}")),
    ];
    leaf.prop_recursive(5, 64, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5)
                .prop_map(|items| format!("[{}]", items.join(","))),
            prop::collection::vec((key.clone(), inner), 0..6).prop_map(|entries| {
                let entries: Vec<String> = entries
                    .iter()
                    .map(|(key, value)| format!("{key:?}:{value}"))
                    .collect();
                format!("{{{}}}", entries.join(","))
            }),
        ]
    })
}

proptest! {
    #[test]
    fn no_document_panics(text in any_json(), key in "\\PC{0,20}|[+0-9 ]{0,16}") {
        let mut files = Files::new();
        let file = files.add("any.json", text);
        let document = read_document(&file).unwrap();
        let (fixtures, diagnostics) = Fixtures::read(&document, Path::new("no-such-folder"));
        for diagnostic in diagnostics {
            // A duplicate key is reported with both positions.
            prop_assert!((1..=2).contains(&diagnostic.labels.len()));
        }
        let mut replies = AnswerProgress::default();
        let body = Value::from(key.as_str());
        let inputs = [(Text::from(key.as_str()), body.clone())];
        let (id, name) = (Some(key.as_str()), Some("x"));
        for question in [
            Question::Contact { key: &key, is_search: false },
            Question::Queue { id, name, skills: &[] },
            Question::QueueStatistics { queue: &key },
            Question::DataAction { id, name, inputs: &inputs },
            Question::Webhook { id, url: name, body: &body, timeout_ms: 0 },
        ] {
            let first = fixtures.answer(&question, &mut replies);
            let again = fixtures.answer(&question, &mut AnswerProgress::default());
            prop_assert_eq!(first, again);
        }
        for kind in Kind::ALL {
            for found in [fixtures.by_id(*kind, &key), fixtures.by_name(*kind, &key)] {
                prop_assert!(found.is_none_or(|value| matches!(value, Value::Object(_))));
            }
        }
        let prompts = [fixtures.user_prompt(&key), fixtures.system_prompt(&key)];
        prop_assert!(prompts.iter().flatten().all(|value| matches!(value, Value::Object(_))));
        prop_assert!(!fixtures.supported_languages().is_empty());
        prop_assert!(fixtures.exchange_rate("USD", "EUR").is_none_or(|rate| !rate.is_zero()));
        let _ = (fixtures.detect_language(&key), fixtures.exchange_rate(&key, "USD"));
    }

    #[test]
    fn no_contacts_file_panics(text in "(id|phone|,|\"|\n|\r|c-1|[+0-9]{3,9}|\\PC){0,60}") {
        let folder = TempDir::new().unwrap();
        write(&folder, "c.csv", format!("id,phone\n{text}"));
        write(&folder, "c.ndjson", &text);
        let document = "contacts: [{file: c.csv}, {file: c.ndjson}]";
        let (fixtures, diagnostics) = read_in(document, folder.path());
        prop_assert_eq!(diagnostics, []);
        let answer = ask(&fixtures, &Question::Contact { key: "c-1", is_search: false });
        prop_assert!(matches!(answer, Answer::Contact(_)));
    }
}
