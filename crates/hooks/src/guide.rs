//! The receivers' code in the guide is run on signatures that we make.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use cerulean_types::Clock;
use serde_json::{Value, json};

use crate::signature::{fresh_secret, sign};

const GUIDE: &str = include_str!("../../../docs/guides/webhooks.md");

/// A request, and whether a receiver should take it.
struct Case {
    name: &'static str,
    id: &'static str,
    timestamp: String,
    body: &'static str,
    signature: String,
    secret: String,
    is_genuine: bool,
}

fn cases() -> Vec<Case> {
    let (secret, other) = (fresh_secret(), fresh_secret());
    let now = Clock::system().now() / 1000;
    let (id, body) = ("evt_1", r#"{"type":"message.sent","data":{"content":"你好 $HOME `x` \\ \""}}"#);
    let by = |secret: &str, at: i64| sign([secret].into_iter(), id, at, body);
    let good = || Case {
        name: "good",
        id,
        timestamp: now.to_string(),
        body,
        signature: by(&secret, now),
        secret: secret.clone(),
        is_genuine: true,
    };
    let forged = |name: &'static str| Case { name, is_genuine: false, ..good() };
    let (old, early) = (now - 301, now + 310);
    vec![
        good(),
        Case { name: "two signatures", signature: format!("{} {}", by(&other, now), by(&secret, now)), ..good() },
        Case { body: r#"{"type":"message.sent"}"#, ..forged("another body") },
        Case { id: "evt_2", ..forged("another id") },
        Case { timestamp: (now - 1).to_string(), ..forged("another time") },
        Case { secret: other.clone(), ..forged("another secret") },
        Case { signature: String::new(), ..forged("no signature") },
        Case { signature: "v1,".into(), ..forged("an empty signature") },
        Case { signature: by(&secret, now).replace("v1,", "v2,"), ..forged("another version") },
        Case { signature: "v1,é".into(), ..forged("a signature that is none") },
        Case { timestamp: "now".into(), ..forged("no time") },
        Case { timestamp: old.to_string(), signature: by(&secret, old), ..forged("too old") },
        Case { timestamp: early.to_string(), signature: by(&secret, early), ..forged("from the future") },
    ]
}

/// The one block of the guide in a language.
fn snippet(language: &str) -> &'static str {
    let blocks: Vec<&str> = GUIDE.split(&format!("```{language}\n")).skip(1).collect();
    let verifying = blocks.into_iter().map(|block| block.split_once("```").expect("blocks end").0);
    let mut verifying = verifying.filter(|block| block.contains("sha256"));
    let found = verifying.next().expect("the guide verifies in this language");
    assert!(verifying.next().is_none(), "one block for {language}");
    found
}

/// Runs a program with something on its standard input and gives what it printed.
fn run(command: &mut Command, input: &str) -> String {
    let program = command.get_program().to_owned();
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap_or_else(|error| panic!("{program:?} is needed for this test: {error}"));
    child.stdin.take().expect("piped").write_all(input.as_bytes()).expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

/// What a program says of all cases at once.
fn judged(program: &str, file: &Path, cases: &[Case]) -> Vec<bool> {
    let asked: Vec<Value> = cases
        .iter()
        .map(|case| {
            let headers = json!({
                "webhook-id": case.id, "webhook-timestamp": case.timestamp, "webhook-signature": case.signature,
            });
            json!({ "headers": headers, "body": case.body, "secret": case.secret })
        })
        .collect();
    let said = run(Command::new(program).arg(file), &json!(asked).to_string());
    serde_json::from_str(&said).expect("a list")
}

fn check(language: &str, cases: &[Case], judged: &[bool]) {
    assert_eq!(cases.len(), judged.len());
    for (case, judged) in cases.iter().zip(judged) {
        assert_eq!(*judged, case.is_genuine, "{language}: {}", case.name);
    }
}

#[test]
fn javascript_of_the_guide_tells_genuine_from_forged() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("verify.mjs");
    let driver = r#"
import { readFileSync } from "node:fs";
const cases = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify(cases.map((one) => isGenuine(one.headers, one.body, one.secret))));
"#;
    std::fs::write(&file, format!("{}{driver}", snippet("js"))).unwrap();
    let cases = cases();
    check("JavaScript", &cases, &judged("node", &file, &cases));
}

#[test]
fn python_of_the_guide_tells_genuine_from_forged() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("verify.py");
    let driver = r#"
import json, sys
cases = json.load(sys.stdin)
print(json.dumps([is_genuine(one["headers"], one["body"].encode(), one["secret"]) for one in cases]))
"#;
    std::fs::write(&file, format!("{}{driver}", snippet("python"))).unwrap();
    let cases = cases();
    check("Python", &cases, &judged("python3", &file, &cases));
}

#[test]
fn shell_of_the_guide_tells_genuine_from_forged() {
    let cases = cases();
    let judge = |case: &Case| {
        let mut shell = Command::new("sh");
        shell.arg("-c").arg(snippet("sh")).env("SECRET", &case.secret).env("ID", case.id).env("BODY", case.body);
        shell.env("TIMESTAMP", &case.timestamp).env("SIGNATURE", &case.signature);
        run(&mut shell, "").trim() == "genuine"
    };
    let judged: Vec<bool> = cases.iter().map(judge).collect();
    check("shell", &cases, &judged);
}
