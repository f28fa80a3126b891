//! The templates, embedded; text is escaped unless a page says otherwise.

use minijinja::{Environment, UndefinedBehavior, Value};

const SOURCES: [(&str, &str); 21] = [
    ("frame.html", include_str!("../../templates/frame.html")),
    ("offline.html", include_str!("../../templates/offline.html")),
    ("search.html", include_str!("../../templates/search.html")),
    ("explore.html", include_str!("../../templates/explore.html")),
    ("parts.html", include_str!("../../templates/parts.html")),
    ("time.html", include_str!("../../templates/time.html")),
    ("home.html", include_str!("../../templates/home.html")),
    ("dashboard.html", include_str!("../../templates/dashboard.html")),
    ("alert.html", include_str!("../../templates/alert.html")),
    ("alerts.html", include_str!("../../templates/alerts.html")),
    ("bell.html", include_str!("../../templates/bell.html")),
    ("deliveries.html", include_str!("../../templates/deliveries.html")),
    ("rules.html", include_str!("../../templates/rules.html")),
    ("silences.html", include_str!("../../templates/silences.html")),
    ("oncall.html", include_str!("../../templates/oncall.html")),
    ("sources.html", include_str!("../../templates/sources.html")),
    ("share.html", include_str!("../../templates/share.html")),
    ("plugins.html", include_str!("../../templates/plugins.html")),
    ("act.html", include_str!("../../templates/act.html")),
    ("reply.html", include_str!("../../templates/reply.html")),
    ("error.html", include_str!("../../templates/error.html")),
];

#[derive(Debug)]
pub(crate) struct Templates(Environment<'static>);

impl Templates {
    pub(crate) fn new() -> Templates {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        for (name, source) in SOURCES {
            if let Err(error) = environment.add_template(name, source) {
                // A test fills every template: this cannot reach a release.
                tracing::error!(template = name, error = format!("{error:#}"), "a template is broken");
            }
        }
        Templates(environment)
    }

    pub(crate) fn render(&self, name: &str, context: Value) -> Result<String, minijinja::Error> {
        self.0.get_template(name)?.render(context)
    }
}
