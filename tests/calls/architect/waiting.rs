//! Callers who wait in a queue.

use flowsim::engine::Limits;
use flowsim::trace::Field;

use super::support::{Stage, indented, stage};

fn waiting(actions: &str) -> Stage {
    stage(waiting_flow(actions))
}

fn waiting_flow(actions: &str) -> String {
    format!(
        "inqueueCall:
  name: Wait
  defaultLanguage: en-us
  variables:
    - integerVariable: {{name: Flow.passes, initialValue: {{lit: 0}}}}
  settingsInQueueCall:
    holdMusic: {{lit: {{name: PromptSystem.on_hold_music}}}}
  startUpTaskActions:
{}",
        indented(actions, 4)
    )
}

const MUSIC: &str = "- playAudio: {name: Patience, audio: {tts: Please wait}}
- holdMusic:
    name: Music
    prompt: {exp: Flow.HoldPrompt}
    bargeInEnabled: {lit: false}
    playStyle: {entirePrompt: true}";

const WORLD: &str = "
queues:
  - id: q-1
    name: Sales
    answerAfterMs: 50000
    statistics: {estimatedWaitSeconds: 200, waiting: 3}
  - {id: q-2, name: Care, statistics: {estimatedWaitSeconds: 70}}
systemPrompts:
  on_hold_music: {tts: la la la, duration: 20000}
";

#[test]
fn the_start_up_task_repeats_until_an_agent_answers() {
    let run = waiting(MUSIC).world(WORLD).context(&[("queue", "Sales")]).run();
    assert_eq!(run.end(), "completed");
    assert_eq!(run.prompts(), ["Please wait", "la la la"].repeat(3));
    assert_eq!(run.connected(), Some(50_000));
    assert_eq!(run.trace.elapsed_ms, 50_000);
    insta::assert_snapshot!(run.text());
    let json = run.json();
    let last = json["steps"].as_array().unwrap().last().unwrap();
    assert_eq!(last["result"]["answeredAfterMs"].as_i64(), Some(50_000));
    assert!(last["result"].get("cutOff").is_none());
}

#[test]
fn the_waiting_time_comes_from_the_call_then_the_queue_then_its_estimate() {
    let after = |context: &[(&str, &str)]| {
        let run = waiting(MUSIC).world(WORLD).context(context).run();
        assert_eq!(run.end(), "completed", "{context:?}");
        run.connected()
    };
    let sales = ("queue", "q-1");
    assert_eq!(after(&[sales, ("answerAfterMs", "1500")]), Some(1_500));
    assert_eq!(after(&[sales, ("answerAfterMs", "0")]), Some(0));
    assert_eq!(after(&[sales]), Some(50_000));
    assert_eq!(after(&[sales, ("estimatedWaitMs", "10000")]), Some(50_000));
    assert_eq!(after(&[("queue", "Care")]), Some(70_000));
    assert_eq!(after(&[("estimatedWaitMs", "30000")]), Some(30_000));
}

#[test]
fn an_agent_who_answers_immediately_ends_the_flow_at_once() {
    let run = waiting(MUSIC).context(&[("answerAfterMs", "0")]).run();
    assert_eq!((run.path(), run.prompts()), (vec!["Wait"], vec![]));
}

#[test]
fn an_agent_answers_when_a_wait_ends_exactly() {
    let run = waiting(MUSIC).world(WORLD).context(&[("answerAfterMs", "20000")]).run();
    assert_eq!(run.prompts(), ["Please wait", "la la la"]);
    assert_eq!(run.connected(), Some(20_000));
}

#[test]
fn without_a_waiting_time_an_agent_answers_after_the_first_pass() {
    let run = waiting(MUSIC).run();
    assert_eq!(run.prompts(), ["Please wait", "[prompt on_hold_music]"]);
    // A prompt of unknown length.
    assert_eq!(run.connected(), Some(30_000));
}

