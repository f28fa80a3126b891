//! How long a page of twelve panels takes: evaluated anew, and for the next viewer.
#![expect(clippy::unwrap_used, reason = "a benchmark may fail loudly")]

#[expect(dead_code, reason = "the tests use the rest")]
#[path = "../tests/pages/world.rs"]
mod world;

use axum::body::Body;
use axum::http::Request;
use criterion::{Criterion, criterion_group, criterion_main};
use http_body_util::BodyExt;
use tower::ServiceExt;

async fn page(router: axum::Router) -> usize {
    let request = Request::get("/d/machine").header("host", "localhost").body(Body::empty()).unwrap();
    router.oneshot(request).await.unwrap().into_body().collect().await.unwrap().to_bytes().len()
}

fn pages(criterion: &mut Criterion) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let world = world::World::new();
    world.furnish();
    let router = vitrine_web::router(world.web.clone());
    criterion.bench_function("page of 12 panels, anew", |bencher| {
        bencher.to_async(&runtime).iter(|| {
            world.clock.0.send_modify(|now| *now += 1_000);
            page(router.clone())
        });
    });
    criterion
        .bench_function("page of 12 panels, next viewer", |bencher| bencher.to_async(&runtime).iter(|| page(router.clone())));
}

criterion_group!(benches, pages);
criterion_main!(benches);
