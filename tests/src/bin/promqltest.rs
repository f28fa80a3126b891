//! `promqltest FILE…` runs files of the language that Prometheus tests PromQL in, and tells which cases fail.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "its report is what it is for")]

use std::process::ExitCode;

use vitrine_tests::promql;

fn main() -> ExitCode {
    let files: Vec<String> = std::env::args().skip(1).collect();
    if files.is_empty() {
        eprintln!("usage: promqltest FILE.test…");
        return ExitCode::from(2);
    }
    let (mut passed, mut failed) = (0, 0);
    for file in files {
        match std::fs::read(&file) {
            Ok(bytes) => {
                let outcome = promql::run(&String::from_utf8_lossy(&bytes));
                passed += outcome.passed;
                failed += outcome.failures.len();
                outcome.remarks.iter().for_each(|remark| println!("{file}:{}: remark: {}", remark.line, remark.text));
                outcome.failures.iter().for_each(|failure| println!("{file}:{}: {}", failure.line, failure.text));
            }
            Err(error) => {
                failed += 1;
                println!("{file}: cannot be read: {error}");
            }
        }
    }
    println!("{passed} passed, {failed} failed");
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) }
}
