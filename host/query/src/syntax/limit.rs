//! What an expression compares with a number, where that is what it does: the curve and the line that a person looks for.

use std::sync::Arc;

use super::show;
use super::tree::{Kind, Node, Operator, Type};
use crate::Expr;

/// `of > at`, or the other way around.
#[derive(Debug, Clone)]
pub struct Compared {
    pub of: Expr,
    pub at: f64,
    /// It is true above the number, not below it; nothing where it is true beside or at it.
    pub above: Option<bool>,
}

/// The comparison with a number that comes first in an expression.
pub(super) fn compared(node: &Node) -> Option<Compared> {
    let Kind::Binary(binary) = &node.bare().kind else { return None };
    if matches!(binary.operator, Operator::And | Operator::Unless) {
        return compared(&binary.left);
    }
    if !binary.operator.is_comparison() {
        return None;
    }
    let (of, at, is_turned) = match (number(&binary.left), number(&binary.right)) {
        (None, Some(at)) => (&binary.left, at, false),
        (Some(at), None) => (&binary.right, at, true),
        _ => return None,
    };
    if of.answers() != Type::Vector {
        return None;
    }
    let above = match binary.operator {
        Operator::Greater | Operator::GreaterOrEqual => Some(!is_turned),
        Operator::Less | Operator::LessOrEqual => Some(is_turned),
        _ => None,
    };
    let of = of.bare();
    Some(Compared { of: Expr { text: show::line(of).into(), node: Arc::new(of.clone()) }, at, above })
}

fn number(node: &Node) -> Option<f64> {
    match &node.bare().kind {
        Kind::Number(number) => Some(*number),
        Kind::Negate(of) => number(of).map(|number| -number),
        Kind::Plus(of) => number(of),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_compared_is_found() {
        let found = |text: &str| {
            let compared = Expr::parse(text).ok()?.compared()?;
            Some((compared.of.text().to_owned(), compared.at, compared.above))
        };
        assert_eq!(found("rate(errors[5m]) > 0.5"), Some(("rate(errors[5m])".to_owned(), 0.5, Some(true))));
        assert_eq!(found("(-3 < up)"), Some(("up".to_owned(), -3.0, Some(true))));
        assert_eq!(found("(sum(a) / sum(b)) <= 0.1 and on() c"), Some(("sum(a) / sum(b)".to_owned(), 0.1, Some(false))));
        assert_eq!(found("up == 0"), Some(("up".to_owned(), 0.0, None)));
        for other in ["up", "a > b", "a or b > 1", "absent(up)", "vector(1)", "1 > bool 2"] {
            assert_eq!(found(other), None, "{other}");
        }
    }
}
