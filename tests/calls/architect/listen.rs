//! `collectInput`, `dialByExtension`, and keys that are typed ahead.

use flowsim::engine::{Call, Limits, Session};
use flowsim::trace::{Field, Status};
use flowsim::world::{Answer, Input, Question};

use super::support::{Run, compile, run, stage};

/// A flow that collects digits and says which output it takes.
fn collect(settings: &str) -> String {
    with_actions(
        "",
        &format!(
            "            - collectInput:
                name: Ask
                inputAudio: {{tts: Number?}}
                inputData: {{var: Task.data}}
{settings}
                outputs:
                  success: {{actions: [{{playAudio: {{name: Well, audio: {{exp: 'ToAudioTTS(Task.data)'}}}}}}]}}
                  failure: {{actions: [{{playAudio: {{name: Bad, audio: {{tts: Sorry}}}}}}]}}"
        ),
    )
}

fn with_actions(settings: &str, actions: &str) -> String {
    format!(
        "inboundCall:
  name: F
  startUpRef: /inboundCall/tasks/task[T_1]
{settings}
  tasks:
    - task:
        name: T
        refId: T_1
        variables:
          - stringVariable: {{name: Task.data, initialValue: {{lit: old}}}}
          - stringVariable: {{name: Task.more, initialValue: {{noValue: true}}}}
        actions:
{actions}
"
    )
}

fn exact(count: u32) -> String {
    collect(&format!("                digits: {{exact: {count}}}"))
}

fn range(terminator: &str, more: &str) -> String {
    collect(&format!(
        "                digits: {{range: {{min: 2, max: 4, terminatingDtmf: {terminator}}}}}\n{more}"
    ))
}

/// Returns the output, the data, and the elapsed time.
fn outcome(flow: &str, inputs: &[&str]) -> (String, String, i64) {
    let run = run(flow, "", inputs);
    let output = run.output("Ask").to_owned();
    (output, run.variable("Task.data"), run.trace.elapsed_ms)
}

fn success(data: &str, elapsed_ms: i64) -> (String, String, i64) {
    ("success".into(), format!("\"{data}\""), elapsed_ms)
}

fn failure(elapsed_ms: i64) -> (String, String, i64) {
    ("failure".into(), "null".into(), elapsed_ms)
}

#[test]
fn the_exact_number_of_digits_completes_an_entry() {
    assert_eq!(outcome(&exact(3), &["123"]), success("123", 0));
    assert_eq!(outcome(&exact(3), &["1@2000,2@3000,3@100"]), success("123", 5_100));
}

#[test]
fn too_few_digits_or_none_fail() {
    assert_eq!(outcome(&exact(3), &["12"]), failure(3_000));
    assert_eq!(outcome(&exact(3), &["1@0,2@3001,3@0"]), failure(3_000));
    assert_eq!(outcome(&exact(3), &["-"]), failure(5_000));
    assert_eq!(outcome(&exact(3), &[]), failure(5_000));
    let reasons = |input| run(&exact(3), "", &[input]).values(Field::Reason);
    assert_eq!(reasons("12"), ["2 of at least 3 digits"]);
    assert_eq!(reasons("-"), ["no entry"]);
}

#[test]
fn speech_fails() {
    assert_eq!(outcome(&exact(1), &["say:one"]), failure(0));
}

#[test]
fn hanging_up_ends_the_call() {
    let run = run(&exact(1), "", &["hangup"]);
    assert_eq!(run.trace.failure.unwrap().code.to_string(), "CALLER_HUNG_UP");
}

#[test]
fn a_range_ends_at_its_terminator_its_maximum_or_a_timeout() {
    let flow = range("digit_#", "");
    assert_eq!(outcome(&flow, &["12#"]), success("12", 0));
    assert_eq!(outcome(&flow, &["1234"]), success("1234", 0));
    assert_eq!(outcome(&flow, &["123"]), success("123", 3_000));
    assert_eq!(outcome(&flow, &["1#"]), failure(0));
    assert_eq!(outcome(&flow, &["1"]), failure(3_000));
    assert_eq!(outcome(&flow, &["#"]), failure(0));
}

#[test]
fn a_digit_can_end_a_range() {
    assert_eq!(outcome(&range("digit_9", ""), &["129"]), success("12", 0));
}

#[test]
fn the_terminating_key_can_belong_to_the_entry() {
    let flow =
        range("digit_#", "                includeTerminatingDtmfInResultData: true");
    assert_eq!(outcome(&flow, &["12#"]), success("12#", 0));
    assert_eq!(outcome(&flow, &["1234#"]), success("1234#", 0));
    assert_eq!(outcome(&flow, &["123"]), success("123", 3_000));
}

