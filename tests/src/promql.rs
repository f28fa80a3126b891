//! The language of Prometheus's PromQL tests (`load`, `clear`, `eval`, `expect`), run against the engine.
//!
//! Floats only: what needs native histograms fails as a case. Two liberties are taken. Our errors say more than
//! Prometheus's, so the message that `expect fail msg:` gives must be contained. And an `expect info` without a message
//! that is not met, where the answer is right, is a remark and no failure: files that were cut to floats keep such lines
//! where the histograms that caused the info are gone.

mod case;
mod memory;
mod script;
mod series;

pub use memory::Memory;

use case::Case;
use script::Command;

/// Something about a line of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    pub line: usize,
    pub text: String,
}

/// What became of a file's cases.
#[derive(Debug, Default)]
pub struct Outcome {
    pub passed: usize,
    pub failures: Vec<Remark>,
    pub remarks: Vec<Remark>,
}

/// Runs a whole file. A line that cannot be read is a failed case, and the rest goes on.
pub fn run(text: &str) -> Outcome {
    let mut outcome = Outcome::default();
    let mut memory = Memory::default();
    for (line, command) in script::commands(text) {
        match command {
            Command::Clear => memory = Memory::default(),
            Command::Load { step, series } => {
                for (line, text) in series {
                    if let Err(reason) = memory.load(step, text, line) {
                        outcome.failures.push(Remark { line, text: reason });
                    }
                }
            }
            Command::Eval(case) => match run_case(&case, &mut memory) {
                Ok(remark) => {
                    outcome.passed += 1;
                    outcome.remarks.extend(remark.map(|text| Remark { line, text }));
                }
                Err(text) => outcome.failures.push(Remark { line, text }),
            },
            Command::Wrong(text) => outcome.failures.push(Remark { line, text }),
        }
    }
    outcome
}

/// Lends the samples to an engine for one case.
fn run_case(case: &Case<'_>, memory: &mut Memory) -> Result<Option<String>, String> {
    let samples = std::sync::Arc::new(std::mem::take(memory));
    let outcome = case.run(&samples);
    *memory = std::sync::Arc::into_inner(samples).ok_or("the engine still holds the samples")?;
    outcome
}
