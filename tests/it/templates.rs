//! Lane templates: each, filled with its own defaults, is a blueprint without errors that rehearses to its outputs; the
//! scripts of the k3s template, run for real with stand-ins for the download and for `ctx`.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn templates() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/templates")
}

/// A project with the template `name`, filled with the defaults of its parameters.
fn filled(name: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    gantry(folder.path(), &["new", "project", "--template", name]);
    folder
}

fn gantry(folder: &Path, words: &[&str]) -> String {
    told(&run(folder, words))
}

fn run(folder: &Path, words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_gantry"))
        .args(words)
        .current_dir(folder)
        .env("GANTRY_DATA_DIR", folder.join(".data"))
        .env("GANTRY_SECRET_K3S_TOKEN", "a-canary-of-a-token")
        .output()
        .unwrap()
}

fn told(output: &Output) -> String {
    let text =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}");
    text
}

#[test]
fn every_file_of_the_templates_is_in_the_program() {
    let known = gantry::session::templates::all();
    for entry in std::fs::read_dir(templates()).unwrap() {
        let folder = entry.unwrap();
        let name = folder.file_name().into_string().unwrap();
        let template = known.iter().find(|template| template.name == name);
        let template = template.unwrap_or_else(|| panic!("{name} is in no list"));
        assert!(!template.title.is_empty() && !template.description.is_empty(), "{name}");
        let files: Vec<String> = template.fill(&[]).unwrap().into_iter().map(|(file, _)| file).collect();
        let from = if template.project {
            Path::new(env!("CARGO_MANIFEST_DIR")).join("blueprints").join(&name)
        } else {
            folder.path()
        };
        for file in gantry::session::files::list(&from).unwrap() {
            assert!(file == "template.yaml" || files.contains(&file), "{name}: {file} is missing");
        }
    }
}

#[test]
fn each_is_a_project_without_problems_and_rehearses_to_its_outputs() {
    for template in gantry::session::templates::all() {
        let name = template.name;
        let folder = filled(name);
        let checked = gantry(folder.path(), &["check", "project"]);
        assert!(checked.contains("no problems"), "{name}: {checked}");
        let quick = ["--rehearsal-latency", "0"];
        let said = gantry(folder.path(), &[&["deploy", "project", "--yes"], &quick[..]].concat());
        let expected = match name {
            "kubernetes-existing" => "192.0.2.10",
            "k3s-cluster" => ":6443",
            "swarm-cluster" => "manager_ip",
            "hosts" => "host_addresses",
            "hybrid-vnf" => "10.100.102.11",
            "empty" => "",
            _ => "service_port",
        };
        assert!(said.contains(expected) && !said.contains("canary"), "{name}: {said}");
        gantry(folder.path(), &[&["undeploy", "project", "--yes"], &quick[..]].concat());
    }
}

#[test]
fn values_are_judged_and_quotes_stay_text() {
    let folder = tempfile::tempdir().unwrap();
    let nasty = "image=it's: {x}";
    gantry(
        folder.path(),
        &["new", "a", "--template", "swarm-service", "--set", nasty, "--set", "replicas=3"],
    );
    let text = std::fs::read_to_string(folder.path().join("a/swarm-service/blueprint.yaml")).unwrap();
    assert!(text.contains("default: 'it''s: {x}'\n") && text.contains("replicas: 3\n"), "{text}");
    gantry(folder.path(), &["new", "a/second", "--template", "hosts"]);
    assert!(folder.path().join("a/second/blueprint.yaml").exists());
    assert!(gantry(folder.path(), &["new"]).contains("kubernetes-existing"));
    for (words, wanted) in [
        (vec!["new", "b", "--template", "nothing"], "there is no template `nothing`"),
        (vec!["new", "b", "--template", "hosts", "--set", "count=-1"], "no whole number"),
        (vec!["new", "b", "--template", "hosts", "--set", "x=1"], "has no parameter `x`"),
        (vec!["new", "a/second"], "there already"),
        (vec!["new", "a/other", "--template", "hybrid-vnf"], "a whole project"),
    ] {
        let output = run(folder.path(), &words);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && told.contains(wanted), "{words:?}: {told}");
        assert!(!folder.path().join("b").exists());
    }
}

