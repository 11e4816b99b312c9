//! Mistakes that authors make: each is put into a flow without findings, and must be
//! reported at its place.

#![expect(clippy::unwrap_used, reason = "what cannot be read fails the test")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use flowsim::diagnostic::{Diagnostic, Severity};
use flowsim::flow::check::{check, check_architect};
use flowsim::flow::read::load;
use flowsim::source::Files;

use crate::shared::shared;

/// The largest distance between a mistake and its report, in lines.
const NEAR: usize = 2;

/// A finding: its file, line, code, message and severity.
type Finding = (String, usize, String, String, Severity);

/// A folder of flows that are loaded together.
struct Flows {
    folder: tempfile::TempDir,
    files: Vec<(String, String)>,
    known: BTreeSet<String>,
}

impl Flows {
    fn of(path: &Path) -> Self {
        let mut files: Vec<(String, String)> = fs::read_dir(path)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.is_file())
            .map(|path| {
                let name = path.file_name().unwrap().to_str().unwrap().to_owned();
                (name, fs::read_to_string(&path).unwrap())
            })
            .collect();
        files.sort();
        Self::with(files)
    }

    fn with(files: Vec<(String, String)>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in &files {
            fs::write(folder.path().join(name), text).unwrap();
        }
        let mut flows = Self { folder, files, known: BTreeSet::new() };
        flows.known = flows.findings().into_iter().map(|it| it.3).collect();
        flows
    }

    fn findings(&self) -> Vec<Finding> {
        let mut sources = Files::new();
        let paths = [self.folder.path().to_owned()];
        let loaded = load(&paths, &[], &mut sources);
        let mut found = loaded.diagnostics;
        found.extend(check(&loaded.flows));
        found.extend(check_architect(&loaded.architect));
        let finding = |it: Diagnostic| {
            let label = it.labels.first();
            let file = label.map_or_else(String::new, |label| {
                let path = sources.get(label.span.file).path();
                path.file_name().unwrap().to_str().unwrap().to_owned()
            });
            let line = label.map_or(0, |it| sources.position(it.span).line as usize);
            (file, line, it.code.name().to_owned(), it.message, it.severity)
        };
        found.into_iter().map(finding).collect()
    }

    /// Returns the findings that a changed file adds.
    fn with_change(&self, file: usize, text: &str) -> Vec<Finding> {
        let (name, original) = &self.files[file];
        let path = self.folder.path().join(name);
        fs::write(&path, text).unwrap();
        let found = self.findings();
        fs::write(&path, original).unwrap();
        found.into_iter().filter(|it| !self.known.contains(&it.3)).collect()
    }

    /// Returns the first file that contains this text, and its first position.
    fn place(&self, text: &str) -> (usize, usize) {
        let found = self
            .files
            .iter()
            .enumerate()
            .find_map(|(index, (_, content))| Some((index, content.find(text)?)));
        found.unwrap_or_else(|| panic!("no flow contains `{text}`"))
    }
}

fn line_of(text: &str, offset: usize) -> usize {
    text[..offset].lines().count().max(1) + usize::from(text[..offset].ends_with('\n'))
}

/// A mistake: the part of a flow that precedes it, the part that is replaced, its
/// replacement, and the code of the finding.
type Mistake = (&'static str, &'static str, &'static str, &'static str);

fn assert_reported(folder: &str, mistakes: &[Mistake]) {
    let flows = Flows::of(&PathBuf::from("fixtures").join(folder).join("flows"));
    assert!(flows.known.is_empty(), "{:?}", flows.known);
    let mut silent = Vec::new();
    for (before, written, wrong, code) in mistakes {
        let (file, start) = flows.place(before);
        let text = &flows.files[file].1;
        let distance = text[start..].find(written);
        let start = start + distance.unwrap_or_else(|| panic!("no `{written}`"));
        let changed = [&text[..start], wrong, &text[start + written.len()..]].concat();
        let line = line_of(&changed, start);
        let found = flows.with_change(file, &changed);
        let is_reported = found.iter().any(|it| {
            it.0 == flows.files[file].0 && it.1.abs_diff(line) <= NEAR && it.2 == *code
        });
        if !is_reported {
            silent.push(format!("line {line}: `{wrong}` wants {code}, found {found:?}"));
        }
    }
    assert!(
        silent.is_empty(),
        "{} of {}:\n{}",
        silent.len(),
        mistakes.len(),
        silent.join("\n")
    );
}