#[test]
fn music_plays_for_a_time() {
    for (style, expected) in [
        ("{duration: {lit: {seconds: 7}}}", 7_000),
        ("{playDuration: {lit: {minutes: 2}}}", 120_000),
        ("{duration: {noValue: true}}", 60_000),
    ] {
        let music = format!(
            "- holdMusic: {{name: M, prompt: {{exp: Flow.HoldPrompt}}, playStyle: {style}}}"
        );
        assert_eq!(waiting(&music).run().connected(), Some(expected), "{style}");
    }
}

/// *Source: Genesys' help on Hold Music.*
#[test]
fn a_key_ends_the_music_only_if_barge_in_is_enabled() {
    let ask = |name: &str| {
        format!(
            "- collectInput: {{name: {name}, inputAudio: {{tts: {name}?}}, \
             inputData: {{var: Task.{name}}}, digits: {{exact: {{lit: 1}}}}, \
             noEntryTimeout: {{lit: {{seconds: 1}}}}}}\n"
        )
    };
    for (barge_in, elapsed_ms, second) in
        [("{lit: true}", 4_000, "\"2\""), ("{lit: false}", 21_000, "null")]
    {
        let actions = format!(
            "{}- holdMusic: {{name: Music, prompt: {{exp: Flow.HoldPrompt}}, \
             bargeInEnabled: {barge_in}, playStyle: {{entirePrompt: true}}}}\n{}- disconnect: {{name: Bye}}",
            ask("One"),
            ask("Two")
        );
        let flow = waiting_flow(&actions).replace(
            "  startUpTaskActions:",
            "  startUpTaskVariables:
    - stringVariable: {name: Task.One}
    - stringVariable: {name: Task.Two}
  startUpTaskActions:",
        );
        let stage = stage(flow).context(&[("answerAfterMs", "100000")]).world(WORLD);
        let run = stage.inputs(&["1@0,2@4000"]).run();
        assert_eq!(run.trace.elapsed_ms, elapsed_ms, "{barge_in}");
        assert_eq!(run.variable("Task.Two"), second, "{barge_in}");
        assert_eq!(
            run.values(Field::DroppedKeys).join(""),
            if second == "null" { "2" } else { "" }
        );
    }
}

/// *Source: Genesys' help on Hold Music.*
#[test]
fn music_without_audio_in_the_language_is_the_music_of_the_system() {
    let world = format!(
        "{WORLD}languages: {{default: en-us, supported: [en-us, es-us]}}
prompts:
  Jazz: {{tts: {{en-us: jazz}}, duration: 5000}}
  Salsa: {{tts: {{en-us: swing, es-us: salsa}}, duration: 5000}}
"
    );
    for (prompt, language, heard) in [
        ("Jazz", "en-us", "jazz"),
        ("Jazz", "es-us", "la la la"),
        ("Salsa", "es-us", "salsa"),
        ("Unknown", "es-us", "[prompt Unknown]"),
    ] {
        let music = format!(
            "- holdMusic: {{name: M, prompt: {{lit: {{name: Prompt.{prompt}}}}}, playStyle: {{entirePrompt: true}}}}\n- disconnect: {{name: Bye}}"
        );
        let context = [("language", language), ("answerAfterMs", "100000")];
        let run = waiting(&music).world(&world).context(&context).run();
        assert_eq!(run.prompts(), [heard], "{prompt} {language}");
    }
}

#[test]
fn passes_that_take_no_time_do_not_loop_forever() {
    let said = "- playAudio: {name: Patience, audio: {tts: Please wait}}";
    let run = waiting(said).context(&[("answerAfterMs", "35000")]).run();
    assert_eq!(run.end(), "completed");
    assert_eq!(run.prompts(), ["Please wait"; 4]);
    assert_eq!(run.connected(), Some(35_000));
    let limits = Limits { timeout_ms: Some(15_000), ..Limits::default() };
    let run = waiting(said).context(&[("answerAfterMs", "35000")]).limits(limits).run();
    assert_eq!(run.end(), "timeout SIMULATION_TIMEOUT");
}

