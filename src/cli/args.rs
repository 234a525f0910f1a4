//! The command line's words: verbs, options and their help.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Exit codes of every verb, shown in `--help`.
const EXIT_CODES: &str = "\
Exit codes: 0 ok · 1 problems found · 2 wrong use · 3 deployment failed · 4 cancelled

PATH is a project folder (with a gantry.yaml), PROJECT/LANE for one of its lanes,
or a blueprint file. Without a verb the designer opens on PATH; where there is no
display, the project is planned and rehearsed in the terminal instead.";

/// Designer and deployer for topologies that span Kubernetes, Docker Swarm and plain hosts.
#[derive(Debug, Parser)]
#[command(name = "gantry", version, after_help = EXIT_CODES, args_conflicts_with_subcommands = true)]
pub struct Arguments {
    /// What to do; without it, the designer opens.
    #[command(subcommand)]
    pub verb: Option<Verb>,

    /// Project to open [default: the current folder, or blueprints/hybrid-vnf]
    pub path: Option<PathBuf>,

    /// Options of all verbs.
    #[command(flatten)]
    pub common: CommonOptions,
}

/// Options that every verb has.
#[derive(Debug, Clone, Args)]
pub struct CommonOptions {
    /// Where deployments are remembered [default: the user's data folder]
    #[arg(long, global = true, env = "GANTRY_DATA_DIR", hide_env_values = true, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
}

/// How results are printed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// For programs: one JSON document, or one JSON object a line for events.
    Json,
}

/// What to work on, and how it is deployed.
#[derive(Debug, Clone, Args)]
pub struct Selection {
    /// Project folder, PROJECT/LANE, or blueprint file
    pub path: PathBuf,

    /// Where to deploy, for this time: `TARGET` for the platforms it serves, or `PLATFORM=TARGET`
    ///
    /// Targets: rehearsal, docker, docker:CONTEXT, `unix://PATH`, `tcp://HOST:PORT`, `ssh://USER@HOST`, kubernetes,
    /// kubernetes:CONTEXT. Platforms: kubernetes, swarm, host.
    #[arg(long = "target", value_name = "[PLATFORM=]TARGET")]
    pub targets: Vec<String>,

    /// An input: `KEY=VALUE` (VALUE as YAML), `LANE.KEY=VALUE`, or a YAML or JSON file; later ones win
    #[arg(short = 'i', long = "input", value_name = "KEY=VALUE|FILE")]
    pub inputs: Vec<String>,

    /// How to print
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// How a rehearsal behaves.
#[derive(Debug, Clone, Args)]
pub struct RehearsalOptions {
    /// Seed of the rehearsal: same seed, same course
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub rehearsal_seed: u64,

    /// How long a rehearsed operation takes, in milliseconds: `MIN..MAX`, or one number
    #[arg(long, value_name = "MS", default_value = "150..600")]
    pub rehearsal_latency: String,

    /// Share of rehearsed operations that fail once and are tried again, 0 to 1
    #[arg(long, value_name = "SHARE", default_value_t = 0.0)]
    pub rehearsal_failures: f64,

