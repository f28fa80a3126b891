//! The newest alerts that need somebody: what the bell shows when it is pressed.

use std::cmp::Reverse;
use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use serde::Serialize;

use crate::alerts::{Entry, Standing};
use crate::page::alerts::{AlertRow, row};
use crate::page::frame::Frame;
use crate::page::messages::filled;
use crate::page::reader::Reader;
use crate::web::Web;

const SHOWN: usize = 8;

#[derive(Serialize)]
struct Body {
    alerts: Vec<AlertRow>,
    left_out: Option<String>,
    trouble: Option<String>,
}

pub(crate) async fn show(State(web): State<Arc<Web>>, reader: Reader) -> Response {
    let frame = Frame::new(&web, reader, "bell", reader.alerting().newest_alerts).await;
    let body = match web.board().await {
        Ok(board) => {
            let mut firing: Vec<&Entry> = board.entries.iter().filter(|entry| entry.standing == Standing::Firing).collect();
            firing.sort_by_key(|entry| Reverse(entry.alert.since()));
            let left = firing.len().saturating_sub(SHOWN);
            Body {
                alerts: firing.into_iter().take(SHOWN).map(|entry| row(&web, reader, &board, entry)).collect(),
                left_out: (left > 0).then(|| filled(reader.says().rest_alerts, &[&left.to_string()])),
                trouble: None,
            }
        }
        Err(reason) => Body { alerts: Vec::new(), left_out: None, trouble: Some(reason) },
    };
    web.page("bell.html", &frame, body)
}
