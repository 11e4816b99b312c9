//! Laws that are tried with more or fewer cases than others: with a multiple of
//! `PROPTEST_CASES` if a case is quick, with a part of it if a case is slow.
//!
//! `proptest!` cannot do this. It replaces the number of cases in `proptest_config` by
//! `PROPTEST_CASES`. *Source: proptest, `contextualize_config`.*

/// Defines tests like `proptest!`, after `times N;` or `part N;`.
macro_rules! laws {
    (times $factor:literal; $($laws:tt)*) => {
        laws! { cases $factor, 1; $($laws)* }
    };
    (part $divisor:literal; $($laws:tt)*) => {
        laws! { cases 1, $divisor; $($laws)* }
    };
    (cases $factor:literal, $divisor:literal; $(
        $(#[$attribute:meta])*
        fn $name:ident($($pattern:pat in $strategy:expr),+ $(,)?) $body:block
    )+) => { $(
        $(#[$attribute])*
        fn $name() {
            use ::proptest::test_runner::{Config, TestRunner};
            let usual = Config::default();
            let mut runner = TestRunner::new(Config {
                cases: usual.cases.saturating_mul($factor).div_ceil($divisor),
                source_file: Some(file!()),
                test_name: Some(concat!(module_path!(), "::", stringify!($name))),
                ..usual
            });
            let result = runner.run(&($($strategy,)+), |($($pattern,)+)| {
                $body
                Ok(())
            });
            result.unwrap_or_else(|error| panic!("{error}\n{runner}"));
        }
    )+ };
}

pub(crate) use laws;
