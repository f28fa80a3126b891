//! What an expression asks: a tree whose names, types and patterns are known to be sound.

use vitrine_model::{Labels, Matcher, Millis};

use super::duration::Duration;
use super::place::Place;
use crate::functions::registry::Function;

/// A part of an expression.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) kind: Kind,
    pub(crate) place: Place,
}

#[derive(Debug, Clone)]
pub(crate) enum Kind {
    Number(f64),
    Text(String),
    Select(Box<Selector>),
    Window(Box<Window>),
    Subquery(Box<Subquery>),
    Paren(Box<Node>),
    Negate(Box<Node>),
    Plus(Box<Node>),
    Binary(Box<Binary>),
    Aggregate(Box<Aggregate>),
    Call(Box<Call>),
}

/// What a part answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Type {
    Scalar,
    Text,
    Vector,
    Matrix,
}

/// Which series, and when.
#[derive(Debug, Clone)]
pub(crate) struct Selector {
    pub(crate) matchers: Vec<Matcher>,
    pub(crate) shift: Shift,
}

/// How far from the moment asked for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Shift {
    pub(crate) at: Option<At>,
    pub(crate) offset: Option<Duration>,
}

/// The moment that `@` names.
#[derive(Debug, Clone, Copy)]
pub(crate) enum At {
    Moment(Millis),
    Start,
    End,
}

/// `selector[5m]`
#[derive(Debug, Clone)]
pub(crate) struct Window {
    pub(crate) selector: Selector,
    pub(crate) span: Duration,
    pub(crate) reach: Reach,
}

/// What a window sees of samples beyond its ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Reach {
    #[default]
    Inside,
    Anchored,
    Smoothed,
}

/// `expression[1h:5m]`
#[derive(Debug, Clone)]
pub(crate) struct Subquery {
    pub(crate) of: Node,
    pub(crate) span: Duration,
    /// None: the usual distance.
    pub(crate) step: Option<Duration>,
    pub(crate) shift: Shift,
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

impl Operator {
    pub(crate) fn is_comparison(self) -> bool {
        use Operator::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual};
        matches!(self, Equal | NotEqual | Less | LessOrEqual | Greater | GreaterOrEqual)
    }

    pub(crate) fn is_set(self) -> bool {
        matches!(self, Operator::And | Operator::Or | Operator::Unless)
    }
}

/// Which series of both sides belong together.
#[derive(Debug, Clone)]
pub(crate) struct Matching {
    pub(crate) labels: Grouping,
    pub(crate) cardinality: Cardinality,
    /// What stands for a value that the left or the right side lacks.
    pub(crate) fill_left: Option<f64>,
    pub(crate) fill_right: Option<f64>,
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
    CountValues,
    Limit,
    LimitRatio,
}

#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) function: &'static Function,
    pub(crate) arguments: Vec<Node>,
    pub(crate) prepared: Prepared,
}

/// What of a call can be worked out before it is evaluated.
#[derive(Debug, Clone)]
pub(crate) enum Prepared {
    Nothing,
    Replace {
        target: String,
        replacement: String,
        source: String,
        pattern: regex::Regex,
    },
    Join {
        target: String,
        separator: String,
        sources: Vec<String>,
    },
    /// The labels that what is absent would surely have.
    Absent(Labels),
    /// The labels to sort by.
    Names(Vec<String>),
}

impl Node {
    pub(crate) fn answers(&self) -> Type {
        match &self.kind {
            Kind::Number(_) => Type::Scalar,
            Kind::Text(_) => Type::Text,
            Kind::Select(_) | Kind::Aggregate(_) => Type::Vector,
            Kind::Window(_) | Kind::Subquery(_) => Type::Matrix,
            Kind::Paren(of) | Kind::Negate(of) | Kind::Plus(of) => of.answers(),
            Kind::Binary(binary) => match (binary.left.answers(), binary.right.answers()) {
                (Type::Scalar, Type::Scalar) => Type::Scalar,
                _ => Type::Vector,
            },
            Kind::Call(call) => call.function.returns,
        }
    }

    /// What stands inside any parentheses.
    pub(crate) fn bare(&self) -> &Node {
        let mut node = self;
        while let Kind::Paren(inner) = &node.kind {
            node = inner;
        }
        node
    }

    /// The parts directly below.
    fn parts(&self) -> Vec<&Node> {
        match &self.kind {
            Kind::Number(_) | Kind::Text(_) | Kind::Select(_) | Kind::Window(_) => Vec::new(),
            Kind::Subquery(subquery) => vec![&subquery.of],
            Kind::Paren(of) | Kind::Negate(of) | Kind::Plus(of) => vec![of],
            Kind::Binary(binary) => vec![&binary.left, &binary.right],
            Kind::Aggregate(aggregate) => aggregate.parameter.iter().chain([&aggregate.of]).collect(),
            Kind::Call(call) => call.arguments.iter().collect(),
        }
    }

    /// Calls `visit` with every part, this one first.
    pub(crate) fn visit<'a>(&'a self, visit: &mut dyn FnMut(&'a Node)) {
        visit(self);
        for part in self.parts() {
            part.visit(visit);
        }
    }

    /// Its own selector, where it is one with or without a range.
    pub(crate) fn selector(&self) -> Option<&Selector> {
        match &self.kind {
            Kind::Select(selector) => Some(selector),
            Kind::Window(window) => Some(&window.selector),
            _ => None,
        }
    }
}

impl std::fmt::Display for Type {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Type::Scalar => "scalar",
            Type::Text => "string",
            Type::Vector => "instant vector",
            Type::Matrix => "range vector",
        })
    }
}
