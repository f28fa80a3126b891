//! JSON Schemas of the settings, for editors and for the checks here.

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::Value;

/// The JSON Schema (draft 2020-12) of what `T` reads from a file, under a title that editors show.
pub fn schema_of<T: JsonSchema>(title: &str) -> Value {
    let mut schema = plain::<T>();
    if let Value::Object(map) = &mut schema {
        map.insert("title".to_owned(), title.into());
    }
    schema
}

pub(crate) fn plain<T: JsonSchema>() -> Value {
    SchemaSettings::draft2020_12().for_deserialize().into_generator().into_root_schema_for::<T>().to_value()
}
