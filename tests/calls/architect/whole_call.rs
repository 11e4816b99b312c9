//! Calls from the first flow through the in-queue flow to their end.

use flowsim::engine::Limits;

use super::support::{Stage, call_flow, indented, stage};

/// An in-queue flow with this name.
fn in_queue(name: &str, actions: &str) -> String {
    format!(
        "inqueueCall:
  name: {name}
  defaultLanguage: en-us
  supportedLanguages: {{en-us: {{none: true}}, nl-nl: {{none: true}}}}
  variables:
    - integerVariable: {{name: Flow.passes, initialValue: {{lit: 0}}}}
  settingsInQueueCall:
    holdMusic: {{lit: {{name: PromptSystem.on_hold_music}}}}
  startUpTaskActions:
    - updateData: {{name: Count, statements: [{{integer: {{variable: Flow.passes, value: {{exp: Flow.passes + 1}}}}}}]}}
{}",
        indented(actions, 4)
    )
}

const MUSIC: &str = "- playAudio: {name: Patience, audio: {tts: Please wait}}
- holdMusic: {name: Music, prompt: {exp: Flow.HoldPrompt}, playStyle: {duration: {lit: {seconds: 30}}}}";

const WORLD: &str = "
queues:
  - {id: q-1, name: Sales, inQueueFlow: Waiting}
  - {id: q-2, name: Care, inQueueFlow: Lobby}
systemPrompts: {on_hold_music: {tts: la la la}}
skills: [Voice, Chess]
languageSkills: [German]
";

/// A call that is transferred to the queue Sales after a greeting, with other settings of
/// the transfer.
fn to_sales(settings: &str) -> Stage {
    let actions = format!(
        "- playAudio: {{name: Hello, audio: {{tts: Hello}}}}
- transferToAcd:
    name: To Sales
    targetQueue: {{lit: {{name: Sales}}}}
{}- playAudio: {{name: Behind, audio: {{tts: Behind}}}}",
        indented(settings, 4)
    );
    stage(call_flow(&[], &actions))
}

#[test]
fn an_agent_answers_in_the_in_queue_flow_of_the_queue() {
    let settings = "priority: {lit: 7}
acdSkills: [{acdSkill: {skill: {lit: {name: Voice}}}}]
languageSkill: {lit: {name: German}}";
    let agents = "queues: [{id: q-1, name: Sales, inQueueFlow: Waiting, agents: [{name: Bob}, {name: Ann, skills: [Voice, German], answerAfterMs: 40000}]}]";
    let run = to_sales(settings)
        .and(in_queue("Waiting", MUSIC))
        .world(WORLD.split("queues:").next().unwrap())
        .world(agents)
        .run();
    assert_eq!(run.end(), "completed");
    assert_eq!(run.prompts()[..2], ["Hello", "Please wait"]);
    assert_eq!(run.prompts().len(), 5, "the music plays for the second time");
    assert_eq!((run.connected(), run.agent()), (Some(40_000), Some("Ann")));
    assert_eq!(run.trace.elapsed_ms, 40_000);
    assert_eq!(run.routing().unwrap(), "Sales q-1 [Voice+German] Some(7)");
    let routing = &run.json()["routing"];
    assert_eq!(routing["agent"].as_str(), Some("Ann"));
    assert_eq!(routing["answeredAfterMs"].as_i64(), Some(40_000));
    insta::assert_snapshot!(run.text());
}

#[test]
fn the_flow_of_the_action_overrides_that_of_the_queue_and_of_the_organisation() {
    let entered = |settings: &str, world: &str, flows: &[&str]| {
        let mut stage = to_sales(settings).world(world);
        for flow in flows {
            stage = stage.and(in_queue(flow, MUSIC));
        }
        let run = stage.run();
        assert_eq!(run.end(), "completed");
        run.path().get(4).map(|id| (*id).to_owned())
    };
    let own = "overrideInQueueFlow: {name: Lobby}";
    let default = "Default In-Queue Flow";
    let all = ["Waiting", "Lobby", default];
    assert_eq!(entered(own, WORLD, &all).as_deref(), Some("Lobby"));
    assert_eq!(entered("", WORLD, &all).as_deref(), Some("Waiting"));
    assert_eq!(entered("", "", &all).as_deref(), Some(default));
    let organization = "organization: {defaultInQueueFlow: lobby}";
    assert_eq!(entered("", organization, &all).as_deref(), Some("Lobby"));
    // An override that is not loaded is not replaced by another flow.
    assert_eq!(entered(own, WORLD, &["Waiting", default]), None);
    assert_eq!(entered("", WORLD, &["Lobby", default]), None);
    assert_eq!(entered("", "", &["Waiting"]), None);
}

