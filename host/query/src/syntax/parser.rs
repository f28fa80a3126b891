//! From tokens to a tree, by recursive descent: what binds tighter is read deeper.

pub(crate) mod aggregate;
mod call;
mod duration;
mod matching;
mod selector;

use super::place::Place;
use super::text::unquote;
use super::token::{Kind as TokenKind, Token, wrong};
use super::tree::{Binary, Kind, Node, Operator, Type};
use crate::QueryError;

/// How tightly operators bind, from `or` to `^`.
const OR: u8 = 1;
const AND: u8 = 2;
const COMPARISON: u8 = 3;
const SUM: u8 = 4;
const PRODUCT: u8 = 5;
/// A sign before an operand binds like a product, so that `-2 ^ 2` is -4.
const SIGN: u8 = 6;
const POWER: u8 = 7;

pub(super) struct Parser<'a> {
    text: &'a str,
    tokens: Vec<Token>,
    next: usize,
}

/// Reads the whole text.
pub(super) fn parse(text: &str, tokens: Vec<Token>) -> Result<Node, QueryError> {
    let mut parser = Parser { text, tokens, next: 0 };
    if parser.peek().kind == TokenKind::End {
        return Err(parser.wrong_here("no expression found in input"));
    }
    let node = parser.expression(OR)?;
    match parser.peek().kind {
        TokenKind::End => Ok(node),
        _ => Err(parser.unexpected("after the expression")),
    }
}

