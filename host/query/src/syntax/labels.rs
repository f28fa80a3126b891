//! Which labels the series of an answer can have, where the text alone says it: `by (…)` does, a selector does not.

use std::collections::BTreeSet;

use super::tree::{Aggregate, AggregateKind, Binary, Call, Cardinality, Grouping, Kind, Node, Operator, Prepared, Type};

type Names = BTreeSet<String>;

/// None where only the samples can tell.
pub(super) fn labels(node: &Node) -> Option<Names> {
    if matches!(node.answers(), Type::Scalar | Type::Text) {
        return Some(Names::new());
    }
    match &node.kind {
        Kind::Number(_) | Kind::Text(_) => Some(Names::new()),
        Kind::Select(_) | Kind::Window(_) => None,
        Kind::Subquery(subquery) => labels(&subquery.of),
        Kind::Paren(of) | Kind::Negate(of) | Kind::Plus(of) => labels(of),
        Kind::Binary(binary) => of_binary(binary),
        Kind::Aggregate(aggregate) => of_aggregate(aggregate),
        Kind::Call(call) => of_call(call),
    }
}

fn of_aggregate(aggregate: &Aggregate) -> Option<Names> {
    use AggregateKind::{Bottom, CountValues, Limit, LimitRatio, Top};
    let inner = labels(&aggregate.of);
    if let Top | Bottom | Limit | LimitRatio = aggregate.kind {
        return inner;
    }
    let mut names = grouped(&aggregate.grouping, inner)?;
    if let (CountValues, Some(parameter)) = (aggregate.kind, &aggregate.parameter) {
        let Kind::Text(name) = &parameter.bare().kind else { return None };
        names.insert(name.clone());
    }
    Some(names)
}

/// What a grouping leaves of these.
fn grouped(grouping: &Grouping, inner: Option<Names>) -> Option<Names> {
    match (grouping, inner) {
        (Grouping::Only(names), Some(inner)) => Some(names.iter().filter(|name| inner.contains(*name)).cloned().collect()),
        (Grouping::Only(names), None) => Some(names.iter().cloned().collect()),
        (Grouping::AllBut(names), Some(inner)) => Some(inner.into_iter().filter(|name| !names.contains(name)).collect()),
        (Grouping::AllBut(_), None) => None,
    }
}

fn of_binary(binary: &Binary) -> Option<Names> {
    let is_scalar = |node: &Node| node.answers() == Type::Scalar;
    let (left, right) = (labels(&binary.left), labels(&binary.right));
    match (&binary.operator, &binary.matching.cardinality) {
        _ if is_scalar(&binary.left) => right,
        _ if is_scalar(&binary.right) => left,
        (Operator::And | Operator::Unless, _) => left,
        (Operator::Or, _) => Some(left?.into_iter().chain(right?).collect()),
        (_, Cardinality::OneToOne) => grouped(&binary.matching.labels, left),
        (_, Cardinality::ManyToOne(more)) => Some(left?.into_iter().chain(more.iter().cloned()).collect()),
        (_, Cardinality::OneToMany(more)) => Some(right?.into_iter().chain(more.iter().cloned()).collect()),
    }
}

fn of_call(call: &Call) -> Option<Names> {
    let is_vector = |node: &&Node| matches!(node.answers(), Type::Vector | Type::Matrix);
    let inner = call.arguments.iter().find(is_vector).map_or_else(|| Some(Names::new()), labels);
    match &call.prepared {
        Prepared::Replace { target, .. } | Prepared::Join { target, .. } => {
            let mut names = inner?;
            names.insert(target.clone());
            Some(names)
        }
        Prepared::Absent(labels) => Some(labels.iter().map(|(name, _)| name.to_owned()).collect()),
        Prepared::Nothing | Prepared::Names(_) if call.function.name.starts_with("histogram_") => {
            Some(inner?.into_iter().filter(|name| name != "le").collect())
        }
        // It takes labels from elsewhere.
        Prepared::Nothing | Prepared::Names(_) if call.function.name == "info" => None,
        Prepared::Nothing | Prepared::Names(_) => inner,
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
mod tests {
    use crate::Expr;

    #[test]
    fn the_text_says_them_or_does_not() {
        for (text, expected) in [
            ("up", None),
            ("rate(up[5m])", None),
            ("sum(up)", Some("")),
            ("sum by (b, a) (rate(up[5m]))", Some("a b")),
            ("sum without (b) (up)", None),
            ("sum without (b) (sum by (a, b) (up))", Some("a")),
            ("sum by (a, c) (sum by (a, b) (up))", Some("a")),
            ("-(100 * sum by (a) (up) / 2)", Some("a")),
            ("topk(3, sum by (a) (up))", Some("a")),
            ("topk by (a) (3, up)", None),
            ("count_values by (a) (\"v\", up)", Some("a v")),
            ("sum by (a) (up) / on (a) group_left (b) down", Some("a b")),
            ("sum by (a) (up) / sum by (a) (down)", Some("a")),
            ("up * on (a) down", Some("a")),
            ("sum by (a) (up) and down", Some("a")),
            ("sum by (a) (up) or sum by (b) (up)", Some("a b")),
            ("sum by (a) (up) or up", None),
            ("histogram_quantile(0.9, sum by (le, a) (up))", Some("a")),
            ("label_replace(sum by (a) (up), \"b\", \"$1\", \"a\", \"(.*)\")", Some("a b")),
            ("label_join(up, \"b\", \"-\", \"a\")", None),
            ("absent(up{a=\"1\"})", Some("a")),
            ("vector(time())", Some("")),
            ("max_over_time(sum by (a) (up)[1h:5m])", Some("a")),
            ("minute()", Some("")),
        ] {
            let names = Expr::parse(text).unwrap().labels();
            let told = names.map(|names| names.into_iter().collect::<Vec<_>>().join(" "));
            assert_eq!(told.as_deref(), expected, "{text}");
        }
    }
}