#[test]
fn variables_of_the_flow_last_from_pass_to_pass_and_a_flow_can_leave_the_queue() {
    let actions = "- updateData: {name: Count, statements: [{integer: {variable: Flow.passes, value: {exp: Flow.passes + 1}}}]}
- decision:
    name: Enough
    condition: {exp: Flow.passes == 3}
    outputs:
      yes:
        actions:
          - createCallback: {name: Callback, queue: {exp: Call.CurrentQueue}, callbackNumber: {exp: ToPhoneNumber(Call.Ani)}}
          - disconnect: {name: Bye}
- endTask: {name: Done}
- playAudio: {name: Never, audio: {tts: Never}}";
    let run = waiting(actions)
        .world(WORLD)
        .context(&[("queue", "Sales"), ("from", "+15557770100")])
        .run();
    assert_eq!(run.end(), "completed");
    assert_eq!(run.variable("Flow.passes"), "3");
    assert_eq!(run.connected(), None);
    assert_eq!(run.trace.elapsed_ms, 20_000);
    assert_eq!(run.path().last(), Some(&"Bye"));
}

#[test]
fn queue_place_and_estimate_are_known() {
    let actions = "- playAudio: {name: Say, audio: {exp: 'ToAudioTTS(Append(Call.CurrentQueue.name, \" \", ToString(Call.PositionInQueue)))'}}
- playPositionInQueue: {name: Place, positionInQueue: {exp: Call.PositionInQueue}}
- playEstimatedWaitTime:
    name: Estimate
    estimatedWaitTime: {exp: Call.EstimatedWaitTime}
    roundingInterval: {lit: {minutes: 5}}
    specificRoundingIntervals: [{lit: {seconds: 30}}, {lit: {minutes: 4}}]
    playbackMode: about
- disconnect: {name: Bye}";
    let run = waiting(actions).world(WORLD).context(&[("queue", "Sales")]).run();
    let place = "You are caller number 4 in the queue.";
    let estimate = "Your estimated wait time is about 4 minutes.";
    assert_eq!(run.prompts(), ["Sales 4", place, estimate]);
    let context = [("positionInQueue", "1"), ("estimatedWaitMs", "1000")];
    let run = waiting(actions.split_once('\n').unwrap().1).context(&context).run();
    let estimate = "Your estimated wait time is about 4 minutes.";
    assert_eq!(run.prompts(), ["You are the next caller in the queue.", estimate]);
    // An unknown position counts as the first; an unknown time is not announced.
    let run = waiting(actions.split_once('\n').unwrap().1).run();
    assert_eq!(run.prompts(), ["You are the next caller in the queue."]);
}

#[test]
fn a_wait_is_announced_in_four_forms() {
    for (mode, interval, words) in [
        ("about", "roundingInterval", "about 5 minutes"),
        ("lessThan", "roundingInterval", "less than 5 minutes"),
        ("precise", "roundingInterval", "4 minutes and 31 seconds"),
        ("padded", "paddingInterval", "4 to 6 minutes"),
    ] {
        let actions = format!(
            "- playEstimatedWaitTime: {{name: E, estimatedWaitTime: {{lit: {{seconds: 271}}}}, {interval}: {{lit: {{minutes: 1}}}}, playbackMode: {mode}}}"
        );
        let run = waiting(&actions).run();
        assert_eq!(run.prompts(), [format!("Your estimated wait time is {words}.")]);
    }
}

#[test]
fn an_agent_answers_inside_a_module_too() {
    let module = "commonModule:
  name: Helper
  defaultLanguage: en-us
  supportedLanguages: {en-us: {none: true}}
  startUpTaskActions:
    - transferToNumber: {name: Dial, targetNumber: {lit: '+15551234567'}}
";
    let call = "- callCommonModule: {name: Ask, commonModule: {Helper: {ver_latestPublished: {}}}}";
    let run = waiting(call)
        .and(module)
        .world("actions: {transferToNumber: {latencyMs: 9000}}")
        .context(&[("answerAfterMs", "4000")])
        .run();
    assert_eq!((run.end().as_str(), run.connected()), ("completed", Some(4_000)));
    assert_eq!(run.transfer(), None);
}