#[test]
fn star_and_pound_invalidate_an_entry() {
    for input in ["12*", "*", "*12#"] {
        assert_eq!(outcome(&range("digit_#", ""), &[input]), failure(0), "{input}");
    }
    assert_eq!(outcome(&range("digit_*", ""), &["12#"]), failure(0));
    assert_eq!(outcome(&exact(2), &["1A"]), failure(0));
}

#[test]
fn star_or_pound_alone_can_be_an_entry() {
    let star = range("digit_#", "                acceptJustStar: {lit: true}");
    assert_eq!(outcome(&star, &["*"]), success("*", 0));
    assert_eq!(outcome(&star, &["1*"]), failure(0));
    assert_eq!(outcome(&star, &["#"]), failure(0));
    let pound = range("digit_#", "                acceptJustPound: {lit: true}");
    assert_eq!(outcome(&pound, &["#"]), success("#", 0));
    assert_eq!(outcome(&pound, &["12#"]), success("12", 0));
}

#[test]
fn timeouts_come_from_the_action_then_from_the_flow() {
    let own = "                digits: {exact: 2}
                noEntryTimeout: {lit: {seconds: 2}}
                interDigitTimeout: {exp: 'MakeDuration(0,0,0,0,700)'}";
    assert_eq!(outcome(&collect(own), &["-"]), failure(2_000));
    assert_eq!(outcome(&collect(own), &["1"]), failure(700));
    let flow = exact(2)
        + "  settingsActionDefaults:
    collectInput: {noEntryTimeout: {lit: {seconds: 8}}, interDigitTimeout: {lit: {ms: 400}}}
";
    assert_eq!(outcome(&flow, &["-"]), failure(8_000));
    assert_eq!(outcome(&flow, &["1"]), failure(400));
}

#[test]
fn wrong_types_are_runtime_errors() {
    let flow = collect("                digits: {exact: {exp: 'ToInt(\"x\")'}}");
    assert_eq!(run(&flow, "", &["1"]).trace.status, Status::Error);
    let unset = collect("                digits: {exact: {noValue: true}}");
    assert_eq!(outcome(&unset, &["1"]), success("1", 0));
}

#[test]
fn an_entry_is_read_back_for_confirmation() {
    let flow = |kind: &str| {
        collect(&format!(
            "                digits: {{exact: 2}}
                verificationType: {kind}
                verificationAudio: {{tts: Right?}}"
        ))
    };
    let heard = |run: &Run| run.prompts().join(" | ");
    let individual = run(&flow("individualDigits"), "", &["07", "1"]);
    assert_eq!(heard(&individual), "Number? | zero seven | Right? | 07");
    let numeric = run(&flow("numeric"), "", &["42", "1"]);
    assert_eq!(heard(&numeric), "Number? | forty two | Right? | 42");
    insta::assert_snapshot!(numeric.text());
    let none = run(&flow("none"), "", &["42"]);
    assert_eq!(heard(&none), "Number? | 42");
    let anew = run(&flow("numeric"), "", &["42", "2", "43", "1"]);
    assert_eq!(anew.variable("Task.data"), "\"43\"");
    let never = run(&flow("numeric"), "", &["42", "2", "43", "2", "44", "2", "45", "1"]);
    assert_eq!(
        (never.output("Ask"), never.variable("Task.data")),
        ("failure", "null".into())
    );
    let silent = run(&flow("numeric"), "", &["42", "-"]);
    assert_eq!(silent.values(Field::Reason), ["not confirmed"]);
    let ahead = run(&flow("numeric"), "", &["421"]);
    assert_eq!(ahead.variable("Task.data"), "\"42\"", "confirmed ahead");
}

#[test]
fn the_confirmation_question_lists_its_keys() {
    let program = compile(&collect(
        "                digits: {exact: 2}\n                verificationType: numeric",
    ));
    let flow = program.flow("F").unwrap();
    let mut session = Session::start(program, &Call::new(flow));
    session.resume(Answer::Input(Input::Keys("42".into())));
    let Some(Question::Input(question)) = session.question() else { panic!() };
    assert_eq!((question.max_digits, question.valid_digits), (1, "12"));
}

/// Two entries with audio between them.
fn two(audio: &str) -> String {
    let ask = |name: &str, variable: &str, count: u32| {
        format!(
            "            - collectInput: {{name: {name}, inputAudio: {{tts: {name}}}, digits: {{exact: {count}}}, inputData: {{var: {variable}}}}}\n"
        )
    };
    let between = format!("            - playAudio: {{name: Between, audio: {audio}}}\n");
    let actions =
        [ask("One", "Task.data", 2), between, ask("Two", "Task.more", 3)].concat();
    with_actions("", &actions)
}

#[test]
fn digits_beyond_the_count_are_typed_ahead() {
    let run = run(&two("{tts: Next}"), "", &["12345", "9"]);
    assert_eq!(
        (run.variable("Task.data"), run.variable("Task.more")),
        ("\"12\"".into(), "\"345\"".into())
    );
    assert_eq!(run.trace.elapsed_ms, 0);
}

