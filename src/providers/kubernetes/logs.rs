//! Logs of the containers of an instance, line by line, as they come.
//!
//! Owns which runs of which containers are read: those before a restart, those of pods that come later. Each is read by
//! itself: one that is silent, has not begun or can't be read keeps nobody from the others.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use futures::io::{AsyncBufRead, AsyncBufReadExt as _};
use futures::stream::{self, BoxStream, SelectAll};
use futures::{StreamExt as _, TryFutureExt as _, TryStreamExt as _};
use k8s_openapi::api::core::v1::{ContainerStatus, Pod};
use kube::api::LogParams;
use tokio::time::Instant;

use super::failure::failure;
use super::session::Pods;
use crate::engine::Failure;

/// How often pods and containers that are new are looked for.
const LOOK: Duration = Duration::from_secs(1);
/// A line that is longer is told in pieces.
const MAX_LINE: usize = 64 * 1024;

/// Which lines of logs.
#[derive(Clone, Debug, Default)]
pub struct LogOptions {
    /// Goes on with what is written from now on, by pods that come later as well.
    pub follow: bool,
    /// Of the containers that ran before the last restart.
    pub previous: bool,
    /// Only this container; all of them if none.
    pub container: Option<String>,
    /// Only the last lines of each container.
    pub tail: Option<i64>,
}

/// A line of a container's log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// The pod.
    pub pod: String,
    /// Its container.
    pub container: String,
    /// The line, without its end.
    pub text: String,
}

/// What comes: a line, or why a container can't be read. The latter ends nothing but that container's lines.
pub type Logs = BoxStream<'static, Result<LogLine, Failure>>;

/// One container from its start to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Run {
    pod: String,
    container: String,
    /// The container's own id; or why there is nothing to read.
    id: Result<String, String>,
}

/// The runs that `options` mean of a pod, in the order in which its containers begin.
fn runs(pod: &Pod, options: &LogOptions) -> Vec<Run> {
    let name = pod.metadata.name.clone().unwrap_or_default();
    let status = pod.status.as_ref();
    let lists = [
        (
            pod.spec.as_ref().and_then(|spec| spec.init_containers.as_ref()),
            status.and_then(|status| status.init_container_statuses.as_ref()),
        ),
        (
            pod.spec.as_ref().map(|spec| &spec.containers),
            status.and_then(|status| status.container_statuses.as_ref()),
        ),
    ];
    let mut found = Vec::new();
    for (containers, statuses) in lists {
        for container in containers.into_iter().flatten() {
            if options.container.as_ref().is_some_and(|wanted| *wanted != container.name) {
                continue;
            }
            let status = statuses.into_iter().flatten().find(|status| status.name == container.name);
            let id = if options.previous { before(status) } else { latest(status) };
            found.push(Run { pod: name.clone(), container: container.name.clone(), id });
        }
    }
    found
}

/// The run that is there, or was last.
fn latest(status: Option<&ContainerStatus>) -> Result<String, String> {
    let state = status.and_then(|status| status.state.as_ref());
    let runs = state.is_some_and(|state| state.running.is_some() || state.terminated.is_some());
    let id = status.and_then(|status| status.container_id.clone()).filter(|id| !id.is_empty());
    if let Some(id) = id.filter(|_| runs) {
        return Ok(id);
    }
    // Between two runs the log is that of the last one.
    before(status).map_err(|_| {
        let waiting = state.and_then(|state| state.waiting.as_ref());
        let reason = waiting.and_then(|waiting| waiting.reason.as_deref()).unwrap_or("it waits for its turn");
        format!("has not started: {reason}")
    })
}

/// The run before the last restart.
fn before(status: Option<&ContainerStatus>) -> Result<String, String> {
    let last = status.and_then(|status| status.last_state.as_ref()?.terminated.as_ref());
    last.and_then(|last| last.container_id.clone())
        .filter(|id| !id.is_empty())
        .ok_or_else(|| "has not been restarted".to_owned())
}

/// What is said of a run, by its id.
type Said = (String, Result<LogLine, Failure>);

