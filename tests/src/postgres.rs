//! A PostgreSQL of the tests' own: a private cluster in a folder that goes with it, on a unix socket and a free port.
//!
//! Also used by the store's tests, by its path; so it needs nothing but the standard library and `tempfile`.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tempfile::TempDir;

/// The superuser's password.
pub const PASSWORD: &str = "marked-pass@word";

static SHARED: Mutex<Weak<Postgres>> = Mutex::new(Weak::new());
static LAST_DATABASE: AtomicU32 = AtomicU32::new(0);

/// A running cluster. It ends when nobody holds it any more.
#[derive(Debug)]
pub struct Postgres {
    folder: TempDir,
    port: u16,
    server: Child,
}

/// A database of one test's own in the cluster that tests share.
#[derive(Debug)]
pub struct Database {
    pub cluster: Arc<Postgres>,
    pub name: String,
}

impl Database {
    /// Made by these statements.
    pub fn new(statements: &str) -> Database {
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        let cluster = shared.upgrade().unwrap_or_else(|| Arc::new(Postgres::start()));
        *shared = Arc::downgrade(&cluster);
        drop(shared);
        let name = format!("test_{}", LAST_DATABASE.fetch_add(1, Ordering::Relaxed));
        cluster.run("postgres", &format!("CREATE DATABASE {name}"));
        cluster.run(&name, statements);
        Database { cluster, name }
    }

    pub fn run(&self, statements: &str) -> String {
        self.cluster.run(&self.name, statements)
    }

    /// By the socket, without the password.
    pub fn socket_url(&self) -> String {
        let folder = self.cluster.folder.path().display().to_string().replace('/', "%2F");
        format!("postgres://vitrine@{folder}:{}/{}", self.cluster.port, self.name)
    }

    /// By the port, without the password.
    pub fn port_url(&self) -> String {
        format!("postgres://vitrine@localhost:{}/{}", self.cluster.port, self.name)
    }
}

impl Postgres {
    fn start() -> Postgres {
        let folder = tempfile::Builder::new().prefix("pg-").tempdir().unwrap();
        let owner = Owner::of(folder.path());
        owner.give(folder.path());
        let password = folder.path().join("password");
        std::fs::write(&password, PASSWORD).unwrap();
        owner.give(&password);
        let data = folder.path().join("data");
        let mut initdb = owner.command(&tool("initdb"), folder.path());
        initdb.args([
            "--username=vitrine",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
            "--no-instructions",
        ]);
        initdb.arg("--pwfile").arg(&password).arg("--pgdata").arg(&data);
        let made = initdb.output().unwrap();
        assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
        certificate(&owner, folder.path());
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut server = owner.command(&tool("postgres"), folder.path());
        server.arg("-D").arg(&data).arg("-k").arg(folder.path()).args(["-h", "127.0.0.1", "-p", &port.to_string()]);
        for setting in ["fsync=off", "max_connections=40", "shared_buffers=16MB", "autovacuum=off", "ssl=on"] {
            server.args(["-c", setting]);
        }
        for (setting, file) in [("ssl_cert_file", "server.crt"), ("ssl_key_file", "server.key")] {
            server.arg("-c").arg(format!("{setting}={}", folder.path().join(file).display()));
        }
        let mut server = server.stderr(Stdio::piped()).spawn().unwrap();
        await_ready(&mut server);
        Postgres { folder, port, server }
    }

    /// What `psql` prints, rows as `a|b`.
    pub fn run(&self, database: &str, statements: &str) -> String {
        let mut psql = Command::new(tool("psql"));
        psql.args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1", "--username=vitrine"]);
        psql.arg("--host").arg(self.folder.path()).args(["--port", &self.port.to_string(), "--dbname", database]);
        psql.env("PGPASSWORD", PASSWORD).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut psql = psql.spawn().unwrap();
        psql.stdin.take().unwrap().write_all(statements.as_bytes()).unwrap();
        let ran = psql.wait_with_output().unwrap();
        assert!(ran.status.success(), "{statements}: {}", String::from_utf8_lossy(&ran.stderr));
        String::from_utf8(ran.stdout).unwrap().trim().to_owned()
    }

    /// The certificate that it shows, which signs itself.
    pub fn certificate(&self) -> PathBuf {
        self.folder.path().join("server.crt")
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // "Immediate": the data go anyway.
        let _ = Command::new("kill").args(["-QUIT", &self.server.id().to_string()]).status();
        let _ = self.server.wait();
    }
}

/// Returns once the server says that it is ready; what it says later is read away.
fn await_ready(server: &mut Child) {
    let mut lines = BufReader::new(server.stderr.take().unwrap()).lines();
    let mut said = Vec::new();
    loop {
        let Some(Ok(line)) = lines.next() else { panic!("PostgreSQL does not start:\n{}", said.join("\n")) };
        if line.contains("ready to accept connections") {
            break;
        }
        said.push(line);
    }
    std::thread::spawn(move || lines.for_each(drop));
}

/// The server refuses to run as root; then it runs as the user that its package made, or as `nobody`.
struct Owner(Option<(u32, u32)>);

impl Owner {
    fn of(folder: &Path) -> Owner {
        if folder.metadata().unwrap().uid() != 0 {
            return Owner(None);
        }
        let users = std::fs::read_to_string("/etc/passwd").unwrap();
        let user = |wanted: &str| {
            let line = users.lines().find(|line| line.split(':').next() == Some(wanted))?;
            let mut ids = line.split(':').skip(2).map_while(|id| id.parse().ok());
            Some((ids.next()?, ids.next()?))
        };
        Owner(user("postgres").or_else(|| user("nobody")))
    }

    fn give(&self, path: &Path) {
        if let Some((user, group)) = self.0 {
            std::os::unix::fs::chown(path, Some(user), Some(group)).unwrap();
        }
    }

    fn command(&self, program: &Path, folder: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(folder).env("LC_ALL", "C").stdin(Stdio::null()).stdout(Stdio::null());
        if let Some((user, group)) = self.0 {
            command.uid(user).gid(group);
        }
        command
    }
}

fn certificate(owner: &Owner, folder: &Path) {
    let mut openssl = Command::new("openssl");
    openssl.args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]);
    openssl.args(["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]);
    // A certificate that may sign others is an authority, and cannot be a server too.
    openssl.args(["-addext", "basicConstraints=critical,CA:FALSE", "-keyout", "server.key", "-out", "server.crt"]);
    let made = openssl.current_dir(folder).output();
    let made = made.unwrap_or_else(|error| panic!("{error}: run `sudo apt-get install openssl`"));
    assert!(made.status.success(), "openssl: {}", String::from_utf8_lossy(&made.stderr));
    for file in ["server.key", "server.crt"].map(|name| folder.join(name)) {
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
        owner.give(&file);
    }
}

/// A program of PostgreSQL's, also where the distribution keeps it out of the path.
fn tool(name: &str) -> PathBuf {
    let mut folders: Vec<PathBuf> = std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()).collect();
    let mut versions: Vec<PathBuf> =
        std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().map(|entry| entry.path().join("bin")).collect();
    versions.sort();
    versions.reverse();
    // One version's programs belong together, so the distribution's own folder comes first.
    folders.splice(0..0, versions);
    let found = folders.into_iter().map(|folder| folder.join(name)).find(|file| file.is_file());
    found.unwrap_or_else(|| panic!("PostgreSQL's `{name}` is missing: run `sudo apt-get install postgresql`"))
}
