//! The page of a simulation in a real browser: its charts are drawn, nothing fails, nothing is fetched.

use crate::cli::{example, run_in};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The browser that `LEADWAY_CHROMIUM` names, else the first of the usual names.
fn chromium() -> PathBuf {
    if let Some(named) = std::env::var_os("LEADWAY_CHROMIUM") {
        return named.into();
    }
    let folders: Vec<PathBuf> = std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()).collect();
    let names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
    let found =
        names.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name))).find(|path| path.is_file());
    found.expect(
        "this test looks at a page in Chromium, and there is none: install it (`apt-get install chromium` on Debian, or run \
         `.ci/run`, which does), or name a Chromium or Chrome in LEADWAY_CHROMIUM",
    )
}

/// What the page is after its scripts have run.
fn rendered(page: &Path, profile: &Path) -> String {
    let done = Command::new(chromium())
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
        .args(["--window-size=1200,1600", "--virtual-time-budget=5000", "--dump-dom"])
        .arg(format!("--user-data-dir={}", profile.display()))
        .arg(format!("file://{}", page.display()))
        .output()
        .expect("the browser starts");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap()
}

#[test]
fn charts_are_drawn_in_a_browser() {
    let folder = tempfile::tempdir().unwrap();
    let page = folder.path().join("report.html");
    let history = "--leads history.csv --responded First_Response --assignee Owner --won Stage=Won --lost Stage=Lost";
    let line = format!("simulate main.leadway --against before.leadway {history} --html {}", page.display());
    run_in(&example("three_offices"), &line, "").exits(0);
    let written = std::fs::read_to_string(&page).unwrap();
    for fetched in ["src=", "href=", "@import", "url("] {
        assert!(!written.contains(fetched), "the page holds `{fetched}`: it must fetch nothing");
    }
    let shown = rendered(&page, &folder.path().join("profile"));
    assert!(!shown.contains("data-error"), "a script failed: {}", shown.get(..300).unwrap_or(&shown));
    assert!(shown.contains("data-charts=\"3\""), "{}", shown.get(..300).unwrap_or(&shown));
    assert_eq!(shown.matches("<canvas").count(), 3);
    for heading in [
        "Goals",
        "Who gets the leads",
        "Fairness",
        "Promises",
        "Conversion",
        "Experiment: follow_the_sun",
        "Taken for granted",
    ] {
        assert!(shown.contains(&format!("<h2>{heading}</h2>")), "there is no `{heading}`");
    }
    // Every chart has its numbers as a table, and says in words what it shows.
    assert_eq!(shown.matches("<summary>The numbers</summary>").count(), 3);
    assert_eq!(shown.matches("class=\"chart\"").count(), shown.matches("role=\"img\" aria-label=\"").count().min(3));
}

#[test]
fn text_of_a_policy_stays_text() {
    let folder = crate::cli::folder(&[
        (
            "main.leadway",
            "policy \"<script>document.documentElement.dataset.error = 1</script>\" { timezone \"UTC\" }\nlead { id text required  created_at time required  source text }\nqueue q\nroute main { otherwise { assign queue q } }\n",
        ),
        ("leads.csv", "id,created_at,source\n1,2026-03-02 10:00,</script><img src=x onerror=alert(1)>\n"),
    ]);
    run_in(folder.path(), "simulate main.leadway --leads leads.csv --conversion 50 --html page.html", "").exits(0);
    let shown = rendered(&folder.path().join("page.html"), &folder.path().join("profile"));
    assert!(
        !shown.contains("data-error") && shown.contains("data-charts=\"3\""),
        "{}",
        shown.get(..300).unwrap_or(&shown)
    );
    assert!(!shown.contains("<img"), "an element came in with a lead");
}
