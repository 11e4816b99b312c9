//! Architect expressions: the canonical form of an expression must parse to the same
//! expression.

#![no_main]

use flowsim::expr::architect::{
    Declarations, Expression, MAX_LENGTH, MAX_NESTING, canonical, parse,
};
use flowsim::value::{Kind, Type};

libfuzzer_sys::fuzz_target!(|text: &str| {
    let _ = parse(text);
    let mut names = Declarations::new();
    names.declare("Flow.text", Type::one(Kind::String));
    names.declare("Flow.whole", Type::one(Kind::Integer));
    names.declare("Flow.list", Type::many(Kind::String));
    let _ = Expression::compile(text, &mut names, None);
    let Ok(written) = canonical(text, &mut names, None) else { return };
    // Added parentheses can make the canonical form too long or too deeply nested.
    let opened = written.matches(['(', '[']).count();
    if opened <= MAX_NESTING && written.len() <= MAX_LENGTH {
        assert_eq!(canonical(&written, &mut names, None).as_ref(), Ok(&written));
    }
});
