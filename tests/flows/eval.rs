//! The contract of `flowsim eval` and `flowsim functions`: streams, exit codes, JSON and
//! messages.

#![expect(clippy::unwrap_used, reason = "a program that cannot be run fails the test")]

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use assert_cmd::Command as Assertable;
use serde_json::Value;
use tempfile::TempDir;

const ENVIRONMENT: [&str; 6] =
    ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLUMNS", "TERM", "CI"];

/// Maximum length of an expression, in bytes.
const LONGEST: usize = 65_536;

const ORGANISATION: &str = "
queues: {support: {name: Support}}
users: [{id: a1, name: Ann, email: ann@example.com}]
skills: [{id: s1, name: Spanish}]
prompts: {Greeting: {id: p1, tts: {es-us: Hola., en-us: Hello.}, duration: PT3S}}
languages: [es-us, en-us]
detectedLanguages: [{contains: hola, language: es}]
exchangeRates: {USD: {EUR: 0.92}}
";

fn flowsim() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_flowsim"));
    command.current_dir(env!("CARGO_MANIFEST_DIR")).stdin(Stdio::null());
    for name in ENVIRONMENT {
        command.env_remove(name);
    }
    command
}

fn run<'a>(words: impl IntoIterator<Item = &'a str>) -> Output {
    flowsim().args(words).output().unwrap()
}

fn eval(words: &[&str]) -> Output {
    run(["eval"].iter().chain(words).copied())
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

/// Returns the output for an expression with a value, which must be the only line.
fn answer(words: &[&str]) -> String {
    let output = eval(words);
    assert_eq!((code(&output), err(&output).as_str()), (0, ""), "{words:?}");
    out(&output).strip_suffix('\n').unwrap().to_owned()
}

/// Formats each command line with its complete output.
fn transcripts<'a>(lines: impl IntoIterator<Item = Vec<&'a str>>) -> String {
    let mut text = String::new();
    for words in lines {
        let output = run(words.iter().copied());
        let _ = writeln!(text, "$ flowsim {}", words.join(" "));
        for (name, stream) in [("stdout", out(&output)), ("stderr", err(&output))] {
            if !stream.is_empty() {
                let _ = write!(text, "--- {name}\n{stream}");
            }
        }
        let _ = writeln!(text, "--- exit code {}\n", code(&output));
    }
    text
}

/// Returns the messages for each expression, as printed on standard error.
fn messages(expressions: &[&str]) -> String {
    let mut text = String::new();
    for expression in expressions {
        let output = eval(&["--", expression]);
        let first: Value = serde_json::from_slice(&output.stdout).unwrap();
        let message = first["error"]["message"].as_str().unwrap();
        let error = err(&output);
        assert!(error.contains(message), "{message} is not in\n{error}");
        let _ = writeln!(text, "{error}--- exit code {}\n", code(&output));
    }
    text
}

fn assert_snapshot(name: &str, text: &str) {
    insta::with_settings!({ omit_expression => true }, {
        insta::assert_snapshot!(name, text);
    });
}

