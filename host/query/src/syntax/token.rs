//! Cuts a text into words, numbers, strings and signs.

use super::number;
use super::place::{Place, line_and_column};
use crate::{Mistake, QueryError};

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Kind {
    /// A name or a keyword: which one, its place in the grammar says.
    Word,
    /// A number, or a duration in seconds.
    Number(f64),
    /// With its quotes.
    Text,
    Sign(&'static str),
    End,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    pub(crate) place: Place,
}

/// Longer ones first.
const SIGNS: [&str; 25] = [
    "==", "!=", "=~", "!~", "<=", ">=", "(", ")", "{", "}", "[", "]", ",", ":", "@", "+", "-", "*", "/", "%", "^", "=", "<", ">",
    ";",
];

/// An error at a place of the text.
pub(crate) fn wrong(text: &str, byte: usize, reason: impl std::fmt::Display) -> QueryError {
    QueryError::Syntax(Mistake { place: Some((byte, line_and_column(text, byte))), reason: reason.to_string() })
}

/// All tokens, the last of which is the end.
pub(crate) fn tokens(text: &str) -> Result<Vec<Token>, QueryError> {
    let mut lexer = Lexer { text, at: 0, brackets: 0 };
    let mut tokens = Vec::new();
    loop {
        let token = lexer.next()?;
        tokens.push(token);
        if token.kind == Kind::End {
            return Ok(tokens);
        }
    }
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    /// Within brackets a colon stands between range and step, elsewhere it is part of names.
    brackets: usize,
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn next(&mut self) -> Result<Token, QueryError> {
        self.skip_blank();
        let start = self.at;
        let Some(first) = self.rest().chars().next() else { return Ok(self.token(Kind::End, start)) };
        let second = self.rest().chars().nth(1).unwrap_or(' ');
        if first.is_ascii_digit() || (first == '.' && second.is_ascii_digit()) {
            return self.number();
        }
        if matches!(first, '"' | '\'' | '`') {
            return self.string(first);
        }
        if first.is_ascii_alphabetic() || first == '_' || (first == ':' && self.brackets == 0) {
            let colon = self.brackets == 0;
            let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || (letter == ':' && colon);
            self.at += self.rest().find(|letter| !is_part(letter)).unwrap_or(self.rest().len());
            return Ok(self.token(Kind::Word, start));
        }
        let Some(sign) = SIGNS.into_iter().find(|sign| self.rest().starts_with(sign)) else {
            return Err(wrong(self.text, start, format!("unexpected character: {first:?}")));
        };
        self.at += sign.len();
        match sign {
            "[" => self.brackets += 1,
            "]" => self.brackets = self.brackets.saturating_sub(1),
            _ => {}
        }
        Ok(self.token(Kind::Sign(sign), start))
    }

    fn token(&self, kind: Kind, start: usize) -> Token {
        Token { kind, place: Place { start, end: self.at } }
    }

    /// Spaces, and comments to the end of their line.
    fn skip_blank(&mut self) {
        loop {
            let rest = self.rest();
            let trimmed = rest.trim_start_matches([' ', '\t', '\n', '\r']);
            self.at += rest.len() - trimmed.len();
            if !trimmed.starts_with('#') {
                return;
            }
            self.at += trimmed.find('\n').unwrap_or(trimmed.len());
        }
    }

    fn number(&mut self) -> Result<Token, QueryError> {
        let start = self.at;
        let length = number::length(self.rest());
        let written = &self.rest()[..length];
        let Some(value) = number::read(written) else {
            return Err(wrong(self.text, start, format!("bad number or duration syntax: {written:?}")));
        };
        self.at += length;
        Ok(self.token(Kind::Number(value), start))
    }

    fn string(&mut self, quote: char) -> Result<Token, QueryError> {
        let start = self.at;
        let mut letters = self.rest().char_indices().skip(1);
        while let Some((place, letter)) = letters.next() {
            match letter {
                '\\' if quote != '`' => drop(letters.next()),
                '\n' if quote != '`' => break,
                _ if letter == quote => {
                    self.at += place + 1;
                    return Ok(self.token(Kind::Text, start));
                }
                _ => {}
            }
        }
        Err(wrong(self.text, start, "unterminated quoted string"))
    }
}
