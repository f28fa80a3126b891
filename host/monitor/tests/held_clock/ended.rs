//! Series that end: marked at the tick that lacks them, and not when the host stops.

use std::sync::Arc;

use vitrine_model::labels::NAME;
use vitrine_model::port::samples::SelectLimits;
use vitrine_model::sample::{Sample, is_stale};
use vitrine_model::{Fault, Labels, Matcher, Millis};

use crate::{Hand, SECOND, START, World, until};

/// A series' target, and its samples by their second.
type Course = (String, Vec<(Millis, Option<f64>)>);

/// Of each series of a source, by its target: the samples, the mark that it has ended as `None`.
fn samples_of(world: &World, name: &str) -> Vec<Course> {
    let limits = SelectLimits { series: 100, samples: 1_000 };
    let found = world.store.samples().select(&[Matcher::equal(NAME, name)], 0, Millis::MAX, limits).unwrap();
    let value = |sample: &Sample| ((sample.time - START) / SECOND, (!is_stale(sample.value)).then_some(sample.value));
    let target = |labels: &Labels| labels.get("target").unwrap_or_default().to_owned();
    found.iter().map(|series| (target(&series.labels), series.samples.iter().map(value).collect())).collect()
}

#[tokio::test]
async fn what_ends_is_marked_as_ended_at_the_tick_that_lacks_it() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::open(folder.path(), START, &Arc::default()).await;
    let shop = Hand::new(&world.clock, false);
    let tick = async |second: Millis| {
        world.clock.set(START + second * SECOND);
        until("the tick is kept", || world.next_run("shop") == Some(START + (second + 1) * SECOND)).await;
    };
    world.watch("shop", &shop);
    tick(0).await;
    // A series goes while another stays, and one comes back.
    *shop.targets.lock().unwrap() = vec!["shop", "cellar"];
    tick(1).await;
    *shop.targets.lock().unwrap() = vec!["cellar"];
    tick(2).await;
    tick(3).await;
    *shop.targets.lock().unwrap() = vec!["shop", "cellar"];
    tick(4).await;
    // A collection fails: all but what is told of the collection itself has ended, once.
    *shop.value.lock().unwrap() = Err(Fault::Upstream("away".to_owned()));
    tick(5).await;
    tick(6).await;
    *shop.value.lock().unwrap() = Ok(2.0);
    tick(7).await;
    world.clock.set(START + 7 * SECOND + 500);
    world.monitor.remove_source("shop");
    let is_over = |series: &[Course]| series.iter().all(|(_, samples)| samples[samples.len() - 1] == (7, None));
    until("the source's series have ended", || {
        is_over(&samples_of(&world, "up")) && is_over(&samples_of(&world, "probe_success"))
    })
    .await;
    let (one, two, end) = (Some(1.0), Some(2.0), None);
    assert_eq!(
        samples_of(&world, "probe_success"),
        [
            ("cellar".to_owned(), vec![(1, one), (2, one), (3, one), (4, one), (5, end), (7, two), (7, end)]),
            ("shop".to_owned(), vec![(0, one), (1, one), (2, end), (4, one), (5, end), (7, two), (7, end)]),
        ]
    );
    let up: Vec<Option<f64>> = samples_of(&world, "up")[0].1.iter().map(|(_, value)| *value).collect();
    assert_eq!(up, [one, one, one, one, one, Some(0.0), Some(0.0), one, end]);
    world.close().await;
}

/// It will go on where it was: a gap of a restart is no end.
#[tokio::test]
async fn a_host_that_stops_marks_nothing_as_ended() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::open(folder.path(), START, &Arc::default()).await;
    world.watch("shop", &Hand::new(&world.clock, false));
    until("the tick is kept", || world.next_run("shop") == Some(START + SECOND)).await;
    world.close().await;
    let world = World::open(folder.path(), START, &Arc::default()).await;
    assert_eq!(samples_of(&world, "probe_success"), [("shop".to_owned(), vec![(0, Some(1.0))])]);
    world.close().await;
}
