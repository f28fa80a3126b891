//! Senders that open a request and do not go on: each is sent away, and nobody else has to wait for them.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use vitrine_tests::{Files, Start, post};

/// More than may be worked on at once.
const SLOW: usize = 12;

#[tokio::test]
async fn those_who_do_not_go_on_lose_their_place() {
    let files = Files::new();
    files.write("config/vitrine.yaml", "write_timeout: 500ms\n");
    let vitrine = Start::new(&files).serve().await;
    let address = vitrine.address().to_owned();
    let mut slow = Vec::new();
    for place in 0..SLOW {
        let (path, kind) = match place % 3 {
            0 => ("/api/v1/write", "application/x-protobuf"),
            1 => ("/api/v1/otlp/v1/metrics", "application/x-protobuf"),
            _ => ("/api/v1/import/prometheus", "text/plain"),
        };
        let mut stream = TcpStream::connect(&address).await.unwrap();
        let head = format!("POST {path} HTTP/1.1\r\nhost: {address}\r\ncontent-type: {kind}\r\ncontent-length: 1000\r\n\r\na");
        stream.write_all(head.as_bytes()).await.unwrap();
        slow.push(stream);
    }
    let good = post(&address, "/api/v1/import/prometheus", &[], b"good 7\n".to_vec()).await.unwrap();
    assert_eq!(good.status, 200, "{}", good.body);
    for mut stream in slow {
        // The connection ends with the answer: what is left of the body is nobody's.
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 408 ") && answer.contains("raise `write_timeout`"), "{answer}");
    }
    assert_eq!(vitrine.value("good").await, Some(7.0));
    let metrics = vitrine.get("/metrics").await.body;
    let slow: usize = metrics
        .lines()
        .filter(|line| line.starts_with("vitrine_web_pushes_total") && line.contains("outcome=\"slow\""))
        .map(|line| line.rsplit(' ').next().unwrap().parse::<usize>().unwrap())
        .sum();
    assert_eq!(slow, SLOW);
    vitrine.stop().await;
}