impl Parser<'_> {
    fn peek(&self) -> Token {
        self.tokens[self.next.min(self.tokens.len() - 1)]
    }

    fn peek_second(&self) -> Token {
        self.tokens[(self.next + 1).min(self.tokens.len() - 1)]
    }

    fn advance(&mut self) -> Token {
        let token = self.peek();
        self.next += 1;
        token
    }

    fn text_of(&self, token: Token) -> &str {
        &self.text[token.place.start..token.place.end]
    }

    fn is_sign(&self, sign: &str) -> bool {
        matches!(self.peek().kind, TokenKind::Sign(found) if found == sign)
    }

    fn take_sign(&mut self, sign: &str) -> bool {
        let found = self.is_sign(sign);
        self.next += usize::from(found);
        found
    }

    fn expect_sign(&mut self, sign: &str, where_: &str) -> Result<Token, QueryError> {
        if self.is_sign(sign) {
            return Ok(self.advance());
        }
        Err(self.unexpected(&format!("{where_}, expected {sign:?}")))
    }

    /// Keywords are written in any case.
    fn is_keyword(&self, keyword: &str) -> bool {
        let token = self.peek();
        token.kind == TokenKind::Word && self.text_of(token).eq_ignore_ascii_case(keyword)
    }

    fn take_keyword(&mut self, keyword: &str) -> bool {
        let found = self.is_keyword(keyword);
        self.next += usize::from(found);
        found
    }

    fn wrong_at(&self, place: Place, reason: impl std::fmt::Display) -> QueryError {
        wrong(self.text, place.start, reason)
    }

    fn wrong_here(&self, reason: impl std::fmt::Display) -> QueryError {
        self.wrong_at(self.peek().place, reason)
    }

    fn unexpected(&self, where_: &str) -> QueryError {
        let token = self.peek();
        let what = match token.kind {
            TokenKind::End => "end of input".to_owned(),
            _ => format!("{:?}", self.text_of(token)),
        };
        self.wrong_here(format!("unexpected {what} {where_}"))
    }

    /// An operand, and all operators after it that bind at least as tightly as `least`.
    fn expression(&mut self, least: u8) -> Result<Node, QueryError> {
        let mut left = self.signed()?;
        while let Some((operator, binding)) = self.operator() {
            if binding < least {
                break;
            }
            let sign = self.advance();
            left = self.binary(left, operator, binding, sign)?;
        }
        Ok(left)
    }

    fn operator(&self) -> Option<(Operator, u8)> {
        let token = self.peek();
        let found = match token.kind {
            TokenKind::Sign(sign) => match sign {
                "+" => (Operator::Add, SUM),
                "-" => (Operator::Subtract, SUM),
                "*" => (Operator::Multiply, PRODUCT),
                "/" => (Operator::Divide, PRODUCT),
                "%" => (Operator::Modulo, PRODUCT),
                "^" => (Operator::Power, POWER),
                "==" => (Operator::Equal, COMPARISON),
                "!=" => (Operator::NotEqual, COMPARISON),
                "<" => (Operator::Less, COMPARISON),
                "<=" => (Operator::LessOrEqual, COMPARISON),
                ">" => (Operator::Greater, COMPARISON),
                ">=" => (Operator::GreaterOrEqual, COMPARISON),
                _ => return None,
            },
            TokenKind::Word => match self.text_of(token).to_ascii_lowercase().as_str() {
                "and" => (Operator::And, AND),
                "unless" => (Operator::Unless, AND),
                "or" => (Operator::Or, OR),
                "atan2" => (Operator::Atan2, PRODUCT),
                _ => return None,
            },
            _ => return None,
        };
        Some(found)
    }

    fn binary(&mut self, left: Node, operator: Operator, binding: u8, sign: Token) -> Result<Node, QueryError> {
        let modifiers = self.modifiers(operator)?;
        // Only powers are read from the right.
        let right = self.expression(if operator == Operator::Power { binding } else { binding + 1 })?;
        let place = left.place.until(right.place);
        let binary = Binary { operator, answers_bool: modifiers.answers_bool, left, right, matching: modifiers.matching };
        self.check_binary(&binary, modifiers.matches, sign.place)?;
        Ok(Node { kind: Kind::Binary(Box::new(binary)), place })
    }

    fn check_binary(&self, binary: &Binary, matches: bool, sign: Place) -> Result<(), QueryError> {
        let word = &self.text[sign.start..sign.end];
        for side in [&binary.left, &binary.right] {
            if !matches!(side.answers(), Type::Scalar | Type::Vector) {
                let reason = "binary expression must contain only scalar and instant vector types";
                return Err(self.wrong_at(side.place, reason));
            }
        }
        let has_scalar = [&binary.left, &binary.right].iter().any(|side| side.answers() == Type::Scalar);
        let scalars = binary.left.answers() == Type::Scalar && binary.right.answers() == Type::Scalar;
        if binary.operator.is_set() && has_scalar {
            return Err(self.wrong_at(sign, format!("set operator {word:?} not allowed in binary scalar expression")));
        }
        if matches && has_scalar {
            return Err(self.wrong_at(sign, "vector matching only allowed between instant vectors"));
        }
        if scalars && binary.operator.is_comparison() && !binary.answers_bool {
            let reason = "comparisons between scalars must use BOOL modifier: write `bool` after the operator";
            return Err(self.wrong_at(sign, reason));
        }
        if binary.answers_bool && !binary.operator.is_comparison() {
            return Err(self.wrong_at(sign, "bool modifier can only be used on comparison operators"));
        }
        Ok(())
    }

    /// An operand with any signs before it.
    fn signed(&mut self) -> Result<Node, QueryError> {
        let sign = self.peek();
        let negative = self.is_sign("-");
        if !negative && !self.is_sign("+") {
            return self.operand();
        }
        self.advance();
        let of = self.expression(SIGN)?;
        if !matches!(of.answers(), Type::Scalar | Type::Vector) {
            let reason = "unary expression only allowed on expressions of type scalar or instant vector";
            return Err(self.wrong_at(of.place, format!("{reason}, got {}", of.answers())));
        }
        let place = sign.place.until(of.place);
        let kind = match (negative, of.kind) {
            (true, Kind::Number(number)) => Kind::Number(-number),
            (true, kind) => Kind::Negate(Box::new(Node { kind, place: of.place })),
            (false, Kind::Number(number)) => Kind::Number(number),
            (false, kind) => Kind::Plus(Box::new(Node { kind, place: of.place })),
        };
        Ok(Node { kind, place })
    }

    fn operand(&mut self) -> Result<Node, QueryError> {
        let mut node = self.primary()?;
        while let Some(longer) = self.suffix()? {
            node = self.attach(node, longer)?;
        }
        Ok(node)
    }

    fn primary(&mut self) -> Result<Node, QueryError> {
        let token = self.peek();
        let kind = match token.kind {
            TokenKind::Number(number) => Kind::Number(number),
            TokenKind::Text => Kind::Text(self.string(token)?),
            TokenKind::Sign("(") => return self.parenthesis(),
            TokenKind::Sign("{") => return self.select(),
            TokenKind::Word => return self.word(),
            TokenKind::Sign(_) | TokenKind::End => return Err(self.unexpected("where an expression should stand")),
        };
        self.advance();
        Ok(Node { kind, place: token.place })
    }

    fn parenthesis(&mut self) -> Result<Node, QueryError> {
        let open = self.advance();
        let of = self.expression(OR)?;
        let close = self.expect_sign(")", "in paren expression")?;
        Ok(Node { kind: Kind::Paren(Box::new(of)), place: open.place.until(close.place) })
    }

    /// A number, a function, an aggregation or a metric: what follows tells.
    fn word(&mut self) -> Result<Node, QueryError> {
        let token = self.peek();
        let lower = self.text_of(token).to_ascii_lowercase();
        let after = self.peek_second();
        let opens = after.kind == TokenKind::Sign("(");
        let groups = after.kind == TokenKind::Word
            && ["by", "without"].iter().any(|keyword| self.text_of(after).eq_ignore_ascii_case(keyword));
        if let Some(kind) = aggregate::find(&lower)
            && (opens || groups)
        {
            return self.aggregate(kind);
        }
        if opens {
            return self.call();
        }
        let number = match lower.as_str() {
            "inf" => f64::INFINITY,
            "nan" => f64::NAN,
            _ => return self.select(),
        };
        self.advance();
        Ok(Node { kind: Kind::Number(number), place: token.place })
    }

    fn string(&self, token: Token) -> Result<String, QueryError> {
        unquote(self.text_of(token)).ok_or_else(|| self.wrong_at(token.place, "unknown escape sequence in a string"))
    }

    /// `(a, "b", …)` of labels.
    fn labels(&mut self) -> Result<Vec<String>, QueryError> {
        self.expect_sign("(", "in grouping opts")?;
        let mut labels = Vec::new();
        while !self.is_sign(")") {
            let token = self.peek();
            labels.push(match token.kind {
                TokenKind::Word if !self.text_of(token).contains(':') => self.text_of(token).to_owned(),
                TokenKind::Text => self.string(token)?,
                _ => return Err(self.unexpected("in grouping opts, expected label")),
            });
            self.advance();
            if !self.take_sign(",") {
                break;
            }
        }
        self.expect_sign(")", "in grouping opts")?;
        Ok(labels)
    }
}