    /// Nodes whose rehearsed operations fail for good
    #[arg(long = "rehearsal-fail", value_name = "NODE")]
    pub rehearsal_fail: Vec<String>,
}

/// The verbs.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Tell every problem of the blueprints, with its place and what to do
    Check(CheckArguments),
    /// Show what deploying would do, wave by wave, and why
    Plan(PlanArguments),
    /// Deploy: lanes in the order of their dependencies, what is there already stays
    Deploy(DeployArguments),
    /// Put right what has changed or failed since it was deployed, and nothing else
    ///
    /// Clusters are looked at first. Fields of ours that others have set are taken back, what they deleted is made
    /// again; the rest is not touched. A deploy, which leaves what others set alone, says who they are.
    Heal(HealArguments),
    /// Show how the deployments stand
    Status(Selection),
    /// Show the outputs of the deployments and the values that flow between them
    Outputs(Selection),
    /// Show what happened
    Events(EventsArguments),
    /// Take a deployment down, in reverse order; refused while another deployment uses it
    Undeploy(UndeployArguments),
    /// Write the blueprints with their resources as folders and as Cloudify-style archives, or the picture of all
    Export(ExportArguments),
    /// Make a project, or a lane of one, from a template; without PATH list the templates
    New(super::new::NewArguments),
    /// Bring compose files, Kubernetes manifests, `docker run` lines and blueprints into a project
    ///
    /// Each becomes a lane; with LANE, nodes are added to that one. What could not be mapped is told, and kept in the
    /// blueprint under `dsl_definitions`. Secrets are never written: they become `get_secret`.
    Import(super::import::ImportArguments),
    /// Show a blueprint with everything resolved, under the reference parser's key names
    Topology(super::topology::TopologyArguments),
    /// Evaluate functions over a given state, offline
    Evaluate(super::evaluate::EvaluateArguments),
    /// Explain the code of a problem
    Explain(super::explain::ExplainArguments),
    /// Show what a node's containers have written (Kubernetes)
    Logs(LogsArguments),
    /// Run a command in a container of a node (Kubernetes); its exit code is this one's
    Exec(ExecArguments),
    /// Lead a port of this machine to a port of a node's pod (Kubernetes)
    PortForward(PortForwardArguments),
}

/// `gantry check`.
#[derive(Debug, Args)]
pub struct CheckArguments {
    /// What to check.
    #[command(flatten)]
    pub selection: Selection,

    /// How a blueprint file is read.
    #[command(flatten)]
    pub read: super::blueprint::ReadOptions,
}

/// `gantry plan`.
#[derive(Debug, Args)]
pub struct PlanArguments {
    /// What to plan.
    #[command(flatten)]
    pub selection: Selection,

    /// Plan the undeploy instead
    #[arg(long, conflicts_with_all = ["heal", "scale"])]
    pub undeploy: bool,

    /// Look at the clusters and plan what healing would do
    #[arg(long, conflicts_with = "scale")]
    pub heal: bool,

    /// How many instances.
    #[command(flatten)]
    pub scaling: super::scale::ScaleOptions,
}

/// `gantry heal`.
#[derive(Debug, Args)]
pub struct HealArguments {
    /// What to heal.
    #[command(flatten)]
    pub selection: Selection,

    /// Nodes or instances to put right however they look [default: all that are not well]
    #[arg(value_name = "NODE")]
    pub nodes: Vec<String>,

    /// Answer every question with yes
    #[arg(short = 'y', long)]
    pub yes: bool,

    /// The rehearsal.
    #[command(flatten)]
    pub rehearsal: RehearsalOptions,
}

/// `gantry deploy`.
#[derive(Debug, Args)]
pub struct DeployArguments {
    /// What to deploy.
    #[command(flatten)]
    pub selection: Selection,

    /// How many instances.
    #[command(flatten)]
    pub scaling: super::scale::ScaleOptions,

    /// Answer every question with yes
    #[arg(short = 'y', long)]
    pub yes: bool,

    /// The rehearsal.
    #[command(flatten)]
    pub rehearsal: RehearsalOptions,
}

/// `gantry undeploy`.
#[derive(Debug, Args)]
pub struct UndeployArguments {
    /// What to take down.
    #[command(flatten)]
    pub selection: Selection,

    /// Answer every question with yes
    #[arg(short = 'y', long)]
    pub yes: bool,

    /// Undeploy even while other deployments use it
    #[arg(long)]
    pub force: bool,

    /// The rehearsal.
    #[command(flatten)]
    pub rehearsal: RehearsalOptions,
}

/// `gantry events`.
#[derive(Debug, Args)]
pub struct EventsArguments {
    /// Whose events.
    #[command(flatten)]
    pub selection: Selection,

    /// Only the last N
    #[arg(long, value_name = "N")]
    pub last: Option<usize>,