#[test]
fn a_missing_in_queue_flow_of_the_fixtures_is_noted() {
    let run = to_sales("").and(in_queue("Lobby", MUSIC)).world(WORLD).run();
    assert_eq!(run.end(), "completed");
    assert_eq!(run.codes(), ["IN_QUEUE_FLOW_NOT_LOADED"]);
    assert_eq!(run.path().last(), Some(&"To Sales"));
}

#[test]
fn the_statistics_of_the_queue_change_while_the_caller_waits() {
    let says = "- playPositionInQueue: {name: Place, positionInQueue: {exp: Call.PositionInQueue}}
- playEstimatedWaitTime: {name: Estimate, estimatedWaitTime: {exp: Call.EstimatedWaitTime}, playbackMode: about, roundingInterval: {lit: {minutes: 1}}}
- holdMusic: {name: Music, playStyle: {duration: {lit: {seconds: 30}}}}";
    let world = "
queues:
  - name: Sales
    inQueueFlow: Waiting
    statistics:
      - {waiting: 4, estimatedWaitSeconds: 80}
      - {afterMs: 20000, waiting: 1}
      - {afterMs: 60000, waiting: 0, estimatedWaitSeconds: 10}
";
    let run = to_sales("").and(in_queue("Waiting", says)).world(world).run();
    let music = "[prompt on_hold_music]";
    assert_eq!(
        run.prompts()[1..],
        [
            "You are caller number 5 in the queue.",
            "Your estimated wait time is about 2 minutes.",
            music,
            "There is one caller ahead of you in the queue.",
            music,
            "You are the next caller in the queue.",
            "Your estimated wait time is about 1 minute.",
            music,
        ]
    );
    // The agent answers after the first estimate.
    assert_eq!(run.connected(), Some(80_000));
    // Values of the context override the statistics.
    let run = to_sales("")
        .and(in_queue("Waiting", says))
        .world(world)
        .context(&[("positionInQueue", "9"), ("answerAfterMs", "40000")])
        .run();
    let place = "You are caller number 9 in the queue.";
    assert_eq!(run.prompts().iter().filter(|text| **text == place).count(), 2);
}

#[test]
fn a_call_can_stop_at_the_queue() {
    let stage = to_sales("").and(in_queue("Waiting", MUSIC)).world(WORLD);
    let run = stage.stop_at_queue().run();
    assert_eq!((run.end().as_str(), run.prompts()), ("completed", vec!["Hello"]));
    assert_eq!(run.routing().unwrap(), "Sales q-1 [] None");
    assert_eq!((run.connected(), run.codes()), (None, vec![]));
}

#[test]
fn without_a_time_the_agent_answers_after_the_first_pass() {
    let run = to_sales("").and(in_queue("Waiting", MUSIC)).world(WORLD).run();
    assert_eq!((run.connected(), run.trace.elapsed_ms), (Some(30_000), 30_000));
}

#[test]
fn the_time_of_the_call_counts_from_entering_the_queue() {
    let pause = "- wait: {name: Pause, duration: {lit: {seconds: 5}}}
- transferToAcd: {name: To, targetQueue: {lit: {name: Sales}}}";
    let run = stage(call_flow(&[], pause))
        .and(in_queue("Waiting", MUSIC))
        .world(WORLD)
        .context(&[("answerAfterMs", "40000")])
        .run();
    assert_eq!((run.connected(), run.trace.elapsed_ms), (Some(40_000), 45_000));
}

#[test]
fn the_caller_hangs_up_while_waiting() {
    let run = to_sales("")
        .and(in_queue("Waiting", MUSIC))
        .world(WORLD)
        .context(&[("answerAfterMs", "40000"), ("abandonAfterMs", "25000")])
        .run();
    assert_eq!(run.end(), "error CALLER_HUNG_UP");
    assert_eq!((run.connected(), run.trace.elapsed_ms), (None, 25_000));
    assert_eq!(run.path().last(), Some(&"Music"));
    insta::assert_snapshot!(run.text());
    let run = to_sales("")
        .and(in_queue("Waiting", MUSIC))
        .world(WORLD)
        .context(&[("answerAfterMs", "25000"), ("abandonAfterMs", "25000")])
        .run();
    assert_eq!(run.connected(), Some(25_000), "the agent is not later than the caller");
}

