//! The time for indexing a file of contacts, and for answering from fixtures.

use std::fmt::Write as _;
use std::fs;
use std::hint::black_box;
use std::path::Path;

use criterion::{Criterion, criterion_group, criterion_main};
// Hidden modules: the API has no lookup of one contact; a call makes it.
use flowsim::source::{Files, read_document};
use flowsim::world::{AnswerProgress, Fixtures, Question};
use tempfile::TempDir;

const ROWS: u32 = 100_000;

fn read(document: &str, base: &Path) -> Fixtures {
    let mut files = Files::new();
    let file = files.add("bench.yaml", document);
    let node = read_document(&file).expect("the document is sound");
    let (fixtures, diagnostics) = Fixtures::read(&node, base);
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    fixtures
}

fn contacts(criterion: &mut Criterion) {
    let mut text = String::from("id,name,email,phone,tier,city\n");
    for row in 0..ROWS {
        let _ = writeln!(
            text,
            "c-{row:07},Person Number {row},person.{row}@example.com,+1555{row:07},gold,\"Springfield, {row}\"",
        );
    }
    let folder = TempDir::new().expect("a temporary folder");
    fs::write(folder.path().join("contacts.csv"), text).expect("the file is written");
    let document = "contacts: {file: contacts.csv}";

    let mut group = criterion.benchmark_group("contacts");
    group.sample_size(10);
    group.bench_function("index 100k rows of CSV", |bencher| {
        bencher.iter(|| read(document, folder.path()).index_contacts());
    });
    group.finish();

    let fixtures = read(document, folder.path());
    let mut replies = AnswerProgress::default();
    let mut row = 0;
    criterion.bench_function("contacts/lookup in CSV", |bencher| {
        bencher.iter(|| {
            row = (row + 7919) % ROWS;
            let key = format!("+1555{row:07}");
            fixtures
                .answer(&Question::Contact { key: &key, is_search: false }, &mut replies)
        });
    });
}

fn queues(criterion: &mut Criterion) {
    let document = "queues: [{id: support, name: Support}, {id: billing}, {id: sales}]\n\
                    contacts: [{id: c-1, phone: '+15557770100'}]";
    let fixtures = read(document, Path::new(""));
    let mut replies = AnswerProgress::default();
    let queue = Question::Queue { id: Some("support"), name: None, skills: &[] };
    criterion.bench_function("queue by id", |bencher| {
        bencher.iter(|| fixtures.answer(black_box(&queue), &mut replies));
    });
    let contact = Question::Contact { key: "+15557770100", is_search: false };
    criterion.bench_function("contacts/lookup in a document", |bencher| {
        bencher.iter(|| fixtures.answer(black_box(&contact), &mut replies));
    });
}

criterion_group!(benches, contacts, queues);
criterion_main!(benches);