/// A machine's worth of stand-ins: the installer's download, what it installs, and `ctx`.
fn stand_ins(root: &Path) {
    let bin = root.join("bin");
    std::fs::create_dir_all(&bin).unwrap();
    let installer = "echo \"$0-ran $INSTALL_K3S_VERSION $* url=${K3S_URL:-} token=$K3S_TOKEN\" | sed 's#^.*-ran#ran#' >>\"$K3S_ROOT/ran\"
mkdir -p \"$K3S_ROOT/etc/rancher/k3s\" \"$K3S_ROOT/var/lib/rancher/k3s/server/tls\" \"$K3S_ROOT/usr/local/bin\"
echo 'server: https://127.0.0.1:6443' >\"$K3S_ROOT/etc/rancher/k3s/k3s.yaml\"
echo CERTIFICATE >\"$K3S_ROOT/var/lib/rancher/k3s/server/tls/server-ca.crt\"
printf '#!/bin/sh\\nrm -rf \"$K3S_ROOT/etc/rancher\"\\n' >\"$K3S_ROOT/usr/local/bin/k3s-uninstall.sh\"
chmod +x \"$K3S_ROOT/usr/local/bin/k3s-uninstall.sh\"
";
    std::fs::write(root.join("installer"), installer).unwrap();
    for (name, text) in [
        ("curl", "#!/bin/sh\n[ \"$2\" = http://mirror.example/k3s ] && cp \"$K3S_ROOT/installer\" \"$4\"\n"),
        ("ctx", "#!/bin/sh\necho \"$*\" >>\"$K3S_ROOT/told\"\n"),
        ("id", "#!/bin/sh\necho 0\n"),
    ] {
        let path = bin.join(name);
        std::fs::write(&path, text).unwrap();
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
}

#[test]
fn the_scripts_of_k3s_install_join_and_remove() {
    let scripts = templates().join("k3s-cluster/scripts");
    let machine = tempfile::tempdir().unwrap();
    let root = machine.path();
    stand_ins(root);
    let path = format!("{}:{}", root.join("bin").display(), std::env::var("PATH").unwrap());
    let run = |script: &str, inputs: &[(&str, &str)]| {
        let mut command = Command::new("sh");
        command.arg(scripts.join(script)).env("PATH", &path).env("K3S_ROOT", root);
        let common = [
            ("k3s_version", "v1.2.3"),
            ("k3s_installer", "http://mirror.example/k3s"),
            ("k3s_token", "geheim"),
        ];
        for (key, value) in common.iter().chain(inputs) {
            command.env(key, value);
        }
        command.output().unwrap()
    };
    let read = |file: &str| std::fs::read_to_string(root.join(file)).unwrap_or_default();
    told(&run("prepare.sh", &[]));
    told(&run("server.sh", &[("node_ip", "10.0.0.1")]));
    let ran = "ran v1.2.3 server --node-ip 10.0.0.1 --advertise-address 10.0.0.1 --tls-san 10.0.0.1 --write-kubeconfig-mode 600 url= token=geheim";
    assert_eq!(read("ran").trim(), ran);
    assert_eq!(read("etc/rancher/k3s/k3s.yaml"), "server: https://10.0.0.1:6443\n");
    assert!(
        read("told").contains("instance runtime-properties ca CERTIFICATE")
            && !read("told").contains("geheim")
    );
    told(&run("agent.sh", &[("server_ip", "10.0.0.1")]));
    assert!(
        read("ran").ends_with("ran v1.2.3 agent url=https://10.0.0.1:6443 token=geheim\n"),
        "{}",
        read("ran")
    );
    assert!(!run("agent.sh", &[("server_ip", "")]).status.success());
    let broken = [("k3s_installer", "http://nowhere.example"), ("node_ip", "10.0.0.1")];
    assert!(!run("server.sh", &broken).status.success(), "a download that fails is a failure");
    told(&run("remove.sh", &[]));
    assert!(!root.join("etc/rancher").exists());
    std::fs::remove_dir_all(root.join("usr")).unwrap();
    told(&run("remove.sh", &[]));
    assert!(read("told").ends_with("logger info k3s is not installed here\n"));
}
