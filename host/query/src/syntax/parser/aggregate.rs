//! `sum by (job) (…)`, `topk(3, …) without (instance)`.

use super::{OR, Parser};
use crate::QueryError;
use crate::syntax::tree::{Aggregate, AggregateKind, Grouping, Kind, Node, Type};

/// Each aggregation and what its parameter is, where it has one.
pub(crate) const AGGREGATIONS: [(&str, AggregateKind, Option<Type>); 14] = [
    ("sum", AggregateKind::Sum, None),
    ("avg", AggregateKind::Average, None),
    ("min", AggregateKind::Minimum, None),
    ("max", AggregateKind::Maximum, None),
    ("count", AggregateKind::Count, None),
    ("group", AggregateKind::Group, None),
    ("stddev", AggregateKind::Deviation, None),
    ("stdvar", AggregateKind::Variance, None),
    ("quantile", AggregateKind::Quantile, Some(Type::Scalar)),
    ("topk", AggregateKind::Top, Some(Type::Scalar)),
    ("bottomk", AggregateKind::Bottom, Some(Type::Scalar)),
    ("limitk", AggregateKind::Limit, Some(Type::Scalar)),
    ("limit_ratio", AggregateKind::LimitRatio, Some(Type::Scalar)),
    ("count_values", AggregateKind::CountValues, Some(Type::Text)),
];

pub(super) fn find(word: &str) -> Option<AggregateKind> {
    AGGREGATIONS.iter().find(|(name, ..)| *name == word).map(|(_, kind, _)| *kind)
}

impl Parser<'_> {
    pub(super) fn aggregate(&mut self, kind: AggregateKind) -> Result<Node, QueryError> {
        let name = self.advance();
        let mut grouping = self.grouping()?;
        let mut arguments = Vec::new();
        self.expect_sign("(", "in aggregation")?;
        while !self.is_sign(")") {
            arguments.push(self.expression(OR)?);
            if !self.take_sign(",") {
                break;
            }
        }
        let mut last = self.expect_sign(")", "in aggregation")?;
        if grouping.is_none() {
            grouping = self.grouping()?;
            last = self.tokens[self.next - 1];
        }
        let place = name.place.until(last.place);
        let grouping = grouping.unwrap_or(Grouping::Only(Vec::new()));
        let (parameter, of) = self.aggregated(kind, arguments, &Node { kind: Kind::Number(0.0), place })?;
        Ok(Node { kind: Kind::Aggregate(Box::new(Aggregate { kind, parameter, grouping, of })), place })
    }

    fn grouping(&mut self) -> Result<Option<Grouping>, QueryError> {
        Ok(if self.take_keyword("by") {
            Some(Grouping::Only(self.labels()?))
        } else if self.take_keyword("without") {
            Some(Grouping::AllBut(self.labels()?))
        } else {
            None
        })
    }

    /// The parameter, and what is aggregated.
    fn aggregated(
        &self,
        kind: AggregateKind,
        mut arguments: Vec<Node>,
        whole: &Node,
    ) -> Result<(Option<Node>, Node), QueryError> {
        let parameter_type = AGGREGATIONS.iter().find(|(_, known, _)| *known == kind).and_then(|(.., parameter)| *parameter);
        let wanted = 1 + usize::from(parameter_type.is_some());
        if arguments.len() != wanted {
            let reason = format!("wrong number of arguments for aggregate expression provided, expected {wanted}");
            return Err(self.wrong_at(whole.place, format!("{reason}, got {}", arguments.len())));
        }
        let Some(of) = arguments.pop() else { return Err(self.wrong_at(whole.place, "nothing to aggregate")) };
        let parameter = arguments.pop();
        self.expect_type(&of, Type::Vector, "aggregation expression")?;
        if let (Some(parameter), Some(wanted)) = (&parameter, parameter_type) {
            self.expect_type(parameter, wanted, "aggregation parameter")?;
        }
        Ok((parameter, of))
    }

    pub(super) fn expect_type(&self, node: &Node, wanted: Type, context: &str) -> Result<(), QueryError> {
        let got = node.answers();
        if got == wanted {
            return Ok(());
        }
        let hint = match (wanted, got) {
            (Type::Matrix, Type::Vector) => ": add a range, as in `metric[5m]`",
            (Type::Vector, Type::Matrix) => ": put the range into a function, as in `rate(metric[5m])`",
            _ => "",
        };
        Err(self.wrong_at(node.place, format!("expected type {wanted} in {context}, got {got}{hint}")))
    }
}