/// Returns a line with a misspelt key: the letter in the middle of the key is missing.
fn misspelt(line: &str) -> Option<String> {
    let start = line.find(|letter: char| letter != ' ' && letter != '-')?;
    let key = line[start..].split(':').next()?;
    let is_key = line[start + key.len()..].starts_with(':')
        && key.len() >= 4
        && key.chars().all(|letter| letter.is_ascii_alphanumeric());
    let middle = start + key.len() / 2;
    is_key.then(|| [&line[..middle], &line[middle + 1..]].concat())
}

/// Returns a line with a wrong value: a reference or variable with a further letter, an
/// expression that ends with an operator, a number in words.
fn with_wrong_value(line: &str) -> Option<String> {
    let start = line.find(|letter: char| letter != ' ' && letter != '-')?;
    let (key, value) = line[start..].split_once(": ")?;
    let value = value.trim();
    let unquoted = value.trim_matches(['"', '\'']);
    let is_plain =
        value.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '.');
    let wrong = match key {
        "var" | "variable" if is_plain && value.contains('.') => format!("{value}x"),
        "exp" if is_plain => format!("{value} +"),
        "seconds" | "minutes" | "ms" if is_plain => "some".into(),
        _ if key.ends_with("Ref") && unquoted.ends_with(']') => {
            format!("\"{}x]\"", &unquoted[..unquoted.len() - 1])
        }
        _ => return None,
    };
    Some(format!("{}{key}: {wrong}", &line[..start]))
}

/// Misspells keys and worsens values of the flows, every one or every few, and returns
/// the number of mistakes and those that are not reported.
fn with_mistakes(flows: &Flows, every: usize) -> (usize, Vec<String>) {
    let (mut count, mut silent) = (0, Vec::new());
    for (file, (name, text)) in flows.files.iter().enumerate() {
        let lines: Vec<&str> = text.lines().collect();
        let mut path: Vec<(usize, &str)> = Vec::new();
        for (index, line) in lines.iter().enumerate() {
            let indent = line.len() - line.trim_start_matches([' ', '-']).len();
            path.retain(|(depth, _)| *depth < indent);
            let enclosing = path.last().map_or("", |(_, key)| key);
            let before = path.iter().rev().nth(1).map_or("", |(_, key)| key);
            let key = line.trim_start_matches([' ', '-']).split(':').next().unwrap();
            path.push((indent, key));
            if index % every != 0 {
                continue;
            }
            let key = misspelt(line).filter(|_| !is_authors(enclosing, before));
            for wrong in key.into_iter().chain(with_wrong_value(line)) {
                count += 1;
                let mut changed = lines.clone();
                changed[index] = &wrong;
                let found = flows.with_change(file, &changed.join("\n"));
                let is_near =
                    |it: &Finding| it.0 == *name && it.1.abs_diff(index + 1) <= NEAR;
                if !found.iter().any(is_near) {
                    let at = format!("{name}:{}: {wrong} in {enclosing}", index + 1);
                    silent.push(format!("{at}; found {found:?}"));
                }
            }
        }
    }
    (count, silent)
}

/// Whether the keys of an object are names that the author of the flow or of another
/// object chose, so that any name can be right if that object is not loaded.
fn is_authors(enclosing: &str, before: &str) -> bool {
    let named = [
        "inputs",
        "outputs",
        "successOutputs",
        "failureOutputs",
        "foundOutputs",
        "commonModule",
        "dataTable",
        "dataAction",
        "botFlow",
        "screenPopScript",
        "callbackScript",
        "category",
        "textToSpeech",
        "supportedLanguages",
        "surveyQuestion",
        "settingsKnowledge",
        "voiceSurveyFlow",
        "targetFlow",
    ];
    let is_module = before == "commonModule" || before == "botFlow";
    named.contains(&enclosing) || is_module
}

