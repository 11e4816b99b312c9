//! The speed of compiling and evaluating expressions, compared with two well-known
//! expression crates in the same run. `docs/performance.md` explains the figures.

use std::hint::black_box;
use std::path::PathBuf;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use evalexpr::{ContextWithMutableVariables, HashMapContext, build_operator_tree};
// Hidden modules: this measures the compiler and the evaluation alone, without a flow.
use flowsim::expr::architect::{
    self, Declarations, Directory, Expression, Scope, UnknownOrganization, parse,
};
use flowsim::value::{DateTime, Kind, Type, Value};
use minijinja::{Environment, context};
use serde_json::Value as Json;

/// The values of the two variables, which change each time.
const ANSWERS: [&str; 3] = ["1", "2", "1"];
const CALLERS: [&str; 3] = ["Ada", "Grace Hopper", "Alan Mathison Turing"];

/// The variables of an expression, without an organisation.
struct Variables(Vec<Value>);

impl Scope for Variables {
    fn variable(&self, slot: u32) -> &Value {
        &self.0[slot as usize]
    }

    fn environment(&self) -> &dyn architect::Environment {
        self
    }
}

impl architect::Environment for Variables {
    fn directory(&self) -> &dyn Directory {
        &UnknownOrganization
    }

    fn now(&self) -> DateTime {
        DateTime::MIN
    }

    fn random(&self) -> u64 {
        0
    }
}

/// `Flow.a == "1" and Length(Flow.name) > 3`, with both variables set anew for each
/// evaluation.
fn evaluate(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("evaluate_expression");
    group.throughput(Throughput::Elements(1));
    let mut turn = 0;
    let mut next = move || {
        turn = (turn + 1) % 3;
        (ANSWERS[turn], CALLERS[turn])
    };

    let (expression, mut variables) = ours();
    group.bench_function("flowsim", |bencher| {
        bencher.iter(|| {
            let (answer, caller) = next();
            variables.0[0] = Value::from(answer);
            variables.0[1] = Value::from(caller);
            expression.evaluate(black_box(&variables))
        });
    });

    let environment = Environment::new();
    let expression = environment
        .compile_expression("a == '1' and name|length > 3")
        .expect("it makes sense");
    group.bench_function("minijinja", |bencher| {
        bencher.iter(|| {
            let (a, name) = next();
            expression.eval(black_box(context! { a, name }))
        });
    });

    let expression =
        build_operator_tree("a == \"1\" && len(name) > 3").expect("it makes sense");
    let mut variables = HashMapContext::new();
    group.bench_function("evalexpr", |bencher| {
        bencher.iter(|| {
            let (answer, caller) = next();
            variables.set_value("a".into(), answer.into()).expect("a string");
            variables.set_value("name".into(), caller.into()).expect("a string");
            expression.eval_boolean_with_context(black_box(&variables))
        });
    });
    group.finish();
}

fn ours() -> (Expression, Variables) {
    let mut names = Declarations::new();
    names.declare("Flow.a", Type::one(Kind::String));
    names.declare("Flow.name", Type::one(Kind::String));
    let text = "Flow.a == \"1\" and Length(Flow.name) > 3";
    let expression = Expression::compile(text, &mut names, None).expect("it makes sense");
    (expression, Variables(vec![Value::NOT_SET; 2]))
}

/// Compiles the expressions of real flows if available, otherwise those in our examples.
/// Only expressions that all three crates accept are used.
fn compile(criterion: &mut Criterion) {
    let mut names = Declarations::new();
    let environment = Environment::new();
    let mut texts = sources(&mut names);
    texts.retain(|text| {
        Expression::compile(text, &mut names, None).is_ok()
            && environment.compile_expression(text).is_ok()
            && build_operator_tree(text).is_ok()
    });
    let mut group =
        criterion.benchmark_group(format!("compile_{}_expressions", texts.len()));
    group.throughput(Throughput::Elements(texts.len() as u64));
    group.bench_function("flowsim", |bencher| {
        bencher.iter(|| {
            for text in &texts {
                let _ = black_box(Expression::compile(black_box(text), &mut names, None));
            }
        });
    });
    group.bench_function("flowsim, to the tree", |bencher| {
        bencher.iter(|| {
            for text in &texts {
                let _ = black_box(parse(black_box(text)));
            }
        });
    });
    group.bench_function("minijinja", |bencher| {
        bencher.iter(|| {
            for text in &texts {
                let _ = black_box(environment.compile_expression(black_box(text)));
            }
        });
    });
    group.bench_function("evalexpr", |bencher| {
        bencher.iter(|| {
            for text in &texts {
                let _ = black_box(build_operator_tree(black_box(text)));
            }
        });
    });
    group.finish();
}

fn sources(names: &mut Declarations) -> Vec<String> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let shared = root.join("../shared/data/expressions/asts.jsonl");
    let (lines, key) = match std::fs::read_to_string(shared) {
        Ok(lines) => (lines, "text"),
        Err(_) => {
            let ours = root.join("fixtures/expressions/examples.jsonl");
            (std::fs::read_to_string(ours).expect("the examples"), "expr")
        }
    };
    let cases = lines.lines().filter_map(|line| serde_json::from_str::<Json>(line).ok());
    cases
        .filter_map(|case| {
            declare(&case["config"], names);
            case[key].as_str().map(str::to_owned)
        })
        .collect()
}

/// Declares the variables in a parse tree of Genesys.
fn declare(node: &Json, names: &mut Declarations) {
    for (kind, node) in node.as_object().into_iter().flatten() {
        if let ("ref", Some(name), Some(code)) =
            (&**kind, node["text"].as_str(), node["type"].as_str())
        {
            let single = code.trim_end_matches("_coll");
            let kind = Kind::ALL.iter().find(|kind| kind.code() == single);
            if let Some(kind) = kind {
                let is_collection = single != code;
                names.declare(name, Type { kind: *kind, is_collection });
            }
        }
        for operand in node["operands"].as_array().into_iter().flatten() {
            declare(operand, names);
        }
    }
}

criterion_group!(benches, evaluate, compile);
criterion_main!(benches);
