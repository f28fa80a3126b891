//! What an expression asks, in our own words: names resolved, everything unsupported refused.

mod call;

use std::time::Duration;

use promql_parser::label::{MatchOp, Matchers};
use promql_parser::parser::token::{
    T_ADD, T_ATAN2, T_AVG, T_BOTTOMK, T_COUNT, T_DIV, T_EQLC, T_GROUP, T_GTE, T_GTR, T_LAND, T_LOR, T_LSS, T_LTE, T_LUNLESS,
    T_MAX, T_MIN, T_MOD, T_MUL, T_NEQ, T_POW, T_QUANTILE, T_STDDEV, T_STDVAR, T_SUB, T_SUM, T_TOPK,
};
use promql_parser::parser::{self, AggregateExpr, BinaryExpr, LabelModifier, Offset, VectorMatchCardinality, VectorSelector};
use vitrine_model::labels::NAME;
use vitrine_model::matcher::{Test, anchored};
use vitrine_model::{Matcher, Millis};

use crate::QueryError;
use crate::functions::number::NumberFunction;
use crate::functions::range::RangeFunction;

/// One step of the plan.
#[derive(Debug, Clone)]
pub(crate) enum Node {
    Number(f64),
    Text(String),
    Select(Selector),
    Negate(Box<Node>),
    Binary(Box<Binary>),
    Aggregate(Box<Aggregate>),
    Range(Box<Range>),
    Call(Call),
}

/// Which series, and how long before the moment asked for.
#[derive(Debug, Clone)]
pub(crate) struct Selector {
    pub(crate) matchers: Vec<Matcher>,
    pub(crate) offset: Millis,
}

#[derive(Debug, Clone)]
pub(crate) struct Binary {
    pub(crate) operator: Operator,
    /// A comparison answers 0 or 1 instead of filtering.
    pub(crate) answers_bool: bool,
    pub(crate) left: Node,
    pub(crate) right: Node,
    pub(crate) matching: Matching,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
    Power,
    Atan2,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    And,
    Or,
    Unless,
}

/// Which series of both sides belong together.
#[derive(Debug, Clone)]
pub(crate) struct Matching {
    pub(crate) labels: Grouping,
    pub(crate) cardinality: Cardinality,
}

#[derive(Debug, Clone)]
pub(crate) enum Cardinality {
    OneToOne,
    /// The labels to take from the right side, which has one series per match.
    ManyToOne(Vec<String>),
    /// The labels to take from the left side, which has one series per match.
    OneToMany(Vec<String>),
}

/// Labels that count, or labels that don't.
#[derive(Debug, Clone)]
pub(crate) enum Grouping {
    /// `by`, `on`
    Only(Vec<String>),
    /// `without`, `ignoring`: the metric's name never counts.
    AllBut(Vec<String>),
}

