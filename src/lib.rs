//! Gantry: a designer and deployer for topologies that span Kubernetes, Docker Swarm and plain hosts.
//!
//! A person draws nodes and relationships; the drawing *is* a set of blueprints (Cloudify DSL, YAML); one engine deploys
//! them from the laptop; live status and the values that flow from one deployment into another show on the same picture.
//! (A gantry crane lifts the same container from ship to rail to road.)
//!
//! # In one sentence
//!
//! **The text is the truth.** From it runs a line of plain values, each a function of the one before;
//! the window, the command line and the tests are three ways of looking at those values:
//!
//! ```text
//!        ┌──────────── Edit: canvas gesture · inspector · typing · paste · quick fix ◀──────────┐
//!        ▼                                                                                      │
//!   text + layout ──read──▶ Blueprint ──check──▶ Topology ──plan──▶ Plan ──run──▶ Event* ──fold──▶ State
//!    (Document)     │                     │         │ │     ▲                       │             │ │
//!                   └ spans by Path       │         │ │     └── what exists decides ┼─────────────┘ │
//!                                    Diagnostics    │ └─scene──▶ boxes, ports, routes ─▶ window ◀───┘
//!                                                   └─render──▶ Kubernetes objects, Swarm specs ─▶ deploy
//! ```
//!
//! Left of *run* nothing touches disk, network, clock or thread.
//!
//! A **project** is a folder of blueprints. Each blueprint is one *lane* on the canvas with a life of its own (deploy, update,
//! undeploy). Values cross lanes through *deployment proxies*: the source blueprint has an output, the target blueprint a
//! `cloudify.nodes.DeploymentProxy` node that inherits it, and a `get_attribute` that reads it.
//!
//! **Targets** are chosen in `gantry.yaml`, by platform, never in a blueprint. Types that bring operations run as written; the
//! abstract infrastructure types (Compute, Network, Port …) have none and are realised by the target. So one and the same
//! blueprint rehearses, runs on a laptop's engine, and runs on real machines. What a target says without being reached (no
//! such context, a property that it can't make anything of) is part of the plan's problems; right before a deployment
//! begins the engine asks its targets whether they answer and know us, and refuses while nothing is changed yet.
//!
//! # The words
//!
//! | word | is | lives in |
//! |---|---|---|
//! | **Document** | one blueprint file: its text and its canvas layout; an immutable value | [`edit`] |
//! | **Project** | the Documents open together; the thing undo moves through | [`edit`] |
//! | **Edit** | one finished gesture: Project → Project by the smallest text change; one undo step | [`edit`] |
//! | **Blueprint** | what the text says | [`dsl`], [`model`] |
//! | **Path** | the address of anything: `node_templates.web.properties.port` | [`diag`] |
//! | **Diagnostic** | code, severity, message, Path, place, hints | [`diag`] |
//! | **Catalog** | known types, built-in and of plugins, themselves DSL text in `assets/types` | [`check`] |
//! | **Topology** | the Blueprint resolved: types inherited, defaults in, references bound, flat | [`check`] |
//! | **Scene** | geometry: boxes, ports, routes, what is visible, what is under the cursor | [`scene`] |
//! | **Plan** | DAG of **Operations**, each with platform, target, inputs, retry and a *cause* | [`plan`] |
//! | **State** | instances, runtime properties, outputs, operations, health of one deployment | [`plan`] |
//! | **Provider** | the only door to the outside | trait in [`engine`], the rest in [`providers`] |
//! | **Event** | a fact with a sequence number; State is the fold of the journal | [`engine`] |
//! | **Store** | the journal, plans and frozen blueprints of all deployments (`SQLite`) | [`engine`] |
//! | **Session** | the application without a face | [`session`] |
//! | **Command** | what a person can ask the window to do | `gui` |
//!
//! Three verbs, never mixed: an **Edit** changes a document, an **Operation** changes the world, a **Command** is a wish that
//! becomes one of the two or a change of view.
//!
//! # Layers
//!
//! Arrows only downward; `tests/it/layers.rs` reads the `crate::` paths and keeps it so.
//!
//! ```text
//!   6   main ─────────▶ gui               cli               front ends; do not know each other
//!                         └───▶ session ◀───┘
//!   5                              │                        the application without a face
//!   4                          providers                    kubernetes · swarm · docker · proxy · rehearsal
//!                                  │
//!   3                           engine                      executor · events · store · Provider trait
//!                                  │
//!   2   ingest ─▶ edit          plan    scene   render      pure: change it · what to do · how it looks
//!              └─────────┬─────────┴──────┴───────┘
//!   1                  check                                pure: types, resolution, rules
//!                       dsl                                 pure: text ⇄ model
//!   0                  model                                pure: values, layout, manifest
//!              diag   dag   ordered                         pure: addresses, places, messages · graphs · maps in order
//! ```
//!
//! Words and values of a State are laid over the [`scene`] by the window, so that an event moves nothing on the picture.
//! Foreign formats become Edits in [`ingest`]; what has no place in them is kept and told.
//!
//! # Threads
//!
//! The window's thread never waits: requests go to the engine over a bounded channel, messages come back over one bounded
//! inbox that the window drains a little at a time. One journal writer numbers, stores and forwards each event: a fact is
//! journaled before it is shown. The command line is the same engine, read by a blocking receiver. Nothing changing, no repaint.
//!
//! # On disk
//!
//! ```text
//! <project>/gantry.yaml                    which blueprints, their deployment names, inputs and targets (no secrets)
//! <project>/<lane>/blueprint.yaml          the user's file, byte-faithful; <lane>/resources, scripts …
//! <project>/<lane>/blueprint.layout.yaml   sidecar: positions, bends, what is folded or locked; never mixed into the blueprint
//! <data dir>/recovery/                     what is drawn and not saved, one file for each open window
//! <data dir>/recent.json                   projects that were opened lately
//! <data dir>/gantry.db                     SQLite: deployments, frozen blueprints, plans, events, leases
//! ```
//!
//! # Invariants
//!
//! 1. Everything up to `plan` and `render` is pure. Same input, same bytes.
//! 2. Opening, looking, panning and deploying change no byte of a blueprint; an edit changes only the lines it must.
//! 3. Reading never fails; a syntax error costs one entity and is told with its place.
//! 4. A project changes only through an Edit; one gesture, one edit, one undo step.
//! 5. What draws reads and queues; only the window's `logic` changes anything.
//! 6. A Plan leaves no decision open; the executor takes none.
//! 7. What is shown has been journaled; State is nothing but the fold of the journal.
//! 8. Only `providers` touches a target, and rehearsal is a full provider that says so wherever its results are shown.
//! 9. `engine` does not know egui; `gui` and `cli` do not know each other.
//! 10. The window's thread never waits; every channel is bounded.
//! 11. Secrets appear in no Plan, Event, Store, log, picture or error.
//! 12. Whatever a user or a test can see is in a defined order; what `export` prints is what `deploy` applies.
//! 13. Killing the process at any instant loses nothing that was shown, and the next start can resume: finished operations are
//!     not repeated, started ones are looked up on the target before they are tried again.

pub mod check;
pub mod cli;
pub mod dag;
pub mod diag;
pub mod dsl;
pub mod edit;
pub mod engine;
#[cfg(feature = "gui")]
pub mod gui;
pub mod ingest;
pub mod model;
pub mod ordered;
pub mod plan;
pub mod providers;
pub mod render;
pub mod scene;
pub mod session;