/// What goes on while logs are read.
struct Reading {
    pods: Arc<Pods>,
    options: LogOptions,
    streams: SelectAll<BoxStream<'static, Said>>,
    /// Runs that are read or have been, by their ids; and what was told of containers that can't be read yet.
    known: HashSet<String>,
    /// Runs whose reading broke off, which was told: they are read on, not from their beginning.
    broken: HashSet<String>,
    /// When to look for new ones; never without `follow`.
    next: Option<Instant>,
}

/// Lines of all containers that `options` mean, as they come.
///
/// # Errors
/// There are no pods, or none has such a container, or none of them was restarted where that is asked for.
pub(super) async fn logs(pods: Arc<Pods>, options: &LogOptions) -> Result<Logs, Failure> {
    let all: Vec<Run> = pods.list().await?.iter().flat_map(|pod| runs(pod, options)).collect();
    if all.is_empty() {
        return Err(Failure::fatal(format!(
            "{} has no container `{}`; it has {}",
            pods.instance,
            options.container.as_deref().unwrap_or_default(),
            pods.containers().await?.join(", ")
        )));
    }
    if options.previous && all.iter().all(|run| run.id.is_err()) {
        return Err(Failure::fatal(format!("no container of {} has been restarted", pods.instance)));
    }
    let mut reading = Reading {
        pods,
        options: options.clone(),
        streams: SelectAll::new(),
        known: HashSet::new(),
        broken: HashSet::new(),
        next: (options.follow && !options.previous).then(|| Instant::now() + LOOK),
    };
    reading.take(all, true);
    Ok(stream::unfold(reading, |mut reading| async move {
        let said = reading.said().await?;
        Some((said, reading))
    })
    .boxed())
}

impl Reading {
    /// The next line; none at the end.
    async fn said(&mut self) -> Option<Result<LogLine, Failure>> {
        loop {
            let Some(next) = self.next else { return self.streams.next().await.map(|(_, said)| said) };
            tokio::select! {
                Some((id, said)) = self.streams.next(), if !self.streams.is_empty() => match said {
                    Ok(line) => {
                        self.broken.remove(&id);
                        return Some(Ok(line));
                    }
                    Err(failure @ Failure::Retry { .. }) if self.known.remove(&id) => {
                        if self.broken.insert(id) {
                            return Some(Err(failure));
                        }
                    }
                    other => return Some(other),
                },
                () = tokio::time::sleep_until(next) => {
                    // Pods may be gone for a moment, and the server too.
                    if let Ok(pods) = self.pods.list().await {
                        let all = pods.iter().flat_map(|pod| runs(pod, &self.options)).collect();
                        self.take(all, false);
                    }
                    self.next = Some(Instant::now() + LOOK);
                }
            }
        }
    }

    /// Reads those of `all` that are new; what was there at `first` is told from its last lines.
    fn take(&mut self, all: Vec<Run>, first: bool) {
        for run in all {
            match &run.id {
                Ok(id) if self.known.insert(id.clone()) => {
                    let mut parameters = LogParams {
                        follow: self.options.follow && !self.options.previous,
                        previous: self.options.previous,
                        container: Some(run.container.clone()),
                        tail_lines: self.options.tail.filter(|_| first),
                        ..LogParams::default()
                    };
                    if self.broken.contains(id) {
                        parameters.tail_lines = None;
                        parameters.since_seconds = Some(LOOK.as_secs().cast_signed() + 1);
                    }
                    let id = id.clone();
                    let lines = read(&self.pods, run, parameters);
                    self.streams.push(lines.map(move |said| (id.clone(), said)).boxed());
                }
                Err(why) if !self.options.previous => {
                    let place = format!("{}/{}", run.pod, run.container);
                    if self.known.insert(format!("{place} {why}")) {
                        let why = Failure::retry(format!("{place} {why}"));
                        self.streams.push(stream::once(async { (String::new(), Err(why)) }).boxed());
                    }
                }
                _ => {}
            }
        }
    }
}

