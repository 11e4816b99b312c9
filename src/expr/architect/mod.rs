//! Architect's expression language. *Source: Genesys' expression catalogue and grammar.*
//!
//! The text is parsed to a tree, the tree gets types and overloads, and the result is
//! compiled to code with numbered slots. No name and no overload is looked up at run
//! time.
//!
//! | file | content |
//! |---|---|
//! | `parse`, `shortcut`, `syntax` | text to tree, and syntax errors |
//! | `names`, `built_in`, `constants`, `resolve` | meaning of names |
//! | `check`, `overloads`, `casts`, `messages` | types, and type errors |
//! | `code`, `evaluate`, `budget` | the compiled form, its evaluation, and its limits
//! |
//! | `reads`, `blame` | the variables that an expression reads, and those that cause an error |
//! | `classes` | the classes into which expressions divide the values of a variable |
//! | `solve` | values of variables with which expressions have wanted values |
//! | `token` | words and symbols, and regular spaces, for editors |
//! | `canonical` | the text as Architect writes it |
//! | `functions` | the functions and operators, one file per category |

mod arguments;
mod blame;
mod budget;
mod built_in;
mod canonical;
mod casts;
mod check;
mod classes;
mod code;
mod constants;
mod direct;
mod draws;
mod environment;
mod equality;
mod evaluate;
mod expression;
mod failure;
mod functions;
mod messages;
mod mutate;
mod names;
mod overloads;
mod parse;
mod problem;
mod prompts;
mod ranges;
mod reads;
mod resolve;
mod shortcut;
mod signature;
mod solve;
mod stack;
mod syntax;
mod token;
mod tree;
#[cfg(test)]
mod trial;
mod typed;

pub use arguments::Arguments;
pub use blame::UnsetPart;
pub use built_in::{BUILT_INS, BuiltIn, BuiltInId};
pub use classes::Observations;
pub use draws::Draw;
pub use environment::{
    Directory, Environment, Policies, RandomNumbers, UnknownOrganization,
};
pub use evaluate::Scope;
pub use expression::{Expression, canonical};
pub use failure::Failure;
pub use functions::{function, functions, operators};
pub use messages::parameters;
pub use names::{Declarations, Names, Variable};
pub use parse::{MAX_DEPTH, MAX_LENGTH, MAX_NESTING, parse, parse_with};
pub use problem::Problem;
pub(crate) use prompts::named_prompt;
pub use ranges::Range;
pub use reads::Read;
pub use signature::{
    Category, Evaluate, Function, Measure, Overload, Parameter, Varying,
};
pub use solve::{CLOCK, Changes, solve, solve_difference};
pub use token::{Token, TokenKind, formatted, tokens};
pub use tree::{Form, Operator, Place, Segment, Tree};
