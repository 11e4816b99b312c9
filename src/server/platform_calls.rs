//! The calls of the platform, for messages about requests that are not served.

/// The paths after `/api/v2/`, each with its methods. `{}` is any segment. *Source: the
/// methods and paths of the platform's Python SDK, version 269.*
const CALLS: &str = include_str!("platform_calls.txt");

/// Returns the methods that the platform has for a path; `None` if it has no such path.
pub(super) fn methods(path: &str) -> Option<Vec<&'static str>> {
    let path = path.strip_prefix("/api/v2/")?;
    let mut best: Option<(usize, &str)> = None;
    for line in CALLS.lines() {
        let Some((known, methods)) = line.split_once(' ') else { continue };
        let Some(literal) = fit(known, path) else { continue };
        if best.is_none_or(|(most, _)| literal > most) {
            best = Some((literal, methods));
        }
    }
    best.map(|(_, methods)| methods.split(' ').collect())
}

/// Returns `true` if the platform has a call with exactly this path, which fits a route of
/// flowsim only because a placeholder fits any word: `/api/v2/flows/lookup`.
pub(super) fn is_another(path: &str, route: &str) -> bool {
    let Some(path) = path.strip_prefix("/api/v2/") else { return false };
    let own = route.trim_start_matches("/api/v2/").split('/');
    let own = own.filter(|part| !part.starts_with('{')).count();
    let known = CALLS.lines().filter_map(|line| line.split_once(' '));
    let mut fitting = known.filter_map(|(known, _)| fit(known, path));
    fitting.any(|literal| literal > own)
}

/// Returns the number of equal segments if a path fits a known one.
fn fit(known: &str, path: &str) -> Option<usize> {
    let (mut wanted, mut given) = (known.split('/'), path.split('/'));
    let mut literal = 0;
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return Some(literal),
            (Some("{}"), Some(given)) if !given.is_empty() => {}
            (Some(wanted), Some(given)) if wanted == given => literal += 1,
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_of_the_platform_are_known() {
        assert_eq!(methods("/api/v2/users/me"), Some(vec!["GET"]));
        assert_eq!(methods("/api/v2/users/a"), Some(vec!["DELETE", "GET", "PATCH"]));
        assert_eq!(methods("/api/v2/users/"), None);
        assert_eq!(methods("/api/v2/nowhere"), None);
        assert_eq!(methods("/users/me"), None);
    }

    #[test]
    fn words_are_not_ids() {
        let route = "/api/v2/flows/{flowId}";
        assert!(is_another("/api/v2/flows/lookup", route));
        assert!(!is_another("/api/v2/flows/nobody", route));
        assert!(!is_another("/api/v2/users/me", "/api/v2/users/me"));
    }

    #[test]
    fn lines_are_sorted_and_complete() {
        let lines: Vec<&str> = CALLS.lines().collect();
        assert!(lines.len() > 2_000 && lines.is_sorted());
        for line in lines {
            let (path, methods) = line.split_once(' ').unwrap();
            assert!(!path.starts_with('/') && !path.contains("//"), "{line}");
            let is_method = |it: &str| it.bytes().all(|byte| byte.is_ascii_uppercase());
            assert!(methods.split(' ').all(is_method), "{line}");
        }
    }
}
