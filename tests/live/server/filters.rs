//! Query parameters of lists: each selects as the platform documents it, or is refused.
//! *Source: the parameters of the methods of the platform's SDKs.*

use serde_json::{Value, json};
use tempfile::TempDir;

use super::support::{Local, draft, organisation};

const FLOW: &str = "workflow:
  name: Order
  description: Ships parcels
  startUpRef: /workflow/states/state[S_1]
  variables:
    - stringVariable: {name: Flow.Number, isInput: true}
    - integerVariable: {name: Flow.Count, isInput: true, isOutput: true}
    - stringCollectionVariable: {name: Flow.Lines, isOutput: true}
    - booleanVariable: {name: Flow.Inner}
  states:
    - state:
        name: S
        refId: S_1
        actions:
          - endWorkflow: {name: End}
";
const FIXTURES: &str = "users:
  - {id: u-1, name: Ann, skills: [Billing, German]}
  - {id: u-2, name: Bob, skills: [Sales]}
skills: [Billing, Sales]
languageSkills: [German]
queues:
  - {id: q-1, name: Sales, agents: [{id: u-1}, {id: u-2}]}
prompts:
  Hello: {id: p-1, description: A greeting, tts: {en-us: Hello, de-de: Hallo}}
  Bye: {id: p-2, description: The end, tts: {en-us: Goodbye}}
schedules:
  Day: {id: s-1, start: '2026-01-05T09:00:00', end: '2026-01-05T17:00:00', rrule: FREQ=DAILY}
  Night: {id: s-2, start: '2026-01-05T20:00:00', end: '2026-01-05T22:00:00', rrule: FREQ=DAILY}
scheduleGroups:
  Days: {id: g-1, timeZone: UTC, openSchedules: [Day]}
  Nights: {id: g-2, timeZone: UTC, openSchedules: [Night]}
ivrRoutes:
  Line: {numbers: ['+15551234567', '+15551234568'], openFlow: Order, scheduleGroup: Days}
  Other: {numbers: ['+15550000000'], openFlow: Order}
dataActions:
  - {id: a-1, name: Look, answers: {output: {}}}
  - {id: a-2, name: Find, answers: {output: {}}}
";

fn server() -> Local {
    let folder = TempDir::new().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_string_lossy().into_owned()
    };
    let (flow, fixtures) = (write("flow.yaml", FLOW), write("org.yaml", FIXTURES));
    Local::of(organisation(&[&flow], &[&fixtures]))
}

/// Returns the names that a list has.
fn names(server: &Local, path: &str) -> Vec<String> {
    let answer = server.get(&format!("/api/v2/{path}"));
    assert_eq!(answer.status, 200, "{path}: {answer:?}");
    let all = answer.body["entities"].as_array().unwrap().iter();
    all.map(|it| it["name"].as_str().unwrap().to_owned()).collect()
}

/// Lists with filters, and the names that they have.
const CASES: &[(&str, &[&str])] = &[
    ("architect/ivrs?dnis=%2B15551234568", &["Line"]),
    ("architect/ivrs?scheduleGroup=g-1", &["Line"]),
    ("architect/ivrs?dnis=%2B15559999999", &[]),
    ("architect/schedulegroups?scheduleIds=s-2", &["Nights"]),
    ("architect/schedulegroups?scheduleIds=s-1,s-2", &["Days", "Nights"]),
    ("architect/prompts?description=greet", &["Hello"]),
    ("architect/prompts?nameOrDescription=end", &["Bye"]),
    ("architect/prompts?name=Hello&name=Bye", &["Bye", "Hello"]),
    ("flows?description=parcel", &["Order"]),
    ("flows?description=nothing", &[]),
    ("flows?secure=true", &[]),
    ("flows?secure=true&name=x&type=bot", &[]),
    ("flows?type=bot&name=Order", &[]),
    ("flows?name=NoSuch&description=x&lockedBy=y&publishVersionId=z", &[]),
    ("flows/divisionviews?type=bot&name=x", &[]),
    ("flows?secure=false&deleted=false", &["Order"]),
    ("flows?lockedBy=nobody", &[]),
    ("flows?publishedAfter=2026-01-05T08:00:00.000Z", &["Order"]),
    ("flows?publishedBefore=2026-01-05T08:00:00.000Z", &[]),
    ("flows?publishVersionId=2.0", &[]),
    ("users?state=active", &["Ann", "Bob"]),
    ("users?state=inactive", &[]),
    ("integrations/actions?ids=a-2,a-3", &["Find"]),
    ("integrations/actions?category=fixtures&secure=false", &["Look", "Find"]),
    ("integrations/actions?category=Other", &[]),
    ("integrations/actions?secure=true", &[]),
    ("routing/queues?hasPeer=true", &[]),
    ("routing/queues?hasPeer=false", &["Sales"]),
    ("routing/queues/q-1/members?skills=bill", &["Ann"]),
    ("routing/queues/q-1/members?languages=German", &["Ann"]),
    ("routing/queues/q-1/members?profileSkills=x", &[]),
    ("routing/queues/q-1/members?routingStatus=OFF_QUEUE", &["Ann", "Bob"]),
    ("routing/queues/q-1/members?routingStatus=IDLE", &[]),
    ("routing/queues/q-1/members?presence=OFFLINE", &["Ann", "Bob"]),
    ("routing/queues/q-1/members?presence=Available", &[]),
];

