//! Having a source do something: what it offers, whether what it is given fits, and that it is written down. The API and the
//! pages ask for it here.

use std::net::IpAddr;
use std::sync::Arc;

use serde_json::Value;
use vitrine_access::Person;
use vitrine_config::guess;
use vitrine_model::port::source::{Action, Source};

use crate::api::envelope::ApiError;
use crate::audit;
use crate::web::Web;

/// Something that a source offers.
pub(crate) struct Offered {
    pub(crate) name: String,
    source: Arc<dyn Source>,
    pub(crate) action: Action,
}

pub(crate) fn find(web: &Web, name: &str) -> Result<Arc<dyn Source>, ApiError> {
    (web.sources)(name).ok_or_else(|| ApiError::not_found(format!("there is no source `{name}`, or it does not run")))
}

impl Offered {
    /// The action of this name, or which one was meant.
    pub(crate) async fn find(web: &Web, name: &str, action: &str) -> Result<Offered, ApiError> {
        let source = find(web, name)?;
        let mut offered = source.actions().await.map_err(|fault| ApiError::fault(&fault))?;
        let Some(place) = offered.iter().position(|one| one.name == action) else {
            let names: Vec<&str> = offered.iter().map(|one| one.name.as_str()).collect();
            let hint = guess::hint(action, &names, "there are").map(|hint| format!(": {hint}")).unwrap_or_default();
            return Err(ApiError::not_found(format!("`{name}` offers no action `{action}`{hint}")));
        };
        Ok(Offered { name: name.to_owned(), source, action: offered.swap_remove(place) })
    }

    /// What of the arguments does not fit: an unknown one, a missing one, one of another type.
    pub(crate) fn fits(&self, arguments: &Value) -> Result<(), ApiError> {
        let schema = self.schema()?;
        let at = vitrine_config::Path::new().key("arguments");
        let findings = vitrine_config::typed::findings(arguments, &at, &schema);
        let told = |finding: &vitrine_config::Finding| {
            let hint = finding.hint.as_ref().map(|hint| format!(" ({hint})")).unwrap_or_default();
            format!("`{}`: {}{hint}", finding.path, finding.reason)
        };
        let reasons: Vec<String> = findings.iter().map(told).collect();
        if reasons.is_empty() { Ok(()) } else { Err(ApiError::bad_data(reasons.join("; "))) }
    }

    fn schema(&self) -> Result<Value, ApiError> {
        serde_json::from_str(&self.action.arguments).map_err(|error| ApiError::internal(error.to_string()))
    }

    /// Texts that come from labels and cells as the numbers and flags that the schema wants; what cannot be one stays.
    pub(crate) fn typed(&self, arguments: &mut Value) {
        let (Ok(schema), Some(given)) = (self.schema(), arguments.as_object_mut()) else { return };
        for (name, value) in given {
            let Some(text) = value.as_str() else { continue };
            let meant = match schema["properties"][name.as_str()]["type"].as_str() {
                Some("integer") => text.parse::<i64>().ok().map(Value::from),
                Some("number") => text.parse::<f64>().ok().map(Value::from),
                Some("boolean") => text.parse::<bool>().ok().map(Value::from),
                _ => None,
            };
            if let Some(meant) = meant {
                *value = meant;
            }
        }
    }

    /// Does it, and writes down who wanted it and how it ended.
    pub(crate) async fn perform(self, arguments: Value, from: Option<IpAddr>) -> Result<String, ApiError> {
        let person = Person::anyone();
        let entry = audit::Entry {
            person: person.name.clone(),
            from,
            source: self.name,
            action: self.action.name.clone(),
            arguments: arguments.to_string(),
        };
        // Whoever asked may go away: it is done, and written down how it ended, all the same.
        let doing = tokio::spawn(async move {
            entry.asked();
            let outcome = self.source.act(&self.action.name, &arguments.to_string(), &person.name).await;
            entry.ended(&outcome);
            outcome
        });
        let outcome = doing.await.map_err(|error| ApiError::internal(error.to_string()))?;
        outcome.map_err(|fault| ApiError::fault(&fault))
    }
}