#[derive(Debug, Clone)]
pub(crate) struct Aggregate {
    pub(crate) kind: AggregateKind,
    pub(crate) parameter: Option<Node>,
    pub(crate) grouping: Grouping,
    pub(crate) of: Node,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AggregateKind {
    Sum,
    Average,
    Minimum,
    Maximum,
    Count,
    Group,
    Deviation,
    Variance,
    Quantile,
    Top,
    Bottom,
}

/// A function of the samples in a span.
#[derive(Debug, Clone)]
pub(crate) struct Range {
    pub(crate) function: RangeFunction,
    pub(crate) selector: Selector,
    pub(crate) span: Millis,
    pub(crate) parameter: Option<Node>,
    /// `last_over_time` leaves the metric what it was.
    pub(crate) keeps_name: bool,
}

#[derive(Debug, Clone)]
pub(crate) enum Call {
    Number {
        function: NumberFunction,
        of: Box<Node>,
        parameters: Vec<Node>,
    },
    Time,
    /// The moments of the samples themselves.
    Timestamp(Selector),
    /// The moment asked for, as the argument is computed.
    TimestampOf(Box<Node>),
    Scalar(Box<Node>),
    Vector(Box<Node>),
    Absent {
        of: Box<Node>,
        labels: vitrine_model::Labels,
    },
    Sort {
        of: Box<Node>,
        descending: bool,
    },
    LabelReplace {
        of: Box<Node>,
        target: String,
        replacement: String,
        source: String,
        pattern: regex::Regex,
    },
    LabelJoin {
        of: Box<Node>,
        target: String,
        separator: String,
        sources: Vec<String>,
    },
    HistogramQuantile {
        quantile: Box<Node>,
        of: Box<Node>,
    },
}

/// Plans a parsed tree.
pub(crate) fn plan(tree: &parser::Expr) -> Result<Node, QueryError> {
    Ok(match tree {
        parser::Expr::NumberLiteral(number) => Node::Number(number.val),
        parser::Expr::StringLiteral(text) => Node::Text(text.val.clone()),
        parser::Expr::Paren(inner) => plan(&inner.expr)?,
        parser::Expr::Unary(inner) => Node::Negate(Box::new(plan(&inner.expr)?)),
        parser::Expr::VectorSelector(selector) => Node::Select(plan_selector(selector)?),
        parser::Expr::Binary(binary) => Node::Binary(plan_binary(binary)?),
        parser::Expr::Aggregate(aggregate) => Node::Aggregate(plan_aggregate(aggregate)?),
        parser::Expr::Call(call) => call::plan_call(call)?,
        parser::Expr::MatrixSelector(_) => {
            return Err(QueryError::Invalid(
                "a range of samples such as `metric[5m]` is no answer by itself: put it into a function, such as `rate(metric[5m])`".to_owned(),
            ));
        }
        parser::Expr::Subquery(_) => return Err(unsupported("a subquery such as `metric[1h:5m]`")),
        parser::Expr::Extension(_) => return Err(unsupported("an extension of the grammar")),
    })
}

impl Node {
    /// Calls `visit` with every selector below.
    pub(crate) fn visit_selectors(&self, visit: &mut dyn FnMut(&Selector)) {
        match self {
            Node::Number(_) | Node::Text(_) => {}
            Node::Select(selector) => visit(selector),
            Node::Negate(of) => of.visit_selectors(visit),
            Node::Binary(binary) => {
                binary.left.visit_selectors(visit);
                binary.right.visit_selectors(visit);
            }
            Node::Aggregate(aggregate) => {
                aggregate.parameter.iter().for_each(|parameter| parameter.visit_selectors(visit));
                aggregate.of.visit_selectors(visit);
            }
            Node::Range(range) => {
                range.parameter.iter().for_each(|parameter| parameter.visit_selectors(visit));
                visit(&range.selector);
            }
            Node::Call(call) => call.visit_selectors(visit),
        }
    }
}

impl Call {
    fn visit_selectors(&self, visit: &mut dyn FnMut(&Selector)) {
        match self {
            Call::Time => {}
            Call::Timestamp(selector) => visit(selector),
            Call::Number { of, parameters, .. } => {
                of.visit_selectors(visit);
                parameters.iter().for_each(|parameter| parameter.visit_selectors(visit));
            }
            Call::TimestampOf(of) | Call::Scalar(of) | Call::Vector(of) => of.visit_selectors(visit),
            Call::Absent { of, .. } | Call::Sort { of, .. } => of.visit_selectors(visit),
            Call::LabelReplace { of, .. } | Call::LabelJoin { of, .. } => of.visit_selectors(visit),
            Call::HistogramQuantile { quantile, of } => {
                quantile.visit_selectors(visit);
                of.visit_selectors(visit);
            }
        }
    }
}

impl Operator {
    pub(crate) fn is_comparison(self) -> bool {
        use Operator::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual};
        matches!(self, Equal | NotEqual | Less | LessOrEqual | Greater | GreaterOrEqual)
    }
}

fn unsupported(what: &str) -> QueryError {
    QueryError::Unsupported(format!("{what} is not supported yet"))
}

fn plan_selector(selector: &VectorSelector) -> Result<Selector, QueryError> {
    if selector.at.is_some() {
        return Err(unsupported("the modifier `@`"));
    }
    let offset = match &selector.offset {
        None => 0,
        Some(Offset::Pos(span)) => millis(span)?,
        Some(Offset::Neg(span)) => -millis(span)?,
    };
    let mut matchers = plan_matchers(&selector.matchers)?;
    matchers.extend(selector.name.as_ref().map(|name| Matcher::equal(NAME, name)));
    Ok(Selector { matchers, offset })
}

fn plan_matchers(matchers: &Matchers) -> Result<Vec<Matcher>, QueryError> {
    if !matchers.or_matchers.is_empty() {
        return Err(unsupported("`or` between matchers"));
    }
    matchers.matchers.iter().map(plan_matcher).collect()
}

