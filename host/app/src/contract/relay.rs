//! The mail relay around a plugin under test: it takes messages, puts them off, or refuses them.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::{JoinHandle, JoinSet};
use vitrine_plugin::settings::{MailRelay, MailTls};

use super::web::closed;

/// What is kept of a message, and how many are.
const MESSAGE_BYTES: u64 = 4 << 20;
const MESSAGES: usize = 100;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    Takes,
    /// Later, perhaps.
    Busy,
    /// Never.
    Refuses,
    /// Says nothing at all.
    Silent,
}

struct State {
    mood: Mutex<Mood>,
    messages: Mutex<Vec<String>>,
}

/// The relay; it goes with the value.
pub struct Relay {
    address: SocketAddr,
    state: Arc<State>,
    listening: JoinHandle<()>,
    _closed: TcpSocket,
    closed_address: SocketAddr,
}

impl Relay {
    pub async fn start() -> std::io::Result<Relay> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let (closed, closed_address) = closed()?;
        let state = Arc::new(State { mood: Mutex::new(Mood::Takes), messages: Mutex::default() });
        let listening = tokio::spawn(listen(listener, Arc::clone(&state)));
        Ok(Relay { address, state, listening, _closed: closed, closed_address })
    }

    pub fn settings(&self) -> MailRelay {
        settings(self.address)
    }

    /// Where nobody listens.
    pub fn closed_settings(&self) -> MailRelay {
        settings(self.closed_address)
    }

    pub fn be(&self, mood: Mood) {
        *self.state.mood.lock().unwrap_or_else(PoisonError::into_inner) = mood;
    }

    /// The messages since the last time that somebody asked, as they came.
    pub fn take_messages(&self) -> Vec<String> {
        std::mem::take(&mut *self.state.messages.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

fn settings(address: SocketAddr) -> MailRelay {
    MailRelay {
        host: address.ip().to_string(),
        port: address.port(),
        tls: MailTls::None,
        from: "Vitrine <vitrine@host.example>".to_owned(),
        login: None,
    }
}

async fn listen(listener: TcpListener, state: Arc<State>) {
    let mut open = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        while open.try_join_next().is_some() {}
        open.spawn(serve(stream, Arc::clone(&state)));
    }
}

/// As much of SMTP as it takes to be told a message.
async fn serve(stream: TcpStream, state: Arc<State>) -> std::io::Result<()> {
    let mood = *state.mood.lock().unwrap_or_else(PoisonError::into_inner);
    if mood == Mood::Silent {
        return std::future::pending().await;
    }
    let (read, mut write) = stream.into_split();
    // Bounded: what is beyond is not read, and the connection ends.
    let mut lines = BufReader::new(read.take(MESSAGE_BYTES)).lines();
    write.write_all(b"220 relay.example\r\n").await?;
    while let Some(line) = lines.next_line().await? {
        let verb = line.get(..4).unwrap_or_default().to_uppercase();
        let answer: &[u8] = match (verb.as_str(), mood) {
            ("EHLO" | "HELO", _) => b"250-relay.example\r\n250 SMTPUTF8\r\n",
            ("MAIL", Mood::Busy) => b"451 later\r\n",
            ("MAIL", Mood::Refuses) => b"550 never\r\n",
            ("DATA", _) => {
                write.write_all(b"354 go on\r\n").await?;
                let mut message = String::new();
                while let Some(line) = lines.next_line().await?.filter(|line| line != ".") {
                    message.push_str(&line);
                    message.push('\n');
                }
                let mut messages = state.messages.lock().unwrap_or_else(PoisonError::into_inner);
                if messages.len() < MESSAGES {
                    messages.push(message);
                }
                b"250 taken\r\n"
            }
            ("QUIT", _) => {
                write.write_all(b"221 bye\r\n").await?;
                return Ok(());
            }
            _ => b"250 ok\r\n",
        };
        write.write_all(answer).await?;
    }
    Ok(())
}