#[test]
fn misspelt_keys_and_wrong_values_are_reported() {
    for folder in ["alder-clinic", "northlight-power", "swift-parcels", "parcel-line"] {
        let flows = Flows::of(&PathBuf::from("fixtures").join(folder).join("flows"));
        let (count, silent) = with_mistakes(&flows, 10);
        assert!(silent.is_empty(), "{} of {count}:\n{}", silent.len(), silent.join("\n"));
    }
}

#[test]
#[ignore = "needs ../shared/data"]
fn mistakes_in_real_flows_are_reported() {
    let mut open = vec![shared("flows")];
    let (mut total, mut silent) = (0, Vec::new());
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
            continue;
        }
        let extension = path.extension().and_then(|it| it.to_str()).unwrap_or_default();
        let text = fs::read_to_string(&path).unwrap_or_default();
        if !["yaml", "yml"].contains(&extension) || text.contains("{{") {
            continue;
        }
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let flows = Flows::with(vec![(name, text)]);
        let (count, missed) = with_mistakes(&flows, 7);
        total += count;
        silent.extend(missed);
    }
    assert!(total >= 120, "only {total}");
    assert!(silent.is_empty(), "{} of {total}:\n{}", silent.len(), silent.join("\n"));
}

#[rustfmt::skip]
const IN_A_CALL: &[Mistake] = &[
    ("", "inboundCall:", "inboundCal:", "NOT_A_FLOW"),
    ("", "en-us\n", "en-uk\n", "UNKNOWN_VALUE"),
    ("", "[Opening Hours_10]", "[Opening Hour_10]", "DANGLING_REFERENCE"),
    ("", "startUpRef:", "startupRef:", "UNKNOWN_PROPERTY"),
    ("", "supportedLanguages:", "suportedLanguages:", "UNKNOWN_PROPERTY"),
    ("", "defaultLanguageSkill:", "defaultLanguageSkil:", "UNKNOWN_PROPERTY"),
    ("", "initialGreeting:", "initialGreting:", "UNKNOWN_PROPERTY"),
    ("initialGreeting", "prompt:", "promt:", "UNKNOWN_PROPERTY"),
    ("variables", "stringVariable:", "strngVariable:", "INVALID_PROPERTY"),
    ("variables", "initialValue:", "initalValue:", "UNKNOWN_PROPERTY"),
    ("variables", "noValue: true", "noValu: true", "UNKNOWN_PROPERTY"),
    ("variables", "isInput: false", "isInptu: false", "UNKNOWN_PROPERTY"),
    ("variables", "isInput: false", "isInput: nope", "INVALID_PROPERTY"),
    ("variables", "name: Flow.Language", "name: Flw.Language", "INVALID_PROPERTY"),
    ("variables", "name: Flow.Language", "name: Flow.Hours", "INVALID_PROPERTY"),
    ("settingsErrorHandling", "errorHandling:", "errorHandlng:", "UNKNOWN_PROPERTY"),
    ("settingsErrorHandling", "disconnect:", "disconect:", "UNKNOWN_VALUE"),
    ("settingsErrorHandling", "preHandlingAudio:", "preHandligAudio:", "UNKNOWN_PROPERTY"),
    ("settingsMenu", "repeatCount:", "repeatcount:", "UNKNOWN_PROPERTY"),
    ("settingsMenu", "menuSelectionTimeout:", "menuSelectionTimout:", "UNKNOWN_PROPERTY"),
    ("menuSelectionTimeout", "lit:\n        seconds: 6", "lit: 6 seconds", "WRONG_TYPE"),
    ("menuSelectionTimeout", "lit:\n        seconds: 6", "lit: 6", "WRONG_TYPE"),
    ("menuSelectionTimeout", "seconds: 6", "secs: 6", "WRONG_TYPE"),
    ("menuSelectionTimeout", "seconds: 6", "seconds: 600", "LIMIT_EXCEEDED"),
    ("repeatCount", "lit: 3", "lit: three", "WRONG_TYPE"),
    ("listenForExtensionDialing", "lit: false", "lit: nope", "WRONG_TYPE"),
    ("menus:", "- menu:", "- mneu:", "INVALID_PROPERTY"),
    ("menus:", "audio:", "aduio:", "UNKNOWN_PROPERTY"),
    ("menus:", "tts:", "tss:", "UNKNOWN_PROPERTY"),
    ("menus:", "settingsMenu:", "settingMenu:", "UNKNOWN_PROPERTY"),
    ("menus:", "choices:", "choises:", "UNKNOWN_PROPERTY"),
    ("menus:", "menuJumpToMenu:", "menuJumpToMeun:", "UNKNOWN_ACTION"),
    ("menus:", "dtmf: digit_1", "dtmf: digit1", "INVALID_PROPERTY"),
    ("menus:", "dtmf: digit_1", "dtfm: digit_1", "UNKNOWN_PROPERTY"),
    ("menus:", "dtmf: digit_2", "dtmf: digit_1", "DUPLICATE_CHOICE"),
    ("menus:", "globalDtmf: false", "globalDtmf: no way", "INVALID_PROPERTY"),
    ("menus:", "globalSpeechRecTerms: false", "globalSpeechRecTerms: never", "WRONG_TYPE"),
    ("menus:", "globalSpeechRecTerms:", "globalSpeechRecTrems:", "UNKNOWN_PROPERTY"),
    ("menus:", "[Main Menu_30]", "[Main Meun_30]", "DANGLING_REFERENCE"),
    ("Español_22", "task:", "taks:", "UNKNOWN_PROPERTY"),
    ("Español_22", "actions:", "action:", "UNKNOWN_PROPERTY"),
    ("Speak Spanish", "languageValue:", "languagValue:", "UNKNOWN_PROPERTY"),
    ("Speak Spanish", "lit: es-us", "lit: es-su", "UNKNOWN_VALUE"),
    ("Note the language", "statements:", "statments:", "UNKNOWN_PROPERTY"),
    ("Note the language", "string:", "strin:", "UNKNOWN_PROPERTY"),
    ("Note the language", "variable:", "varable:", "UNKNOWN_PROPERTY"),
    ("Note the language", "Flow.Language", "Flow.Langauge", "UNKNOWN_VARIABLE"),
    ("Note the language", "value:", "valeu:", "UNKNOWN_PROPERTY"),
    ("Appointments_31", "speechRecTerms:", "speechRecTrems:", "UNKNOWN_PROPERTY"),
    ("Appointments_31", "terms:", "term:", "UNKNOWN_PROPERTY"),
    ("Book or move_41", "targetQueue:", "targetQueu:", "UNKNOWN_PROPERTY"),
    ("Book or move_41", "targetQueue:\n                      lit:\n                        name: Clinic Appointments", "targetQueue:\n                      noValue: true", "MISSING_SETTING"),
    ("Book or move_41", "name: Clinic", "nmae: Clinic", "WRONG_TYPE"),
    ("Book or move_41", "failureTransferAudio:", "failureTransferAudo:", "UNKNOWN_PROPERTY"),
    ("Book or move_41", "lit: 5", "lit: high", "WRONG_TYPE"),
    ("Book or move_41", "errorType:", "errorTyp:", "UNKNOWN_PROPERTY"),
    ("Book or move_41", "var: Flow.TransferError", "exp: Flow.TransferError", "WRONG_TYPE"),
    ("Leave a cancellation", "destination:", "destinaton:", "UNKNOWN_PROPERTY"),
    ("Leave a cancellation", "callbackNumber:", "callbackNumbr:", "UNKNOWN_PROPERTY"),
    ("Pharmacy_33", "exp: If(", "exp: Iff(", "UNKNOWN_FUNCTION"),
    ("Pharmacy_33", "FindLanguageSkill(\"Spanish\")", "FindLanguageSkill(\"Spanish\"", "EXPRESSION_SYNTAX"),
    ("", "menuTask:\n              name: Visiting hours\n              refId: Visiting hours_34\n              dtmf: digit_3", "menuTask:\n              name: Visiting hours\n              refId: Visiting hours_34", "MISSING_SETTING"),
    ("/inboundCall/menus/menu[Main Menu_30]\"\n    - menu:", "- menuTransferToAcd:\n              name: Pharmacy", "- menuTransferToUser:\n              name: Pharmacy", "MISSING_SETTING"),
    ("Is the clinic open?", "scheduleGroup:", "schedulGroup:", "UNKNOWN_PROPERTY"),
    ("Is the clinic open?", "name: Clinic Hours", "nme: Clinic Hours", "WRONG_TYPE"),
    ("Is the clinic open?", "now: true", "now: yes please", "WRONG_TYPE"),
    ("Is the clinic open?", "var: Flow.Schedules", "var: Flow.Shedules", "UNKNOWN_VARIABLE"),
    ("Is the clinic open?", "holiday:", "hoilday:", "UNKNOWN_OUTPUT"),
    ("To the doctor on call", "targetNumber:", "targetNumbr:", "UNKNOWN_PROPERTY"),
    ("To the doctor on call", "lit: false", "lit: \"nope\"", "WRONG_TYPE"),
    ("To the doctor on call", "seconds: 20", "second: 20", "WRONG_TYPE"),
    ("To the voicemail\n", "targetTaskRef: \"/inboundCall/tasks/task[Voicemail_50]\"", "refId: Nowhere", "MISSING_SETTING"),
    ("Leave a message?", "inputData:", "inputDta:", "UNKNOWN_PROPERTY"),
    ("Leave a message?", "exact: 1", "exat: 1", "UNKNOWN_PROPERTY"),
    ("Leave a message?", "exact: 1", "exact: one", "WRONG_TYPE"),
    ("Leave a message?", "exact: 1", "exact: 99", "LIMIT_EXCEEDED"),
    ("Leave a message?", "noEntryTimeout:", "noEntryTimout:", "UNKNOWN_PROPERTY"),
    ("Leave a message?", "acceptJustStar:", "acceptJustStra:", "UNKNOWN_PROPERTY"),
    ("Leave a message?", "lit: false", "lit: maybe", "WRONG_TYPE"),
    ("Leave a message?", "success:", "sucess:", "UNKNOWN_OUTPUT"),
    ("Leave a message?", "verificationType: none", "verificationType: non", "UNKNOWN_VALUE"),
    ("Was it the 1?", "exp: Task.Choice == \"1\"", "exp: Task.Choice = \"1\"", "EXPRESSION_SYNTAX"),
    ("Was it the 1?", "exp: Task.Choice == \"1\"", "exp: Flow.Schedules", "WRONG_TYPE"),
    ("Was it the 1?", "condition:\n                          exp: Task.Choice == \"1\"", "condition: Task.Choice == \"1\"", "WRONG_TYPE"),
    ("Was it the 1?", "outputs:", "ouputs:", "UNKNOWN_PROPERTY"),
    ("Was it the 1?", "actions:", "actoins:", "UNKNOWN_PROPERTY"),
    ("To the reception", "acdSkill:", "acdSkil:", "UNKNOWN_PROPERTY"),
    ("To the reception", "name: Front Desk", "named: Front Desk", "WRONG_TYPE"),
    ("- task:\n        name: Reception", "actions:", "atcions:", "UNKNOWN_PROPERTY"),
    ("name: Disconnect", "- task:", "- tsk:", "INVALID_PROPERTY"),
    ("Reception_60", "- transferToAcd:", "- transferToAdc:", "UNKNOWN_ACTION"),
];

