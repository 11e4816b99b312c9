//! The filters of the platform's lists, to refuse those that flowsim does not apply.

use super::http::reply::ApiError;
use super::route::Route;

/// The paths after `/api/v2/` of served reads, each with the query parameters by which the
/// platform selects objects. `{}` is a placeholder. *Source: the parameters of the methods
/// of the platform's Python SDK, version 262, without those that select a page, an order or
/// details.*
const FILTERS: &str = include_str!("platform_filters.txt");

/// Returns the refusal of a read with a filter that no part of the server has read. Its
/// answer would have objects that the client has excluded.
pub(super) fn refusal(route: &Route, unread: &[&str]) -> Option<ApiError> {
    if route.method != "GET" {
        return None;
    }
    let known = filters(route.path)?;
    let name = unread.iter().find(|name| known.clone().any(|it| it == **name))?;
    let key = route.key();
    let message = format!(
        "flowsim does not apply the parameter `{name}` of {key}; leave it out, or prepare an \
         answer with PUT /__flowsim/stubs"
    );
    Some(ApiError::new(501, "not.implemented", message))
}

/// Returns the filters of a route's path.
fn filters(path: &str) -> Option<impl Iterator<Item = &'static str> + Clone> {
    let path = path.strip_prefix("/api/v2/")?;
    FILTERS.lines().find_map(|line| {
        let (known, names) = line.split_once(' ')?;
        let (mut one, mut other) = (known.split('/'), path.split('/'));
        let is_same = loop {
            match (one.next(), other.next()) {
                (None, None) => break true,
                (Some("{}"), Some(part)) if part.starts_with('{') => {}
                (Some(known), Some(part)) if known == part => {}
                _ => break false,
            }
        };
        is_same.then(|| names.split(' '))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::routes::endpoints;

    #[test]
    fn filters_belong_to_served_routes() {
        let served: Vec<&str> = endpoints()
            .map(|it| it.route)
            .filter(|route| route.method == "GET" && filters(route.path).is_some())
            .map(|route| route.path)
            .collect();
        assert_eq!(served.len(), FILTERS.lines().count(), "{served:?}");
        assert!(FILTERS.lines().is_sorted());
    }
}
