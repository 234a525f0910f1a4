//! `gantry export --svg --png --dot`: the whole picture, and the project out of it again.

use std::path::PathBuf;

use crate::cli::Lab;

impl Lab {
    fn beside(&self, name: &str) -> PathBuf {
        self.project().with_file_name(name)
    }
}

#[test]
fn the_picture_shows_everything_and_is_the_same_bytes_each_time() {
    let lab = Lab::hybrid_vnf();
    lab.expect(0, &["export", "hybrid-vnf", "--svg", "a.svg", "--png", "a.png", "--dot", "a.dot"]);
    lab.expect(0, &["export", "hybrid-vnf", "--svg", "b.svg", "--png", "b.png", "--dot", "b.dot"]);
    lab.expect(0, &["export", "hybrid-vnf", "--svg", "dark.svg", "--dark", "--without-project"]);
    let read = |name: &str| std::fs::read(lab.beside(name)).unwrap();
    for (a, b) in [("a.svg", "b.svg"), ("a.png", "b.png"), ("a.dot", "b.dot")] {
        assert_eq!(read(a), read(b), "{a}");
    }
    let svg = String::from_utf8(read("a.svg")).unwrap();
    let picture = svg.split("</metadata>").nth(1).unwrap();
    for shown in ["kubernetes-cluster", "nginx_container", "swarm.Microservice", "vm_info.ips", "management"]
    {
        assert!(picture.contains(&format!(">{shown}<")), "{shown}");
    }
    assert!(picture.contains(">workers ×n<"), "a group has its frame");
    let dark = String::from_utf8(read("dark.svg")).unwrap();
    assert!(dark.contains("#1a1d22") && !svg.contains("#1a1d22"));
    assert!(!dark.contains("metadata"));
    let png = read("a.png");
    let side = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
    assert!(png.starts_with(b"\x89PNG") && side(16) > 1500 && side(20) > 800, "{} x {}", side(16), side(20));
    let dot = String::from_utf8(read("a.dot")).unwrap();
    assert!(dot.contains("label=\"service\"") && dot.contains("style=dotted"), "{dot}");
    assert_eq!(dot.matches('{').count(), dot.matches('}').count());
}

#[test]
fn the_project_comes_out_of_its_picture_as_it_was() {
    let lab = Lab::hybrid_vnf();
    lab.expect(0, &["export", "hybrid-vnf", "--svg", "a.svg"]);
    let told = lab.expect(0, &["import", "a.svg", "--to", "again"]);
    assert!(told.contains("3 lanes from a.svg"), "{told}");
    for file in gantry::session::files::list(&lab.project()).unwrap() {
        let named = !file.contains("Dockerfile")
            && !file.contains("resources/nginx")
            && !file.contains("resources/quagga");
        if named {
            let (was, is) = (lab.project().join(&file), lab.beside("again").join(&file));
            assert_eq!(std::fs::read(is).unwrap(), std::fs::read(was).unwrap(), "{file}");
        }
    }
    lab.expect(0, &["check", "again"]);
    // Into a project that is there, they are lanes of it.
    lab.expect(0, &["import", "a.svg", "--to", "hybrid-vnf"]);
    assert!(lab.project().join("service-2/blueprint.yaml").exists());
}

#[test]
fn pictures_without_a_project_and_strange_ones_are_refused() {
    let lab = Lab::hybrid_vnf();
    lab.expect(0, &["export", "hybrid-vnf", "--svg", "bare.svg", "--without-project"]);
    let json = r#"{"../outside.yaml":"x","gantry.yaml":"lanes: {}"}"#.replace('"', "&quot;");
    let hostile = format!("<svg><metadata><gantry:project>{json}</gantry:project></metadata></svg>");
    std::fs::write(lab.beside("hostile.svg"), hostile).unwrap();
    for (file, wanted) in [("bare.svg", "carries no project"), ("hostile.svg", "leads out of it")] {
        let output = lab.gantry(&["import", file, "--to", "again"]);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code() == Some(1) && told.contains(wanted), "{told}");
        assert!(!lab.beside("again").exists() && !lab.beside("outside.yaml").exists());
    }
    let output = lab.gantry(&["check", "bare.svg"]);
    assert!(!output.status.success());
    // A private key that a blueprint names stays at home.
    let key = "-----BEGIN PRIVATE KEY-----\ncanary\n";
    std::fs::write(lab.project().join("service/resources/kubernetes/pod.yaml"), key).unwrap();
    lab.expect(0, &["export", "hybrid-vnf", "--svg", "c.svg"]);
    assert!(!std::fs::read_to_string(lab.beside("c.svg")).unwrap().contains("canary"));
}
