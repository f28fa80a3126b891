//! `files`: granted folders, read-only. Reading waits for disks, so it happens on threads that may block.

use std::path::PathBuf;
use std::sync::Arc;

use crate::bindings::imported::files::{Entry, Fault, Host};
use crate::context::Context;
use crate::grant::Right;

mod folder;

use folder::Trouble;

/// Pieces of work for all guests that may be with the disks at once: a disk that hangs holds no more threads than this.
const AT_ONCE: usize = 16;

/// Whose turn it is.
pub(crate) struct Reader(Arc<tokio::sync::Semaphore>);

impl Default for Reader {
    fn default() -> Reader {
        Reader(Arc::new(tokio::sync::Semaphore::new(AT_ONCE)))
    }
}

impl Host for Context {
    fn folders(&mut self) -> Result<Vec<String>, Fault> {
        self.asked(Right::Files).map_err(Fault::Denied)?;
        Ok(self.grants.folders().iter().map(|folder| folder.display().to_string()).collect())
    }

    async fn read(&mut self, path: String, offset: u64, length: u32) -> Result<Vec<u8>, Fault> {
        self.reach(path, move |folder, rest| folder::read(&folder, &rest, offset, length)).await
    }

    async fn entries(&mut self, path: String) -> Result<Vec<Entry>, Fault> {
        self.reach(path, move |folder, rest| folder::entries(&folder, &rest)).await
    }
}

impl Context {
    fn no(&mut self, reason: String) -> Fault {
        self.refuse("files", &reason);
        Fault::Denied(reason)
    }

    /// Asks the grant, then does the work where it may take its time.
    async fn reach<T, F>(&mut self, path: String, work: F) -> Result<T, Fault>
    where
        T: Send + 'static,
        F: FnOnce(PathBuf, PathBuf) -> Result<T, Trouble> + Send + 'static,
    {
        let found = self.grants.require_file(&path).map(|(folder, rest)| (folder.to_owned(), rest));
        let (folder, rest) = found.map_err(|reason| self.no(reason))?;
        self.used("files");
        let shown = path.clone();
        let wait = self.time_left();
        let turns = Arc::clone(&self.services.files.0);
        let job = async move {
            let turn = turns.acquire_owned().await.map_err(|error| Trouble::Failed(error.to_string()))?;
            let work = move || {
                let answer = work(folder, rest);
                drop(turn);
                answer
            };
            tokio::task::spawn_blocking(work).await.map_err(|error| Trouble::Failed(error.to_string()))?
        };
        match tokio::time::timeout(wait, job).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(Trouble::Leads(why))) => Err(self.no(format!("`{shown}` {why}"))),
            Ok(Err(Trouble::Wrong(why))) => Err(Fault::Invalid(format!("`{shown}` {why}"))),
            Ok(Err(Trouble::Failed(why))) => Err(Fault::Upstream(format!("`{shown}` {why}"))),
            Err(_) => Err(Fault::Upstream(format!("`{shown}` could not be read within {:.1} s", wait.as_secs_f64()))),
        }
    }
}
