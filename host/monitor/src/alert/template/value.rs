//! Values of a Go template, as Go tells them apart, prints them and compares them.

use std::collections::BTreeMap;
use std::rc::Rc;

use vitrine_model::Labels;

use super::number;

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    /// Nothing there: prints as `<no value>`.
    Nil,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(Rc<str>),
    Map(Rc<BTreeMap<String, Value>>),
    /// What a text is given: it has these fields and no others.
    Data(Rc<BTreeMap<String, Value>>),
    List(Rc<Vec<Value>>),
    /// One series of what `query` answered.
    Series(Rc<(Labels, f64)>),
    /// Milliseconds since 1970.
    Time(i64),
    /// Nanoseconds.
    Duration(i64),
}

impl Value {
    pub(super) fn text(text: impl Into<Rc<str>>) -> Value {
        Value::Text(text.into())
    }

    pub(super) fn map<N: Into<String>>(pairs: impl IntoIterator<Item = (N, Value)>) -> Value {
        Value::Map(Rc::new(pairs.into_iter().map(|(name, value)| (name.into(), value)).collect()))
    }

    pub(super) fn labels(labels: &Labels) -> Value {
        Value::map(labels.iter().map(|(name, text)| (name, Value::text(text))))
    }

    /// The name of its type in Go.
    pub(super) fn type_name(&self) -> &'static str {
        match self {
            Value::Nil => "<nil>",
            Value::Bool(_) => "bool",
            Value::Int(_) => "int",
            Value::Float(_) => "float64",
            Value::Text(_) => "string",
            Value::Map(_) => "map[string]string",
            Value::Data(_) => {
                "struct { Labels map[string]string; ExternalLabels map[string]string; ExternalURL string; Value interface {} }"
            }
            Value::List(_) => "template.queryResult",
            Value::Series(_) => "*template.sample",
            Value::Time(_) => "*time.Time",
            Value::Duration(_) => "*time.Duration",
        }
    }

    pub(super) fn is_true(&self) -> bool {
        match self {
            Value::Nil => false,
            Value::Bool(value) => *value,
            Value::Int(value) => *value != 0,
            Value::Float(value) => *value != 0.0,
            Value::Text(text) => !text.is_empty(),
            Value::Map(map) => !map.is_empty(),
            Value::List(list) => !list.is_empty(),
            Value::Data(_) | Value::Series(_) | Value::Time(_) | Value::Duration(_) => true,
        }
    }

    /// As `%v` writes it.
    pub(super) fn shown(&self) -> String {
        match self {
            Value::Nil => "<no value>".to_owned(),
            Value::Bool(value) => value.to_string(),
            Value::Int(value) => value.to_string(),
            Value::Float(value) => number::general(*value, None, false),
            Value::Text(text) => text.to_string(),
            Value::Map(map) | Value::Data(map) => {
                let pairs: Vec<String> = map.iter().map(|(name, value)| format!("{name}:{}", value.shown())).collect();
                format!("map[{}]", pairs.join(" "))
            }
            Value::List(list) => format!("[{}]", list.iter().map(Value::shown).collect::<Vec<_>>().join(" ")),
            Value::Series(series) => {
                format!("&{{{} {}}}", Value::labels(&series.0).shown(), number::general(series.1, None, false))
            }
            Value::Time(millis) => number::moment(*millis),
            Value::Duration(nanos) => number::go_duration(*nanos),
        }
    }

    /// As Prometheus's functions take numbers: also from texts.
    pub(super) fn number(&self) -> Result<f64, String> {
        match self {
            Value::Float(value) => Ok(*value),
            #[expect(clippy::cast_precision_loss, reason = "as Go converts it")]
            Value::Int(value) => Ok(*value as f64),
            #[expect(clippy::cast_precision_loss, reason = "as Go converts it")]
            Value::Duration(nanos) => Ok(*nanos as f64 / 1e9),
            Value::Text(text) => {
                number::parse(text).ok_or_else(|| format!("strconv.ParseFloat: parsing \"{text}\": invalid syntax"))
            }
            _ => Err(format!("can't convert {} to float", self.type_name())),
        }
    }

    /// As Prometheus's functions take texts: nothing else will do.
    pub(super) fn plain(&self) -> Result<Rc<str>, String> {
        match self {
            Value::Text(text) => Ok(Rc::clone(text)),
            _ => Err(format!("wrong type for value; expected string; got {}", self.type_name())),
        }
    }

    /// A whole number, for `index`, `slice` and widths.
    pub(super) fn whole(&self) -> Result<i64, String> {
        match self {
            Value::Int(value) => Ok(*value),
            _ => Err(format!("cannot index slice/array with type {}", self.type_name())),
        }
    }

    /// What is under a field's name.
    pub(super) fn field(&self, name: &str) -> Result<Value, String> {
        match self {
            // A map of texts has every key: one that is not there is empty.
            Value::Map(map) => Ok(map.get(name).cloned().unwrap_or_else(|| Value::text(""))),
            Value::Data(map) => {
                map.get(name).cloned().ok_or_else(|| format!("can't evaluate field {name} in type {}", self.type_name()))
            }
            Value::Series(series) if name == "Labels" => Ok(Value::labels(&series.0)),
            Value::Series(series) if name == "Value" => Ok(Value::Float(series.1)),
            Value::Time(millis) if name == "Unix" => Ok(Value::Int(millis.div_euclid(1_000))),
            Value::Time(millis) if name == "UnixMilli" => Ok(Value::Int(*millis)),
            #[expect(clippy::cast_precision_loss, reason = "as Go converts it")]
            Value::Duration(nanos) => match name {
                "Seconds" => Ok(Value::Float(*nanos as f64 / 1e9)),
                "Minutes" => Ok(Value::Float(*nanos as f64 / 6e10)),
                "Hours" => Ok(Value::Float(*nanos as f64 / 3.6e12)),
                "Milliseconds" => Ok(Value::Int(nanos / 1_000_000)),
                _ => Err(format!("can't evaluate field {name} in type *time.Duration")),
            },
            Value::Nil => Err(format!("nil data; no entry for key \"{name}\"")),
            _ => Err(format!("can't evaluate field {name} in type {}", self.type_name())),
        }
    }

    /// Go's `eq`, which knows no numbers of two kinds.
    pub(super) fn equals(&self, other: &Value) -> Result<bool, String> {
        match (self, other) {
            (Value::Nil, other) | (other, Value::Nil) => Ok(*other == Value::Nil),
            (Value::Map(_) | Value::Data(_) | Value::List(_), _) | (_, Value::Map(_) | Value::Data(_) | Value::List(_)) => {
                Err("error calling eq: non-comparable type".to_owned())
            }
            _ if std::mem::discriminant(self) == std::mem::discriminant(other) => Ok(self == other),
            _ => Err("error calling eq: incompatible types for comparison".to_owned()),
        }
    }

    /// Go's `lt`.
    pub(super) fn is_less(&self, other: &Value) -> Result<bool, String> {
        match (self, other) {
            (Value::Int(a), Value::Int(b)) | (Value::Duration(a), Value::Duration(b)) => Ok(a < b),
            (Value::Float(a), Value::Float(b)) => Ok(a < b),
            (Value::Text(a), Value::Text(b)) => Ok(a < b),
            (Value::Int(_) | Value::Float(_) | Value::Text(_), Value::Int(_) | Value::Float(_) | Value::Text(_)) => {
                Err("error calling lt: incompatible types for comparison".to_owned())
            }
            _ => Err("error calling lt: invalid type for comparison".to_owned()),
        }
    }
}
