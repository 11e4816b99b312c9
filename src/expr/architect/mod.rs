//! Architect's expression language. *Source: Genesys' expression catalogue and grammar.*

mod surroundings;

pub use surroundings::{Directory, Policies, Surroundings, UnknownOrganization};
