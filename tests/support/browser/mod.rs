//! Pages in a real browser, without a screen.

#![expect(clippy::unwrap_used, reason = "a browser that cannot be run fails the test")]

use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

mod found;

pub(crate) use found::browser;

/// How often, and how long apart, a browser is looked at before it is ended.
const LOOKS: u32 = 600;
const BETWEEN: Duration = Duration::from_millis(100);

/// A page that a browser has loaded.
pub(crate) struct Loaded {
    /// What the document was when all scripts had run.
    pub(crate) document: String,
    /// What stands on the console of the browser.
    pub(crate) console: Vec<String>,
}

/// Loads an address. A browser that takes longer than a minute is ended.
pub(crate) fn load(browser: &Path, page: &Path, fragment: &str) -> Loaded {
    let folder = tempfile::tempdir().unwrap();
    let (out, error) = (folder.path().join("out"), folder.path().join("error"));
    let mut child = Command::new(browser)
        .args(["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run"])
        .args(["--disable-dev-shm-usage", "--disable-background-networking"])
        .arg(format!("--user-data-dir={}", folder.path().join("profile").display()))
        .args(["--enable-logging=stderr", "--dump-dom"])
        .arg(format!("file://{}#{fragment}", page.display()))
        .stdin(Stdio::null())
        .stdout(File::create(&out).unwrap())
        .stderr(File::create(&error).unwrap())
        .spawn()
        .unwrap();
    let mut looks = 0..LOOKS;
    while child.try_wait().unwrap().is_none() {
        if looks.next().is_none() {
            child.kill().unwrap();
            child.wait().unwrap();
            panic!("the browser did not end: {}", fs::read_to_string(&error).unwrap());
        }
        sleep(BETWEEN);
    }
    let log = String::from_utf8_lossy(&fs::read(&error).unwrap()).into_owned();
    let console = log.lines().filter(|line| line.contains("CONSOLE"));
    Loaded {
        document: String::from_utf8(fs::read(&out).unwrap()).unwrap(),
        console: console.map(str::to_owned).collect(),
    }
}