/// Expressions, and the printed form of their values.
const VALUES: &[(&str, &str)] = &[
    ("1 < 2", r#"{"type":"Boolean","value":true}"#),
    ("6 * 7", r#"{"type":"Integer","value":42}"#),
    ("42 / 8", r#"{"type":"Decimal","value":5.25}"#),
    ("2 ^ 3", r#"{"type":"Decimal","value":8.0}"#),
    (r#""é\n\"""#, r#"{"type":"String","value":"é\n\""}"#),
    (
        "MakeDateTime(2009, 1, 10, 6, 30, 0)",
        r#"{"type":"DateTime","value":"2009-01-10T06:30:00Z"}"#,
    ),
    ("MakeDuration(0, 1, 0, 0)", r#"{"type":"Duration","value":"PT1H"}"#),
    (
        r#"MakeCurrency(4.5, "USD")"#,
        r#"{"type":"Currency","value":{"amount":"4.50","code":"USD"}}"#,
    ),
    ("MakeList(1, 2)", r#"{"type":"Integer[]","value":[1,2]}"#),
    ("MakeList(1, NOT_SET)", r#"{"type":"Integer[]","value":[1,null]}"#),
    (r#"MakeEmptyList("")"#, r#"{"type":"String[]","value":[]}"#),
    ("ToInt(NOT_SET)", r#"{"type":"Integer","value":null}"#),
    ("NOT_SET", r#"{"type":"NOT_SET","value":null}"#),
    ("Call.CurrentQueue", r#"{"type":"Queue","value":null}"#),
    (
        r#"JsonParse("{\"b\": [1.50, null], \"a\": {}}")"#,
        r#"{"type":"JSON","value":{"b":[1.5,null],"a":{}}}"#,
    ),
    (
        r#"MakeEmailAddress("ann@example.com", "Ann")"#,
        r#"{"type":"EmailAddress","value":{"name":"Ann","id":"ann@example.com"}}"#,
    ),
    (
        r#"ToPhoneNumber("sip:ann@example.com")"#,
        r#"{"type":"PhoneNumber","value":{"dialingCode":null,"e164":null,"subscriberNumber":null,"isGlobal":false,"isSip":true,"isTel":false,"raw":"sip:ann@example.com","scheme":"sip","uri":"sip:ann@example.com"}}"#,
    ),
    (
        r#"Prompt.Hello + ToAudioNumber(5)"#,
        r#"{"type":"Audio","value":"[prompt Hello] five"}"#,
    ),
    (
        r#"MakeCommunication("Hi", "there", "!")"#,
        r#"{"type":"Communication","value":"Hi there!"}"#,
    ),
    ("System.Currencies.eur", r#"{"type":"CurrencyCode","value":{"code":"EUR"}}"#),
];

#[test]
fn values_of_every_type_have_their_json() {
    for (expression, expected) in VALUES {
        assert_eq!(answer(&[expression]), *expected, "{expression}");
    }
}

#[test]
fn a_failure_contains_code_message_and_column() {
    for (expression, expected_code, exit, column) in [
        (r#""é" + ToInt("x")"#, "WRONG_ARGUMENTS", 3, 1),
        (r#"1 + ToInt("x")"#, "CONVERSION_FAILED", 1, 5),
        ("1 / (2 - 2)", "DIVISION_BY_ZERO", 1, 1),
        ("MakeList(1)[1]", "OUT_OF_RANGE", 1, 1),
        (r#""é" == "é" and 1 < NOT_SET"#, "NOT_SET_NOT_ALLOWED", 1, 16),
        ("System.MaxInt + 1", "RESULT_TOO_LARGE", 1, 1),
        (r#"MakeCurrency(1, "USD") + MakeCurrency(1, "EUR")"#, "CURRENCIES_DIFFER", 1, 1),
        (r#""é" +"#, "EXPRESSION_SYNTAX", 3, 6),
        (r#""é" + Upperr("a")"#, "UNKNOWN_FUNCTION", 3, 7),
        (r#""é" + Flow.x"#, "UNKNOWN_VARIABLE", 3, 7),
        ("Call.CurrentQueue.size", "UNKNOWN_MEMBER", 3, 19),
        (r#"Left("a", -1)"#, "OUT_OF_RANGE", 3, 11),
    ] {
        let output = eval(&[expression]);
        let json: Value = serde_json::from_slice(&output.stdout).unwrap();
        let error = &json["error"];
        assert_eq!(json.as_object().unwrap().len(), 1, "{expression}");
        assert_eq!(error.as_object().unwrap().len(), 3, "{expression}");
        assert_eq!(error["code"], expected_code, "{expression}");
        assert_eq!(error["column"], column, "{expression}");
        assert_eq!(code(&output), exit, "{expression}");
        assert!(err(&output).starts_with(&format!("error[{expected_code}]: ")));
    }
}

#[test]
fn variables_have_the_type_of_their_value_or_the_given_type() {
    for (variable, expected) in [
        ("Flow.x=2", r#"{"type":"Integer","value":2}"#),
        ("Flow.x=2.50", r#"{"type":"Decimal","value":2.5}"#),
        ("Flow.x=true", r#"{"type":"Boolean","value":true}"#),
        ("Flow.x=two", r#"{"type":"String","value":"two"}"#),
        ("Flow.x=", r#"{"type":"String","value":""}"#),
        ("Flow.x=a=b:c", r#"{"type":"String","value":"a=b:c"}"#),
        (r#"Flow.x="2""#, r#"{"type":"String","value":"2"}"#),
        ("Flow.x=[1,2]", r#"{"type":"Integer[]","value":[1,2]}"#),
        (r#"Flow.x=[1,"a"]"#, r#"{"type":"JSON","value":[1,"a"]}"#),
        (r#"Flow.x={"a":1}"#, r#"{"type":"JSON","value":{"a":1}}"#),
        ("Flow.x:String=2", r#"{"type":"String","value":"2"}"#),
        ("Flow.x:decimal=2", r#"{"type":"Decimal","value":2.0}"#),
        ("Flow.x:String=null", r#"{"type":"String","value":null}"#),
        ("Flow.x:String[]=[]", r#"{"type":"String[]","value":[]}"#),
        ("Flow.x:Duration=PT90M", r#"{"type":"Duration","value":"PT1H30M"}"#),
        (
            "Flow.x:DateTime=2026-12-24T18:00:00+01:00",
            r#"{"type":"DateTime","value":"2026-12-24T17:00:00Z"}"#,
        ),
        (
            "Flow.x:Currency=4.5|USD",
            r#"{"type":"Currency","value":{"amount":"4.50","code":"USD"}}"#,
        ),
        (
            r#"Flow.x:Queue={"id":"q1","name":"Sales"}"#,
            r#"{"type":"Queue","value":{"id":"q1","name":"Sales"}}"#,
        ),
    ] {
        assert_eq!(answer(&["flow.X", "--var", variable]), expected, "{variable}");
    }
    let words = ["Task.a + Task.b", "--var", "Task.a=1", "--var", "Task.b=2"];
    assert_eq!(answer(&words), r#"{"type":"Integer","value":3}"#);
}

#[test]
fn architect_variables_keep_their_type() {
    let place = ["Call.PositionInQueue + 1", "--var", "call.positioninqueue=3"];
    assert_eq!(answer(&place), r#"{"type":"Integer","value":4}"#);
    let ani = ["Call.Ani", "--var", "Call.Ani=15551234567"];
    assert_eq!(answer(&ani), r#"{"type":"String","value":"15551234567"}"#);
    let wait = ["Call.EstimatedWaitTime", "--var", "Call.EstimatedWaitTime=90000"];
    assert_eq!(answer(&wait), r#"{"type":"Duration","value":"PT1M30S"}"#);
}

#[test]
fn usage_errors_have_their_own_exit_code() {
    let lines = [
        vec!["eval"],
        vec!["eval", "1", "2"],
        vec!["eval", "--sed", "1"],
        vec!["eval", "1", "--batch", "-"],
        vec!["eval", "1", "--at", "tomorrow"],
        vec!["eval", "1", "--seed", "many"],
        vec!["eval", "1", "--expect", "Strng"],
        vec!["eval", "1", "--var", "Flow.x"],
        vec!["eval", "1", "--var", "=2"],
        vec!["eval", "1", "--var", "Flow.x:Strng=a"],
        vec!["eval", "1", "--var", "Flow.x:Text=a"],
        vec!["eval", "1", "--var", "Flow.x=null"],
        vec!["eval", "1", "--var", "Flow.x=[]"],
        vec!["eval", "1", "--var", "Flow.x:Integer=abc"],
        vec!["eval", "1", "--var", "Flow.x:Integer=1000000000000000"],
        vec!["eval", "1", "--var", "Flow.x:Integer[]=1"],
        vec!["eval", "1", "--var", "Flow.x:DateTime=yesterday"],
        vec!["eval", "1", "--var", "Call.PositionInQueue=first"],
        vec!["functions", "Contians"],
        vec!["functions", "Frobnicate"],
        vec!["functions", ""],
        vec!["functions", "Contains", "--all"],
    ];
    for words in &lines {
        let output = run(words.iter().copied());
        assert_eq!((code(&output), out(&output).as_str()), (2, ""), "{words:?}");
    }
    assert_snapshot("usage", &transcripts(lines));
}

/// Mistakes of people who know other languages, or who stop in the middle.
const MISTAKES_OF_WRITING: &[&str] = &[
    "true && false",
    "\"é\" == \"é\" || false",
    "not true",
    "true and not(false or true)",
    "Flow.x = 1",
    "1 === 1",
    "1 <> 2",
    "1 => 2",
    "2 ** 3",
    "'text'",
    "Upper(“text”)",
    "Upper(\"text)",
    r#""C:\temp\x""#,
    "\"text\\",
    "Upper(\"a\"",
    "MakeList(1)[0",
    "true ? 1",
    "true ? 1 : ",
    "true ? true or false : false",
    "Left(\"a\",)",
    "1 +\u{a0}2",
    "(1 + 2",
    "1 + 2)",
    "",
    "  ",
    "1 +",
    "true and",
    "1 + * 2",
    "- -1",
    "Call.Ani.",
    "(\"a\").length",
    "\"a\"[0]",
    "true.x",
    "Upper(\"a\";)",
    "1;",
    "1,5",
    "1e5",
    "{Flow.x}",
    "1 2",
    "Upper(\"a\" \"b\")",
    "\"two\nlines\" + )",
];

#[test]
fn common_syntax_mistakes_are_named() {
    assert_snapshot("mistakes_of_writing", &messages(MISTAKES_OF_WRITING));
}

#[test]
fn mistakes_of_names_and_types_are_named() {
    assert_snapshot(
        "mistakes_of_names_and_types",
        &messages(&[
            "Uper(\"a\")",
            "Frobnicate(1)",
            "not(true)",
            "Call.Anni",
            "Flow.x == null",
            "True or FALSE",
            "hello",
            "x.y.z",
            "Call.CurrentQueue.nam",
            "Call.Ani.x",
            "MakeList(1).name",
            "Upper(1)",
            "Upper()",
            "1 + \"a\"",
            "MakeList(1, \"a\")",
            "true ? 1 : \"a\"",
            "Call.Ani[0]",
            "Round(1.5, 29)",
            "1 / 0",
            "1000000000000000",
            "Foo(1) + bar",
        ]),
    );
}

#[test]
fn failures_at_run_time_name_what_failed() {
    assert_snapshot(
        "failures",
        &messages(&[
            "1 < NOT_SET",
            "1 % (1 - 1)",
            "MakeList(1, 2)[2]",
            "GetAt(MakeEmptyList(1), 0)",
            "ToInt(\"three\")",
            "ToJson(\"a\")[0]",
            "ToQueue(\"Sales\")",
            "Left(\"abc\", 1 - 2)",
            "System.MaxDateTime + System.MaxDuration",
        ]),
    );
}

#[test]
fn expressions_that_are_too_deep_or_too_long_are_refused() {
    let nested = format!("{}1{}", "(".repeat(4_097), ")".repeat(4_097));
    let chained = vec!["1"; 4_098].join("+");
    let long = "1".repeat(LONGEST + 1);
    for (expression, message) in [
        (&nested, "parentheses and brackets are nested deeper than 4096 levels"),
        (&chained, "the expression has more than 4096 levels"),
        (&long, "the expression is longer than 65536 bytes"),
    ] {
        let output = eval(&[expression]);
        let json: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(json["error"]["message"], message);
        assert_eq!(code(&output), 3);
    }
    let nested = format!("{}1{}", "(".repeat(4_096), ")".repeat(4_096));
    let longest = format!("\"{}\"", "x".repeat(LONGEST - 2));
    assert_eq!(answer(&[&nested]), r#"{"type":"Integer","value":1}"#);
    assert_eq!(
        answer(&[&longest]).len(),
        LONGEST + r#"{"type":"String","value":}"#.len()
    );
}

/// Architect writes each part of a chain in parentheses.
#[test]
fn the_canonical_text_of_a_long_chain_can_be_read() {
    let chain = vec!["Call.Ani == \"i\""; 250].join(" or ");
    let canonical = answer(&["--canonical", &chain]);
    assert_eq!(answer(&["--canonical", &canonical]), canonical);
    assert_eq!(answer(&[&canonical]), answer(&[&chain]));
}

#[test]
fn an_expression_may_start_with_a_hyphen() {
    assert_eq!(answer(&["-2 ^ 2"]), r#"{"type":"Decimal","value":4.0}"#);
    assert_eq!(answer(&["--", "-2"]), r#"{"type":"Integer","value":-2}"#);
    let words = ["-Flow.x", "--var", "Flow.x=3"];
    assert_eq!(answer(&words), r#"{"type":"Integer","value":-3}"#);
}

#[test]
fn audio_is_played_in_the_language_of_the_call() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("org.yaml");
    fs::write(&path, ORGANISATION).unwrap();
    let path = path.to_str().unwrap();
    let five = "ToAudioNumber(5)";
    assert_eq!(answer(&[five]), r#"{"type":"Audio","value":"five"}"#);
    let spanish = r#"{"type":"Audio","value":"[number 5 in es-us]"}"#;
    assert_eq!(answer(&[five, "--fixtures", path]), spanish);
    let english = [five, "--fixtures", path, "--var", "Call.Language=en-us"];
    assert_eq!(answer(&english), r#"{"type":"Audio","value":"five"}"#);
    let given = ["Flow.a + ToAudioNumber(5)", "--var", "Flow.a:Audio=Take"];
    assert_eq!(answer(&given), r#"{"type":"Audio","value":"Take five"}"#);
}

#[test]
fn fixtures_answer_lookups() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("org.yaml"), ORGANISATION).unwrap();
    let path = folder.path().to_str().unwrap();
    let of = |expression: &str| answer(&[expression, "--fixtures", path]);
    for (expression, expected) in [
        (
            r#"FindQueue("SUPPORT")"#,
            r#"{"type":"Queue","value":{"id":"support","name":"Support"}}"#,
        ),
        (r#"FindQueue("Sales")"#, r#"{"type":"Queue","value":null}"#),
        (
            r#"ConvertCurrency(MakeCurrency(5, "USD"), "EUR")"#,
            r#"{"type":"Currency","value":{"amount":"4.60","code":"EUR"}}"#,
        ),
        (
            r#"ConvertCurrency(MakeCurrency(5, "USD"), "EUR", 2.0)"#,
            r#"{"type":"Currency","value":{"amount":"10.00","code":"EUR"}}"#,
        ),
        // Genesys keeps the amount if there is no rate.
        (
            r#"ConvertCurrency(MakeCurrency(5, "USD"), "GBP")"#,
            r#"{"type":"Currency","value":{"amount":"5.00","code":"GBP"}}"#,
        ),
        (r#"FindUser("ann@example.com").name"#, r#"{"type":"String","value":"Ann"}"#),
        (r#"ToSkill("Spanish").id"#, r#"{"type":"String","value":"s1"}"#),
        ("Prompt.Greeting.duration", r#"{"type":"Duration","value":"PT3S"}"#),
        (
            r#"FindUserPrompt("greeting").textToSpeech"#,
            r#"{"type":"String","value":"Hola."}"#,
        ),
        ("GetSupportedLanguages()", r#"{"type":"String[]","value":["es-us","en-us"]}"#),
        ("Call.Language", r#"{"type":"String","value":"es-us"}"#),
        (r#"DetectLanguage("hola, amigo", "en")"#, r#"{"type":"String","value":"es"}"#),
        (r#""a" == "A""#, r#"{"type":"Boolean","value":false}"#),
    ] {
        assert_eq!(of(expression), expected, "{expression}");
    }
}

#[test]
fn variables_name_objects_of_the_fixtures() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("org.yaml"), ORGANISATION).unwrap();
    let path = folder.path().to_str().unwrap();
    for (variable, expression, value) in [
        ("Flow.q:Queue=Support", "Flow.q == FindQueue(\"Support\")", "true"),
        ("Call.CurrentQueue=Support", "Call.CurrentQueue.id", "\"support\""),
        ("Flow.u:User=ann@example.com", "Flow.u.name", "\"Ann\""),
        ("Flow.s:Skill[]=[\"Spanish\"]", "Flow.s[0].id", "\"s1\""),
        ("Flow.p:Prompt=Greeting", "Flow.p.duration", "\"PT3S\""),
        ("Flow.p:Prompt=Prompt.Greeting", "ToAudio(Flow.p)", "\"Hola.\""),
        ("Flow.p:Prompt=None", "ToAudio(Flow.p)", "\"[prompt None]\""),
        ("Flow.e:EmailAddress=a@b.c", "EmailAddressDomainPart(Flow.e)", "\"b.c\""),
    ] {
        let given = answer(&[expression, "--fixtures", path, "--var", variable]);
        assert!(given.ends_with(&format!("\"value\":{value}}}")), "{variable}: {given}");
    }
}

#[test]
fn constants_and_the_types_of_built_in_variables_are_fixed() {
    for (variable, help) in [
        (
            "Call.Ani:Integer=5",
            "error: the built-in variable `Call.Ani` has the type String, not Integer\n\nleave the \
             type out: --var Call.Ani=VALUE\n",
        ),
        (
            "system.MaxInt=5",
            "error: `system.MaxInt` is a constant; --var sets variables\n\nuse the name of a \
             variable, such as Flow.value\n",
        ),
    ] {
        let output = eval(&["1", "--var", variable]);
        assert_eq!((code(&output), err(&output).as_str()), (2, help), "{variable}");
    }
    assert_eq!(
        answer(&["Call.Ani", "--var", "call.ani:String=5"]),
        r#"{"type":"String","value":"5"}"#
    );
}

#[test]
fn fixtures_decide_undocumented_behaviour() {
    let folder = TempDir::new().unwrap();
    let policies = "policies: {stringEquality: ignore-case, missingItems: not-set}";
    fs::write(folder.path().join("org.yaml"), policies).unwrap();
    let path = folder.path().to_str().unwrap();
    let of = |expression: &str| answer(&[expression, "--fixtures", path]);
    assert_eq!(of(r#""a" == "A""#), r#"{"type":"Boolean","value":true}"#);
    assert_eq!(of("MakeList(1)[1]"), r#"{"type":"Integer","value":null}"#);
}

#[test]
fn fixtures_that_do_not_load_are_reported() {
    let output = eval(&["1", "--fixtures", "no/such.yaml"]);
    assert_eq!((code(&output), out(&output).as_str()), (3, ""));
    assert!(err(&output).starts_with("error[FILE_UNREADABLE]"));
}

#[test]
fn clock_and_random_seed_can_be_set() {
    let now = |words: &[&str]| {
        answer(&[&["GetCurrentDateTimeUtc() == Flow.StartDateTimeUtc"], words].concat())
    };
    assert_eq!(now(&[]), r#"{"type":"Boolean","value":true}"#);
    assert_eq!(
        answer(&["GetCurrentDateTimeUtc()"]),
        r#"{"type":"DateTime","value":"2026-01-05T09:00:00Z"}"#
    );
    let at = ["--at", "2026-12-24T18:00:00Z"];
    assert_eq!(now(&at), r#"{"type":"Boolean","value":true}"#);
    assert_eq!(
        answer(&[&["Day(GetCurrentDateTimeUtc())"], at.as_slice()].concat()),
        r#"{"type":"Integer","value":24}"#
    );
    let chance = |seed: &str| answer(&["RandomInt(1, 1000000000)", "--seed", seed]);
    assert_eq!(chance("7"), chance("7"));
    assert_ne!(chance("7"), chance("8"));
    assert_eq!(chance("0"), answer(&["RandomInt(1, 1000000000)"]));
}

#[test]
fn the_expected_type_is_converted_to() {
    for (expression, expected, answered) in [
        ("5", "String", r#"{"type":"String","value":"5"}"#),
        ("\"5\"", "integer", r#"{"type":"Integer","value":5}"#),
        ("5", "Decimal", r#"{"type":"Decimal","value":5.0}"#),
        ("NOT_SET", "Queue", r#"{"type":"Queue","value":null}"#),
        ("MakeList(1)", "Integer[]", r#"{"type":"Integer[]","value":[1]}"#),
    ] {
        assert_eq!(answer(&[expression, "--expect", expected]), answered);
    }
    let output = eval(&["MakeList(1)", "--expect", "Integer"]);
    assert_eq!(code(&output), 3);
    assert!(err(&output).starts_with(
        "error[WRONG_TYPE]: the expression has the type Integer[], expected Integer"
    ));
}

#[test]
fn the_canonical_text_is_that_of_architect() {
    for (expression, canonical) in [
        ("1+2*3", "1 + (2 * 3)"),
        ("contains( Call.ani,\"1\" ) AND true", "Contains(Call.Ani, \"1\") AND true"),
        ("Flow.x+1", "Flow.x + 1"),
        ("upper(Task.name) == State.a", "Upper(Task.name) == State.a"),
        ("\"a\\tb\"", "\"a\\tb\""),
        ("- 1", "-1"),
    ] {
        assert_eq!(answer(&["--canonical", expression]), canonical, "{expression}");
    }
    // The type of the variable, and so its properties, are unknown.
    for text in
        ["Flow.p.e164", "ToString(Flow.j.a.b)", "(Flow.a.b) == \"x\"", "Flow.a[0].b"]
    {
        assert_eq!(answer(&["--canonical", text]), text);
    }
    let declared = ["--canonical", "FLOW.X", "--var", "Flow.x=1"];
    assert_eq!(answer(&declared), "Flow.x");
    let output = eval(&["--canonical", "Elsewhere.x"]);
    assert_eq!(code(&output), 3);
    assert!(out(&output).starts_with(r#"{"error":{"code":"UNKNOWN_VARIABLE""#));
}

fn batch(input: &[u8], words: &[&str]) -> Output {
    let mut command = Assertable::from_std(flowsim());
    command.args(["eval", "--batch", "-"]).args(words).write_stdin(input);
    command.output().unwrap()
}

#[test]
fn a_batch_answers_every_line() {
    let output = batch(b"1 + 2\r\n\r\n\"a\xff\"\n\nUpper(\"x\")\n1 / (1 - 1)\n1 +", &[]);
    assert_eq!((code(&output), err(&output).as_str()), (0, ""));
    assert_eq!(
        out(&output),
        r#"{"type":"Integer","value":3}
{"error":{"code":"EXPRESSION_SYNTAX","message":"the expression is empty","column":1}}
{"error":{"code":"EXPRESSION_SYNTAX","message":"the line is not valid UTF-8","column":3}}
{"error":{"code":"EXPRESSION_SYNTAX","message":"the expression is empty","column":1}}
{"type":"String","value":"X"}
{"error":{"code":"DIVISION_BY_ZERO","message":"`/`: divisor must not be zero","column":1}}
{"error":{"code":"EXPRESSION_SYNTAX","message":"found the end of the expression, expected a value: a name, a number, a string in double quotes, or `(`","column":4}}
"#
    );
    assert_eq!(
        out(&batch("\u{feff}1\n".as_bytes(), &[])),
        "{\"type\":\"Integer\",\"value\":1}\n"
    );
    assert_eq!(out(&batch(b"", &[])), "");
    assert_eq!(code(&batch(b"", &[])), 0);
}

#[test]
fn a_batch_skips_lines_that_are_too_long() {
    let longest = format!("\"{}\"\r\n", "é".repeat(LONGEST / 2 - 1));
    let lines = [&longest, &"1".repeat(1_000_000), "\n", &"é".repeat(LONGEST), "\n", "2"]
        .concat();
    let output = batch(lines.as_bytes(), &[]);
    assert_eq!(code(&output), 0);
    let answers = out(&output);
    let answers: Vec<&str> = answers.lines().collect();
    let too_long = r#"{"error":{"code":"EXPRESSION_SYNTAX","message":"the expression is longer than 65536 bytes","column":1}}"#;
    assert!(answers[0].starts_with(r#"{"type":"String","value":"éé"#));
    assert_eq!(&answers[1..], [too_long, too_long, r#"{"type":"Integer","value":2}"#]);
}

#[test]
fn a_batch_accepts_flags_and_continues_its_random_numbers() {
    let words = ["--var", "Flow.x=2", "--expect", "String"];
    assert_eq!(out(&batch(b"Flow.x", &words)), "{\"type\":\"String\",\"value\":\"2\"}\n");
    let canonical = out(&batch(b"1+2*3\nFlow.y", &["--canonical"]));
    assert_eq!(
        canonical,
        "{\"canonical\":\"1 + (2 * 3)\"}\n{\"canonical\":\"Flow.y\"}\n"
    );
    let two = out(&batch(b"RandomInt(1, 1000000)\nRandomInt(1, 1000000)", &[]));
    let (first, second) = two.trim_end().split_once('\n').unwrap();
    assert_ne!(first, second);
}

#[test]
fn a_batch_that_cannot_be_read_is_an_error() {
    let folder = TempDir::new().unwrap();
    let missing = folder.path().join("no-such-file");
    for path in [missing.as_path(), folder.path()] {
        let output = eval(&["--batch", path.to_str().unwrap()]);
        assert_eq!((code(&output), out(&output).as_str()), (3, ""), "{path:?}");
        assert!(err(&output).starts_with("error: cannot read "), "{path:?}");
    }
    let file = folder.path().join("lines.txt");
    fs::write(&file, "1\n2\n").unwrap();
    let output = eval(&["--batch", file.to_str().unwrap()]);
    assert_eq!(out(&output).lines().count(), 2);
}

/// The reader closes the pipe before the program starts, so that the first write fails.
#[test]
fn a_closed_pipe_is_not_an_error() {
    let lines = tempfile::NamedTempFile::new().unwrap();
    fs::write(lines.path(), "1\n".repeat(10_000)).unwrap();
    let path = lines.path().to_str().unwrap();
    for words in [
        vec!["eval", "1"],
        vec!["eval", "--canonical", "1"],
        vec!["eval", "--batch", path],
        vec!["functions"],
        vec!["functions", "--all"],
    ] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = flowsim().args(&words).stdout(writer).output().unwrap();
        assert_eq!((code(&output), err(&output).as_str()), (0, ""), "{words:?}");
    }
}

#[test]
fn functions_are_shown() {
    let lines = [
        vec!["functions", "contains"],
        vec!["functions", "con"],
        vec!["functions", "-"],
        vec!["functions", "[]"],
        vec!["functions", "OR"],
        vec!["functions", "MakeDateTime"],
    ];
    assert_snapshot("functions", &transcripts(lines));
    let all = out(&run(["functions"]));
    for name in ["? :", "Append", "AddItem", "MakeCurrency", "JsonParse"] {
        let is_listed = |line: &str| line.trim_start().starts_with(&format!("{name}  "));
        assert!(all.lines().any(is_listed), "{name} is not listed");
    }
}

/// The functions in the reference are those of the program.
#[test]
fn the_list_of_functions_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/functions.md");
    let stored = fs::read_to_string(path).unwrap();
    assert!(
        stored.replace("\r\n", "\n") == out(&run(["functions", "--all"])),
        "docs/functions.md is not what the program says; write it anew with\n\
         `cargo run -- functions --all > docs/functions.md`"
    );
}
