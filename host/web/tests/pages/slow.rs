//! A viewer that takes nothing: it skips rounds, nobody waits for it, and what is kept for it is bounded.

use std::time::Duration;

use futures_util::StreamExt;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use vitrine_model::Labels;
use vitrine_monitor::live::Change;

use crate::live::{listening, look};
use crate::world::{NOW, World};

const ROUNDS: i64 = 60;
/// Rows of the table that each round sends: with their names, more than half a megabyte.
const ROWS: usize = 450;

fn world() -> World {
    let world = World::new();
    world.show("big", json!({ "title": "Big", "panels": [{ "title": "All", "show": "table", "query": "big" }] }));
    world
}

/// Every row says which round it is of.
fn fill(world: &World, round: i64) {
    for row in 0..ROWS {
        let name = format!("{row:04}-{}", "x".repeat(1_000));
        let labels = Labels::from_pairs([("__name__", "big"), ("name", name.as_str())]);
        world.memory.add(&labels, world.clock.0.borrow().to_owned(), round as f64);
    }
}

/// Shakes hands as a browser does, and reads nothing from then on.
async fn unread(address: std::net::SocketAddr) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = format!(
        "GET /live/big?range=1h HTTP/1.1\r\nhost: {address}\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\
         sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream
}

/// The last of the round's rows in a message with the panel's content.
fn round_of(text: &str) -> Option<i64> {
    let message: Value = serde_json::from_str(text).ok()?;
    let html = message["html"].as_str()?;
    html.rsplit_once("data-value=\"")?.1.split('"').next()?.parse().ok()
}

#[tokio::test]
async fn a_viewer_that_takes_nothing_skips_rounds_and_keeps_nobody_waiting() {
    let world = world();
    fill(&world, 0);
    let (address, stop, server) = listening(&world).await;
    let mut slow = unread(address).await;
    let mut quick = look(address, "/live/big?range=1h", None).await.unwrap();
    let mut seen = 0;
    for round in 1..=ROUNDS {
        world.clock.0.send_modify(|now| *now += 1_000);
        fill(&world, round);
        world.live.tell(Change::Samples { source: "x".to_owned(), at: NOW + round * 1_000 });
        // The quick one has every round, each before the next begins, though the slow one takes none.
        while seen < round {
            let message = tokio::time::timeout(Duration::from_secs(20), quick.next()).await.unwrap().unwrap().unwrap();
            if let Some(told) = message.to_text().ok().and_then(round_of) {
                assert!(told <= seen + 1, "round {told} came after {seen}");
                seen = told;
            }
        }
    }
    // What was kept for the slow one is what the line and the backlog hold: all rounds would be far more.
    let all = usize::try_from(ROUNDS).unwrap() * ROWS * 1_000;
    let kept = drain(&mut slow).await;
    assert!(kept < all * 2 / 3, "{kept} of {all} bytes were kept");
    stop.send(()).unwrap();
    drop((slow, quick));
    server.await.unwrap().unwrap();
}

/// Reads all that there is, up to the newest round.
async fn drain(slow: &mut TcpStream) -> usize {
    let newest = format!("data-value=\\\"{ROUNDS}\\\"");
    let (mut bytes, mut tail, mut part) = (0, Vec::new(), vec![0; 256 * 1024]);
    loop {
        let read = tokio::time::timeout(Duration::from_secs(20), slow.read(&mut part)).await.unwrap().unwrap();
        assert!(read > 0, "the line ended before the newest round, after {bytes} bytes");
        bytes += read;
        tail.extend_from_slice(&part[..read]);
        if String::from_utf8_lossy(&tail).contains(&newest) {
            return bytes;
        }
        tail.drain(..tail.len().saturating_sub(newest.len()));
    }
}