#[test]
fn the_caller_takes_a_callback_with_the_attributes_of_the_call() {
    let main = "- setParticipantData: {name: Keep, attributes: [{attribute: {name: {lit: tier}, value: {lit: gold}}}]}
- setLanguage: {name: Dutch, language: nl-nl}
- transferToAcd: {name: To, targetQueue: {lit: {name: Sales}}}";
    let waiting = "- getParticipantData: {name: Read, attributes: [{attribute: {name: {lit: tier}, variable: Flow.tier}}]}
- playAudio: {name: Say, audio: {exp: 'ToAudioTTS(Append(Flow.tier, \" \", Call.Language, \" \", Call.CurrentQueue.name))'}}
- createCallback: {name: Callback, queue: {exp: Call.CurrentQueue}, callbackNumber: {exp: ToPhoneNumber(Call.Ani)}}
- disconnect: {name: Bye}";
    let waiting = in_queue("Waiting", waiting).replace(
        "  settingsInQueueCall",
        "    - stringVariable: {name: Flow.tier, initialValue: {noValue: true}}\n  settingsInQueueCall",
    );
    let run = stage(call_flow(&[], main))
        .and(waiting)
        .world(WORLD)
        .context(&[("from", "+15557770100"), ("answerAfterMs", "60000")])
        .run();
    assert_eq!(run.end(), "completed");
    assert_eq!(run.prompts(), ["gold nl-nl Sales"]);
    assert_eq!((run.connected(), run.path().last()), (None, Some(&"Bye")));
    assert_eq!(run.routing().unwrap(), "Sales q-1 [] None");
}

#[test]
fn a_transfer_to_another_queue_enters_its_in_queue_flow() {
    let overflow = format!(
        "{MUSIC}
- decision:
    name: Long?
    condition: {{exp: Flow.passes == 2}}
    outputs: {{yes: {{actions: [{{transferToAcd: {{name: To Care, targetQueue: {{lit: {{name: Care}}}}, priority: {{lit: 9}}}}}}]}}}}"
    );
    let lobby =
        "- playAudio: {name: Lobby, audio: {exp: 'ToAudioTTS(Call.CurrentQueue.name)'}}
- holdMusic: {name: Music, playStyle: {duration: {lit: {seconds: 7}}}}";
    let run = to_sales("acdSkills: [{acdSkill: {skill: {lit: {name: Voice}}}}]")
        .and(in_queue("Waiting", &overflow))
        .and(in_queue("Lobby", lobby))
        .world(WORLD)
        .context(&[("answerAfterMs", "70000")])
        .run();
    assert_eq!(run.end(), "completed");
    assert_eq!(run.routing().unwrap(), "Care q-2 [] Some(9)");
    assert!(run.prompts().contains(&"Care"));
    // 60 seconds in the first queue, then the whole time in the second.
    assert_eq!((run.connected(), run.trace.elapsed_ms), (Some(70_000), 130_000));
}

#[test]
fn a_transfer_elsewhere_ends_the_wait() {
    let out = "- transferToNumber: {name: Out, targetNumber: {lit: '+15551234567'}}";
    let run = to_sales("")
        .and(in_queue("Waiting", out))
        .world(WORLD)
        .context(&[("answerAfterMs", "70000")])
        .run();
    assert_eq!((run.end().as_str(), run.connected()), ("completed", None));
    assert_eq!(run.transfer().as_deref(), Some("number +15551234567 -"));
    assert_eq!(run.trace.elapsed_ms, 0);
}

#[test]
fn a_flow_after_the_queue_is_not_interrupted_by_an_agent() {
    let back = "- transferToFlow: {name: Back, targetFlow: {name: Other}}";
    let other = call_flow(
        &[],
        "- wait: {name: Pause, duration: {lit: {minutes: 2}}}
- disconnect: {name: Bye}",
    );
    let run = to_sales("")
        .and(in_queue("Waiting", back))
        .and(other.replace("name: F\n", "name: Other\n"))
        .world(WORLD)
        .context(&[("answerAfterMs", "70000")])
        .run();
    assert_eq!(run.path().last(), Some(&"Bye"));
    assert_eq!((run.connected(), run.trace.elapsed_ms), (None, 120_000));
}

const AGENTS: &str = "
queues:
  - id: q-1
    name: Sales
    inQueueFlow: Waiting
    agents:
      - {id: u-1, name: Ann, skills: [Voice, German], answerAfterMs: 300000}
      - {id: u-2, name: Bob, skills: [Voice], answerAfterMs: 10000}
systemPrompts: {on_hold_music: {tts: la la la}}
skills: [Voice, Chess]
languageSkills: [German]
";

