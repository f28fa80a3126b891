//! What one round tells, as it goes over the wire: made once, and the same bytes for all who look on.

use std::sync::OnceLock;

use axum::body::Bytes;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};

/// The messages of one moment. The bytes of a wire are made when the first viewer needs them.
#[derive(Debug, Default)]
pub struct Told {
    messages: Vec<String>,
    frames: OnceLock<Bytes>,
    events: OnceLock<Bytes>,
}

impl Told {
    pub fn new(messages: Vec<String>) -> Told {
        Told { messages, ..Told::default() }
    }

    /// WebSocket frames, one for each message. What a server sends is not masked, so it is the same for everybody.
    pub fn frames(&self) -> Bytes {
        self.frames
            .get_or_init(|| {
                self.written(|message, bytes| {
                    let frame = Frame::message(message.to_owned(), OpCode::Data(Data::Text), true);
                    // Writing into memory does not fail.
                    let _ = frame.format(bytes);
                })
            })
            .clone()
    }

    /// Server-sent events. JSON has no line ends of its own.
    pub fn events(&self) -> Bytes {
        self.events
            .get_or_init(|| {
                self.written(|message, bytes| {
                    for part in ["data: ", message, "\n\n"] {
                        bytes.extend_from_slice(part.as_bytes());
                    }
                })
            })
            .clone()
    }

    fn written(&self, write: impl Fn(&str, &mut Vec<u8>)) -> Bytes {
        // No frame has a longer head, and no event has more around it.
        const AROUND: usize = 16;
        let length = self.messages.iter().map(|message| message.len() + AROUND).sum();
        let mut bytes = Vec::with_capacity(length);
        for message in &self.messages {
            write(message, &mut bytes);
        }
        bytes.into()
    }
}
