//! Backoff, quarantine, disabled: on a clock that the test sets.

use vitrine_model::Millis;
use vitrine_model::port::source::Source;
use vitrine_plugin::{PluginSource, Standing};

use crate::text::Text;
use crate::world::{Sandbox, is_told};

const MINUTE: Millis = 60_000;

/// Five faults within a minute; returns the moment of the last.
async fn five_faults(sandbox: &Sandbox, source: &PluginSource, start: Millis) -> Millis {
    let mut now = start;
    for pause in [0, 1, 2, 4, 8] {
        now += pause * 1_000;
        sandbox.clock.set(now);
        is_told("trap", source.collect().await, &["trapped"]);
    }
    now
}

#[tokio::test]
async fn a_plugin_that_fails_rests_ever_longer_until_an_admin_acts() {
    let sandbox = Sandbox::new();
    let source = sandbox.source(&Text::source().at("collect", "unreachable")).await;
    let mut now = 1_000_000_000_000;
    for round in 1..=3 {
        now = five_faults(&sandbox, &source, now).await;
        let standing = source.instance().usage().standing;
        assert_eq!(standing, if round < 3 { Standing::Quarantined } else { Standing::Disabled });
        assert_eq!(source.instance().usage().until, (round < 3).then_some(now + 10 * MINUTE));
        sandbox.clock.set(now + 9 * MINUTE);
        is_told("quarantine", source.collect().await, &["trapped"]);
        now += 11 * MINUTE;
    }
    sandbox.clock.set(now + 1_000 * MINUTE);
    is_told("disabled", source.collect().await, &["disabled after 3 quarantines", "vitrine plugin enable"]);
    assert_eq!(sandbox.metric("vitrine_plugin_standing"), 3.0);
    // Only calls that reached the guest are faults of it.
    assert_eq!(sandbox.metric("vitrine_plugin_faults_total"), 15.0);
    source.instance().enable();
    assert_eq!(source.instance().usage().standing, Standing::Well);
    // It is called again, and nothing of before counts any more: it takes as many faults as at first.
    let now = five_faults(&sandbox, &source, now + 1_000 * MINUTE).await;
    assert_eq!(sandbox.metric("vitrine_plugin_faults_total"), 20.0);
    assert_eq!(source.instance().usage().standing, Standing::Quarantined);
    sandbox.clock.set(now + 11 * MINUTE);
    assert_eq!(source.instance().usage().standing, Standing::Well);
}
