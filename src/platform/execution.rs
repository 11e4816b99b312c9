//! Execution documents of real interactions: finding and downloading them.

use std::time::Duration;

use indexmap::IndexSet;

use super::body::{entities, required, text};
use super::client::{Client, segment};
use super::failure::Failure;
use crate::value::{DateTime, Json, Text};

/// Maximum number of instances that the platform returns per query; they are not always
/// the most recent. *Source: Genesys' help, "Historical execution data overview".*
pub const MAX_INSTANCES: usize = 200;

/// Maximum time for the platform to prepare documents.
const PREPARING: Duration = Duration::from_secs(600);

/// Polling interval: first and maximum.
const LOOKS: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(8));

/// Maximum number of splits of a time range.
const MOST_CUTS: usize = 1000;

/// Ids of executions, each with the address of its document or the reason why there is
/// none.
pub type Addresses = Vec<(Text, Result<Text, Failure>)>;

/// Builds the query for the executions of a conversation.
pub fn of_conversation(id: &str) -> Json {
    query(Json::array([criterion("ConversationId", "eq", id)]))
}

/// Builds the query for the executions of a flow that began in a time range. The start is
/// inclusive, the end exclusive.
pub fn between(flow: &str, from: DateTime, to: DateTime) -> Json {
    let all = Json::array([
        criterion("FlowId", "eq", flow),
        criterion("FlowStartDateTime", "gte", &from.to_string()),
        criterion("FlowStartDateTime", "lt", &to.to_string()),
    ]);
    query(Json::array([Json::object([("and".into(), all)])]))
}

fn query(conditions: Json) -> Json {
    Json::object([("query".into(), conditions)])
}

fn criterion(key: &str, operator: &str, value: &str) -> Json {
    let texts = [("key", key), ("operator", operator), ("value", value)];
    let texts = texts.map(|(key, text)| (Text::from(key), Json::from(text)));
    Json::object([("criteria".into(), Json::object(texts))])
}

impl Client {
    /// `POST /api/v2/flows/instances/query`: returns the ids of the executions that match
    /// a query, from all pages.
    ///
    /// # Errors
    ///
    /// Returns an error if the service does not respond with a list.
    pub fn find(&self, query: &Json) -> Result<IndexSet<Text>, Failure> {
        let mut found = IndexSet::new();
        let mut path = format!("/api/v2/flows/instances/query?pageSize={MAX_INSTANCES}");
        loop {
            let page = self.post(&path, query)?;
            let request =
                format!("POST {}/api/v2/flows/instances/query", self.service().api);
            let before = found.len();
            for entity in entities(&page) {
                found.insert(required(&request, entity, "id")?);
            }
            // A service may return the same page as the next one.
            let is_new = found.len() > before;
            match text(&page, "nextUri")
                .filter(|next| is_new && next.starts_with("/api/"))
            {
                Some(next) => path = next.to_string(),
                None => return Ok(found),
            }
        }
    }

    /// Returns the executions of a flow that began in a time range, and whether all of
    /// them were found. If the platform would return only some, the range is halved.
    ///
    /// # Errors
    ///
    /// Returns an error if the service does not respond with a list.
    pub fn find_between(
        &self,
        flow: &str,
        from: DateTime,
        to: DateTime,
    ) -> Result<(IndexSet<Text>, bool), Failure> {
        let (mut found, mut are_all, mut cuts) = (IndexSet::new(), true, 0);
        let mut pending = vec![(from.milliseconds(), to.milliseconds())];
        while let Some((from, to)) = pending.pop() {
            let time = |it| DateTime::from_milliseconds(it).unwrap_or(DateTime::MAX);
            let ids = self.find(&between(flow, time(from), time(to)))?;
            if ids.len() >= MAX_INSTANCES && to - from > 1 && cuts < MOST_CUTS {
                cuts += 1;
                let middle = from + (to - from) / 2;
                pending.extend([(middle, to), (from, middle)]);
                continue;
            }
            are_all &= ids.len() < MAX_INSTANCES;
            found.extend(ids);
        }
        Ok((found, are_all))
    }

