//! What each code of a blueprint's problems means, for `gantry explain` and the window. Text only.

/// The explanation of a code.
pub fn explanation(code: &str) -> Option<&'static str> {
    CODES.iter().find(|(known, _)| *known == code).map(|(_, text)| *text)
}

/// All codes of problems, in the order of the alphabet: the first sentence says what is wrong.
pub const CODES: &[(&str, &str)] = &[
    (
        "alias-bomb",
        "Aliases repeat so many values that the text would grow beyond all bounds. Write out what is meant, or repeat less.",
    ),
    (
        "all-to-one-in-group",
        "A relationship of `connection_type: all_to_one` joins two members of one scaling group. Inside a group each instance meets its own partners; use `all_to_all`.",
    ),
    (
        "ambiguous-plugin",
        "An operation's text begins with the names of two plugins. Rename one of the plugins.",
    ),
    (
        "archive-outside",
        "An archive holds an entry that would land outside of it: `..`, an absolute path, a link, a device, or a name that hides what it is. The whole archive is refused. Pack it again from inside the blueprint's folder, with plain files only.",
    ),
    (
        "archive-too-large",
        "An archive has more entries, or unpacks to more, than any blueprint needs. Unpack it yourself if you trust it, and open the folder.",
    ),
    (
        "availability-rule",
        "A workflow's `node_instances_active` lists something that is no share of active instances. Known are `all`, `partial` and `none`.",
    ),
    (
        "bare-function",
        "A function stands in a list between commas without braces of its own: `concat: [ get_input: a, b ]`. YAML takes it for a map of one entry, which is what was meant here, but a comma more and it is another list; write `{ get_input: a }`.",
    ),
    ("blueprint-without-namespace", "A `blueprint:` import needs a namespace. Write `NS--blueprint:ID`."),
    (
        "connection-type",
        "`connection_type` of a relationship is `all_to_all` or `all_to_one`. Anything else is refused when instances are made.",
    ),
    (
        "constrained-function",
        "The value of an input with constraints is a function. Constraints are checked before functions are evaluated: drop one of the two.",
    ),
    (
        "constraint-violated",
        "The value of an input does not keep the input's constraints. Change the value, or the constraint.",
    ),
    (
        "deprecated-instances",
        "A node says how many instances it has with `instances`, the way of the first versions. From `cloudify_dsl_1_3` on `capabilities.scalable` says it, with the least and the most beside it.",
    ),
    (
        "display-not-textarea",
        "`display` of an input is for `type: textarea` only. Change the type, or remove it.",
    ),
    (
        "duplicate-deployment",
        "Two lanes of a project are deployed under one name. Give one of them another `deployment` in gantry.yaml.",
    ),
    ("duplicate-import", "The same address stands twice in `imports`. Remove one of the lines."),
    ("duplicate-key", "A key stands twice in one map, and only the last one counts. Rename or remove one."),
    (
        "duplicate-name",
        "Two entities of a section have the same name, and only the last one would count. Rename or remove one.",
    ),
    (
        "function-arguments",
        "An intrinsic function has arguments of the wrong form or number. The message says what it takes.",
    ),
    (
        "function-cycle",
        "Properties or attributes read each other in a circle, so none of them ever has a value. Give one of them a value of its own.",
    ),
    (
        "function-failed",
        "An intrinsic function asks for something that is not there. A path may be misspelt; what only exists at run time is read with `get_attribute`.",
    ),
    (
        "function-not-permitted",
        "`use_external_resource` decides while the blueprint is read. It is true or false, never a function.",
    ),
    ("function-recursion", "Functions lead from one to the next too often. Shorten the chain."),
    (
        "function-scope",
        "SELF, SOURCE or TARGET stands where it means nothing. SELF is for nodes, SOURCE and TARGET for relationships; outputs name the node.",
    ),
    ("group-cycle", "Scaling groups are members of each other. Take one of the memberships away."),
    ("group-named-like-node", "A group and a node have the same name. Rename one of them."),
    (
        "group-not-scaled",
        "A scaling group has a group among its members that no scaling policy targets, so that nothing says how many of it there are. Make it a target of a policy, or name its members instead.",
    ),
    (
        "hidden-required-input",
        "An input is hidden, required, and has no default: nobody could give it a value. Give it a default, or `required: false`.",
    ),
    (
        "import-newer-version",
        "An imported file is of a newer version of the DSL than the blueprint. Raise the blueprint's `tosca_definitions_version`.",
    ),
    (
        "import-not-found",
        "An imported file can't be had. Imports are looked for beside the importing file and in the blueprint's folder; published types are built in.",
    ),
    (
        "import-outside",
        "An import leads out of the project folder. Files outside are not read; copy the file into the project.",
    ),
    (
        "import-properties",
        "Properties that stand beside an import do not fit the plugin that it brings. They need `cloudify_dsl_1_5` and the plugin's declared types.",
    ),
    (
        "import-specification",
        "An import is an address, or a map of one address to properties. Write each import as its own list item.",
    ),
    (
        "input-evaluation",
        "`get_input` asks for a key or an index that the input's value does not have. Check the path and the value.",
    ),
    (
        "instance-count",
        "A number of instances is no number when the deployment is made. Check the input that it reads.",
    ),
    ("invalid-constraint", "A constraint names no known operator. The hint lists them."),
    (
        "invalid-constraint-argument",
        "A constraint's argument is of the wrong kind. The message says what it takes.",
    ),
    (
        "invalid-instance-count",
        "A number of instances is negative, out of order, or no number. Minimum, default and maximum must rise; `UNBOUNDED` is no maximum.",
    ),
    ("invalid-item-type", "`item_type` is no primitive type. Lists hold texts, numbers and the like."),
    (
        "invalid-kubernetes-option",
        "An option of a Kubernetes resource means nothing. `grace_period_seconds` is a whole number, `propagation_policy` one of `Foreground`, `Background` and `Orphan`.",
    ),
    (
        "invalid-kubernetes-override",
        "An override of a Kubernetes descriptor is no assignment that can be made. Write it as an index path and a literal: `['spec']['replicas'] = 2`.",
    ),
    (
        "invalid-swarm-property",
        "A property of a Swarm node can't be turned into a service. The message says what is expected.",
    ),
    ("item-type-without-list", "`item_type` is for `type: list` only. Change the type, or remove it."),
    ("key-not-text", "A key reads as a number, a truth value or null. Put it in quotes."),
    (
        "label-value",
        "A value of a label is no text. Labels of deployments may be functions that are known when the deployment is made.",
    ),
    (
        "lane-cycle",
        "Lanes wait for each other's outputs in a circle, so none could ever begin. Take one of the deployment proxies away.",
    ),
    (
        "lifecycle-operation",
        "`depends_on_lifecycle_operation` names no operation that its target gives. Set its property `operation`, and give the target that operation.",
    ),
    (
        "manifest",
        "gantry.yaml says something that is not understood. Each lane has a `blueprint`, and may have `deployment`, `target` or `targets`, and `inputs`.",
    ),
    (
        "markdown-damage",
        "A key begins with an underscore and its value ends with one, as in `_privileged: true_`: an editor of prose has made slanted text of it. Take the underscores away.",
    ),
    (
        "member-of-several-groups",
        "A node or group is a member of two scaling groups. Put one group into the other, or drop one membership.",
    ),
    (
        "members-not-together",
        "Members of a scaling group are contained in different places, so they can't be multiplied together. Contain them in one node, or in none.",
    ),
    ("merge-conflict", "Two files define the same name. Rename one, or import one file under a namespace."),
    ("missing-input", "A deployment has no value for an input without a default. Give it one."),
    ("missing-key", "Something that must be said is not. The message names the key."),
    (
        "missing-operation-input",
        "An operation of a type asks for an input that the node does not give. Give it under the node's `interfaces`.",
    ),
    (
        "missing-property",
        "A mandatory property has no value. Give it one; `required: false` in the type makes it optional.",
    ),
    (
        "missing-resource",
        "A node names a file that is not in the folder of its blueprint. Paths are relative to that folder and must not leave it.",
    ),
    (
        "missing-version",
        "The blueprint does not say which version of the DSL it is written in. Begin with `tosca_definitions_version: cloudify_dsl_1_3`.",
    ),
    (
        "namespace-delimiter",
        "A namespace contains `--`, which separates namespaces from names. Choose another name.",
    ),
    (
        "namespace-on-basic-types",
        "The basic types are imported under a namespace. They keep their names everywhere; import them plainly.",
    ),
    ("namespace-reused", "Two blueprints are imported under one namespace. Give each its own."),
    ("negative-retries", "A number of tries or seconds is negative. `max_retries: -1` means for ever."),
    ("nested-too-deep", "Lists and maps are nested too deep to be meant. The limit is 200 levels."),
    (
        "no-host",
        "An operation runs on a node's host, and the node has none. Contain the node in a Compute node, or run the operation centrally.",
    ),
    ("no-members", "A group has no members. Name at least one node or group."),
    (
        "no-script-plugin",
        "An operation runs a script, and no script plugin is declared. Import `cloudify/types/types.yaml`.",
    ),
    (
        "node-cycle",
        "Nodes need each other in a circle, so none can be the first. Remove one of the relationships.",
    ),
    (
        "not-ascii",
        "The text goes beyond ASCII. This program reads it; Cloudify's own parser refuses the file.",
    ),
    ("number-too-long", "A number has thousands of digits. Put it in quotes if it is text."),
    ("obsolete-section", "A section of old versions that has no effect. Remove it."),
    (
        "operation-executor",
        "An operation names an executor that does not exist. Known are `central_deployment_agent` and `host_agent`.",
    ),
    (
        "overlapping-subnets",
        "Two networks have address ranges that overlap, so packets could not tell them apart. Change one of the ranges.",
    ),
    (
        "plugin-executor",
        "A plugin names an executor that does not exist. Known are `central_deployment_agent` and `host_agent`.",
    ),
    (
        "plugin-without-source",
        "A plugin is to be installed, and nothing says from where. Give `package_name` or `source`, or `install: false`.",
    ),
    ("policy-target-no-group", "A policy's target is no group. Scaling policies multiply groups."),
    ("policy-without-target", "A policy has no targets. Name at least one group."),
    ("primitive-redefined", "A data type has the name of a built-in type. Choose another name."),
    (
        "proxy-without-deployment",
        "A deployment proxy does not say which deployment it stands for. Give it a `deployment_id`, as a property or as an input of its operations.",
    ),
    (
        "relationship-cycle",
        "Instances depend on each other in a circle, so none could be made first. Take one of the relationships away.",
    ),
    (
        "relationship-repeated",
        "A node has two relationships to the same node. Between instances only the last one counts, as in Cloudify: operations of the first one never run. Put them into one relationship.",
    ),
    ("schedule", "A schedule could never run as it is written. The message says which part."),
    (
        "script-input",
        "An operation runs a script and is given `script_path` (or `script_source`) too. Remove the input.",
    ),
    (
        "section-not-mergeable",
        "A section stands in two files and can't be merged. From `cloudify_dsl_1_3` on inputs, outputs and node templates can.",
    ),
    ("self-relationship", "A node has a relationship to itself. Name another target."),
    (
        "several-containers",
        "A node is contained in several nodes. It is in one place; connect it to the others.",
    ),
    (
        "shadowed-name",
        "A name hides another one without a word: a type that begins with `cloudify.` and is defined in an import too (that definition counts), or a node called SELF, SOURCE or TARGET, which no function can name. Choose another name.",
    ),
    (
        "syntax",
        "The text is no YAML at this place. The entity that it stands in is left out, the rest is read.",
    ),
    (
        "target-does-not-serve",
        "A target can't do the operations of a platform. Choose another target for that platform in gantry.yaml or with `--target`.",
    ),
    (
        "too-many-imports",
        "More files are imported than a blueprint can mean. A file may be importing too much.",
    ),
    (
        "too-many-instances",
        "The deployment would have more instances (or relationships between them) than can be handled. Lower the counts.",
    ),
    (
        "two-instance-counts",
        "A node has both `instances.deploy` and `capabilities.scalable`. Keep the second.",
    ),
    ("type-cycle", "Types derive from each other, or hold each other, in a circle. Break it at one place."),
    (
        "unattached-route",
        "A node has a route into a network that it has no leg in. Connect it to a port of that network.",
    ),
    (
        "unchecked-input",
        "The value of an input names something that only a Cloudify manager knows: a deployment, a secret, a node. It is taken as it is.",
    ),
    ("undeclared-input", "A deployment gives an input that the blueprint does not have. It may be misspelt."),
    ("undefined-property", "A property is given that the type does not have. It may be misspelt."),
    ("unknown-input", "`get_input` names no input of the blueprint. Declare it under `inputs`."),
    (
        "unknown-instance",
        "A relationship points to an instance that is not part of the deployment. Deploy again, so that it is made anew.",
    ),
    ("unknown-key", "A key means nothing at this place. It may be misspelt, or indented wrongly."),
    ("unknown-member", "A group's member is no node and no group. It may be misspelt."),
    ("unknown-node", "A function names no node of the blueprint. It may be misspelt."),
    (
        "unknown-node-type",
        "A node has a type that nothing defines. Import the file that defines it, or mend the name.",
    ),
    (
        "unknown-parent-type",
        "A type derives from one that nothing defines. Import the file that defines it, or mend the name.",
    ),
    (
        "unknown-policy-trigger",
        "A trigger has a type that nothing defines. Define it under `policy_triggers`.",
    ),
    (
        "unknown-policy-type",
        "A group's policy has a type that nothing defines. Define it under `policy_types`.",
    ),
    (
        "unknown-property-key",
        "A map has a key that its type does not tell of, and that is nearly one of those it does. Nothing refuses it, but nothing reads it either: it is probably misspelt.",
    ),
    (
        "unknown-relationship",
        "A relationship has a type that nothing defines. Import the file that defines it, or mend the name.",
    ),
    ("unknown-secret", "A function asks for a secret that does not exist. Create it, or mend the name."),
    (
        "unknown-sys",
        "`get_sys` asks for something that a deployment does not know of itself. The message lists what there is.",
    ),
    ("unknown-tag", "A YAML tag has no meaning in a blueprint. Remove it."),
    ("unknown-target", "A relationship leads to a node that does not exist. It may be misspelt."),
    (
        "unknown-type",
        "A property or input has a type that is neither built in nor a data type. It may be misspelt.",
    ),
    (
        "unknown-version",
        "There is no such version of the DSL. Versions are `cloudify_dsl_1_0` to `cloudify_dsl_1_5`.",
    ),
    (
        "unreadable-archive",
        "An archive can't be read: it is damaged, of another kind than zip, CSAR, tar or tar.gz, holds one name twice, or has no blueprint in it. Pack the blueprint's folder again.",
    ),
    (
        "unreadable-file",
        "A file that the project names can't be read as text. See that it exists, is UTF-8 and may be read.",
    ),
    (
        "unreadable-layout",
        "The file with the positions on the canvas can't be read. Everything is placed automatically; moving a node writes a new one.",
    ),
    ("unreadable-value", "YAML gives the value a meaning that a blueprint can't have. Put it in quotes."),
    (
        "unresolved-mapping",
        "An operation or workflow names neither a plugin's function nor a file. Import the plugin, or mend the path.",
    ),
    (
        "unsupported-policy",
        "A policy of this type does not exist. Only `cloudify.policies.scaling` works on groups as a whole.",
    ),
    (
        "unsupported-relationship",
        "A relationship derives from none of `depends_on`, `connected_to`, `contained_in`. Derive it from one of them.",
    ),
    (
        "unusable-target",
        "The target that `gantry.yaml` or `--target` names for a platform can't be used: no such context, or a target that does not do operations of this platform. Choose another target, or rehearse.",
    ),
    ("unused-input", "Nothing reads an input. Remove it, or read it with `get_input`."),
    (
        "value-too-large",
        "Functions, or defaults of data types that hold each other, come to a value beyond any use: each step doubles the one before. Shorten the chain.",
    ),
    ("value-type-mismatch", "A value is not of its property's type. In quotes everything is text."),
    (
        "version-gate",
        "Something is used that came with a later version of the DSL. Raise `tosca_definitions_version`, or do without.",
    ),
    (
        "wrong-kind",
        "A value is of the wrong kind: a list where a map belongs, say. The message says what is expected.",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_in_order_and_explained_in_two_sentences() {
        assert!(CODES.is_sorted_by_key(|(code, _)| *code));
        for (code, text) in CODES {
            assert!(text.contains(". ") && text.ends_with('.'), "{code}");
        }
    }
}
