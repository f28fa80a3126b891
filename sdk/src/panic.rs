//! A panic's message and place go to the log before the trap, which alone would say neither.

use std::sync::Once;

pub(crate) fn install() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        std::panic::set_hook(Box::new(|panic| {
            let message = panic.payload_as_str().unwrap_or("a panic without a message");
            match panic.location() {
                Some(place) => {
                    let line = place.line().to_string();
                    crate::log::error(&["panicked at ", place.file(), ":", &line, ": ", message].concat());
                }
                None => crate::log::error(&["panicked: ", message].concat()),
            }
        }));
    });
}
