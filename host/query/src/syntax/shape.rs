//! An expression as a tree for programs, in the shape that Prometheus's `parse_query` has.

use serde_json::{Value, json};
use vitrine_model::Matcher;

use super::duration::{Duration, Extent};
use super::show::{aggregate_name, metric, number, operator_name, test};
use super::tree::{At, Binary, Call, Cardinality, Grouping, Kind, Node, Selector, Shift, Type};

pub(super) fn shape(node: &Node) -> Value {
    match &node.kind {
        Kind::Number(value) => json!({ "type": "numberLiteral", "val": number(*value) }),
        Kind::Text(text) => json!({ "type": "stringLiteral", "val": text }),
        Kind::Select(selector) => select("vectorSelector", selector),
        Kind::Window(window) => {
            let mut shape = select("matrixSelector", &window.selector);
            shape["range"] = millis(&window.span).into();
            shape
        }
        Kind::Subquery(subquery) => {
            let step = subquery.step.as_ref().map_or(0, millis);
            let mut shape =
                json!({ "type": "subquery", "expr": shape(&subquery.of), "range": millis(&subquery.span), "step": step });
            shift(&mut shape, &subquery.shift);
            shape
        }
        Kind::Paren(of) => json!({ "type": "parenExpr", "expr": shape(of) }),
        Kind::Negate(of) => json!({ "type": "unaryExpr", "op": "-", "expr": shape(of) }),
        Kind::Plus(of) => json!({ "type": "unaryExpr", "op": "+", "expr": shape(of) }),
        Kind::Binary(of) => binary(of),
        Kind::Aggregate(aggregate) => {
            let (labels, is_without) = grouping(&aggregate.grouping);
            json!({
                "type": "aggregation",
                "op": aggregate_name(aggregate.kind),
                "expr": shape(&aggregate.of),
                "param": aggregate.parameter.as_ref().map(shape),
                "grouping": labels,
                "without": is_without,
            })
        }
        Kind::Call(of) => call(of),
    }
}

fn grouping(grouping: &Grouping) -> (&[String], bool) {
    match grouping {
        Grouping::Only(labels) => (labels, false),
        Grouping::AllBut(labels) => (labels, true),
    }
}

fn binary(binary: &Binary) -> Value {
    let are_vectors = [&binary.left, &binary.right].iter().all(|side| side.answers() == Type::Vector);
    let (labels, is_ignoring) = grouping(&binary.matching.labels);
    let none = Vec::new();
    let (cardinality, include) = match &binary.matching.cardinality {
        _ if binary.operator.is_set() => ("many-to-many", &none),
        Cardinality::OneToOne => ("one-to-one", &none),
        Cardinality::ManyToOne(labels) => ("many-to-one", labels),
        Cardinality::OneToMany(labels) => ("one-to-many", labels),
    };
    let matching = json!({ "card": cardinality, "labels": labels, "on": !is_ignoring, "include": include });
    json!({
        "type": "binaryExpr",
        "op": operator_name(binary.operator),
        "lhs": shape(&binary.left),
        "rhs": shape(&binary.right),
        "matching": if are_vectors { matching } else { Value::Null },
        "bool": binary.answers_bool,
    })
}

fn call(call: &Call) -> Value {
    let function = call.function;
    let variadic = if function.repeats { -1 } else { i64::try_from(function.optional).unwrap_or(0) };
    json!({
        "type": "call",
        "func": {
            "name": function.name,
            "argTypes": function.parameters.iter().map(|parameter| type_name(*parameter)).collect::<Vec<_>>(),
            "variadic": variadic,
            "returnType": type_name(function.returns),
        },
        "args": call.arguments.iter().map(shape).collect::<Vec<_>>(),
    })
}

fn type_name(kind: Type) -> &'static str {
    match kind {
        Type::Scalar => "scalar",
        Type::Text => "string",
        Type::Vector => "vector",
        Type::Matrix => "matrix",
    }
}

fn select(kind: &str, selector: &Selector) -> Value {
    let matcher = |matcher: &Matcher| {
        let (sign, value) = test(&matcher.test);
        json!({ "name": matcher.name, "value": value, "type": sign })
    };
    let matchers: Vec<Value> = selector.matchers.iter().map(matcher).collect();
    let mut shape = json!({ "type": kind, "name": metric(selector).unwrap_or_default(), "matchers": matchers });
    shift(&mut shape, &selector.shift);
    shape
}

fn shift(shape: &mut Value, shift: &Shift) {
    shape["offset"] = shift.offset.as_ref().map_or(0, millis).into();
    shape["timestamp"] = if let Some(At::Moment(moment)) = shift.at { moment.into() } else { Value::Null };
    shape["startOrEnd"] = match shift.at {
        Some(At::Start) => "start".into(),
        Some(At::End) => "end".into(),
        _ => Value::Null,
    };
}

/// Of a duration that depends on the query nothing is known yet: then 0.
fn millis(duration: &Duration) -> i64 {
    duration.millis(&Extent { start: 0, end: 0, step: 0 }).unwrap_or(0)
}
