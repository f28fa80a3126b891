//! Serves the pages with made-up data, to look at them: `cargo run -p vitrine-web --example gallery [address]`.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a tool for whoever works on the pages")]

#[expect(dead_code, reason = "the tests use the rest")]
#[path = "../tests/pages/world.rs"]
mod world;

use std::time::Duration;

#[tokio::main]
async fn main() {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:7979".to_owned());
    let world = world::World::new();
    world.furnish();
    world.fire();
    world.sources();
    let listener = tokio::net::TcpListener::bind(&address).await.unwrap();
    println!("http://{address}/d/machine");
    let clock = world.clock.clone();
    tokio::spawn(async move {
        let mut second = tokio::time::interval(Duration::from_secs(1));
        loop {
            second.tick().await;
            clock.0.send_modify(|now| *now += 1_000);
        }
    });
    vitrine_web::serve(listener, world.web.clone(), std::future::pending()).await.unwrap();
}
