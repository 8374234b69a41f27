//! `POST /cache/purge`: `{"tag": "posts"}`, `{"url": "/posts/1?x=1"}`, `{"prefix": "/posts/"}` or `{"all": true}`, each with
//! `"soft": true` where stale pages may still be served while they are rendered anew.
//!
//! `tags`, `urls` and `prefixes` take lists. The body must say that it is JSON: a page of another site cannot send that without a
//! preflight request, whatever its browser is (<https://fetch.spec.whatwg.org/#cors-safelisted-request-header>).

use std::time::Duration;

use bytes::Bytes;
use edge::cache::{Cache, Purge, Selector};
use edge::{Body, BoxError, Problem};
use futures_util::future::join_all;
use http::header::CONTENT_TYPE;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use serde_json::{Map, Value, json};
use tokio::time::timeout;

/// Largest body in bytes: some thousands of tags.
const MAX_BODY: usize = 64 << 10;

/// How long a body may take.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);

/// The field of one, the field of several, whether it is a path, and what it becomes.
type Field = (&'static str, &'static str, bool, fn(String) -> Selector);

/// What can be purged, beside everything.
const SELECTORS: [Field; 3] =
    [("tag", "tags", false, Selector::Tag), ("url", "urls", true, Selector::Url), ("prefix", "prefixes", true, Selector::Prefix)];

/// For messages.
const EXPECTED: &str = "expected one of `tag`, `tags`, `url`, `urls`, `prefix`, `prefixes` and `all`";

/// Purges here and tells the other instances.
pub(super) async fn answer<B>(cache: &Cache, request: Request<B>) -> Result<Response<Body>, Problem>
where
    B: http_body::Body<Data = Bytes, Error: Into<BoxError>>,
{
    let content_type = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !content_type.split(';').next().is_some_and(|essence| essence.trim().eq_ignore_ascii_case("application/json")) {
        let message = "expected a body of JSON with `content-type: application/json`";
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, message));
    }
    let (selectors, soft) = parse(&read(request.into_body()).await?).map_err(bad)?;
    let purged = selectors.iter().map(Selector::to_string).collect::<Vec<_>>().join(", ");
    let purging = selectors.into_iter().map(|selector| cache.purge(Purge { selector, soft }));
    let untold = join_all(purging).await.into_iter().find_map(Result::err);
    tracing::info!("purged: {}{}", purged.escape_debug(), if soft { " (soft)" } else { "" });
    Ok(match untold {
        // Nothing but the second level joins instances.
        None if cache.view(0).redis.is_none() => done(&purged, soft, "none"),
        None => done(&purged, soft, "told"),
        Some(reason) => {
            let value = json!({ "purged": purged, "soft": soft, "instances": "pending", "reason": reason });
            super::json(StatusCode::ACCEPTED, &value)
        }
    })
}

fn done(purged: &str, soft: bool, instances: &str) -> Response<Body> {
    super::json(StatusCode::OK, &json!({ "purged": purged, "soft": soft, "instances": instances }))
}

fn bad(message: String) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, message)
}

async fn read<B>(body: B) -> Result<Bytes, Problem>
where
    B: http_body::Body<Data = Bytes, Error: Into<BoxError>>,
{
    match timeout(BODY_TIMEOUT, Limited::new(body, MAX_BODY).collect()).await {
        Ok(Ok(whole)) => Ok(whole.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => {
            Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, format!("the body is larger than {MAX_BODY} bytes")))
        }
        Ok(Err(error)) => Err(bad(format!("the body breaks off: {error}"))),
        Err(_) => Err(Problem::of(StatusCode::REQUEST_TIMEOUT)),
    }
}

/// What to purge, and whether softly. `Err`: what is wrong, by field.
fn parse(body: &[u8]) -> Result<(Vec<Selector>, bool), String> {
    let value = serde_json::from_slice(body).map_err(|error| format!("the body is no JSON: {error}"))?;
    let Value::Object(fields) = value else { return Err("the body is no object".into()) };
    let known =
        |name: &str| matches!(name, "all" | "soft") || SELECTORS.iter().any(|(one, many, ..)| [one, many].contains(&&name));
    if let Some(name) = fields.keys().find(|name| !known(name)) {
        return Err(format!("`{name}` is unknown: {EXPECTED}, and `soft`"));
    }
    let soft = match fields.get("soft") {
        None => false,
        Some(Value::Bool(soft)) => *soft,
        Some(other) => return Err(format!("`soft` is `{other}`: expected `true` or `false`")),
    };
    let mut written = fields.iter().filter(|(name, _)| *name != "soft");
    match (written.next(), written.next()) {
        (None, _) => Err(format!("nothing to purge: {EXPECTED}")),
        (Some((one, _)), Some((other, _))) => Err(format!("`{one}` and `{other}` exclude each other: {EXPECTED}")),
        (Some((name, value)), None) => Ok((selectors(name, value)?, soft)),
    }
}

