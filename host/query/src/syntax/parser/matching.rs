//! What may stand after an operator: `bool`, `on (…) group_left (…)`, `fill (0)`.

use super::Parser;
use crate::QueryError;
use crate::syntax::token::Kind as TokenKind;
use crate::syntax::tree::{Cardinality, Grouping, Matching, Operator};

pub(super) struct Modifiers {
    pub(super) answers_bool: bool,
    pub(super) matching: Matching,
    /// Whether anything but `bool` was written.
    pub(super) matches: bool,
}

impl Parser<'_> {
    pub(super) fn modifiers(&mut self, operator: Operator) -> Result<Modifiers, QueryError> {
        let answers_bool = self.take_keyword("bool");
        let start = self.next;
        let labels = if self.take_keyword("on") {
            Grouping::Only(self.labels()?)
        } else if self.take_keyword("ignoring") {
            Grouping::AllBut(self.labels()?)
        } else {
            Grouping::AllBut(Vec::new())
        };
        let grouped = self.peek();
        let cardinality = if self.next == start { Cardinality::OneToOne } else { self.cardinality()? };
        if operator.is_set() && !matches!(cardinality, Cardinality::OneToOne) {
            return Err(self.wrong_at(grouped.place, "no grouping allowed for set operations"));
        }
        let taken: &[String] = match &cardinality {
            Cardinality::ManyToOne(taken) | Cardinality::OneToMany(taken) => taken,
            Cardinality::OneToOne => &[],
        };
        if let Grouping::Only(names) = &labels
            && let Some(twice) = names.iter().find(|name| taken.contains(name))
        {
            return Err(self.wrong_at(grouped.place, format!("label {twice:?} must not occur in ON and GROUP clause at once")));
        }
        let mut matching = Matching { labels, cardinality, fill_left: None, fill_right: None };
        let fills = self.peek();
        self.fills(&mut matching)?;
        if operator.is_set() && (matching.fill_left.is_some() || matching.fill_right.is_some()) {
            return Err(self.wrong_at(fills.place, "filling in missing series not allowed for set operators"));
        }
        Ok(Modifiers { answers_bool, matching, matches: self.next != start })
    }

    fn cardinality(&mut self) -> Result<Cardinality, QueryError> {
        let is_left = self.is_keyword("group_left");
        if !is_left && !self.is_keyword("group_right") {
            return Ok(Cardinality::OneToOne);
        }
        self.advance();
        // A parenthesis may as well begin the right side.
        let taken = if self.is_sign("(") { self.labels()? } else { Vec::new() };
        Ok(if is_left { Cardinality::ManyToOne(taken) } else { Cardinality::OneToMany(taken) })
    }

    fn fills(&mut self, matching: &mut Matching) -> Result<(), QueryError> {
        loop {
            let (left, right) = if self.is_fill("fill") {
                (true, true)
            } else if self.is_fill("fill_left") {
                (true, false)
            } else if self.is_fill("fill_right") {
                (false, true)
            } else {
                return Ok(());
            };
            self.advance();
            self.expect_sign("(", "in fill modifier")?;
            let negative = self.take_sign("-");
            if !negative {
                self.take_sign("+");
            }
            let value = self.fill_value()?;
            let value = Some(if negative { -value } else { value });
            self.expect_sign(")", "in fill modifier")?;
            matching.fill_left = if left { value } else { matching.fill_left };
            matching.fill_right = if right { value } else { matching.fill_right };
        }
    }

    /// A metric may be named `fill`: only with a parenthesis is it the modifier.
    fn is_fill(&self, keyword: &str) -> bool {
        self.is_keyword(keyword) && self.peek_second().kind == TokenKind::Sign("(")
    }

    fn fill_value(&mut self) -> Result<f64, QueryError> {
        let token = self.peek();
        let value = match token.kind {
            TokenKind::Number(value) => value,
            TokenKind::Word if self.is_keyword("nan") => f64::NAN,
            TokenKind::Word if self.is_keyword("inf") => f64::INFINITY,
            _ => return Err(self.unexpected("in fill modifier, expected number")),
        };
        self.advance();
        Ok(value)
    }
}
