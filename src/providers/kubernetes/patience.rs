//! A client that lets the server's own wish through: `Retry-After` of a refusal becomes part of its status.
//!
//! The library parses only bodies, and a server that is too busy (priority and fairness, a proxy in between) says when to
//! come back only in that header. Who waits, and how long, is [`super::cluster`]'s business: the library's own silent
//! tries are switched off.

use http::{Response, header};
use http_body_util::{BodyExt as _, Full};
use kube::client::{ClientBuilder, DynBody};
use kube::core::Status;
use kube::{Client, Config, Error};
use tower::BoxError;
use tower::util::AndThenLayer;

/// A client for `config`. Reaches nothing yet.
pub(super) fn client(mut config: Config) -> Result<Client, Error> {
    config.default_retry = false;
    Ok(ClientBuilder::try_from(config)?.with_layer(&AndThenLayer::new(honest)).build())
}

/// An answer, with the number of seconds that its header asks to wait put into its status.
async fn honest(answer: Response<Box<DynBody>>) -> Result<Response<Box<DynBody>>, BoxError> {
    let seconds =
        answer.headers().get(header::RETRY_AFTER).and_then(|wait| wait.to_str().ok()?.trim().parse().ok());
    let Some(seconds) =
        seconds.filter(|_| answer.status().is_client_error() || answer.status().is_server_error())
    else {
        return Ok(answer);
    };
    let (parts, body) = answer.into_parts();
    let bytes = body.collect().await?.to_bytes();
    let told = told(parts.status.as_u16(), &bytes, seconds);
    let body = Full::new(told.into()).map_err(BoxError::from);
    Ok(Response::from_parts(parts, Box::new(body)))
}

/// `body` as a status that says how long to wait; a body that is none is the status's message.
fn told(code: u16, body: &[u8], seconds: u32) -> Vec<u8> {
    let status = serde_json::from_slice::<Status>(body)
        .unwrap_or_else(|_| Status::failure(String::from_utf8_lossy(body).trim(), "").with_code(code));
    let mut json = serde_json::to_value(&status).unwrap_or_default();
    if let Some(details) = json.pointer_mut("/details").filter(|details| details.is_object()) {
        details["retryAfterSeconds"] = seconds.into();
    } else {
        json["details"] = serde_json::json!({ "retryAfterSeconds": seconds });
    }
    serde_json::to_vec(&json).unwrap_or_else(|_| body.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_becomes_part_of_the_status() {
        for body in [
            &b"Too many requests, please try again later.\n"[..],
            br#"{"kind":"Status","code":429,"message":"busy"}"#,
        ] {
            let status: Status = serde_json::from_slice(&told(429, body, 7)).unwrap();
            assert_eq!((status.code, status.details.unwrap().retry_after_seconds), (429, 7));
            assert!(!status.message.is_empty());
        }
    }
}
