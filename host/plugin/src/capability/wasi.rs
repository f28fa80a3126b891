//! WASI, as the run-times of other languages ask for it: it is there, and empty.
//!
//! No folders, no environment, no arguments, no input, no sockets. The clock is the host's, random numbers are real, and
//! what is printed goes to the log, line by line and within the bounds that `log` has.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use hyper::body::Bytes;
use tokio::io::AsyncWrite;
use vitrine_model::Clock;
use wasmtime_wasi::cli::{IsTerminal, StdoutStream};
use wasmtime_wasi::p2::{OutputStream, Pollable, StreamResult};
use wasmtime_wasi::{HostWallClock, WasiCtx, WasiCtxBuilder};

use super::log::{LINE_BYTES, cleaned};
use crate::own::Own;

/// Random bytes that may be asked for at once.
const RANDOM_BYTES: u64 = 1 << 20;

/// How much may be written at once.
const WRITE_BYTES: usize = 8 << 10;

/// Lines on the error output that are kept for the case that they are the last words.
const LAST_LINES: usize = 5;

/// What a guest prints, and the ends of it that are kept.
pub(crate) struct Output {
    own: Arc<Own>,
    last_errors: Mutex<VecDeque<String>>,
}

impl Output {
    pub(crate) fn new(own: Arc<Own>) -> Arc<Output> {
        Arc::new(Output { own, last_errors: Mutex::default() })
    }

    /// The last lines on the error output: a run-time that gives up says there why.
    pub(crate) fn last_words(&self) -> Option<String> {
        let lines = self.last_errors.lock().unwrap_or_else(PoisonError::into_inner);
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        (!lines.is_empty()).then(|| cleaned(&lines.join(" ")).into_owned())
    }

    /// A new call begins: what was said before is not about it.
    pub(crate) fn forget(&self) {
        self.last_errors.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn line(&self, kind: Kind, line: &str) {
        let line = cleaned(line.trim_end());
        if line.is_empty() {
            return;
        }
        if kind == Kind::Error {
            let mut lines = self.last_errors.lock().unwrap_or_else(PoisonError::into_inner);
            if lines.len() == LAST_LINES {
                lines.pop_front();
            }
            lines.push_back(line.clone().into_owned());
        }
        if !self.own.may_log() {
            return;
        }
        let instance = &*self.own.instance;
        match kind {
            Kind::Plain => tracing::info!(plugin.instance = instance, "{line}"),
            Kind::Error => tracing::warn!(plugin.instance = instance, "{line}"),
        }
    }
}

/// The context of one guest.
pub(crate) fn context(clock: &Arc<dyn Clock>, output: &Arc<Output>) -> WasiCtx {
    let stream = |kind| Stream { output: Arc::clone(output), kind, begun: Vec::new() };
    let mut builder = WasiCtxBuilder::new();
    builder.stdout(stream(Kind::Plain)).stderr(stream(Kind::Error));
    builder.wall_clock(Wall(Arc::clone(clock)));
    builder.allow_tcp(false).allow_udp(false).allow_ip_name_lookup(false);
    builder.max_random_size(RANDOM_BYTES);
    builder.build()
}

struct Wall(Arc<dyn Clock>);

impl HostWallClock for Wall {
    fn resolution(&self) -> Duration {
        Duration::from_millis(1)
    }

    fn now(&self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.now()).unwrap_or(0))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Plain,
    Error,
}

/// One output; what has no end of line yet waits for it.
#[derive(Clone)]
struct Stream {
    output: Arc<Output>,
    kind: Kind,
    begun: Vec<u8>,
}

impl Stream {
    fn take(&mut self, bytes: &[u8]) {
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.begun.extend_from_slice(piece);
            if piece.ends_with(b"\n") || self.begun.len() >= LINE_BYTES {
                self.output.line(self.kind, &String::from_utf8_lossy(&self.begun));
                self.begun.clear();
            }
        }
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.output.line(self.kind, &String::from_utf8_lossy(&self.begun));
    }
}

impl IsTerminal for Stream {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdoutStream for Stream {
    fn async_stream(&self) -> Box<dyn AsyncWrite + Send + Sync> {
        // For WASI 0.3 only, which is not linked.
        Box::new(tokio::io::sink())
    }

    fn p2_stream(&self) -> Box<dyn OutputStream> {
        Box::new(self.clone())
    }
}

#[async_trait]
impl Pollable for Stream {
    async fn ready(&mut self) {}
}

impl OutputStream for Stream {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        self.take(&bytes);
        Ok(())
    }

    fn flush(&mut self) -> StreamResult<()> {
        Ok(())
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        Ok(WRITE_BYTES)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::Metrics;

    fn output() -> Arc<Output> {
        Output::new(Arc::new(Own::new("one".into(), "plugin", &Metrics::default(), (20, 100))))
    }

    #[test]
    fn lines_are_put_together_and_the_last_errors_kept() {
        let output = output();
        let mut errors = Stream { output: Arc::clone(&output), kind: Kind::Error, begun: Vec::new() };
        errors.take(b"first\nsec");
        assert_eq!(output.last_words().as_deref(), Some("first"));
        errors.take(b"ond\r\n\n");
        assert_eq!(output.last_words().as_deref(), Some("first second"));
        for number in 0..10 {
            errors.take(format!("{number}\n").as_bytes());
        }
        assert_eq!(output.last_words().as_deref(), Some("5 6 7 8 9"));
        output.forget();
        assert_eq!(output.last_words(), None);
        errors.take(b"unfinished");
        drop(errors);
        assert_eq!(output.last_words().as_deref(), Some("unfinished"));
    }

    #[test]
    fn a_line_without_an_end_is_cut_before_it_fills_memory() {
        let output = output();
        let mut plain = Stream { output, kind: Kind::Plain, begun: Vec::new() };
        for _ in 0..100 {
            plain.take(&[b'x'; 1_000]);
            assert!(plain.begun.len() < LINE_BYTES + 1_000);
        }
    }
}