#[rustfmt::skip]
const IN_A_QUEUE: &[Mistake] = &[
    ("To the outage queue", "Northlight Waiting Room", "Northlight Wating Room", "UNKNOWN_FLOW"),
    ("To the outage queue", "overrideInQueueFlow:", "overideInQueueFlow:", "UNKNOWN_PROPERTY"),
    ("To the outage queue", "exp: If(Flow.IsDangerous, 100, 0)", "lit: Flow.IsDangerous", "WRONG_TYPE"),
    ("To the outage queue", "skill:", "skil:", "UNKNOWN_PROPERTY"),
    ("It is dangerous", "lit: true", "lit: perhaps", "WRONG_TYPE"),
    ("It is dangerous", "boolean:", "string:", "WRONG_TYPE"),
    ("Flow.IsDangerous", "lit: false", "lit: 0 or so", "WRONG_TYPE"),
    ("Note what we know", "attributes:", "atributes:", "UNKNOWN_PROPERTY"),
    ("Note what we know", "attribute:", "atribute:", "UNKNOWN_PROPERTY"),
    ("Is the outage known?", "lookupValue:", "lookupValu:", "UNKNOWN_PROPERTY"),
    ("Is the outage known?", "foundOutputs:", "foundOutput:", "UNKNOWN_PROPERTY"),
    ("Is the outage known?", "var: Task.Expected", "lit: Task.Expected", "WRONG_TYPE"),
    ("settingsInQueueCall", "holdMusic:", "holdMusci:", "UNKNOWN_PROPERTY"),
    ("Count the rounds", "integer:", "intger:", "UNKNOWN_PROPERTY"),
    ("Count the rounds", "exp: Flow.Round + 1", "exp: Flow.Round + \"x\"", "WRONG_ARGUMENTS"),
    ("Tell the place", "positionInQueue:", "positionInQueu:", "UNKNOWN_PROPERTY"),
    ("Tell the wait", "roundingInterval:", "roundingIntervall:", "UNKNOWN_PROPERTY"),
    ("Tell the wait", "minutes: 5", "minuets: 5", "WRONG_TYPE"),
    ("name: Offer it\n", "Agreed:", "Aggreed:", "UNKNOWN_OUTPUT"),
    ("name: Offer it\n", "[Callback_20]", "[Calback_20]", "DANGLING_REFERENCE"),
    ("name: Music", "bargeInEnabled:", "bargeinEnabled:", "UNKNOWN_PROPERTY"),
    ("name: Music", "lit: false", "lit: off", "WRONG_TYPE"),
    ("name: Music", "duration:", "duraton:", "UNKNOWN_PROPERTY"),
    ("name: Music", "playStyle:", "playStile:", "UNKNOWN_PROPERTY"),
    ("outputPaths", "outputPath:", "outputPaht:", "UNKNOWN_PROPERTY"),
    ("Which number?", "firstTrue:", "firstTru:", "INVALID_PROPERTY"),
    ("Which number?", "evaluate:", "evalute:", "UNKNOWN_PROPERTY"),
    ("Which number?", "value:\n                                    exp: Task.Key == \"1\"\n", "name: One\n", "INVALID_PROPERTY"),
    ("Which number?", "actions: []", "acitons: []", "UNKNOWN_PROPERTY"),
    ("name: Neither", "outputPath:", "outputPth:", "UNKNOWN_PROPERTY"),
    ("name: Neither", "name: Declined", "name: Declind", "UNKNOWN_OUTPUT"),
];