/// The lines of one run.
fn read(pods: &Pods, run: Run, parameters: LogParams) -> Logs {
    let (api, way) = (pods.api(), pods.cluster.way.clone());
    let doing = format!("read the log of {}/{}", run.pod, run.container);
    let lost = doing.clone();
    // Not opened before it is read: the server says nothing at all before the container does.
    let opened = async move {
        let reader =
            api.log_stream(&run.pod, &parameters).await.map_err(|error| failure(&error, &doing, &way))?;
        let lines = stream::try_unfold(reader, |mut reader| async move {
            Ok(next_line(&mut reader).await?.map(|text| (text, reader)))
        });
        let line = move |text| LogLine { pod: run.pod.clone(), container: run.container.clone(), text };
        Ok(lines
            .map_ok(line)
            .map_err(move |error: std::io::Error| Failure::retry(format!("{lost}: {error}"))))
    };
    opened.try_flatten_stream().boxed()
}

/// A line without its end; what is no text is replaced, what is too long goes on in the next one.
async fn next_line(reader: &mut (impl AsyncBufRead + Unpin)) -> std::io::Result<Option<String>> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim_end_matches(['\n', '\r']).to_owned();
    let mut line = Vec::new();
    loop {
        let buffer = reader.fill_buf().await?;
        if buffer.is_empty() {
            return Ok((!line.is_empty()).then(|| text(&line)));
        }
        let end = buffer.iter().position(|byte| *byte == b'\n').map(|at| at + 1);
        let taken = end.unwrap_or(buffer.len());
        line.extend_from_slice(buffer.get(..taken).unwrap_or_default());
        reader.consume_unpin(taken);
        if end.is_some() || line.len() >= MAX_LINE {
            return Ok(Some(text(&line)));
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn pod() -> Pod {
        serde_json::from_value(json!({
            "metadata": { "name": "web" },
            "spec": { "initContainers": [{ "name": "first" }],
                "containers": [{ "name": "web" }, { "name": "crashes" }, { "name": "pulls" }] },
            "status": {
                "initContainerStatuses": [{ "name": "first", "image": "", "imageID": "", "ready": true, "restartCount": 0,
                    "containerID": "c://1", "state": { "terminated": { "exitCode": 0 } } }],
                "containerStatuses": [
                    { "name": "web", "image": "", "imageID": "", "ready": true, "restartCount": 0,
                      "containerID": "c://2", "state": { "running": {} } },
                    { "name": "crashes", "image": "", "imageID": "", "ready": false, "restartCount": 2,
                      "containerID": "c://4", "state": { "waiting": { "reason": "CrashLoopBackOff" } },
                      "lastState": { "terminated": { "exitCode": 1, "containerID": "c://4" } } },
                    { "name": "pulls", "image": "", "imageID": "", "ready": false, "restartCount": 0,
                      "state": { "waiting": { "reason": "ImagePullBackOff" } } }] } }))
        .unwrap()
    }

    #[test]
    fn each_container_is_read_from_where_it_is() {
        let of = |options: LogOptions| -> Vec<(String, Result<String, String>)> {
            runs(&pod(), &options).into_iter().map(|run| (run.container, run.id)).collect()
        };
        let ok = |id: &str| Ok::<_, String>(id.to_owned());
        assert_eq!(
            of(LogOptions::default()),
            [
                ("first".into(), ok("c://1")),
                ("web".into(), ok("c://2")),
                ("crashes".into(), ok("c://4")),
                ("pulls".into(), Err("has not started: ImagePullBackOff".into())),
            ]
        );
        let previous = of(LogOptions { previous: true, ..LogOptions::default() });
        assert_eq!(previous.iter().filter(|(_, id)| id.is_ok()).count(), 1);
        let one = of(LogOptions { container: Some("web".into()), ..LogOptions::default() });
        assert_eq!(one, [("web".into(), ok("c://2"))]);
    }

    #[tokio::test]
    async fn lines_are_bounded_and_need_not_be_text() {
        let mut bytes = b"one\r\n\xff\xfe two\n\n".to_vec();
        bytes.extend(std::iter::repeat_n(b'x', MAX_LINE + 10));
        let mut reader = futures::io::BufReader::new(futures::io::Cursor::new(bytes));
        let mut lines = Vec::new();
        while let Some(line) = next_line(&mut reader).await.unwrap() {
            lines.push(line);
        }
        assert_eq!(&lines[..3], ["one", "\u{fffd}\u{fffd} two", ""]);
        assert!(lines.iter().all(|line| line.len() <= MAX_LINE + 8 * 1024));
        assert_eq!(lines[3..].iter().map(String::len).sum::<usize>(), MAX_LINE + 10);
    }
}
