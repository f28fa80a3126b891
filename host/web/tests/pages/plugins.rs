//! The plugins' page and its twin for programs.

use serde_json::{Value, json};

use crate::world::World;
use crate::{body, get, text};

#[tokio::test]
async fn what_needs_an_admin_comes_first_and_says_what_to_do() {
    let page = body(&World::new(), "/plugins").await.replace("&#x27;", "'");
    let place = |part: &str| page.find(part).unwrap_or_else(|| panic!("{part} is missing:\n{page}"));
    for part in [
        "needs a grant",
        "<li>http https://collect.example</li>",
        "<li>mail</li>",
        "run `vitrine plugin grant source/orders`",
        "run `vitrine plugin enable channel/on-call`",
        "disabled",
        "backing off, next try",
        "17 ×, last",
        "<span class=\"label missing\">no</span>",
        "12,345 calls · 2 faults",
        "reached 3 ×",
        "<h2>Not in use</h2>",
    ] {
        place(part);
    }
    // Trouble, then those that are well, then those that nothing uses.
    assert!(place("id=\"orders\"") < place("id=\"system\"") && place("id=\"system\"") < place("id=\"webhook\""));
}

#[tokio::test]
async fn programs_get_the_same() {
    let response = get(&World::new(), "/api/v1/plugins").await;
    assert_eq!(response.status().as_u16(), 200);
    let data: Value = serde_json::from_str::<Value>(&text(response).await).unwrap()["data"].take();
    let plugins = data["plugins"].as_array().unwrap();
    let find = |name: &str| plugins.iter().find(|plugin| plugin["name"] == name).unwrap();
    let orders = &find("orders")["instances"][0];
    assert_eq!(orders["state"], "needs-grant");
    assert_eq!(orders["waiting"]["more"], json!(["http https://collect.example", "mail"]));
    assert_eq!(orders["build"]["version"], "0.2.0");
    let warehouse = &find("http-check")["instances"][1];
    assert_eq!((&warehouse["state"], &warehouse["refusals"][0]["count"]), (&json!("backing-off"), &json!(17)));
    insta::assert_json_snapshot!("plugin-instance", warehouse);
}
