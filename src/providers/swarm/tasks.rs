//! What the tasks of a service say: how many run, and why the others don't.

use bollard::models::{Task, TaskState};

/// The tasks of a service, judged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Standing {
    /// Tasks that run and are meant to.
    pub running: u32,
    /// Tasks that there should be.
    pub desired: u32,
    /// Why not all run; also when some do.
    pub reason: Option<String>,
    /// Set when waiting longer is of no use.
    pub hopeless: bool,
}

/// Failures after which a service whose tasks end is given up.
const GIVE_UP_AFTER: usize = 3;

/// Judges `tasks`; `replicas` is what was asked for (none: one on each node), `nodes` how many the swarm has.
pub(super) fn judge(tasks: &[Task], replicas: Option<u32>, nodes: usize) -> Standing {
    let wanted = || tasks.iter().filter(|task| task.desired_state == Some(TaskState::RUNNING));
    let running = wanted().filter(|task| state(task) == Some(TaskState::RUNNING)).count() as u32;
    let desired = replicas.unwrap_or_else(|| (wanted().count() as u32).max(1));
    if running >= desired {
        return Standing { running, desired, reason: None, hopeless: false };
    }

    let mut failed: Vec<&Task> = tasks.iter().filter(|task| ended(task)).collect();
    failed.sort_by(|a, b| a.updated_at.cmp(&b.updated_at));
    let waiting =
        wanted().filter(|task| !ended(task) && state(task) != Some(TaskState::RUNNING)).find_map(|task| {
            let status = task.status.as_ref()?;
            status.err.as_deref().filter(|error| !error.is_empty()).map(|error| not_placed(error, nodes))
        });
    let last = failed.last().map(|task| failure(task));
    let same = failed.iter().filter(|task| Some(failure(task)) == last).count();
    let lost = last.as_deref().is_some_and(|why| why.starts_with("image not found"));
    let reason = waiting.or(last).or_else(|| {
        let state = wanted().filter_map(state).find(|state| *state != TaskState::RUNNING);
        Some(match state {
            Some(TaskState::PREPARING) => "the image is fetched".to_owned(),
            Some(state) => format!("a task is {state}"),
            None => "no task is made yet".to_owned(),
        })
    });
    Standing { running, desired, reason, hopeless: same >= if lost { 2 } else { GIVE_UP_AFTER } }
}

fn state(task: &Task) -> Option<TaskState> {
    task.status.as_ref()?.state
}

/// Whether a task is over that nobody stopped: a service's tasks are meant to stay.
fn ended(task: &Task) -> bool {
    matches!(
        state(task),
        Some(TaskState::FAILED | TaskState::REJECTED | TaskState::COMPLETE | TaskState::ORPHANED)
    )
}

fn failure(task: &Task) -> String {
    let status = task.status.clone().unwrap_or_default();
    let error = status.err.filter(|error| !error.is_empty()).or(status.message).unwrap_or_default();
    if let Some((_, image)) = error.split_once("No such image: ") {
        return format!(
            "image not found: {}. Push it to a registry that every node reaches, or load it on the nodes",
            image.trim().trim_end_matches("@<none>")
        );
    }
    match (status.state, status.container_status.and_then(|container| container.exit_code)) {
        (Some(TaskState::COMPLETE), _) => {
            "the container ended by itself (exit code 0); a service's container has to stay".into()
        }
        (_, Some(code)) if code != 0 => format!("the container ended with exit code {code} ({error})"),
        _ => error,
    }
}

/// `no suitable node (1 node is not available; …)` in words that say how many nodes there are.
fn not_placed(error: &str, nodes: usize) -> String {
    match error.strip_prefix("no suitable node") {
        Some(why) => {
            format!("0/{nodes} nodes fit: {}", why.trim().trim_start_matches('(').trim_end_matches(')'))
        }
        None => error.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bollard::models::{ContainerStatus, TaskStatus};

    fn task(at: &str, desired: TaskState, state: TaskState, err: &str, code: Option<i64>) -> Task {
        let container_status =
            code.map(|code| ContainerStatus { exit_code: Some(code), ..ContainerStatus::default() });
        Task {
            updated_at: Some(at.into()),
            desired_state: Some(desired),
            status: Some(TaskStatus {
                state: Some(state),
                err: Some(err.into()),
                container_status,
                ..TaskStatus::default()
            }),
            ..Task::default()
        }
    }

    #[test]
    fn running_tasks_are_counted_and_stopped_ones_are_not() {
        let tasks = [
            task("1", TaskState::SHUTDOWN, TaskState::SHUTDOWN, "", None),
            task("2", TaskState::RUNNING, TaskState::RUNNING, "", None),
        ];
        assert_eq!(
            judge(&tasks, Some(1), 1),
            Standing { running: 1, desired: 1, reason: None, hopeless: false }
        );
        let half = judge(&tasks, Some(2), 1);
        assert_eq!((half.running, half.desired, half.hopeless), (1, 2, false));
    }

    #[test]
    fn a_missing_image_is_said_and_given_up_the_second_time() {
        let mut tasks = vec![
            task("1", TaskState::SHUTDOWN, TaskState::REJECTED, "No such image: nope:1", None),
            task("2", TaskState::RUNNING, TaskState::READY, "", None),
        ];
        let first = judge(&tasks, Some(1), 1);
        assert!(first.reason.as_deref().unwrap().starts_with("image not found: nope:1."), "{first:?}");
        assert!(!first.hopeless);
        tasks.push(task("3", TaskState::SHUTDOWN, TaskState::REJECTED, "No such image: nope:1", None));
        assert!(judge(&tasks, Some(1), 1).hopeless);
    }

    #[test]
    fn a_task_that_fits_nowhere_waits_and_says_why() {
        let error = "no suitable node (scheduling constraints not satisfied on 2 nodes)";
        let standing = judge(&[task("1", TaskState::RUNNING, TaskState::PENDING, error, None)], Some(1), 2);
        assert_eq!(
            standing.reason.as_deref(),
            Some("0/2 nodes fit: scheduling constraints not satisfied on 2 nodes")
        );
        assert!(!standing.hopeless);
    }

    #[test]
    fn a_container_that_keeps_ending_is_given_up_the_third_time() {
        let end = |at| task(at, TaskState::SHUTDOWN, TaskState::FAILED, "task: non-zero exit (1)", Some(1));
        assert!(!judge(&[end("1"), end("2")], Some(1), 1).hopeless);
        let third = judge(&[end("1"), end("2"), end("3")], Some(1), 1);
        assert!(third.hopeless);
        assert!(third.reason.unwrap().contains("exit code 1"));
    }
}
