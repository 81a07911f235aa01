//! The action for GitHub, the job for GitLab and the hooks for pre-commit: their own scripts, run in a scratch repository.

use super::diff::{edit, git};
use super::{POLICY, folder};
use crate::house::read;
use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output};

fn yaml(path: &str) -> Value {
    serde_saphyr::from_str(&read(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn repository() -> tempfile::TempDir {
    let tests = "test \"A large company\" { lead { id \"1\", employees 5000 }  expect queue big }\n";
    let folder = folder(&[("main.leadway", POLICY), ("main.test.leadway", tests), ("leads.csv", super::LEADS)]);
    ["init -q -b main .", "add -A", "commit -q -m first"].iter().for_each(|line| git(folder.path(), line));
    folder
}

/// Runs a script as the service would, with this build of `leadway` on the path.
fn bash(script: &str, folder: &Path, variables: &[(&str, &str)]) -> Output {
    let bin = Path::new(env!("CARGO_BIN_EXE_leadway")).parent().unwrap();
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
    let mut command = Command::new("bash");
    command.args(["-e", "-c", script]).current_dir(folder).env("PATH", path).env("CI", "true");
    command.envs(variables.iter().copied()).output().unwrap()
}

#[test]
fn the_action_checks_a_change_and_leaves_its_comment() {
    let action = yaml("action.yml");
    assert_eq!(action["runs"]["using"], "composite");
    let steps = action["runs"]["steps"].as_array().unwrap();
    for step in steps {
        let runs = step["shell"] == "bash" && step["run"].is_string();
        assert!(step["name"].is_string() && (runs || step["uses"].is_string()), "{step}");
    }
    let script = steps.iter().find(|step| step["id"] == "run").unwrap()["run"].as_str().unwrap();
    let folder = repository();
    let at = |name: &str| folder.path().join(name).display().to_string();
    let (temporary, output, summary) = (at("tmp"), at("output"), at("summary"));
    let run_from = |base: &str, leads: &str| {
        let variables = [
            ("POLICY", "main.leadway"),
            ("BASE", base),
            ("DEFAULT", "main"),
            ("LEADS", leads),
            ("AT", "2026-03-04T10:00Z"),
            ("RUNNER_TEMP", &temporary),
            ("GITHUB_OUTPUT", &output),
            ("GITHUB_STEP_SUMMARY", &summary),
        ];
        bash(script, folder.path(), &variables)
    };
    let run = |leads: &str| run_from("main", leads);
    // The first push of a branch comes from a commit of zeros.
    for base in ["main", "", "0000000000000000000000000000000000000000"] {
        let done = run_from(base, "");
        assert_eq!(done.status.code(), Some(0), "{base}: {}", String::from_utf8_lossy(&done.stderr));
    }
    edit(&folder.path().join("main.leadway"), "employees >= 1000", "employees >= 6000");
    let done = run("leads.csv");
    assert_eq!(done.status.code(), Some(1), "{}", String::from_utf8_lossy(&done.stderr));
    let text = |path: &str| std::fs::read_to_string(path).unwrap();
    let comment = text(&format!("{temporary}/leadway/comment.md"));
    assert!(comment.contains("| ❌ | tests |") && comment.contains("leads** in `leads.csv`"), "{comment}");
    assert!(text(&summary).ends_with(&comment));
    assert!(text(&output).starts_with("comment="));
    // What the last run wrote goes to code scanning.
    assert!(text(&output).ends_with(&format!("sarif={temporary}/leadway/leadway.sarif\n")), "{}", text(&output));
    let upload = steps.iter().find(|step| step["uses"].is_string()).unwrap();
    assert_eq!(upload["with"]["sarif_file"], "${{ steps.run.outputs.sarif }}");
    assert!(Path::new(&format!("{temporary}/leadway/leadway.sarif")).exists());
}

#[test]
fn the_job_for_gitlab_reports_its_tests() {
    let job = &yaml("docs/ci/gitlab.yml")["leadway"];
    let script: Vec<&str> = job["script"].as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect();
    let folder = repository();
    let variables = [("CI_MERGE_REQUEST_DIFF_BASE_SHA", "main"), ("LEADWAY_POLICY", "main.leadway")];
    let done = bash(&script.join("\n"), folder.path(), &variables);
    assert_eq!(done.status.code(), Some(0), "{}", String::from_utf8_lossy(&done.stderr));
    for file in [&job["artifacts"]["paths"][0], &job["artifacts"]["reports"]["junit"]] {
        assert!(folder.path().join(file.as_str().unwrap()).exists(), "{file}");
    }
}

#[test]
fn the_hooks_for_pre_commit_run() {
    let hooks = yaml(".pre-commit-hooks.yaml");
    let hooks = hooks.as_array().unwrap();
    assert_eq!(hooks.len(), 3);
    let folder = repository();
    for hook in hooks {
        for key in ["id", "name", "entry", "language", "files"] {
            assert!(hook[key].is_string(), "{key}: {hook}");
        }
        // pre-commit adds the arguments, then the files unless it is told not to.
        let arguments = match hook["pass_filenames"] == false {
            true => hook["args"][0].as_str().unwrap(),
            false => "main.leadway",
        };
        let line = format!("{} {arguments}", hook["entry"].as_str().unwrap());
        let done = bash(&line, folder.path(), &[]);
        assert_eq!(done.status.code(), Some(0), "{line}: {}", String::from_utf8_lossy(&done.stderr));
    }
}
