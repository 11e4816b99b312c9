//! The failures and their causes.

/// A test that fails.
#[derive(Debug)]
pub(super) struct Row {
    /// Folder of `fixtures`, or `kiosk`.
    pub(super) project: &'static str,
    /// The test in a scenario file, without its name.
    pub(super) test: &'static str,
    /// Strings that name the cause.
    pub(super) names: &'static [&'static str],
    /// Strings that name something else.
    pub(super) omits: &'static [&'static str],
}

const fn row(
    project: &'static str,
    test: &'static str,
    names: &'static [&'static str],
    omits: &'static [&'static str],
) -> Row {
    Row { project, test, names, omits }
}

pub(super) const ROWS: &[Row] = &[
    row(
        "order-status",
        r#"input: ["100300#"], expect: {path: {contains: [TellShipped]}}"#,
        &[
            "step 3 `WhatState` (If) took condition 2",
            "`GetOrder.state` = \"packing\" (answered by data action `Get Order` at step 2",
        ],
        &["Notify` (Webhook)"],
    ),
    row(
        "order-status",
        r#"input: ["100200#"], expect: {prompts: ["Order 100200 is in state shipped."]}"#,
        &["step 3 `WhatState` (If) took condition 1"],
        &["similar", "nearest"],
    ),
    row(
        "order-status",
        r#"input: ["100200#"], expect: {prompts: ["Order 100200 is on the way, it comes in 2 days."]}"#,
        &["the most similar is \"Order 100200 is on its way and arrives in 2 days.\""],
        &["took condition"],
    ),
    row(
        "order-status",
        r"input: [null], expect: {routing: null}",
        &["step 1 `AskOrder` (Gather) failed: NO_INPUT"],
        &["GetOrder"],
    ),
    row(
        "order-status",
        r#"input: ["100400#"], expect: {path: {contains: [WhatState]}}"#,
        &["step 2 `GetOrder` (DataAction) failed: DATA_ACTION_TIMEOUT"],
        &["`TryArchive` (DataAction)"],
    ),
    row(
        "order-status",
        r#"input: ["999#"], expect: {path: {contains: [TellArchived]}}"#,
        &["step 3 `TryArchive` (DataAction) failed: DATA_ACTION_FAILED"],
        &["`GetOrder` (DataAction) failed"],
    ),
    row(
        "order-status",
        r#"input: ["100200#"], expect: {calls: {name: Get Archived Order}}"#,
        &["step 2 `GetOrder` (DataAction) continued to `WhatState`"],
        &["`WhatState` (If) took"],
    ),
    row(
        "order-status",
        r#"input: ["100200#"], expect: {elapsedMs: {max: 100}}"#,
        &["300 ms passed in step 2 `GetOrder` (DataAction)"],
        &["took condition"],
    ),
    row(
        "payment-journey",
        r#"input: ["1", "1111"], expect: {path: {contains: [ThankYou]}}"#,
        &[
            "`Paid` (If) took default",
            "`payment_state` = \"declined\"",
            "after step 12 `Charge` (DataAction) failed: DATA_ACTION_FAILED",
        ],
        &["`BusyDecision` (If) took"],
    ),
    row(
        "payment-journey",
        r#"context: {from: "+15550000000"}, input: [null, "1"], expect: {path: {contains: [Balance]}}"#,
        &["`KnownNow` (If) took default, because `{customer_id} != null` is false"],
        &["`BusyDecision` (If) took", "`MenuChoice` (If) took"],
    ),
    row(
        "payment-journey",
        r#"input: ["2"], expect: {routing: {queueId: callbacks}}"#,
        &[
            "`BusyDecision` (If) took condition 1",
            "`HowBusy.estimatedWaitSeconds` = 45 (answered by statistics of queue `care`",
        ],
        &["`MenuChoice` (If) took"],
    ),
    row(
        "payment-journey",
        r#"context: {from: "+15551239001"}, input: ["2"], expect: {routing: {skills: [welsh]}}"#,
        &["`ToCare` (Route) failed: SKILL_MISMATCH"],
        &["`BusyDecision` (If) took"],
    ),
    row(
        "payment-journey",
        r#"input: ["2"], expect: {prompts: ["We are closed. Goodbye."]}"#,
        &["`ToCare` (Route) continued to `Done`"],
        &["most similar"],
    ),
    row(
        "contact-lookup",
        r#"context: {from: "+15551234568"}, expect: {path: {contains: [TellHolds]}}"#,
        &[
            "`WhoIsIt` (If) took condition 2",
            "`FindMember.contact.attributes.holds` = 0 (answered by external contact",
        ],
        &["failed"],
    ),
    row(
        "contact-lookup",
        r#"context: {from: "+15559999999"}, expect: {variables: {member_id: member-100}}"#,
        &[
            "no step set it",
            "`WhoIsIt` (If) took default",
            "no contact was found at step 2 `FindMember`",
        ],
        &["answered by"],
    ),
    row(
        "retry-loop",
        r#"input: ["1111#", "2222#", "3333#"], expect: {path: {contains: [Welcome]}}"#,
        &[
            "`CheckPin` (If) took default, because `{AskPin.digits} == '4711'` is false",
            "`AskPin.digits` = \"3333\"",
        ],
        &["`EnoughTries` (If) took"],
    ),
    row(
        "retry-loop",
        r#"input: ["4711#"], expect: {variables: {tries: 1}}"#,
        &["no step set it", "`CheckPin` (If) took condition 1"],
        &["EnoughTries"],
    ),
    row(
        "retry-loop",
        r#"input: ["4711#"], expect: {prompts: ["You are locked out for today."]}"#,
        &["`CheckPin` (If) took condition 1"],
        &["most similar"],
    ),
    row(
        "shared-flow",
        r#"input: ["2"], expect: {routing: {queueId: support}}"#,
        &[
            "`CheckResult` (If) took default",
            "`shared_module_result` = \"2\" (set at step 4 `SetResult` (Set))",
            "pressed at step 3 `GatherInput`",
        ],
        &["CallShared` (Flow) took"],
    ),
    row(
        "shared-flow",
        r"input: [null], expect: {path: {contains: [RouteToAgent]}}",
        &[
            "`CheckResult` (If) took default",
            "never set: step 3 `GatherInput` (Gather) failed: NO_INPUT",
        ],
        &["`CallShared` (Flow) failed"],
    ),
    row(
        "shared-flow",
        r#"input: ["1"], expect: {path: [CallShared, SayHello, GatherInput, SetResult, EndFlow, CheckResult, PlayGoodbye, EndFlow]}"#,
        &["left the expected path: step 6 `CheckResult` (If) took condition 1"],
        &["PlayGoodbye` (Say) continued"],
    ),
    row(
        "swift-parcels",
        r#"input: ["100200", "1"], expect: {routing: {queueName: Parcels General}}"#,
        &[
            "`What about the parcel?` (switch) took `case 1`",
            "`Flow.ParcelState` = \"delivered\" (answered by data action `Get Parcel`",
        ],
        &["`Confirmed?` (decision) took"],
    ),
    row(
        "swift-parcels",
        r#"input: ["100300", "2", "100300", "2"], expect: {variables: {Flow.Parcel: "100300"}}"#,
        &["`Do we have one?` (decision) took `no`, because `Task.IsConfirmed` is false"],
        &["`What about the parcel?` (switch) took"],
    ),
    row(
        "swift-parcels",
        r#"context: {to: "tel:+15557770202"}, expect: {routing: {queueName: Parcels Pilot}}"#,
        &["`Find the queue` (findQueue) took `notFound` for \"Parcels Pilot\""],
        &["`Do we need a parcel?` (decision) took"],
    ),
    row(
        "swift-parcels",
        r#"input: ["999999", "1"], expect: {prompts: ["Your parcel was delivered. Thank you for calling."]}"#,
        &[
            "`What about the parcel?` (switch) took `default`",
            "`Where is it?` (callData) took `failure`",
        ],
        &["`Confirmed?` (decision) took"],
    ),
    row(
        "swift-parcels",
        r#"input: ["100500", "1"], expect: {variables: {Flow.ParcelState: delivered}}"#,
        &["`Where is it?` (callData) took `timeout`"],
        &["`What about the parcel?` (switch) took"],
    ),
    row(
        "swift-parcels",
        r#"context: {to: "tel:+15557770203"}, expect: {prompts: ["Welcome to our press office."]}"#,
        &["`Read the priority` (updateData) failed: CONVERSION_FAILED"],
        &["(decision) took"],
    ),
    row(
        "swift-parcels",
        r#"context: {to: "tel:+15557770299"}, expect: {prompts: ["Welcome to Swift for Business."]}"#,
        &["the most similar is \"Welcome to Swift Parcels.\""],
        &[") took `"],
    ),
    row(
        "swift-parcels",
        r#"context: {to: "tel:+15557770201"}, expect: {path: {contains: [Find the parcel]}}"#,
        &[
            "`Do we need a parcel?` (decision) took `no`",
            "`Task.AsksForParcel` = false (set at step 4 `What is it for?` (dataTableLookup))",
        ],
        &["`Find the queue` (findQueue) took"],
    ),
    row(
        "alder-clinic",
        r#"at: 2026-03-11T02:00:00Z, input: ["1", "1", "1"], expect: {routing: {queueName: Clinic Appointments}}"#,
        &["`Is the clinic open?` (evaluateScheduleGroup) took `closed`"],
        &["`Was it the 1?` (decision) took"],
    ),
    row(
        "alder-clinic",
        r#"input: ["1", "2"], expect: {path: {contains: [Tell the visiting hours]}}"#,
        &["`Main Menu` (menu) took `Pharmacy`"],
        &["`Language` (menu) took"],
    ),
    row(
        "alder-clinic",
        r#"fixtures: {emergencyGroups: {Clinic Closed by Storm: {enabled: true}}}, input: ["1"], expect: {path: {contains: [It is open]}}"#,
        &["`Is the clinic open?` (evaluateScheduleGroup) took `emergency`"],
        &["(menu)"],
    ),
    row(
        "alder-clinic",
        r#"input: ["2", "3"], expect: {variables: {Flow.Language: en-us}}"#,
        &[
            "`Flow.Language` = \"es-us\" (set at step 8 `Note the language` (updateData))",
            "`Language` (menu) took `Español`",
        ],
        &["`Is the clinic open?` (evaluateScheduleGroup) took"],
    ),
    row(
        "northlight-power",
        r#"input: ["9"], expect: {path: {contains: ["Which district?"]}}"#,
        &[
            "`Was it the 9?` (decision) took `yes`, because `Task.Key == \"9\"` is true",
            "`Task.Key` = \"9\"",
        ],
        &["First round?", "Patience"],
    ),
    row(
        "northlight-power",
        r#"input: [null, "500"], expect: {path: {contains: [We know of it]}}"#,
        &["`Is the outage known?` (dataTableLookup) took `notFound` for \"500\""],
        &["First round?", "Patience"],
    ),
    row(
        "northlight-power",
        r#"context: {from: ""}, input: ["9"], expect: {path: {contains: [Shall we call back?]}}"#,
        &["`Offer it once only` (updateData) failed: NOT_SET_NOT_ALLOWED", "Call.Ani"],
        &["`First round?` (decision) took", "`Offer a callback?` (decision) took"],
    ),
    row(
        "northlight-power",
        r#"input: ["9"], expect: {variables: {Flow.IsDangerous: false}}"#,
        &[
            "`Flow.IsDangerous` = true (set at step 5 `It is dangerous` (updateData))",
            "`Was it the 9?` (decision) took `yes`",
        ],
        &["First round?"],
    ),
    row(
        "kiosk",
        r#"input: ["1"], expect: {prompts: ["Welcome, gold customer."]}"#,
        &[
            "`Gold customer?` (decision) took `no`",
            "`Flow.Tier` = \"silver\" (answered by data action `Get Tier`",
        ],
        &["Is the journal on?", "`Which service was it?` (switch) took"],
    ),
    row(
        "kiosk",
        r#"input: ["1"], fixtures: {dataActions: {Get Tier: {status: 500}}}, expect: {prompts: ["Welcome, gold customer."]}"#,
        &[
            "`Gold customer?` (decision) took `no`",
            "`Look up the tier` (callData) took `failure`",
        ],
        &["Is the journal on?", "`Which service was it?` (switch) took"],
    ),
    row(
        "kiosk",
        r#"input: ["2"], expect: {routing: {queueName: Repairs}}"#,
        &[
            "`Name the queue` (updateData) failed: NOT_SET_NOT_ALLOWED",
            "`Flow.Queue`, left NOT_SET by findQueue `Find repairs`",
        ],
        &["Is the journal on?", "`Which service was it?` (switch) took"],
    ),
    row(
        "kiosk",
        r#"input: ["9"], expect: {path: {contains: [To sales]}}"#,
        &[
            "`Which service was it?` (switch) took `default`, because none of `Flow.Key == \"1\"`",
            "`Flow.Key` = \"9\"",
        ],
        &["`From the north?` (decision) took", "`Is the journal on?` (decision) took"],
    ),
    row(
        "kiosk",
        r#"input: ["1"], expect: {path: {excludes: [To sales]}}"#,
        &[
            "`Which service was it?` (switch) took `case 1`, because `Flow.Key == \"1\"` is true",
        ],
        &["`Is the journal on?` (decision) took"],
    ),
    row(
        "kiosk",
        r#"input: ["3"], expect: {routing: {queueName: Returns}}"#,
        &["`To returns` (transferToAcd) took `failure`, because QUEUE_NOT_FOUND"],
        &["`From the north?` (decision) took", "`Is the journal on?` (decision) took"],
    ),
    row(
        "kiosk",
        r#"input: ["9"], expect: {prompts: ["Greetings to the north."]}"#,
        &[
            "`From the north?` (decision) took `no`",
            "`Flow.Region` = not set (left not set at step 3 `Read the region` (getParticipantData))",
        ],
        &[
            "`Is the journal on?` (decision) took",
            "`Which service was it?` (switch) took",
        ],
    ),
    row(
        "kiosk",
        r#"input: ["1"], expect: {variables: {Flow.Tier: gold}}"#,
        &["`Flow.Tier` = \"silver\" (answered by data action `Get Tier` at step 4"],
        &["Is the journal on?", "(switch) took"],
    ),
    row(
        "kiosk",
        r#"script: [{presses: "1"}, {hears: "Welcome, gold customer."}]"#,
        &["`Gold customer?` (decision) took `no`", "`Flow.Tier` = \"silver\""],
        &[
            "`Is the journal on?` (decision) took",
            "`Which service was it?` (switch) took",
        ],
    ),
    row(
        "kiosk",
        r#"input: ["2"], expect: {variables: {Flow.QueueName: Repairs}}"#,
        &[
            "`Name the queue` (updateData) failed: NOT_SET_NOT_ALLOWED",
            "left NOT_SET by findQueue `Find repairs`",
        ],
        &["Is the journal on?"],
    ),
    row(
        "kiosk",
        r#"input: ["9"], expect: {prompts: ["We do not ofer this."]}"#,
        &["the most similar is \"We do not offer this.\""],
        &[") took `"],
    ),
    row(
        "kiosk",
        r#"input: [null], expect: {variables: {Flow.Key: "1"}}"#,
        &["`Which service?` (collectInput)"],
        &["`Look up the tier` (callData) took `success`"],
    ),
];
