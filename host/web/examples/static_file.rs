//! One file from memory, by the same axum and nothing around it: what `tests/bench/pages.sh` holds the pages against.
//! `static_file ADDRESS FILE`
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a bench may fail loudly")]

use axum::Router;
use axum::body::Bytes;
use axum::http::header::CONTENT_TYPE;
use axum::routing::get;

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let body = Bytes::from(std::fs::read(&arguments[2]).unwrap());
    let serve = move || async move { ([(CONTENT_TYPE, "text/html; charset=utf-8")], body) };
    let listener = tokio::net::TcpListener::bind(&arguments[1]).await.unwrap();
    println!("ready");
    axum::serve(listener, Router::new().route("/", get(serve))).await.unwrap();
}
