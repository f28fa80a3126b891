//! `metric{label="value"}`, and what may follow it: `[5m]`, `[1h:5m]`, `offset 1d`, `@ end()`.

use vitrine_model::Matcher;
use vitrine_model::labels::NAME;
use vitrine_model::matcher::Test;

use super::Parser;
use crate::QueryError;
use crate::syntax::duration::Duration;
use crate::syntax::pattern::pattern;
use crate::syntax::place::Place;
use crate::syntax::token::Kind as TokenKind;
use crate::syntax::tree::{At, Kind, Node, Reach, Selector, Shift, Subquery, Type, Window};

/// What follows an operand and belongs to it.
pub(super) enum Suffix {
    Range(Duration, Place),
    Subquery(Duration, Option<Duration>, Place),
    Offset(Duration, Place),
    At(At, Place),
    Reach(Reach, Place),
}

impl Parser<'_> {
    pub(super) fn select(&mut self) -> Result<Node, QueryError> {
        let first = self.peek();
        let mut name = None;
        if first.kind == TokenKind::Word {
            name = Some(self.text_of(first).to_owned());
            self.advance();
        }
        let mut matchers = Vec::new();
        if self.is_sign("{") {
            self.matchers(&mut name, &mut matchers)?;
        }
        matchers.extend(name.map(|name| Matcher::equal(NAME, name)));
        let place = first.place.until(self.tokens[self.next - 1].place);
        let selector = Selector { matchers, shift: Shift::default() };
        Ok(Node { kind: Kind::Select(Box::new(selector)), place })
    }

    fn matchers(&mut self, name: &mut Option<String>, matchers: &mut Vec<Matcher>) -> Result<(), QueryError> {
        self.advance();
        while !self.is_sign("}") {
            let label = self.peek();
            let is_text = label.kind == TokenKind::Text;
            let word = match label.kind {
                TokenKind::Text => self.string(label)?,
                TokenKind::Word if !self.text_of(label).contains(':') => self.text_of(label).to_owned(),
                _ => return Err(self.unexpected("in label matching, expected identifier or \"}\"")),
            };
            self.advance();
            if is_text && (self.is_sign(",") || self.is_sign("}")) {
                if let Some(name) = name {
                    let reason = format!("metric name must not be set twice: {name:?} or {word:?}");
                    return Err(self.wrong_at(label.place, reason));
                }
                *name = Some(word);
            } else {
                let matcher = self.matcher(word)?;
                if let (Some(name), NAME) = (&name, matcher.name.as_str()) {
                    let reason = format!("metric name must not be set twice: {name:?} or the label `{NAME}`");
                    return Err(self.wrong_at(label.place, reason));
                }
                matchers.push(matcher);
            }
            if !self.take_sign(",") {
                break;
            }
        }
        if self.is_keyword("or") {
            return Err(self.wrong_here("PromQL has no `or` between matchers: write `or` between two selectors"));
        }
        self.expect_sign("}", "in label matching").map(drop)
    }

    fn matcher(&mut self, label: String) -> Result<Matcher, QueryError> {
        let TokenKind::Sign(operator @ ("=" | "!=" | "=~" | "!~")) = self.peek().kind else {
            return Err(self.unexpected("in label matching, expected label matching operator"));
        };
        self.advance();
        let value = self.peek();
        if value.kind != TokenKind::Text {
            return Err(self.unexpected("in label matching, expected string"));
        }
        let text = self.string(value)?;
        self.advance();
        let test = match operator {
            "=" => Test::Equal(text),
            "!=" => Test::NotEqual(text),
            "=~" => Test::Match(pattern(&text).map_err(|reason| self.wrong_pattern(value.place, reason))?),
            _ => Test::NotMatch(pattern(&text).map_err(|reason| self.wrong_pattern(value.place, reason))?),
        };
        Ok(Matcher { name: label, test })
    }

    pub(super) fn wrong_pattern(&self, place: Place, reason: QueryError) -> QueryError {
        match reason {
            QueryError::Syntax(mistake) => self.wrong_at(place, mistake.reason),
            other => other,
        }
    }

    pub(super) fn suffix(&mut self) -> Result<Option<Suffix>, QueryError> {
        let token = self.peek();
        if self.is_sign("[") {
            return self.brackets().map(Some);
        }
        if self.take_keyword("offset") {
            return Ok(Some(Suffix::Offset(self.offset()?, token.place)));
        }
        if self.take_sign("@") {
            return Ok(Some(Suffix::At(self.moment()?, token.place)));
        }
        if self.take_keyword("anchored") {
            return Ok(Some(Suffix::Reach(Reach::Anchored, token.place)));
        }
        if self.take_keyword("smoothed") {
            return Ok(Some(Suffix::Reach(Reach::Smoothed, token.place)));
        }
        Ok(None)
    }

    fn brackets(&mut self) -> Result<Suffix, QueryError> {
        let open = self.advance();
        let span = self.positive_duration()?;
        if !self.take_sign(":") {
            let close = self.expect_sign("]", "in range selector")?;
            return Ok(Suffix::Range(span, open.place.until(close.place)));
        }
        let step = if self.is_sign("]") { None } else { Some(self.positive_duration()?) };
        let close = self.expect_sign("]", "in subquery")?;
        Ok(Suffix::Subquery(span, step, open.place.until(close.place)))
    }

    /// Seconds, or the query's own start or end.
    fn moment(&mut self) -> Result<At, QueryError> {
        for (keyword, at) in [("start", At::Start), ("end", At::End)] {
            if self.take_keyword(keyword) {
                self.expect_sign("(", "in @")?;
                self.expect_sign(")", "in @")?;
                return Ok(at);
            }
        }
        let token = self.peek();
        let seconds = self.signed_number("in @, expected timestamp")?;
        let millis = (seconds * 1e3).round();
        if !millis.is_finite() || millis.abs() >= 9e18 {
            return Err(self.wrong_at(token.place, format!("timestamp out of bounds for @ modifier: {seconds}")));
        }
        Ok(At::Moment(millis as i64))
    }

    fn signed_number(&mut self, where_: &str) -> Result<f64, QueryError> {
        let negative = self.take_sign("-");
        if !negative {
            self.take_sign("+");
        }
        let token = self.peek();
        let number = match token.kind {
            TokenKind::Number(number) => number,
            _ if self.is_keyword("inf") => f64::INFINITY,
            _ if self.is_keyword("nan") => f64::NAN,
            _ => return Err(self.unexpected(where_)),
        };
        self.advance();
        Ok(if negative { -number } else { number })
    }

    /// The operand with what follows it.
    pub(super) fn attach(&self, mut node: Node, suffix: Suffix) -> Result<Node, QueryError> {
        match suffix {
            Suffix::Range(span, place) => self.window(node, span, place),
            Suffix::Subquery(span, step, place) => {
                if node.answers() != Type::Vector {
                    let reason = format!("subquery is only allowed on instant vector, got {} instead", node.answers());
                    return Err(self.wrong_at(node.place, reason));
                }
                let whole = node.place.until(place);
                let subquery = Subquery { of: node, span, step, shift: Shift::default() };
                Ok(Node { kind: Kind::Subquery(Box::new(subquery)), place: whole })
            }
            Suffix::Offset(offset, place) => {
                let shift = self.shift(&mut node, place, "offset modifier")?;
                if shift.offset.replace(offset).is_some() {
                    return Err(self.wrong_at(place, "offset may not be set multiple times"));
                }
                Ok(self.stretched(node))
            }
            Suffix::At(at, place) => {
                let shift = self.shift(&mut node, place, "@ modifier")?;
                if shift.at.replace(at).is_some() {
                    return Err(self.wrong_at(place, "@ <timestamp> may not be set multiple times"));
                }
                Ok(self.stretched(node))
            }
            Suffix::Reach(reach, place) => {
                let Kind::Window(window) = &mut node.kind else {
                    return Err(self.wrong_at(place, "`anchored` and `smoothed` stand after a range such as `metric[5m]`"));
                };
                window.reach = reach;
                Ok(self.stretched(node))
            }
        }
    }

    /// The same node up to the last token read.
    fn stretched(&self, node: Node) -> Node {
        Node { place: node.place.until(self.tokens[self.next - 1].place), kind: node.kind }
    }

    fn window(&self, node: Node, span: Duration, place: Place) -> Result<Node, QueryError> {
        let Kind::Select(selector) = node.kind else {
            return Err(self.wrong_at(place, "ranges only allowed for vector selectors: write `[1h:]` for a subquery"));
        };
        if selector.shift.offset.is_some() {
            return Err(self.wrong_at(place, "no offset modifiers allowed before range"));
        }
        if selector.shift.at.is_some() {
            return Err(self.wrong_at(place, "no @ modifiers allowed before range"));
        }
        let window = Window { selector: *selector, span, reach: Reach::Inside };
        Ok(Node { kind: Kind::Window(Box::new(window)), place: node.place.until(place) })
    }

    fn shift<'a>(&self, node: &'a mut Node, place: Place, what: &str) -> Result<&'a mut Shift, QueryError> {
        match &mut node.kind {
            Kind::Select(selector) => Ok(&mut selector.shift),
            Kind::Window(window) => Ok(&mut window.selector.shift),
            Kind::Subquery(subquery) => Ok(&mut subquery.shift),
            _ => {
                let reason = "must be preceded by an instant vector selector or range vector selector or a subquery";
                Err(self.wrong_at(place, format!("{what} {reason}")))
            }
        }
    }
}
