//! Marks of ownership: the labels by which what we made is found again, and told from what others made.

use std::collections::HashMap;

/// Label with the deployment's name.
pub const DEPLOYMENT: &str = "gantry.deployment";
/// Label with the instance's id.
pub const INSTANCE: &str = "gantry.instance";
/// Label with the fingerprint of what was asked for.
pub const SPEC: &str = "gantry.spec";

/// The labels of an instance of a deployment.
pub fn labels(deployment: &str, instance: &str) -> HashMap<String, String> {
    HashMap::from([(DEPLOYMENT.into(), deployment.into()), (INSTANCE.into(), instance.into())])
}

/// A filter of the API that finds exactly what carries those labels.
pub fn filter(deployment: &str, instance: &str) -> HashMap<String, Vec<String>> {
    let wanted = vec![format!("{DEPLOYMENT}={deployment}"), format!("{INSTANCE}={instance}")];
    HashMap::from([("label".into(), wanted)])
}

/// Whether `labels` are those of the instance.
pub fn is_ours(labels: Option<&HashMap<String, String>>, deployment: &str, instance: &str) -> bool {
    let has = |key: &str, value: &str| {
        labels.and_then(|labels| labels.get(key)).is_some_and(|found| found == value)
    };
    has(DEPLOYMENT, deployment) && has(INSTANCE, instance)
}

/// Whose something is, for a message.
pub fn owner(labels: Option<&HashMap<String, String>>) -> String {
    let label = |key: &str| labels.and_then(|labels| labels.get(key));
    match (label(DEPLOYMENT), label(INSTANCE)) {
        (Some(deployment), Some(instance)) => format!("it belongs to {instance} of deployment {deployment}"),
        _ => "it was not made by Gantry".into(),
    }
}

/// 64-bit FNV-1a of `text` in hexadecimal: the same on every machine and in every version.
pub fn fingerprint(text: &str) -> String {
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{hash:016x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ours_is_ours_only_with_both_labels() {
        let mine = labels("service", "nginx_1");
        assert!(is_ours(Some(&mine), "service", "nginx_1"));
        assert!(!is_ours(Some(&mine), "service", "nginx_2"));
        assert!(!is_ours(None, "service", "nginx_1"));
        assert_eq!(owner(Some(&mine)), "it belongs to nginx_1 of deployment service");
        assert_eq!(owner(None), "it was not made by Gantry");
    }

    #[test]
    fn the_fingerprint_is_the_published_one() {
        assert_eq!(fingerprint(""), "cbf29ce484222325");
        assert_eq!(fingerprint("a"), "af63dc4c8601ec8c");
    }
}
