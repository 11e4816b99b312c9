//! Stubs: prepared answers to requests, from the fixtures and from tests.

use std::sync::Arc;

use indexmap::IndexMap;
use serde_json::{Value, json};

use super::http::reply::{Body, Reply};
use super::http::request::ApiRequest;
use crate::world::{Fixtures, Stub, StubAnswer, StubBody};

/// The stubs of tests, and the progress through all stubs.
#[derive(Debug, Default)]
pub(super) struct Stubs {
    /// The stubs that tests have set. They come before those of the fixtures.
    set: Arc<Fixtures>,
    /// The document that they were read from.
    document: Value,
    /// The progress of each stub, by its source and its pattern.
    progress: IndexMap<(Source, String), Progress>,
}

/// The origin of a stub.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Source {
    Request,
    Fixtures,
}

/// The progress through the answers of a stub.
#[derive(Debug, Clone, Copy, Default)]
struct Progress {
    /// The number of requests that the stub has answered.
    used: u64,
    /// The index of the next answer.
    next: usize,
    /// The number of requests that this answer has been given to.
    given: u64,
}

impl Progress {
    /// Returns the next answer; `None` if the last one has a count, which is used up.
    fn take<'s>(&mut self, stub: &'s Stub) -> Option<&'s StubAnswer> {
        let answer = stub.answers.get(self.next)?;
        (self.used, self.given) = (self.used + 1, self.given + 1);
        let is_last = self.next + 1 == stub.answers.len();
        let most = answer.count.or(if is_last { None } else { Some(1) });
        if most.is_some_and(|most| self.given >= most) {
            (self.next, self.given) = (self.next + 1, 0);
        }
        Some(answer)
    }
}

impl Stubs {
    /// Replaces the stubs of tests.
    pub(super) fn set(&mut self, set: Fixtures, document: Value) {
        self.set = Arc::new(set);
        self.document = document;
        self.progress.retain(|(source, _), _| *source != Source::Request);
    }

    /// Returns the stubs of tests as a document, which the request that sets them accepts.
    pub(super) fn document(&self) -> Value {
        if self.document.is_null() { json!({}) } else { self.document.clone() }
    }

    /// Starts the stubs of the fixtures from the beginning.
    pub(super) fn restart(&mut self) {
        self.progress.retain(|(source, _), _| *source != Source::Fixtures);
    }

    /// Returns the answer of the first stub that fits a request and has one left. A stub
    /// for the path of a served route answers this route only.
    pub(super) fn answer(
        &mut self,
        fixtures: &[Stub],
        asked: &ApiRequest,
        is_other_route: impl Fn(&str) -> bool,
    ) -> Option<Reply> {
        let set = Arc::clone(&self.set);
        let all = set.stubs().iter().map(|stub| (Source::Request, stub));
        let all = all.chain(fixtures.iter().map(|stub| (Source::Fixtures, stub)));
        for (source, stub) in all {
            let pattern = &stub.pattern;
            if !pattern.fits(&asked.method, &asked.path, &asked.query)
                || is_other_route(pattern.text())
            {
                continue;
            }
            let key = (source, pattern.text().to_owned());
            let progress = self.progress.entry(key).or_default();
            if let Some(answer) = progress.take(stub) {
                return Some(reply(answer, pattern.text()));
            }
        }
        None
    }

    /// Returns `true` if a stub is for requests with a method and a path. The path may be
    /// that of the stub, with its wildcards.
    pub(super) fn are_for(&self, fixtures: &[Stub], method: &str, path: &str) -> bool {
        self.set.stubs().iter().chain(fixtures).any(|stub| {
            stub.pattern.fits(method, path, &[]) || stub.pattern.path() == path
        })
    }

    /// Returns all stubs and the number of requests that each has answered.
    pub(super) fn to_json(&self, fixtures: &[Stub]) -> Vec<Value> {
        let shown = |source: Source, name: &str, stub: &Stub| {
            let key = (source, stub.pattern.text().to_owned());
            let progress = self.progress.get(&key).copied().unwrap_or_default();
            json!({
                "request": stub.pattern.text(),
                "source": name,
                "used": progress.used,
                "isUsedUp": progress.next >= stub.answers.len(),
            })
        };
        let set = self.set.stubs().iter().map(|it| shown(Source::Request, "request", it));
        let fixtures = fixtures.iter().map(|it| shown(Source::Fixtures, "fixtures", it));
        set.chain(fixtures).collect()
    }
}

fn reply(answer: &StubAnswer, pattern: &str) -> Reply {
    let body = match &answer.body {
        StubBody::Empty => Body::Empty,
        StubBody::Json(json) => Body::Json(Value::from(json)),
        StubBody::Text(text) => Body::Text(text.to_string()),
    };
    let mut reply = Reply { body, ..Reply::of(answer.status, Value::Null) };
    for (name, value) in &answer.headers {
        reply = reply.with_header(name, value);
    }
    reply.delay_ms = answer.delay_ms;
    reply.broken = answer.connection;
    reply.with_reason(format!("the stub of {pattern}"))
}
