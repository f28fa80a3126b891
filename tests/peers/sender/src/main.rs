//! Sends two series to the address it is given, by remote write 2.0 of a client that others use.

fn main() {
    let Some(address) = std::env::args().nth(1) else { return };
    let metrics = promwrite::Metric::new(address);
    metrics.name("sent_orders").label("shop", "käse").set(7.5);
    metrics.name("sent_stock").label("shop", "käse").label("shelf", "1").set(-2.0);
    // What waits is sent as it goes.
    drop(metrics);
}