    /// Returns the download addresses of execution documents, by `GET
    /// /api/v2/flows/instances/{id}` or `POST /api/v2/flows/instances/jobs`; waits while
    /// the service prepares them.
    ///
    /// # Errors
    ///
    /// Returns an error if the service has none of them.
    pub fn prepare(&self, ids: &[Text]) -> Result<Addresses, Failure> {
        let path = match ids {
            [id] => format!("/api/v2/flows/instances/{}", segment(id)),
            _ => "/api/v2/flows/instances/jobs".to_owned(),
        };
        let mut job = match ids {
            [_] => self.get(&path)?,
            _ => {
                let ids = Json::array(ids.iter().map(|id| Json::String(id.clone())));
                self.post(&path, &Json::object([("ids".into(), ids)]))?
            }
        };
        let request = format!("{}{path}", self.service().api);
        let (began, mut look) = (self.clock().elapsed(), LOOKS.0);
        while is_pending(&job) {
            let id = required(&request, &job, "id")?;
            if self.clock().elapsed() - began > PREPARING {
                return Err(Failure::TimedOut { request });
            }
            self.clock().sleep(look);
            look = (look * 2).min(LOOKS.1);
            job = self.get(&format!("/api/v2/flows/instances/jobs/{}", segment(&id)))?;
        }
        let address = |id: &Text| {
            address(&job, id, ids).map_err(|reason| Failure::Unexpected {
                request: request.clone(),
                reason: self.hidden(reason),
            })
        };
        Ok(ids.iter().map(|id| (id.clone(), address(id))).collect())
    }
}

/// Returns whether the documents are still being prepared.
fn is_pending(job: &Json) -> bool {
    let state = text(job, "jobState").unwrap_or_default().to_ascii_lowercase();
    matches!(&*state, "registered" | "running" | "queued" | "pending")
}

/// Returns the address of a document, or the reason why it has no address.
fn address(job: &Json, id: &Text, ids: &[Text]) -> Result<Text, String> {
    let is_it = |entity: &&Json| text(entity, "id").as_ref() == Some(id);
    let entity = entities(job).iter().find(is_it);
    // The service may omit the id in the response for a single execution.
    let entity = entity.or_else(|| match (entities(job), ids) {
        ([only], [_]) => Some(only),
        ([], [_]) => Some(job),
        _ => None,
    });
    let found = entity.and_then(|entity| text(entity, "downloadUri"));
    found.ok_or_else(|| {
        let status = entity.and_then(|entity| text(entity, "statusCode"));
        match status {
            Some(status) => format!("has no document for {id}: status {status}"),
            None => format!("has no document for {id}"),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_are_those_of_the_platform() {
        assert_eq!(
            of_conversation("c-1").to_string(),
            r#"{"query":[{"criteria":{"key":"ConversationId","operator":"eq","value":"c-1"}}]}"#
        );
        let time = |text| DateTime::parse(text).unwrap();
        let query = between("f", time("2026-01-01"), time("2026-01-02"));
        let text = query.to_string();
        assert!(
            text.starts_with(r#"{"query":[{"and":[{"criteria":{"key":"FlowId""#),
            "{text}"
        );
        assert!(
            text.contains(r#""operator":"lt","value":"2026-01-02T00:00:00Z""#),
            "{text}"
        );
    }

    #[test]
    fn documents_are_found_by_id_or_reported_as_missing() {
        let job = r#"{"id": "j", "jobState": "Success", "entities": [
            {"id": "b", "downloadUri": "https://x/b"},
            {"id": "a", "failed": true, "statusCode": "404"}]}"#;
        let job = Json::parse(job).unwrap();
        let ids = [Text::from("a"), Text::from("b")];
        assert!(!is_pending(&job));
        assert_eq!(address(&job, &ids[1], &ids), Ok("https://x/b".into()));
        let missing = address(&job, &ids[0], &ids).unwrap_err();
        assert!(missing.contains("404"), "{missing:?}");
        let one = Json::parse(r#"{"downloadUri": "https://x/a"}"#).unwrap();
        assert_eq!(address(&one, &ids[0], &ids[..1]), Ok("https://x/a".into()));
    }
}
