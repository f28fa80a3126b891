//! `http`: the one way out, for our interface and for `wasi:http`. Resolves once, vets the addresses, connects only to
//! those, asks again at each redirect; fills secrets in, and takes them out of what comes back.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::bindings::imported::http::{Error, Host, Request, Response, Seal};
use crate::context::Context;
use crate::grant::Grants;

mod answer;
mod connect;
mod count;
mod hide;
mod request;
mod seal;
mod secret;
mod tls;
mod vault;
mod wasi;

use answer::Phases;
pub(crate) use count::HttpMetrics;
use request::Outgoing;
use seal::Asked;
use secret::Keys;
pub(crate) use tls::Trust;
pub use vault::SecretSource;
pub(crate) use vault::Vault;
pub(crate) use wasi::{Wasi, link as link_wasi};

/// The most that a message's head may hold, the request's and the answer's.
const HEAD_BYTES: usize = 64 << 10;
const HEADERS: usize = 128;
const REDIRECTS: u8 = 10;

/// Requests under way from all guests together, and from one instance.
const CONCURRENT: usize = 256;
const CONCURRENT_OF_INSTANCE: usize = 16;

/// Sends guests' requests.
pub(crate) struct Egress {
    trust: Trust,
    resolver: connect::Resolver,
    vault: Vault,
    slots: Semaphore,
    lines: Mutex<HashMap<Arc<str>, Weak<Line>>>,
    metrics: HttpMetrics,
}

/// One instance's part of the way out.
pub(crate) struct Line {
    slots: Arc<Semaphore>,
    counters: count::Counters,
}

/// What the host itself says no to; the label of a metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Refused {
    Grant,
    Address,
    Secret,
}

/// Why there is no answer: what the guest is told, and who said no, if it was the host.
#[derive(Debug)]
pub(crate) struct Stop {
    error: Error,
    refused: Option<Refused>,
}

impl From<Error> for Stop {
    fn from(error: Error) -> Stop {
        Stop { error, refused: None }
    }
}

impl Stop {
    fn refused(by: Refused, reason: String) -> Stop {
        Stop { error: Error::Denied(reason), refused: Some(by) }
    }
}

/// An answer, and the slot that it takes for as long as it is kept.
type Answered = (Response, OwnedSemaphorePermit);

impl Egress {
    pub(crate) fn new(trust: Trust, metrics: HttpMetrics) -> Egress {
        Egress {
            trust,
            resolver: connect::system_resolver(),
            vault: Vault::default(),
            slots: Semaphore::new(CONCURRENT),
            lines: Mutex::default(),
            metrics,
        }
    }

    pub(crate) fn vault(&self) -> &Vault {
        &self.vault
    }

    /// All guests of an instance share one line.
    pub(crate) fn line(&self, instance: &Arc<str>) -> Arc<Line> {
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(line) = lines.get(instance).and_then(Weak::upgrade) {
            return line;
        }
        lines.retain(|_, line| line.strong_count() > 0);
        let slots = Arc::new(Semaphore::new(CONCURRENT_OF_INSTANCE));
        let line = Arc::new(Line { slots, counters: self.metrics.of(instance) });
        lines.insert(Arc::clone(instance), Arc::downgrade(&line));
        line
    }

    /// The whole exchange, redirects included, within `wait`.
    async fn send(&self, line: &Line, grants: &Grants, asked: impl Into<Asked>, wait: Duration) -> Result<Answered, Stop> {
        let outcome = match tokio::time::timeout(wait, self.in_turn(line, grants, asked.into())).await {
            Ok(outcome) => outcome,
            Err(_) => Err(Error::Timeout(format!("no complete answer within {:.1} s", wait.as_secs_f64())).into()),
        };
        line.counters.count(&outcome);
        outcome
    }

    async fn in_turn(&self, line: &Line, grants: &Grants, asked: Asked) -> Result<Answered, Stop> {
        let stopping = |_| Error::Connect("the host is stopping".to_owned());
        let own = Arc::clone(&line.slots).acquire_owned().await.map_err(stopping)?;
        let _shared = self.slots.acquire().await.map_err(stopping)?;
        let response = self.follow(line, grants, asked).await?;
        Ok((response, own))
    }

