//! A client that lets the server's own wish through: `Retry-After` of a refusal becomes part of its status.
//!
//! The library parses only bodies, and a server that is too busy (priority and fairness, a proxy in between) says when to
//! come back only in that header. Who waits, and how long, is [`super::cluster`]'s business: the library's own silent
//! tries are switched off. A connection whose other end has vanished without a word (a laptop that slept, a network that
//! went away) is noticed by the system's own probes, also where nothing is sent: watches, logs, forwarded ports.

use std::time::Duration;

use http::{Response, header};
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Body, Bytes};
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use kube::client::{ClientBuilder, ConfigExt as _, DynBody};
use kube::core::Status;
use kube::{Client, Config, Error};
use tower::util::{AndThenLayer, ServiceExt as _, option_layer};
use tower::{BoxError, Layer as _};

/// Until a connection on which nothing comes is probed, and between two probes.
const PROBE: Duration = Duration::from_secs(10);
/// How long what was sent, or a probe, may stay without a sign of the other end.
const SILENCE: Duration = Duration::from_secs(20);
/// How long a connection may take to come up.
const CONNECT: Duration = Duration::from_secs(10);

/// A client for `config`. Reaches nothing yet.
pub(super) fn client(mut config: Config) -> Result<Client, Error> {
    config.default_retry = false;
    config.connect_timeout = Some(CONNECT);
    // The library's way through a proxy is its own.
    if config.proxy_url.is_some() {
        return Ok(ClientBuilder::try_from(config)?.with_layer(&AndThenLayer::new(honest)).build());
    }
    let mut connector = HttpConnector::new();
    connector.enforce_http(false);
    connector.set_connect_timeout(Some(CONNECT));
    connector.set_keepalive(Some(PROBE));
    connector.set_keepalive_interval(Some(PROBE / 2));
    connector.set_keepalive_retries(Some(2));
    #[cfg(target_os = "linux")]
    connector.set_tcp_user_timeout(Some(SILENCE));
    let connector = config.rustls_https_connector_with_connector(connector)?;
    let sender = legacy::Client::builder(TokioExecutor::new()).build(connector).map_err(BoxError::from);
    let sender = config.extra_headers_layer()?.layer(sender);
    let sender = option_layer(config.auth_layer()?).layer(sender);
    let sender = config.base_uri_layer().layer(sender);
    let namespace = config.default_namespace;
    Ok(ClientBuilder::new(sender, namespace).with_layer(&AndThenLayer::new(honest)).build())
}

/// An answer, with the number of seconds that its header asks to wait put into its status.
async fn honest<B>(answer: Response<B>) -> Result<Response<Box<DynBody>>, BoxError>
where
    B: Body<Data = Bytes, Error: Into<BoxError>> + Send + Unpin + 'static,
{
    let answer = answer.map(|body| Box::new(body.map_err(Into::into)) as Box<DynBody>);
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
