//! The hybrid VNF project from its text to its running state, in rehearsal.

use std::path::PathBuf;
use std::sync::Arc;

use gantry::check::{Catalog, check, read};
use gantry::diag::Source;
use gantry::dsl::{FileError, Files};
use gantry::engine::{ExecutionOutcome, Frozen, Job};
use gantry::model::Map;
use gantry::plan::{DeploymentStatus, Edition, Goal, InstanceState, Plan, Request, expand, plan};
use gantry::providers::Registry;
use gantry::providers::rehearsal::Rehearsing;
use indexmap::IndexMap;

use crate::topologies::{Bench, map, value};

struct Folder(PathBuf);

impl Files for Folder {
    fn read(&self, address: &str, _: &str) -> Result<Source, FileError> {
        let text = std::fs::read_to_string(self.0.join(address)).map_err(|_| FileError::NotFound)?;
        Ok(Source::new(address, text))
    }

    fn exists(&self, path: &str) -> bool {
        self.0.join(path).is_file()
    }
}

fn lane(name: &str, inputs: &Map) -> Edition {
    let folder = Folder(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("blueprints/hybrid-vnf").join(name));
    let source = folder.read("blueprint.yaml", "").ok().unwrap();
    let catalog = Catalog::built_in();
    let (topology, diagnostics) = check(&read(&source, &folder, &catalog), &catalog);
    assert!(!diagnostics.has_errors(), "{name}: {diagnostics:#?}");
    Edition { topology: Arc::new(topology), inputs: inputs.clone(), ..Edition::default() }
}

fn run(
    bench: &mut Bench,
    goal: Goal,
    name: &str,
    edition: &Edition,
) -> (Plan, ExecutionOutcome, Option<String>) {
    let state = bench.state(name);
    let instances = expand(name, &edition.topology, &edition.inputs).unwrap();
    let edition = Arc::new(edition.clone());
    let made_from: IndexMap<_, _> =
        state.instances.values().map(|record| (record.execution.clone(), Arc::clone(&edition))).collect();
    let targets = IndexMap::new();
    let request = Request {
        goal,
        deployment: name,
        edition: &edition,
        instances: &instances,
        targets: &targets,
        state: &state,
        only: &[],
        made_from: &made_from,
    };
    let (plan, diagnostics) = plan(&request);
    assert!(!diagnostics.has_errors(), "{diagnostics:?}");
    let job = Job {
        plan: Arc::new(plan.clone()),
        edition: Arc::clone(&edition),
        made_from,
        targets: IndexMap::new(),
        frozen: Frozen { main: "blueprint.yaml".into(), inputs: edition.inputs.clone(), ..Frozen::default() },
        force: false,
        also: Vec::new(),
    };
    bench.engine.run(job).unwrap();
    let (outcome, error) = bench.end();
    (plan, outcome, error)
}

#[test]
fn the_three_lanes_are_deployed_in_rehearsal_and_values_flow() {
    let directory = tempfile::tempdir().unwrap();
    let mut bench = Bench::open(directory.path(), Arc::new(Registry::new(Rehearsing::at_once())));
    let inputs =
        map(r#"{"kubernetes_deployment": "kubernetes-cluster", "swarm_deployment": "swarm-cluster"}"#);
    let lanes = [
        ("kubernetes-cluster", lane("kubernetes-cluster", &Map::new())),
        ("swarm-cluster", lane("swarm-cluster", &map(r#"{"workers": 2}"#))),
        ("service", lane("service", &inputs)),
    ];
    for (name, edition) in &lanes {
        let (plan, outcome, error) = run(&mut bench, Goal::Deploy, name, edition);
        for operation in &plan.operations {
            println!("{operation}");
        }
        assert_eq!((outcome, error), (ExecutionOutcome::Succeeded, None), "{name}");
        let state = bench.state(name);
        assert!(state.instances.values().all(|record| record.state == InstanceState::Started));
        println!("{name}: {:#?}", state.outputs);
        assert!(run(&mut bench, Goal::Deploy, name, edition).0.is_empty(), "{name} is deployed");
    }
    let outputs = |name: &str| bench.state(name).outputs;
    assert_eq!(
        outputs("kubernetes-cluster")["kubernetes_info"],
        value(r#"{"url": "http://10.100.101.20:8080"}"#)
    );
    assert_eq!(
        outputs("swarm-cluster")["swarm_info"],
        value(r#"{"manager_ip": "10.100.100.10", "manager_port": 2375}"#)
    );
    assert_eq!(
        outputs("service")["service_info"],
        value(
            r#"{"port": 8080, "servers": "10.100.102.11,10.100.102.12", "routes": "10.100.102.0/24 dev eth1"}"#
        )
    );
    let state = bench.state("service");
    assert_eq!(state.depends_on, ["kubernetes-cluster", "swarm-cluster"]);
    let (_, quagga) = state.instances_of("quagga").next().unwrap();
    assert_eq!(quagga.runtime["master_ip"], value(r#""10.100.101.20""#));
    let (_, nginx) = state.instances_of("nginx").next().unwrap();
    assert_eq!(nginx.runtime["ip"], value(r#""10.100.100.10""#));
    assert_eq!(bench.state("swarm-cluster").instances_of("worker").count(), 2);

    for (name, edition) in lanes.iter().rev() {
        let (_, outcome, error) = run(&mut bench, Goal::Undeploy, name, edition);
        assert_eq!((outcome, error), (ExecutionOutcome::Succeeded, None), "{name}");
        let state = bench.state(name);
        assert!(state.status == DeploymentStatus::Absent && state.instances.is_empty());
    }
}