fn plan_matcher(matcher: &promql_parser::label::Matcher) -> Result<Matcher, QueryError> {
    let test = match &matcher.op {
        MatchOp::Equal => Test::Equal(matcher.value.clone()),
        MatchOp::NotEqual => Test::NotEqual(matcher.value.clone()),
        MatchOp::Re(parsed) => Test::Match(pattern(&matcher.value, parsed)?),
        MatchOp::NotRe(parsed) => Test::NotMatch(pattern(&matcher.value, parsed)?),
    };
    Ok(Matcher { name: matcher.name.clone(), test })
}

/// The parser mends some patterns that Go takes and Rust does not: its own reading is the second choice, within our bound.
fn pattern(text: &str, parsed: &regex::Regex) -> Result<regex::Regex, QueryError> {
    let compiled = match anchored(text) {
        Err(regex::Error::Syntax(_)) => anchored(parsed.as_str()),
        compiled => compiled,
    };
    compiled.map_err(|_| QueryError::Limit(format!("the pattern `{text}` is too large: repeat or list less in it")))
}

fn millis(span: &Duration) -> Result<Millis, QueryError> {
    Millis::try_from(span.as_millis()).map_err(|_| QueryError::Syntax(format!("the duration {span:?} is too long")))
}

fn plan_binary(binary: &BinaryExpr) -> Result<Box<Binary>, QueryError> {
    let operator = match binary.op.id() {
        T_ADD => Operator::Add,
        T_SUB => Operator::Subtract,
        T_MUL => Operator::Multiply,
        T_DIV => Operator::Divide,
        T_MOD => Operator::Modulo,
        T_POW => Operator::Power,
        T_ATAN2 => Operator::Atan2,
        T_EQLC => Operator::Equal,
        T_NEQ => Operator::NotEqual,
        T_LSS => Operator::Less,
        T_LTE => Operator::LessOrEqual,
        T_GTR => Operator::Greater,
        T_GTE => Operator::GreaterOrEqual,
        T_LAND => Operator::And,
        T_LOR => Operator::Or,
        T_LUNLESS => Operator::Unless,
        _ => return Err(unsupported(&format!("the operator `{}`", binary.op))),
    };
    let mut matching = Matching { labels: Grouping::AllBut(Vec::new()), cardinality: Cardinality::OneToOne };
    if let Some(modifier) = &binary.modifier {
        if modifier.fill_values.lhs.is_some() || modifier.fill_values.rhs.is_some() {
            return Err(unsupported("the modifier `fill`"));
        }
        matching.labels = grouping(modifier.matching.as_ref(), Grouping::AllBut(Vec::new()));
        matching.cardinality = match &modifier.card {
            VectorMatchCardinality::ManyToOne(labels) => Cardinality::ManyToOne(labels.labels.clone()),
            VectorMatchCardinality::OneToMany(labels) => Cardinality::OneToMany(labels.labels.clone()),
            VectorMatchCardinality::OneToOne | VectorMatchCardinality::ManyToMany => Cardinality::OneToOne,
        };
    }
    let (left, right) = (plan(&binary.lhs)?, plan(&binary.rhs)?);
    Ok(Box::new(Binary { operator, answers_bool: binary.return_bool(), left, right, matching }))
}

fn plan_aggregate(aggregate: &AggregateExpr) -> Result<Box<Aggregate>, QueryError> {
    let kind = match aggregate.op.id() {
        T_SUM => AggregateKind::Sum,
        T_AVG => AggregateKind::Average,
        T_MIN => AggregateKind::Minimum,
        T_MAX => AggregateKind::Maximum,
        T_COUNT => AggregateKind::Count,
        T_GROUP => AggregateKind::Group,
        T_STDDEV => AggregateKind::Deviation,
        T_STDVAR => AggregateKind::Variance,
        T_QUANTILE => AggregateKind::Quantile,
        T_TOPK => AggregateKind::Top,
        T_BOTTOMK => AggregateKind::Bottom,
        _ => return Err(unsupported(&format!("the aggregation `{}`", aggregate.op))),
    };
    let parameter = aggregate.param.as_deref().map(plan).transpose()?;
    let grouping = grouping(aggregate.modifier.as_ref(), Grouping::Only(Vec::new()));
    Ok(Box::new(Aggregate { kind, parameter, grouping, of: plan(&aggregate.expr)? }))
}

fn grouping(modifier: Option<&LabelModifier>, default: Grouping) -> Grouping {
    match modifier {
        None => default,
        Some(LabelModifier::Include(labels)) => Grouping::Only(labels.labels.clone()),
        Some(LabelModifier::Exclude(labels)) => Grouping::AllBut(labels.labels.clone()),
    }
}