#[test]
fn lists_are_filtered_as_the_platform_documents_it() {
    let server = server();
    for (path, expected) in CASES {
        assert_eq!(names(&server, path), *expected, "{path}");
    }
    let german = server.get("/api/v2/architect/prompts?name=Hello&language=de-de").body;
    let resources = german["entities"][0]["resources"].as_array().unwrap();
    assert_eq!((resources.len(), &resources[0]["language"]), (1, &json!("de-de")));
}

#[test]
fn outcomes_and_locked_flows_are_filtered() {
    let server = server();
    let outcome = |name: &str, description: &str| {
        let body = json!({ "name": name, "description": description });
        assert_eq!(server.post("/api/v2/flows/outcomes", &body).status, 200);
    };
    outcome("Paid", "the customer has paid");
    outcome("Open", "no payment");
    assert_eq!(names(&server, "flows/outcomes?nameOrDescription=PAID"), ["Paid"]);
    assert_eq!(names(&server, "flows/outcomes?description=pay"), ["Open"]);
    let flow = server.post("/api/v2/flows", &draft("Ask")).body["id"].clone();
    let flow = flow.as_str().unwrap();
    let path = format!("/api/v2/flows/actions/checkout?flow={flow}");
    let client = server.post(&path, &json!({})).body["lockedClient"]["id"].clone();
    let client = client.as_str().unwrap();
    assert_eq!(names(&server, &format!("flows?lockedByClientId={client}")), ["Ask"]);
}

#[test]
fn filters_that_are_not_applied_are_refused_and_other_parameters_named() {
    let server = server();
    for (path, status, said) in [
        ("flows?editableBy=ann", 501, "`editableBy` of GET /api/v2/flows"),
        ("users?jabberId=x", 501, "`jabberId`"),
        ("users?state=actve", 400, "did you mean `active`?"),
        ("flows?publishedAfter=soon", 400, "`publishedAfter` must be a date"),
        ("flows?secure=maybe", 400, "`secure` must be one of"),
        ("routing/queues?hasPeer=x", 400, "`hasPeer` must be one of true, false"),
    ] {
        let refused = server.get(&format!("/api/v2/{path}"));
        assert_eq!(refused.status, status, "{path}: {refused:?}");
        assert!(refused.body["message"].to_string().contains(said), "{refused:?}");
    }
    let header = |path: &str| {
        let token = server.token.clone().unwrap();
        let request = ureq::http::Request::builder().uri(format!("{}{path}", server.url));
        let request = request.header("authorization", format!("Bearer {token}"));
        let response = server.agent.run(request.body(()).unwrap()).unwrap();
        let found = response.headers().get("flowsim-ignored");
        found.map(|it| it.to_str().unwrap().to_owned())
    };
    let ignored = header("/api/v2/flows?colour=red&deleted=true&pageSize=5");
    assert_eq!(ignored.as_deref(), Some("colour, deleted"));
    // SDKs send `false` and empty values for arguments that were left out.
    assert_eq!(header("/api/v2/flows?deleted=false&editableBy=&pageSize=5"), None);
    let log = server.get("/__flowsim/requests?newest=2").body.to_string();
    assert!(log.contains("ignored: colour, deleted"), "{log}");
    // An empty list has nothing that a filter could exclude.
    assert_eq!(names(&server, "scripts?flowId=x"), Vec::<String>::new());
    assert_eq!(header("/api/v2/scripts?flowId=x"), None);
}

#[test]
fn flows_have_the_schemas_of_their_inputs_and_outputs() {
    let server = server();
    let flow = server.flow_id("Order");
    let input = json!({ "type": "object", "properties": {
        "Flow.Number": { "type": "string" }, "Flow.Count": { "type": "integer" } } });
    let output = json!({ "type": "object", "properties": {
        "Flow.Count": { "type": "integer" },
        "Flow.Lines": { "type": "array", "items": { "type": "string" } } } });
    let listed = server.get("/api/v2/flows?includeSchemas=true").body;
    let one = server.get(&format!("/api/v2/flows/{flow}")).body;
    for shown in [&listed["entities"][0], &one] {
        assert_eq!((&shown["inputSchema"], &shown["outputSchema"]), (&input, &output));
    }
    let plain = server.get("/api/v2/flows").body;
    assert_eq!(plain["entities"][0].get("inputSchema"), None);
}

#[test]
fn criteria_and_words_are_those_of_the_platform() {
    let server = server();
    let body = server.get("/api/v2/flows/instances/querycapabilities").body;
    let criteria = body["criteria"].as_array().unwrap();
    let keys: Vec<&Value> = criteria.iter().map(|it| &it["criteriaKey"]).collect();
    let expected = [
        "FlowId",
        "FlowType",
        "FlowStartDateTime",
        "FlowEndDateTime",
        "FlowErrorReason",
        "ConversationId",
    ];
    assert_eq!(keys, expected);
    assert!(!criteria[0]["operators"].as_array().unwrap().contains(&json!("between")));
    for (key, wrong) in [
        ("skillEvaluationMethod", "SOME"),
        ("scoringMethod", "Random"),
        ("lastAgentRoutingMode", "Maybe"),
    ] {
        let queue = json!({ "name": "New", key: wrong });
        let refused = server.post("/api/v2/routing/queues", &queue);
        assert_eq!(refused.status, 400, "{refused:?}");
        assert!(refused.body["message"].to_string().contains(wrong), "{refused:?}");
    }
    let queue = json!({ "name": "New", "skillEvaluationMethod": "BEST" });
    assert_eq!(server.post("/api/v2/routing/queues", &queue).status, 200);
}
