//! Lane templates: each, filled with its own defaults, is a blueprint without errors that rehearses to its outputs; the
//! scripts of the k3s template, run for real with stand-ins for the download and for `ctx`.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use gantry::diag::Source;
use gantry::dsl;
use gantry::model::Value;

fn templates() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/templates")
}

fn copied(from: &Path, to: &Path, fill: &dyn Fn(String) -> String) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copied(&path, &target, fill);
        } else {
            let text = std::fs::read_to_string(&path).unwrap();
            std::fs::write(&target, fill(text)).unwrap();
            std::fs::set_permissions(&target, std::fs::metadata(&path).unwrap().permissions()).unwrap();
        }
    }
}

/// A folder with the template `name`, filled with the defaults of its parameters.
fn filled(name: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let from = templates().join(name);
    let text = std::fs::read_to_string(from.join("template.yaml")).unwrap();
    let (about, _, problems) = dsl::read_value(&Source::new("template.yaml", text));
    assert!(problems.is_empty(), "{problems:?}");
    for key in ["title", "description"] {
        assert!(about.get(key).and_then(Value::as_str).is_some_and(|text| !text.trim().is_empty()), "{key}");
    }
    let parameters = about.get("parameters").and_then(Value::as_list).unwrap().to_vec();
    let fill = |mut text: String| {
        for parameter in &parameters {
            let of = |key: &str| parameter.get(key).unwrap_or_else(|| panic!("{name}: no {key}"));
            let (_, _, _) = (of("title"), of("description"), of("type"));
            text = text.replace(&format!("{{{{ {} }}}}", of("name")), &of("default").to_string());
        }
        assert!(!text.contains("{{"), "{name}: a parameter is not declared in\n{text}");
        text
    };
    copied(&from, folder.path(), &fill);
    std::fs::remove_file(folder.path().join("template.yaml")).unwrap();
    folder
}

fn gantry(folder: &Path, words: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_gantry"))
        .args(words)
        .current_dir(folder)
        .env("GANTRY_DATA_DIR", folder.join(".data"))
        .env("GANTRY_SECRET_K3S_TOKEN", "a-canary-of-a-token")
        .output()
        .unwrap();
    told(&output)
}

fn told(output: &Output) -> String {
    let text =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}");
    text
}

#[test]
fn each_rehearses_to_its_outputs() {
    let mut names: Vec<String> = std::fs::read_dir(templates())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert!(names.contains(&"kubernetes-existing".to_owned()) && names.contains(&"k3s-cluster".to_owned()));
    for name in ["kubernetes-existing", "k3s-cluster"] {
        let folder = filled(name);
        let quick = ["--rehearsal-latency", "0"];
        let said = gantry(folder.path(), &[&["deploy", "blueprint.yaml", "--yes"], &quick[..]].concat());
        assert!(said.contains("kubernetes_info") && !said.contains("canary"), "{name}: {said}");
        let expected = if name == "k3s-cluster" { ":6443" } else { "192.0.2.10" };
        assert!(said.contains(expected), "{name}: {said}");
        gantry(folder.path(), &[&["undeploy", "blueprint.yaml", "--yes"], &quick[..]].concat());
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