#[test]
fn changed_skills_and_priority_route_a_waiting_caller_anew() {
    let relax = format!(
        "{MUSIC}
- decision:
    name: Relax?
    condition: {{exp: Flow.passes == 2}}
    outputs:
      yes:
        actions:
          - setSkills: {{name: Relax, acdSkills: [{{acdSkill: {{skill: {{lit: {{name: Voice}}}}}}}}]}}
          - setPriority: {{name: Prefer, priority: {{lit: 50}}}}"
    );
    let run = to_sales(
        "acdSkills: [{acdSkill: {skill: {lit: {name: Chess}}}}]\npriority: {lit: 1}",
    )
    .and(in_queue("Waiting", &relax))
    .world(AGENTS)
    .run();
    assert_eq!(run.end(), "completed");
    // Bob is free by then, so he answers as soon as the clock advances.
    assert_eq!((run.connected(), run.agent()), (Some(60_000), Some("Bob")));
    assert_eq!(run.routing().unwrap(), "Sales q-1 [Voice] Some(50)");
    assert_eq!(run.codes(), ["NO_AGENT_WITH_SKILLS"]);
}

#[test]
fn a_language_skill_is_replaced_separately() {
    let relax = format!(
        "- setSkills: {{name: German too, languageSkill: {{lit: {{name: German}}}}}}\n{MUSIC}"
    );
    let run = to_sales("acdSkills: [{acdSkill: {skill: {lit: {name: Voice}}}}]")
        .and(in_queue("Waiting", &relax))
        .world(AGENTS)
        .run();
    assert_eq!((run.connected(), run.agent()), (Some(300_000), Some("Ann")));
    assert_eq!(run.routing().unwrap(), "Sales q-1 [Voice+German] None");
}

#[test]
fn a_later_transfer_takes_what_earlier_actions_set() {
    let set = "- setSkills: {name: S, acdSkills: [{acdSkill: {skill: {lit: {name: Voice}}}}], languageSkill: {lit: {name: German}}}
- setPriority: {name: P, priority: {lit: 12}}
- transferToAcd: {name: To, targetQueue: {lit: {name: Sales}}}";
    let routing = |actions: &str| {
        stage(call_flow(&[], actions)).world(WORLD).run().routing().unwrap()
    };
    assert_eq!(routing(set), "Sales q-1 [Voice+German] Some(12)");
    let own = "targetQueue: {lit: {name: Sales}}, priority: {lit: 3}, acdSkills: [{acdSkill: {skill: {lit: {name: Chess}}}}]";
    let replaced = set.replace("targetQueue: {lit: {name: Sales}}", own);
    assert_eq!(routing(&replaced), "Sales q-1 [Chess+German] Some(3)");
    let appended = replaced.replace("name: To,", "name: To, appendSkills: {lit: true},");
    assert_eq!(routing(&appended), "Sales q-1 [Voice+Chess+German] Some(3)");
}

#[test]
fn a_caller_whom_no_agent_can_answer_waits_until_the_flow_gives_up() {
    let gives_up = format!(
        "{MUSIC}
- decision:
    name: Give up?
    condition: {{exp: Flow.passes == 3}}
    outputs: {{yes: {{actions: [{{disconnect: {{name: Bye}}}}]}}}}"
    );
    let chess = "acdSkills: [{acdSkill: {skill: {lit: {name: Chess}}}}]";
    let run = to_sales(chess).and(in_queue("Waiting", &gives_up)).world(AGENTS).run();
    assert_eq!((run.end().as_str(), run.connected()), ("completed", None));
    assert_eq!(run.trace.elapsed_ms, 90_000);
    // A time of the queue is for queues that disregard skills.
    let queue = AGENTS.replace("    agents:", "    answerAfterMs: 50000\n    agents:");
    let run = to_sales(chess).and(in_queue("Waiting", &gives_up)).world(&queue).run();
    assert_eq!((run.connected(), run.agent()), (Some(50_000), None));
}

#[test]
fn a_wait_without_end_ends_at_a_limit() {
    let chess = "acdSkills: [{acdSkill: {skill: {lit: {name: Chess}}}}]";
    let run = to_sales(chess).and(in_queue("Waiting", MUSIC)).world(AGENTS).run();
    assert_eq!(run.end(), "error ACTION_LIMIT_EXCEEDED");
    let limits = Limits { timeout_ms: Some(100_000), ..Limits::default() };
    let run = to_sales(chess).and(in_queue("Waiting", MUSIC)).world(AGENTS);
    let run = run.limits(limits).run();
    assert_eq!(run.end(), "timeout SIMULATION_TIMEOUT");
}

