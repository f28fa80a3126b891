//! What a person does with a page: press keys, click, drag; and what axe-core says of it.

use chromiumoxide::cdp::browser_protocol::input::{
    DispatchKeyEventParams, DispatchKeyEventType, DispatchMouseEventParams, DispatchMouseEventType, InsertTextParams, MouseButton,
};
use chromiumoxide::keys;
use serde_json::Value;

use crate::browser::Page;
use crate::paths;
use crate::wait::{LONG, wait_until};

impl Page {
    /// Presses a key by its name: `a`, `?`, `Escape`, `ArrowDown`, `Enter`, `Tab`.
    pub async fn press(&self, key: &str) {
        self.press_with(key, 0).await;
    }

    /// As [`Page::press`], with the Shift key held.
    pub async fn press_shift(&self, key: &str) {
        self.press_with(key, 8).await;
    }

    async fn press_with(&self, key: &str, modifiers: i64) {
        let known = keys::get_key_definition(key).unwrap_or_else(|| panic!("there is no key `{key}`"));
        let event = |kind| {
            let event = DispatchKeyEventParams::builder().r#type(kind).key(known.key).code(known.code).modifiers(modifiers);
            event.windows_virtual_key_code(known.key_code).native_virtual_key_code(known.key_code)
        };
        let text = known.text.or((known.key.len() == 1).then_some(known.key)).or((key == "Enter").then_some("\r"));
        let down = match text {
            Some(text) => event(DispatchKeyEventType::KeyDown).text(text),
            None => event(DispatchKeyEventType::RawKeyDown),
        };
        self.page.execute(down.build().unwrap()).await.unwrap();
        self.page.execute(event(DispatchKeyEventType::KeyUp).build().unwrap()).await.unwrap();
    }

    /// Writes into whatever has the focus.
    pub async fn write(&self, text: &str) {
        self.page.execute(InsertTextParams::new(text)).await.unwrap();
    }

    /// The middle of an element, in the window; an element that is not there yet is waited for.
    async fn middle(&self, selector: &str) -> (f64, f64) {
        let script = format!(
            "(() => {{ const e = document.querySelector({selector:?}); e.scrollIntoView({{ block: 'center' }});
               const r = e.getBoundingClientRect(); return [r.left + r.width / 2, r.top + r.height / 2]; }})()"
        );
        self.there(selector, &script).await
    }

    /// What an expression says of an element, as soon as there is one.
    async fn there(&self, selector: &str, script: &str) -> (f64, f64) {
        let place = async || self.page.evaluate_expression(script).await.ok()?.into_value().ok();
        wait_until(&format!("the page has `{selector}`"), LONG, place).await
    }

    pub async fn click(&self, selector: &str) {
        let (x, y) = self.middle(selector).await;
        self.mouse(DispatchMouseEventType::MouseMoved, x, y).await;
        self.mouse(DispatchMouseEventType::MousePressed, x, y).await;
        self.mouse(DispatchMouseEventType::MouseReleased, x, y).await;
    }

    /// Moves the pointer to a place in an element, told in shares of its width and height.
    pub async fn point(&self, selector: &str, across: f64, down: f64) {
        let (x, y) = self.place(selector, across, down).await;
        self.mouse(DispatchMouseEventType::MouseMoved, x, y).await;
    }

    /// Drags over an element from one share of its width to another, at half its height.
    pub async fn drag(&self, selector: &str, from: f64, to: f64) {
        let (x, y) = self.place(selector, from, 0.5).await;
        self.mouse(DispatchMouseEventType::MouseMoved, x, y).await;
        self.mouse(DispatchMouseEventType::MousePressed, x, y).await;
        for step in 1..=4 {
            let (x, y) = self.place(selector, from + (to - from) * f64::from(step) / 4.0, 0.5).await;
            self.mouse(DispatchMouseEventType::MouseMoved, x, y).await;
        }
        let (x, y) = self.place(selector, to, 0.5).await;
        self.mouse(DispatchMouseEventType::MouseReleased, x, y).await;
    }

    async fn place(&self, selector: &str, across: f64, down: f64) -> (f64, f64) {
        let script = format!(
            "(() => {{ const r = document.querySelector({selector:?}).getBoundingClientRect();
               return [r.left + r.width * {across}, r.top + r.height * {down}]; }})()"
        );
        self.there(selector, &script).await
    }

    async fn mouse(&self, kind: DispatchMouseEventType, x: f64, y: f64) {
        let is_held = !matches!(kind, DispatchMouseEventType::MouseMoved);
        let mut event = DispatchMouseEventParams::builder().r#type(kind).x(x).y(y);
        if is_held {
            event = event.button(MouseButton::Left).click_count(1);
        }
        self.page.execute(event.build().unwrap()).await.unwrap();
    }

    /// What axe-core finds wrong, by the rules of WCAG 2.2 A and AA and by good practice.
    pub async fn violations(&self) -> Vec<String> {
        let script = std::fs::read_to_string(paths::axe()).unwrap();
        // It leaves a name behind and nothing to hand over.
        self.page.evaluate(format!("{script}\n;undefined")).await.unwrap();
        let run = "axe.run(document, { resultTypes: ['violations'],
              runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
            .then((found) => found.violations.map((one) =>
              `${one.id}: ${one.help}: ${one.nodes.map((node) => node.html + ' ' + node.failureSummary).join(' | ')}`))";
        let result = self.page.evaluate_expression(run).await.unwrap();
        let found: Value = result.into_value().unwrap();
        found.as_array().unwrap().iter().map(|one| one.as_str().unwrap().to_owned()).collect()
    }
}