#[rustfmt::skip]
const BETWEEN_FLOWS: &[Mistake] = &[
    ("Ask for the parcel number", "Ask for Digits:", "Ask for Digit:", "UNKNOWN_FLOW"),
    ("Ask for the parcel number", "inputs:", "inptus:", "UNKNOWN_PROPERTY"),
    ("Ask for the parcel number", "Common.Attempts:", "Common.Atempts:", "UNKNOWN_INPUT"),
    ("Ask for the parcel number", "lit: 2", "lit: two", "WRONG_TYPE"),
    ("Ask for the parcel number", "Common.Digits:", "Common.Digts:", "UNKNOWN_OUTPUT"),
    ("Ask for the parcel number", "commonModule:", "commonModul:", "UNKNOWN_PROPERTY"),
    ("Where is it?", "timeout:", "timout:", "UNKNOWN_PROPERTY"),
    ("Where is it?", "seconds: 8", "lit: 8", "WRONG_TYPE"),
    ("Where is it?", "dataAction:", "dataActon:", "UNKNOWN_PROPERTY"),
    ("Where is it?", "successOutputs:", "sucessOutputs:", "UNKNOWN_PROPERTY"),
    ("Where is it?", "exp: Flow.Parcel", "lit: Flow.Parcel", "WRONG_TYPE"),
    ("The caller knows", "flowOutcomeValue:", "flowOutcomeValu:", "UNKNOWN_PROPERTY"),
    ("The caller knows", "flowOutcome:", "flowOutcom:", "UNKNOWN_PROPERTY"),
    ("What about the parcel?", "cases:", "casse:", "UNKNOWN_PROPERTY"),
    ("What about the parcel?", "default:", "defalt:", "UNKNOWN_PROPERTY"),
    ("Find the queue", "findName:", "findNam:", "UNKNOWN_PROPERTY"),
    ("Find the queue", "var: Task.Queue", "exp: Task.Queue", "WRONG_TYPE"),
    ("Find the queue", "notFound:", "notfond:", "UNKNOWN_OUTPUT"),
    ("compatibleFlowTypes", "flowType:", "flowTyp:", "UNKNOWN_PROPERTY"),
    ("startUpTaskVariables", "startUpTaskVariables:", "startUpTaskVariabels:", "UNKNOWN_PROPERTY"),
];