/// *Source: Genesys' help, articles/genesys-cloud-acd-processing: a conversation is
/// disconnected after 59 days in a queue.*
#[test]
fn a_wait_lasts_at_most_59_days() {
    let chess = "acdSkills: [{acdSkill: {skill: {lit: {name: Chess}}}}]";
    let idle =
        in_queue("Waiting", "").split("    - updateData").next().unwrap().to_owned();
    let idle = idle.replace("startUpTaskActions:", "startUpTaskActions: []");
    let run = to_sales(chess).and(&idle).world(AGENTS).run();
    assert_eq!(run.end(), "error QUEUE_WAIT_EXCEEDED");
    assert_eq!(run.trace.elapsed_ms, 59 * 86_400_000);
    assert!(run.trace.steps.len() < 10, "the time passes at once");
    let day = in_queue(
        "Waiting",
        "- holdMusic: {name: M, playStyle: {duration: {lit: {hours: 24}}}}",
    );
    let run = to_sales(chess).and(day).world(AGENTS).run();
    assert_eq!(run.end(), "error QUEUE_WAIT_EXCEEDED");
    assert_eq!(run.trace.elapsed_ms, 59 * 86_400_000);
}

#[test]
fn an_email_flow_does_not_enter_the_flow_for_calls() {
    let email =
        call_flow(&[], "- transferToAcd: {name: To, targetQueue: {lit: {name: Sales}}}");
    let email = email.replace("inboundCall", "inboundEmail");
    let run = stage(email).and(in_queue("Waiting", MUSIC)).world(WORLD).run();
    assert_eq!((run.end().as_str(), run.connected()), ("completed", None));
    assert_eq!(run.routing().unwrap(), "Sales q-1 [] None");
    assert_eq!(run.path().last(), Some(&"To"));
}

#[test]
fn the_error_handling_of_a_flow_may_lead_to_a_queue_with_an_in_queue_flow() {
    let fails = call_flow(&["string s"], "- updateData: {name: Fail, statements: [{string: {variable: Flow.s, value: {exp: 'ToString(1 / 0)'}}}]}")
        .replace("  startUpRef", "  settingsErrorHandling:
    errorHandling:
      queue:
        targetQueue: {lit: {name: Sales}}
  startUpRef");
    let run = stage(fails).and(in_queue("Waiting", MUSIC)).world(WORLD).run();
    assert_eq!((run.end().as_str(), run.connected()), ("completed", Some(30_000)));
}

/// *Decided here: the flow's own default language, as for a call that begins in the flow.*
#[test]
fn a_flow_that_lacks_the_language_continues_in_its_default_language() {
    let main = |language: &str| {
        format!(
            "- setLanguage: {{name: Set, language: {language}}}
- transferToFlow: {{name: Go, targetFlow: {{name: Other}}}}"
        )
    };
    let other = call_flow(&[], "- playAudio: {name: Say, audio: {exp: ToAudioTTS(Call.Language)}}")
        .replace("name: F\n", "name: Other\n")
        .replace("defaultLanguage: en-us", "defaultLanguage: en-us\n  supportedLanguages: {en-us: {none: true}, nl-nl: {none: true}}");
    let heard = |language: &str, world: &str| {
        let run = stage(call_flow(&[], &main(language))).and(&*other).world(world).run();
        run.prompts()[0].to_owned()
    };
    assert_eq!(heard("NL-nl", ""), "NL-nl");
    assert_eq!(heard("fr-fr", ""), "en-us");
    assert_eq!(heard("fr-fr", "policies: {unsupportedLanguage: keep}"), "fr-fr");
}

/// A transfer leaves the called task, and the next line is the other flow.
#[test]
fn a_transfer_from_a_called_task_is_shown_with_its_flow_below() {
    let transfers = [
        "transferToAcd: {name: Go, targetQueue: {lit: {name: Sales}}}",
        "transferToFlow: {name: Go, targetFlow: {name: Other}}",
    ];
    for transfer in transfers {
        let actions =
            "- callTask: {name: Call, targetTaskRef: '/inboundCall/tasks/task[T]'}";
        let task = format!("- task: {{name: T, refId: T, actions: [{{{transfer}}}]}}");
        let flow = call_flow(&[], actions) + &indented(&task, 4);
        let other = call_flow(&[], "- disconnect: {name: End}");
        let run = stage(flow)
            .and(in_queue("Waiting", MUSIC))
            .and(other.replace("name: F", "name: Other"))
            .world(WORLD)
            .run();
        assert_eq!(run.end(), "completed");
        assert!(
            ["End", "Music"].contains(run.path().last().unwrap()),
            "{:?}",
            run.path()
        );
        assert!(!run.text().contains("not reached"), "{}", run.text());
    }
}