#[test]
fn typed_ahead_digits_begin_an_entry_that_the_caller_continues() {
    let program = compile(&two("{tts: Next}"));
    let flow = program.flow("F").unwrap();
    let mut session = Session::start(program.clone(), &Call::new(flow));
    session.resume(Answer::Input(Input::Keys("123".into())));
    let Some(Question::Input(question)) = session.question() else { panic!() };
    assert_eq!((question.node, question.min_digits, question.max_digits), ("Two", 2, 2));
    assert_eq!((question.timeout_ms, question.valid_digits), (3_000, "0123456789"));
    session.resume(Answer::Input(Input::Keys("45".into())));
    let run = Run { program, trace: session.take_trace().unwrap() };
    assert_eq!(run.variable("Task.more"), "\"345\"");
}

#[test]
fn keys_arrive_at_the_time_they_are_pressed() {
    let run = run(&two("{tts: Next}"), "", &["1@0,2@0,3@4000,4@0,5@0"]);
    assert_eq!(run.variable("Task.more"), "\"345\"");
    assert_eq!(run.trace.elapsed_ms, 4_000);
}

#[test]
fn uninterruptible_audio_discards_typed_ahead_keys() {
    let audio = "{exp: 'AudioPlaybackOptions(ToAudioTTS(\"Terms\"), false)'}";
    let dropped = run(&two(audio), "", &["12345", "678"]);
    assert_eq!(dropped.values(Field::DroppedKeys), ["345"]);
    assert_eq!(dropped.variable("Task.more"), "\"678\"");
    insta::assert_snapshot!(dropped.text());
    let later = run(&two(audio), "", &["1@0,2@0,3@4000,4@0,5@0"]);
    assert_eq!(later.variable("Task.more"), "\"345\"", "pressed after the audio");
}

#[test]
fn a_call_is_cut_off_while_it_listens() {
    let limits = Limits { timeout_ms: Some(1_500), ..Limits::default() };
    let run = stage(exact(3)).inputs(&["1@1000"]).limits(limits).run();
    assert_eq!((run.trace.status, run.trace.elapsed_ms), (Status::Timeout, 1_500));
}

fn dial(more: &str) -> String {
    with_actions(
        "",
        &format!(
            "            - dialByExtension:
                name: Dial
                extension: {{var: Task.data}}
                repromptAudio: {{tts: Again}}
                repromptCount: {{lit: 1}}
                outputs:
                  timeout: {{actions: [{{playAudio: {{name: Slow, audio: {{tts: Slow}}}}}}]}}
                  failure: {{actions: [{{playAudio: {{name: Nobody, audio: {{tts: Nobody}}}}}}]}}
{more}"
        ),
    )
}

const USERS: &str =
    "users: [{name: Ann, extension: '101'}, {name: Bob, extension: '1012'}]";

#[test]
fn an_extension_connects_with_its_user() {
    for (input, user, elapsed_ms) in
        [("1012", "Bob", 0), ("101#", "Ann", 0), ("101", "Ann", 6_000)]
    {
        let run = run(&dial(""), USERS, &[input]);
        assert_eq!(run.path(), ["F", "T", "Dial"], "{input}");
        assert!(run.values(Field::User)[0].contains(user), "{input}");
        assert_eq!(run.transfer().unwrap(), format!("user {user} -"), "{input}");
        assert_eq!(run.trace.elapsed_ms, elapsed_ms, "{input}");
    }
}

#[test]
fn an_unknown_extension_fails_after_the_last_attempt() {
    let run = run(&dial(""), USERS, &["555", "666#"]);
    assert_eq!(run.output("Dial"), "failure");
    assert_eq!(
        (run.prompts(), run.variable("Task.data")),
        (vec!["Again", "Nobody"], "\"666\"".into())
    );
    assert_eq!(
        run.values(Field::Reason),
        ["round 1 = no extension: 555", "round 2 = no extension: 666"]
    );
}

#[test]
fn dialling_nothing_times_out() {
    let run = run(&dial(""), USERS, &[]);
    assert_eq!((run.output("Dial"), run.trace.elapsed_ms), ("timeout", 12_000));
    assert_eq!(run.variable("Task.data"), "null");
    let own = dial("                interDigitTimeout: {lit: {seconds: 1}}");
    assert_eq!(stage(own).world(USERS).run().trace.elapsed_ms, 2_000);
}

#[test]
fn without_known_extensions_the_host_decides_the_result() {
    let taken = run(&dial(""), "", &["55#"]);
    assert_eq!(
        (taken.path(), taken.trace.status),
        (vec!["F", "T", "Dial"], Status::Completed)
    );
    let strict = stage(dial("")).inputs(&["55#"]).strict().run();
    assert_eq!(strict.trace.status, Status::Error);
}
