//! Durations in brackets and after `offset`.

use super::{OR, PRODUCT, Parser, SIGN, SUM};
use crate::QueryError;
use crate::syntax::duration::Duration;
use crate::syntax::token::Kind as TokenKind;

/// Powers, from the right.
const POWER: u8 = super::POWER;

impl Parser<'_> {
    /// Up to the bracket or the colon.
    pub(super) fn positive_duration(&mut self) -> Result<Duration, QueryError> {
        let first = self.peek();
        let duration = self.duration(OR)?;
        match duration {
            Duration::Seconds(seconds) if seconds <= 0.0 => Err(self.wrong_at(first.place, "duration must be greater than 0")),
            duration => Ok(duration),
        }
    }

    /// One duration with its signs: `offset 5m * 2` doubles what was selected, not the offset.
    pub(super) fn offset(&mut self) -> Result<Duration, QueryError> {
        if self.take_sign("-") {
            return Ok(negative(self.offset()?));
        }
        if self.take_sign("+") {
            return self.offset();
        }
        self.duration_operand()
    }

    fn duration(&mut self, least: u8) -> Result<Duration, QueryError> {
        let mut left = if self.take_sign("-") {
            negative(self.duration(SIGN)?)
        } else if self.take_sign("+") {
            self.duration(SIGN)?
        } else {
            self.duration_operand()?
        };
        loop {
            let (operator, binding) = match self.peek().kind {
                TokenKind::Sign("+") => ('+', SUM),
                TokenKind::Sign("-") => ('-', SUM),
                TokenKind::Sign("*") => ('*', PRODUCT),
                TokenKind::Sign("/") => ('/', PRODUCT),
                TokenKind::Sign("%") => ('%', PRODUCT),
                TokenKind::Sign("^") => ('^', POWER),
                _ => return Ok(left),
            };
            if binding < least {
                return Ok(left);
            }
            let sign = self.advance();
            let right = self.duration(if operator == '^' { binding } else { binding + 1 })?;
            if matches!((operator, &right), ('/' | '%', Duration::Seconds(0.0))) {
                return Err(self.wrong_at(sign.place, "division by zero"));
            }
            left = Duration::Compute(Box::new(left), operator, Box::new(right));
        }
    }

    fn duration_operand(&mut self) -> Result<Duration, QueryError> {
        let token = self.peek();
        match token.kind {
            TokenKind::Number(seconds) => {
                self.advance();
                Ok(Duration::Seconds(seconds))
            }
            TokenKind::Sign("(") => {
                self.advance();
                let inner = self.duration(OR)?;
                self.expect_sign(")", "in duration expression")?;
                Ok(inner)
            }
            TokenKind::Word => self.duration_call(),
            _ => Err(self.unexpected("where a duration such as `5m` should stand")),
        }
    }

    fn duration_call(&mut self) -> Result<Duration, QueryError> {
        let lower = self.text_of(self.peek()).to_ascii_lowercase();
        if !matches!(lower.as_str(), "step" | "range" | "min_of" | "max_of" | "min" | "max") {
            return Err(self.unexpected("where a duration such as `5m` should stand"));
        }
        self.advance();
        self.expect_sign("(", "in duration expression")?;
        let duration = match lower.as_str() {
            "step" => Duration::Step,
            "range" => Duration::Range,
            _ => {
                let one = Box::new(self.duration(OR)?);
                self.expect_sign(",", "in duration expression")?;
                let other = Box::new(self.duration(OR)?);
                if lower.starts_with("min") { Duration::Least(one, other) } else { Duration::Most(one, other) }
            }
        };
        self.expect_sign(")", "in duration expression")?;
        Ok(duration)
    }
}

fn negative(duration: Duration) -> Duration {
    match duration {
        Duration::Seconds(seconds) => Duration::Seconds(-seconds),
        other => Duration::Negate(Box::new(other)),
    }
}