    /// From hop to hop. Each needs its grant, and its own leave for each secret.
    async fn follow(&self, line: &Line, grants: &Grants, asked: Asked) -> Result<Response, Stop> {
        let allowed = asked.request.redirects.min(REDIRECTS);
        let (mut outgoing, uses) = request::prepare(asked)?;
        grants.require_http(outgoing.method.as_str(), &outgoing.url).map_err(|reason| Stop::refused(Refused::Grant, reason))?;
        let keys = Keys::fetch(&self.vault, grants, uses, &outgoing).await?;
        let mut redirects = 0;
        loop {
            let hop = self.exchange(line, grants, &outgoing, &keys).await;
            let (answer, mut connection, phases) = hop.map_err(|stop| keys.hide_stop(stop))?;
            let target = if redirects < allowed { answer::redirect(&outgoing.url, &answer) } else { None };
            let Some(target) = target else {
                let body = answer::Finish { outgoing: &outgoing, keys: &keys, phases, redirects, counters: &line.counters };
                let finished = connection.serve(body.finish(answer)).await;
                return finished.map_err(|stop| keys.hide_stop(stop));
            };
            redirects += 1;
            outgoing.follow(target, answer.status().as_u16())?;
            keys.require_clean(&outgoing)?;
        }
    }

    async fn exchange(
        &self,
        line: &Line,
        grants: &Grants,
        outgoing: &Outgoing,
        keys: &Keys,
    ) -> Result<(answer::Answer, connect::Connection, Phases), Stop> {
        let granted = grants.require_http(outgoing.method.as_str(), &outgoing.url);
        granted.map_err(|reason| Stop::refused(Refused::Grant, reason))?;
        let message = keys.fill(outgoing)?.message()?;
        let (connect::Open { mut sender, mut connection }, mut phases) =
            connect::open(&self.trust, &self.resolver, grants, &outgoing.url).await?;
        line.counters.sent(request::size(&message));
        let sent = Instant::now();
        let answer = connection.serve(sender.send_request(message)).await.map_err(|error| answer::protocol(&error))?;
        phases.processing = sent.elapsed();
        phases.head_at = Some(Instant::now());
        Ok((answer, connection, phases))
    }
}

impl Context {
    /// The instance's part of the way out, looked up once per guest.
    fn line(&mut self) -> Arc<Line> {
        let line = self.line.get_or_insert_with(|| self.services.http.line(&self.instance));
        Arc::clone(line)
    }

    /// The right was used, and these secrets with it.
    fn sent(&self, secrets: &BTreeSet<String>) {
        self.used("http");
        self.ledger.used_secrets(secrets, self.services.clock.now());
    }

    /// Because of those that are not granted, if there are any; else because none of them may go there.
    fn refuse_secrets(&self, secrets: BTreeSet<String>) {
        let (granted, other): (BTreeSet<_>, BTreeSet<_>) = secrets.into_iter().partition(|name| self.grants.secret(name).is_ok());
        let refused = if other.is_empty() { granted } else { other };
        self.ledger.refused_secrets(&refused, self.services.clock.now());
    }
}

impl Host for Context {
    async fn send(&mut self, request: Request) -> Result<Response, Error> {
        self.send_sealed(request, Vec::new()).await
    }

    async fn send_sealed(&mut self, request: Request, seals: Vec<Seal>) -> Result<Response, Error> {
        let left = self.time_left();
        let wait = request.timeout.map_or(left, |millis| Duration::from_millis(millis.into()).min(left));
        let line = self.line();
        let filled = request.secrets.iter().map(|one| one.name.clone());
        let secrets: BTreeSet<String> = filled.chain(seals.iter().map(|one| one.name.clone())).collect();
        match self.services.http.send(&line, &self.grants, Asked { request, seals }, wait).await {
            Ok((response, _slot)) => {
                self.sent(&secrets);
                Ok(response)
            }
            Err(Stop { error, refused }) => {
                match &error {
                    Error::Denied(reason) => {
                        self.refuse("http", reason);
                        if refused == Some(Refused::Secret) {
                            self.refuse_secrets(secrets);
                        }
                    }
                    Error::Invalid(_) => {}
                    _ => self.sent(&secrets),
                }
                Err(error)
            }
        }
    }
}

#[cfg(test)]
mod tests;