    /// Go on with what happens, until interrupted
    #[arg(long)]
    pub follow: bool,
}

/// `gantry export`.
#[derive(Debug, Args)]
pub struct ExportArguments {
    /// Project folder, PROJECT/LANE, or blueprint file
    pub path: PathBuf,

    /// Folder to write to; must be new or empty
    #[arg(long, value_name = "DIR", required_unless_present_any = ["svg", "png", "dot"])]
    pub to: Option<PathBuf>,

    /// Write the picture of the whole project as an SVG, with the project inside: `gantry import` and the window open it again
    #[arg(long, value_name = "FILE")]
    pub svg: Option<PathBuf>,

    /// Write the picture in pixels
    #[arg(long, value_name = "FILE")]
    pub png: Option<PathBuf>,

    /// Write the project as a graph for Graphviz
    #[arg(long, value_name = "FILE")]
    pub dot: Option<PathBuf>,

    /// With a picture: for dark pages
    #[arg(long)]
    pub dark: bool,

    /// With --png: pixels for each point
    #[arg(long, value_name = "N", default_value_t = 2.0)]
    pub scale: f32,

    /// With --svg: leave the project out of the picture
    #[arg(long, requires = "svg")]
    pub without_project: bool,

    /// Write the Kubernetes objects instead, LANE/NODE.yaml each: the bytes that a deploy sends to the cluster
    ///
    /// Values of other deployments are those of now. What is known only once something runs is told, and not written.
    #[arg(long, requires = "to")]
    pub kubernetes: bool,

    /// With --kubernetes: write secrets too, which are `***` otherwise
    #[arg(long, requires = "kubernetes")]
    pub with_secrets: bool,

    /// With --kubernetes: an input, as of `deploy`
    #[arg(short = 'i', long = "input", value_name = "KEY=VALUE|FILE", requires = "kubernetes")]
    pub inputs: Vec<String>,
}

/// A node that runs.
#[derive(Debug, Args)]
pub struct Running {
    /// Project folder, PROJECT/LANE, or blueprint file
    pub path: PathBuf,

    /// Node, or one of its instances
    pub node: String,

    /// An input, as of `deploy`: only if credentials for the cluster hang on it
    #[arg(short = 'i', long = "input", value_name = "KEY=VALUE|FILE")]
    pub inputs: Vec<String>,
}

impl Running {
    /// What to open.
    pub fn selection(&self) -> Selection {
        Selection {
            path: self.path.clone(),
            targets: Vec::new(),
            inputs: self.inputs.clone(),
            format: Format::Text,
        }
    }
}

/// `gantry logs`.
#[derive(Debug, Args)]
pub struct LogsArguments {
    /// Whose logs.
    #[command(flatten)]
    pub running: Running,

    /// Go on with what is written, until interrupted
    #[arg(short = 'f', long)]
    pub follow: bool,

    /// Of the containers that ran before the last restart
    #[arg(short = 'p', long)]
    pub previous: bool,

    /// Only this container [default: all of them]
    #[arg(short = 'c', long, value_name = "NAME")]
    pub container: Option<String>,

    /// Only the last N lines of each container
    #[arg(long, value_name = "N")]
    pub tail: Option<i64>,
}

/// `gantry exec`.
#[derive(Debug, Args)]
pub struct ExecArguments {
    /// Where.
    #[command(flatten)]
    pub running: Running,

    /// Container [default: the pod's first]
    #[arg(short = 'c', long, value_name = "NAME")]
    pub container: Option<String>,

    /// Pass this program's input on
    #[arg(long)]
    pub stdin: bool,

    /// The command and its words, after `--`
    #[arg(last = true, required = true)]
    pub command: Vec<String>,
}

/// `gantry port-forward`.
#[derive(Debug, Args)]
pub struct PortForwardArguments {
    /// Where.
    #[command(flatten)]
    pub running: Running,

    /// `HERE:THERE`, or one number for both
    pub ports: String,
}
