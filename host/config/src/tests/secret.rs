//! Secrets are found where they are said to be, and shown nowhere.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::document;
use crate::secret::{Revealed, Secret, command};
use crate::typed;

fn read(text: &str) -> Result<Secret, String> {
    typed::read_as::<Secret>(&document(text)).map_err(|problems| problems.0[0].one_line())
}

#[test]
fn secrets_are_written_as_references_or_literally() {
    assert_eq!(read("{ env: MAIL_PASSWORD }"), Ok(Secret::Environment("MAIL_PASSWORD".to_owned())));
    assert_eq!(read("{ file: /run/secrets/mail }"), Ok(Secret::File(PathBuf::from("/run/secrets/mail"))));
    assert_eq!(read("hunter2"), Ok(Secret::Literal(Revealed::new("hunter2".to_owned()))));
    assert_eq!(read("{ evn: X }"), Err("config/sources.yaml:1:3: unknown key `evn` (did you mean `env`?)".to_owned()));
    let mistyped = read("9876").unwrap_err();
    assert!(mistyped.contains("expected a secret") && !mistyped.contains("9876"), "{mistyped}");
    let optional = typed::read_as::<BTreeMap<String, Option<Secret>>>(&document("password: 9876")).unwrap_err();
    assert_eq!(optional.0[0].text, "expected a secret");
}

#[test]
fn references_are_followed() {
    let environment = |name: &str| match name {
        "SET" => Some("from-env".to_owned()),
        "EMPTY" => Some(String::new()),
        _ => None,
    };
    let check = |secret: Secret, expected: Result<&str, &str>| {
        let resolved = secret.resolve(&environment);
        let resolved = resolved.as_ref().map(Revealed::expose).map_err(String::as_str);
        match (resolved, expected) {
            (Err(error), Err(part)) => assert!(error.contains(part), "{error}"),
            (resolved, expected) => assert_eq!(resolved, expected),
        }
    };
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        std::fs::write(folder.path().join(name), text).unwrap();
        Secret::File(folder.path().join(name))
    };
    check(Secret::Environment("SET".to_owned()), Ok("from-env"));
    check(Secret::Environment("EMPTY".to_owned()), Err("EMPTY is empty"));
    check(Secret::Environment("UNSET".to_owned()), Err("UNSET is not set"));
    check(file("good", "from-file\n"), Ok("from-file"));
    check(file("blank", "\n"), Err("is empty"));
    check(file("large", &"x".repeat(70_000)), Err("larger than 64 KiB"));
    check(Secret::File(folder.path().join("none")), Err("cannot be read"));
}

#[test]
fn a_program_prints_the_secret_and_nothing_of_it_is_shown() {
    let check = |script: &str, expected: Result<&str, &str>| {
        let words = ["sh", "-c", script].map(str::to_owned).to_vec();
        let resolved = Secret::Command(words).resolve(&|_| None);
        let resolved = resolved.as_ref().map(Revealed::expose).map_err(String::as_str);
        match (resolved, expected) {
            (Err(error), Err(part)) => assert!(error.contains(part) && !error.contains("hunter"), "{error}"),
            (resolved, expected) => assert_eq!(resolved, expected),
        }
    };
    check("echo hunter2", Ok("hunter2"));
    check("cat; printf 'hunter\\n2\\n'", Ok("hunter\n2"));
    check("echo hunter2 >&2; echo hunter2; exit 3", Err("failed (exit status: 3)"));
    check("true", Err("printed nothing"));
    check("printf '\\377hunter'", Err("is no text"));
    check("yes hunter2", Err("more than 64 KiB"));
    let missing = Secret::Command(vec!["/none/such".to_owned()]).resolve(&|_| None).unwrap_err();
    assert!(missing.contains("`/none/such` cannot be started"), "{missing}");
    assert!(Secret::Command(Vec::new()).resolve(&|_| None).unwrap_err().contains("is empty"));
    assert_eq!(read("{ command: [pass, show, mail] }").unwrap().to_string(), "command pass");
}

#[test]
fn a_program_that_waits_is_ended_with_all_it_started() {
    let folder = tempfile::tempdir().unwrap();
    let ids = folder.path().join("ids");
    // The second sleep holds the output open when its parent is gone.
    let script = format!("sleep 600 & echo $! > '{0}'; echo $$ >> '{0}'; wait", ids.display());
    let words = ["sh", "-c", &script].map(str::to_owned);
    let error = command::run(&words, Duration::from_millis(500)).unwrap_err();
    assert!(error.contains("did not end within 500ms"), "{error}");
    // A process that nobody has taken note of yet is a zombie, and has no command line.
    let is_there = |id: &str| !std::fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default().is_empty();
    let begin = Instant::now();
    let ids = std::fs::read_to_string(ids).unwrap();
    assert_eq!(ids.lines().count(), 2);
    while ids.lines().any(is_there) {
        assert!(begin.elapsed() < Duration::from_secs(10), "they live on: {ids}");
        std::thread::yield_now();
    }
}

#[test]
fn no_way_of_printing_shows_a_secret() {
    let secret = Secret::Literal(Revealed::new("hunter2".to_owned()));
    let revealed = secret.resolve(&|_| None).unwrap();
    let printed = [
        format!("{secret} {secret:?} {secret:#?}"),
        format!("{revealed} {revealed:?} {revealed:#?}"),
        serde_json::to_string(&secret).unwrap(),
        serde_json::to_string(&revealed).unwrap(),
    ];
    assert!(printed.iter().all(|text| !text.contains("hunter2") && text.contains("***")), "{printed:?}");
    assert_eq!(serde_json::to_string(&Secret::Environment("NAME".to_owned())).unwrap(), r#"{"env":"NAME"}"#);
}

#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only what is wrong with it is looked at")]
struct Login {
    password: Option<Secret>,
    port: Option<u16>,
}

#[test]
fn no_excerpt_shows_a_secret_that_stands_in_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let text = "same: { password: 'hunter2', port: soon }
typo: { passwrod: hunter2 }
number: { password: 4711123 }
reference: { password: { env: NAME }, port: never }
";
    std::fs::write(folder.path().join("a.yaml"), text).unwrap();
    let problems = crate::Layers::new().folder(folder.path()).load::<BTreeMap<String, Login>>().unwrap_err();
    let shown = problems.render(false);
    assert!(problems.len() == 4 && !shown.contains("hunter2") && !shown.contains("4711123"), "{shown}");
    for line in [
        "same: { password: *********, port: soon }",
        "typo: { passwrod: ******* }",
        "number: { password: ******* }",
        "reference: { password: { env: NAME }, port: never }",
    ] {
        assert!(shown.contains(line), "{line}: {shown}");
    }
}