#[test]
fn mistakes_in_a_call_flow_are_reported() {
    assert_reported("alder-clinic", IN_A_CALL);
}

#[test]
fn mistakes_in_an_in_queue_flow_are_reported() {
    assert_reported("northlight-power", IN_A_QUEUE);
}

#[test]
fn mistakes_between_flows_are_reported() {
    assert_reported("swift-parcels", BETWEEN_FLOWS);
}

/// In braces, a comma ends a string without quotes: the rest of an expression is a key.
#[test]
fn an_expression_that_a_comma_ends_is_reported() {
    let text = "inboundCall:\n  name: F\n  startUpRef: ./tasks/task[A]\n  tasks:\n    - task:\n        name: A\n        refId: A\n        actions:\n          - playAudio: {name: P, audio: {exp: Append(Call.Ani, Call.Ani)}}\n          - disconnect: {name: D}\n";
    let found = Flows::with(vec![("flow.yaml".into(), text.into())]).findings();
    let is_it = |it: &Finding| it.2 == "UNKNOWN_PROPERTY" && it.1 == 9;
    assert!(found.iter().any(is_it), "{found:?}");
}

/// Tasks that lead to each other without a condition are a loop that nothing leaves.
#[test]
fn tasks_that_jump_in_a_circle_are_reported() {
    let task = |name: &str, before: &str, target: &str| {
        format!(
            "    - task:\n        name: {name}\n        refId: {name}\n        actions:\n{before}          - jumpToTask: {{name: To {target}, targetTaskRef: \"./tasks/task[{target}]\"}}\n"
        )
    };
    let flow = |before: &str| {
        let start = "inboundCall:\n  name: F\n  startUpRef: ./tasks/task[A]\n  tasks:\n";
        let text = [start, &task("A", "", "B"), &task("B", before, "A")].concat();
        Flows::with(vec![("flow.yaml".into(), text)]).findings()
    };
    let codes =
        |found: &[Finding]| found.iter().map(|it| it.2.clone()).collect::<Vec<_>>();
    let found = flow("");
    assert_eq!(codes(&found), ["LOOP_WITHOUT_INPUT"]);
    assert_eq!(found[0].3, "`A` and `B` form a loop that never waits for the caller");
    let audio = "          - playAudio: {name: P, audio: {tts: Please wait}}\n";
    assert_eq!(codes(&flow(audio)), ["LOOP_WITHOUT_INPUT"]);
    let wait = "          - wait: {name: W, duration: {lit: {seconds: 5}}}\n";
    assert_eq!(codes(&flow(wait)), [""; 0]);
    let decision = "          - decision: {name: D, condition: {exp: Hour(GetCurrentDateTimeUtc()) > 9}, outputs: {yes: {actions: [{disconnect: {name: E}}]}}}\n";
    assert_eq!(codes(&flow(decision)), [""; 0]);
}