fn selectors(name: &str, value: &Value) -> Result<Vec<Selector>, String> {
    let Some((one, _, is_path, selector)) = SELECTORS.iter().find(|(one, many, ..)| [one, many].contains(&&name)) else {
        return match value {
            Value::Bool(true) => Ok(vec![Selector::All]),
            other => Err(format!("`{name}` is `{other}`: expected `true`")),
        };
    };
    let values = match value {
        value if name == *one => std::slice::from_ref(value),
        Value::Array(values) if !values.is_empty() => values,
        other => return Err(format!("`{name}` is `{other}`: expected a list of texts")),
    };
    let read = |value: &Value| match value.as_str() {
        Some(text) if !text.is_empty() && (!is_path || text.starts_with('/')) => Ok(selector(text.to_owned())),
        _ if *is_path => Err(format!("`{name}` is `{value}`: expected a path such as `/posts/1`, without scheme and host")),
        _ => Err(format!("`{name}` is `{value}`: expected a text such as `posts`")),
    };
    values.iter().map(read).collect()
}

/// The body of a purge of these; the other direction.
pub(super) fn body(field: &str, values: &[String], soft: bool) -> Value {
    let value = match (field, values) {
        ("all", _) => Value::Bool(true),
        (_, [one]) => Value::from(one.as_str()),
        (_, several) => Value::from(several),
    };
    let field = match SELECTORS.iter().find(|(one, ..)| *one == field) {
        Some((_, many, ..)) if values.len() != 1 => many,
        _ => field,
    };
    Map::from_iter([(field.to_owned(), value), ("soft".to_owned(), Value::Bool(soft))]).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_to_purge() {
        let cases = [
            (r#"{"tag": "posts"}"#, vec![Selector::Tag("posts".into())], false),
            (r#"{"url": "/posts/1?x=1", "soft": true}"#, vec![Selector::Url("/posts/1?x=1".into())], true),
            (r#"{"prefix": "/posts/", "soft": false}"#, vec![Selector::Prefix("/posts/".into())], false),
            (r#"{"all": true}"#, vec![Selector::All], false),
            (r#"{"tags": ["a", "b"]}"#, vec![Selector::Tag("a".into()), Selector::Tag("b".into())], false),
            (r#"{"urls": ["/"]}"#, vec![Selector::Url("/".into())], false),
            (r#"{"prefixes": ["/a", "/b/"]}"#, vec![Selector::Prefix("/a".into()), Selector::Prefix("/b/".into())], false),
        ];
        for (text, selectors, soft) in cases {
            assert_eq!(parse(text.as_bytes()), Ok((selectors, soft)), "{text}");
        }
    }

    #[test]
    fn says_what_is_wrong() {
        let cases = [
            ("", "no JSON"),
            ("[]", "no object"),
            ("{}", "nothing to purge: expected one of"),
            (r#"{"soft": true}"#, "nothing to purge: expected one of"),
            (r#"{"tagg": "a"}"#, "`tagg` is unknown"),
            (r#"{"tag": "a", "url": "/a"}"#, "`tag` and `url` exclude each other"),
            (r#"{"tag": "a", "all": true}"#, "exclude each other"),
            (r#"{"tag": ""}"#, "`tag` is `\"\"`"),
            (r#"{"tag": 1}"#, "`tag` is `1`"),
            (r#"{"tag": ["a"]}"#, "`tag` is `[\"a\"]`"),
            (r#"{"tags": "a"}"#, "`tags` is `\"a\"`: expected a list"),
            (r#"{"tags": []}"#, "`tags` is `[]`: expected a list"),
            (r#"{"tags": ["a", null]}"#, "`tags` is `null`"),
            (r#"{"url": "https://example.com/a"}"#, "expected a path"),
            (r#"{"prefix": "posts"}"#, "expected a path"),
            (r#"{"all": false}"#, "`all` is `false`: expected `true`"),
            (r#"{"all": "yes"}"#, "`all` is `\"yes\"`"),
            (r#"{"all": true, "soft": 1}"#, "`soft` is `1`"),
        ];
        for (text, expected) in cases {
            let error = parse(text.as_bytes()).unwrap_err();
            assert!(error.contains(expected), "{text}: {error}");
        }
    }

    #[test]
    fn writes_what_it_reads() {
        for (field, values) in
            [("tag", vec!["a"]), ("tag", vec!["a", "b"]), ("url", vec!["/a"]), ("prefix", vec!["/a"]), ("all", vec![])]
        {
            let values: Vec<_> = values.into_iter().map(str::to_owned).collect();
            let (selectors, soft) = parse(body(field, &values, true).to_string().as_bytes()).unwrap();
            assert_eq!((selectors.len(), soft), (values.len().max(1), true), "{field}");
        }
    }
}
