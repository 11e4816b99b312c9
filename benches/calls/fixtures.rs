//! The flows of the benchmarks: bundled examples, and generated flows.

use std::fmt::Write;
use std::path::Path;
use std::sync::Arc;

use flowsim::flow::read;
use flowsim::program::Program;
use flowsim::source::{Files, read_json};

/// Compiles the flows of a bundled example.
pub(crate) fn program_of(example: &str) -> Arc<Program> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = root.join("fixtures").join(example).join("flows");
    let loaded = read::load(&[folder], &[], &mut Files::new());
    Arc::new(Program::compile(&loaded.flows))
}

/// Compiles the flows of a document.
pub(crate) fn program_from(text: &str) -> Arc<Program> {
    let file = Files::new().add("flow.json", text);
    let document = read_json(&file).expect("is JSON");
    Arc::new(Program::compile(&read::read(&document, &mut Vec::new())))
}

/// Generates a flow with the given number of nodes. Each group of five says, asks, stores
/// the answer, decides and routes. Every fourth decision combines two comparisons.
pub(crate) fn large_flow(count: usize) -> String {
    let name = |index: usize| {
        let kind = ["Say", "Ask", "Keep", "Decide", "Route"][index % 5];
        if index < count { format!("{kind}_{index}") } else { "Done".to_owned() }
    };
    let mut out = String::from(
        "{\n  \"id\": \"large\",\n  \"name\": \"Large\",\n  \"type\": \"inbound\",\n  \
         \"draft\": {\n    \"startNode\": \"Say_0\",\n    \"nodes\": {\n",
    );
    for index in 0..count {
        let (id, next) = (name(index), name(index + 1));
        let body = body(index, &name(index.saturating_sub(1)), &next);
        let _ = write!(
            out,
            "      \"{id}\": {{\n        \"id\": \"{id}\",\n        {body},\n        \
             \"onComplete\": {{\"nextNode\": \"{next}\", \"onError\": \"Done\"}},\n        \
             \"onError\": {{\"nextNode\": \"Done\"}}\n      }},\n"
        );
    }
    out.push_str(
        "      \"Done\": {\"id\": \"Done\", \"type\": \"End\", \
         \"properties\": {\"endType\": \"normal\"}}\n    },\n    \"edges\": {}\n  }\n}\n",
    );
    out
}

fn body(index: usize, before: &str, next: &str) -> String {
    match index % 5 {
        0 => format!(
            "\"type\": \"Say\", \"properties\": {{\"sayText\": \"Hello {{from}}, this is message \
             {index} of a long flow.\", \"sayLanguage\": \"en-US\"}}"
        ),
        1 => format!(
            "\"type\": \"Gather\", \"properties\": {{\"promptText\": \"Please answer question \
             {index}.\", \"maxDigits\": 1, \"timeoutSeconds\": 10}}"
        ),
        2 => format!(
            "\"type\": \"Set\", \"properties\": {{\"setVars\": [{{\"key\": \"answer_{}\", \
             \"value\": {{\"type\": \"string\", \"value\": \"{{{before}.digits}}\"}}}}]}}",
            index % 50
        ),
        3 => {
            let more =
                if index % 20 == 3 { " and not {from} == '+15550100'" } else { "" };
            format!(
                "\"type\": \"If\", \"properties\": {{\"conditions\": [{{\"expression\": \
                 \"{{answer_{}}} == '1'{more}\", \"nextNode\": \"{next}\"}}], \
                 \"defaultNextNode\": \"{next}\"}}",
                (index - 1) % 50
            )
        }
        _ => format!(
            "\"type\": \"Route\", \"properties\": {{\"queueId\": \"queue-{}\", \
             \"skillRequirements\": [\"english\"]}}",
            index % 20
        ),
    }
}
