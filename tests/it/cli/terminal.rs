//! What is asked and shown on a terminal alone, on a pseudo terminal.

use super::{POLICY, Ran, folder, run_in};
use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};
use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;
use std::process::Command;

/// Runs a command line in a folder, on a terminal where somebody has typed this; all that the terminal shows, what was typed included.
fn run_on_terminal(folder: &Path, line: &str, typed: &str) -> Ran {
    let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&ours).unwrap();
    unlockpt(&ours).unwrap();
    tcsetwinsize(&ours, Winsize { ws_row: 40, ws_col: 160, ws_xpixel: 0, ws_ypixel: 0 }).unwrap();
    let name = ptsname(&ours, Vec::new()).unwrap();
    let theirs = || File::from(rustix::fs::open(&name, OFlags::RDWR | OFlags::NOCTTY, Mode::empty()).unwrap());
    let mut command = Command::new(env!("CARGO_BIN_EXE_leadway"));
    command
        .args(line.split_whitespace())
        .current_dir(folder)
        .env_remove("CI")
        .env("TERM", "xterm")
        .env("NO_COLOR", "1");
    let mut child = command.stdin(theirs()).stdout(theirs()).stderr(theirs()).spawn().unwrap();
    // The command holds the other end, and until nobody does nothing says that all was shown.
    drop(command);
    let mut ours = File::from(ours);
    let mut shown = ours.try_clone().unwrap();
    let shown = std::thread::spawn(move || {
        let (mut all, mut part) = (Vec::new(), [0; 4096]);
        // Linux ends with an error where others end with nothing.
        while let Ok(count @ 1..) = shown.read(&mut part) {
            all.extend_from_slice(&part[..count]);
        }
        all
    });
    ours.write_all(typed.as_bytes()).unwrap();
    let code = child.wait().unwrap().code().unwrap_or(-1);
    let out = String::from_utf8(shown.join().unwrap()).unwrap().replace("\r\n", "\n");
    Ran { code, out, err: String::new() }
}

/// Two groups of leads that go elsewhere.
fn changed() -> tempfile::TempDir {
    let leads = "id,country,employees\n1,DE,1200\n2,DE,5\n3,US,20\n4,FR,1300\n";
    let folder = folder(&[("main.leadway", POLICY.to_owned()), ("leads.csv", leads.to_owned())]);
    run_in(folder.path(), "snapshot main.leadway --leads leads.csv --at 2026-03-04T10:00Z", "").exits(0);
    let policy = POLICY.replace("employees >= 1000", "employees >= 1250").replace("\"Small, in Germany\"", "\"Small\"");
    assert_ne!(policy, POLICY);
    std::fs::write(folder.path().join("main.leadway"), policy).unwrap();
    run_in(folder.path(), "test main.leadway --allow-empty", "").exits(1);
    folder
}

#[test]
fn a_review_asks_of_each_group_and_does_what_is_answered() {
    let folder = changed();
    let snapshot = || std::fs::read_to_string(folder.path().join("leads.routing.snap")).unwrap();
    let before = snapshot();
    // What is no answer is asked again, and quitting settles nothing that was not answered.
    let ran = run_on_terminal(folder.path(), "snapshot review main.leadway", "x\nl\nw\nq\n");
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.out.contains("1 of 2: (a)ccept (r)eject (s)kip"), "{ran:?}");
    assert!(ran.out.contains("write one of a, r, s, b, w, l, q, A and R"), "{ran:?}");
    assert_eq!(snapshot(), before);
    // An answer can be taken back until the last.
    let ran = run_on_terminal(folder.path(), "snapshot review main.leadway", "b\na\nb\ns\na\n");
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.out.contains("this is the first"), "{ran:?}");
    let accepted_one = snapshot();
    assert_ne!(accepted_one, before);
    let ran = run_on_terminal(folder.path(), "snapshot review main.leadway", "A\n");
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.out.contains("1 of 1:"), "{ran:?}");
    assert_ne!(snapshot(), accepted_one);
    run_in(folder.path(), "test main.leadway --allow-empty", "").exits(0);
}

#[test]
fn progress_is_shown_on_a_terminal_alone() {
    let tests = "test \"Large\" { lead { id \"1\", employees 5000 }  expect queue big }\n";
    let folder = folder(&[("main.leadway", POLICY), ("main.test.leadway", tests)]);
    let line = "mutate main.leadway --fail-under 0";
    let ran = run_on_terminal(folder.path(), line, "");
    assert_eq!(ran.code, 0, "{ran:?}");
    let progress = |text: &str| text.lines().any(|line| line.contains(" of ") && line.contains("mutants"));
    assert!(progress(&ran.out), "{ran:?}");
    let ran = run_in(folder.path(), line, "").exits(0);
    assert!(ran.err.is_empty() && !progress(&ran.out), "{ran:?}");
}
