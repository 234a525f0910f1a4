//! Ways to an engine: TLS, SSH, and those that lead nowhere.

use std::path::PathBuf;

use gantry::engine::{Failure, Provider};
use gantry::providers::docker::Endpoint;
use gantry::providers::ssh::SshIdentity;
use gantry::providers::swarm::SwarmProvider;

use super::bench::{Bench, given};

fn at(address: &str, certificates: Option<PathBuf>) -> SwarmProvider {
    SwarmProvider::new(Endpoint { address: address.into(), certificates, origin: None })
}

fn manager() -> Bench {
    Bench::new("ways").node(
        "manager",
        "cloudify.swarm.Manager",
        serde_json::json!({ "ip": "x", "port": 2375 }),
        &[],
    )
}

async fn why(provider: &dyn Provider) -> String {
    manager().run(provider, "manager", "create").await.unwrap_err().to_string()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a real Docker Engine: tests/run docker"]
async fn tls_with_the_engines_certificates_only() {
    let (address, certificates) =
        (given("GANTRY_TEST_DOCKER_TLS"), PathBuf::from(given("GANTRY_TEST_DOCKER_CERTS")));
    let bench = manager();
    bench.run(&at(&address, Some(certificates.clone())), "manager", "create").await.unwrap();
    assert!(bench.runtime("manager").contains_key("swarm_info"));

    // Another authority's certificate is not believed; without TLS the engine does not talk.
    let folder = tempfile::tempdir().unwrap();
    for name in ["cert.pem", "key.pem"] {
        std::fs::copy(certificates.join(name), folder.path().join(name)).unwrap();
    }
    let stranger = std::process::Command::new("openssl")
        .args([
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-days",
            "1",
            "-subj",
            "/CN=x",
        ])
        .args(["-keyout", "/dev/null", "-out"])
        .arg(folder.path().join("ca.pem"))
        .output()
        .unwrap();
    assert!(stranger.status.success());
    let told = why(&at(&address, Some(folder.path().into()))).await;
    assert!(told.contains("ertificate") || told.contains("UnknownIssuer"), "{told}");
    let told = why(&at(&address, None)).await;
    assert!(told.contains("HTTPS") || told.contains("HTTP request"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a real Docker Engine: tests/run docker"]
async fn ssh_to_a_known_host_only() {
    let folder = tempfile::tempdir().unwrap();
    let put = |variable: &str, name: &str| {
        std::fs::copy(given(variable), folder.path().join(name)).unwrap();
    };
    let by_ssh = || {
        let endpoint =
            Endpoint { address: given("GANTRY_TEST_DOCKER_SSH"), certificates: None, origin: None };
        let identity = SshIdentity { folder: Some(folder.path().into()), agent: None };
        SwarmProvider::with_identity(endpoint, identity)
    };
    let told = why(&by_ssh()).await;
    assert!(told.contains("is not in known_hosts") && told.contains("SHA256:"), "{told}");
    put("GANTRY_TEST_DOCKER_KNOWN_HOSTS", "known_hosts");
    let told = why(&by_ssh()).await;
    assert!(told.contains("lets nobody in as root (there is no key"), "{told}");
    put("GANTRY_TEST_DOCKER_SSH_KEY", "id_ed25519");
    let (bench, provider) = (manager(), by_ssh());
    bench.run(&provider, "manager", "create").await.unwrap();
    assert!(bench.runtime("manager").contains_key("swarm_info"));
    // More requests at once than sshd gives channels.
    let many = futures::future::join_all((0..24).map(|_| bench.run(&provider, "manager", "create"))).await;
    assert!(many.iter().all(Result::is_ok), "{many:?}");

    // A host whose key is another one than the one we know is not spoken to.
    let known = std::fs::read_to_string(folder.path().join("known_hosts")).unwrap();
    let host = known.split(' ').next().unwrap().to_owned();
    let stranger = std::fs::read_to_string(format!("{}.pub", given("GANTRY_TEST_DOCKER_SSH_KEY"))).unwrap();
    std::fs::write(folder.path().join("known_hosts"), format!("{host} {stranger}")).unwrap();
    let told = why(&by_ssh()).await;
    assert!(told.contains("is not the one in") && told.contains("ssh-keygen -R"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a real Docker Engine: tests/run docker"]
async fn a_dead_socket_and_a_closed_port_are_told_with_their_address() {
    let told = why(&at("unix:///nowhere/docker.sock", None)).await;
    assert!(told.contains("unix:///nowhere/docker.sock") && told.contains("no socket"), "{told}");
    let told = why(&at(&format!("tcp://{}:9", given("GANTRY_TEST_DOCKER_ADDRESS")), None)).await;
    assert!(told.contains("refused") && told.contains("Is the engine running?"), "{told}");
    let failure = manager().run(&at("tcp://127.0.0.1:9", None), "manager", "create").await.unwrap_err();
    assert!(matches!(failure, Failure::Retry { .. }), "{failure:?}");
}
