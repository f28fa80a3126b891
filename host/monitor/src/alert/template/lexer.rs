//! Cuts a Go template into tokens: text between the blocks, and the words within them.

use super::tree::Wrong;

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    Text(String),
    Open,
    Close,
    /// White space within a block: it parts arguments, and a field from what it is not of.
    Space,
    Word(String),
    Variable(String),
    Field(String),
    Dot,
    Number(String),
    Quoted(String),
    Letter(char),
    Sign(char),
    Declare,
}

pub(super) type Placed = (usize, Token);

pub(super) fn tokens(text: &str) -> Result<Vec<Placed>, Wrong> {
    let mut lexer = Lexer { text, at: 0, made: Vec::new() };
    while lexer.at < text.len() {
        lexer.outside();
        if lexer.at < text.len() {
            lexer.block()?;
        }
    }
    Ok(lexer.made)
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    made: Vec<Placed>,
}

fn is_letter(letter: char) -> bool {
    letter == '_' || letter.is_alphanumeric()
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    /// Text up to the next block, or to the end.
    fn outside(&mut self) {
        let (rest, from) = (self.rest(), self.at);
        let end = rest.find("{{").unwrap_or(rest.len());
        self.at += end;
        let trims = self.rest().strip_prefix("{{-").is_some_and(|inside| inside.starts_with(char::is_whitespace));
        let text = if trims { rest[..end].trim_end() } else { &rest[..end] };
        if !text.is_empty() {
            self.made.push((from, Token::Text(text.to_owned())));
        }
    }

    fn block(&mut self) -> Result<(), Wrong> {
        let open = self.at;
        self.at += 2;
        if self.rest().starts_with('-') && self.rest()[1..].starts_with(char::is_whitespace) {
            self.at += 1;
        }
        if self.rest().trim_start().starts_with("/*") {
            return self.comment(open);
        }
        self.made.push((open, Token::Open));
        loop {
            let rest = self.rest();
            let inside = rest.trim_start();
            if inside.is_empty() {
                return Err(Wrong::new(open, "this `{{` is not closed"));
            }
            let is_parted = inside.len() < rest.len();
            if inside.starts_with("}}") || (is_parted && inside.starts_with("-}}")) {
                self.at = self.text.len() - inside.len();
                self.made.push((self.at, Token::Close));
                self.close();
                return Ok(());
            }
            if is_parted {
                self.made.push((self.at, Token::Space));
                self.at = self.text.len() - inside.len();
            }
            self.word()?;
        }
    }

    fn comment(&mut self, open: usize) -> Result<(), Wrong> {
        let end = self.rest().find("*/").ok_or_else(|| Wrong::new(open, "this comment is not closed"))?;
        self.at += end + 2;
        self.at = self.text.len() - self.rest().trim_start().len();
        if !self.rest().starts_with("}}") && !self.rest().starts_with("-}}") {
            return Err(Wrong::new(open, "a comment fills its block: nothing comes after its `*/`"));
        }
        self.close();
        Ok(())
    }

    /// Past the end of a block, and past the white space that it trims.
    fn close(&mut self) {
        let trims = self.rest().starts_with('-');
        self.at += if trims { 3 } else { 2 };
        if trims {
            self.at = self.text.len() - self.rest().trim_start().len();
        }
    }

    fn word(&mut self) -> Result<(), Wrong> {
        let (from, rest) = (self.at, self.rest());
        let first = rest.chars().next().unwrap_or(' ');
        let name = |text: &str| text.len() - text.trim_start_matches(is_letter).len();
        let after = rest.chars().nth(1).unwrap_or(' ');
        let (length, token) = match first {
            '"' | '`' => self.quoted(first)?,
            '\'' => {
                let (length, token) = self.quoted(first)?;
                let Token::Quoted(text) = token else { return Err(Wrong::new(from, "this is no letter")) };
                let mut letters = text.chars();
                match (letters.next(), letters.next()) {
                    (Some(letter), None) => (length, Token::Letter(letter)),
                    _ => return Err(Wrong::new(from, "quotes of this kind hold one letter: write texts as \"…\"")),
                }
            }
            '$' => (1 + name(&rest[1..]), Token::Variable(rest[..=name(&rest[1..])].to_owned())),
            '.' if is_letter(after) && !after.is_ascii_digit() => {
                (1 + name(&rest[1..]), Token::Field(rest[1..=name(&rest[1..])].to_owned()))
            }
            _ if first.is_ascii_digit() || (matches!(first, '+' | '-' | '.') && (after.is_ascii_digit() || after == '.')) => {
                let length = number_length(rest);
                (length, Token::Number(rest[..length].to_owned()))
            }
            '.' => (1, Token::Dot),
            ':' if after == '=' => (2, Token::Declare),
            '(' | ')' | '|' | ',' | '=' => (1, Token::Sign(first)),
            _ if is_letter(first) => (name(rest), Token::Word(rest[..name(rest)].to_owned())),
            _ => return Err(Wrong::new(from, format!("`{first}` has no meaning here"))),
        };
        self.at += length;
        self.made.push((from, token));
        Ok(())
    }

    fn quoted(&self, quote: char) -> Result<(usize, Token), Wrong> {
        let rest = self.rest();
        let (mut text, mut letters) = (String::new(), rest.char_indices().skip(1));
        while let Some((place, letter)) = letters.next() {
            match letter {
                _ if letter == quote => return Ok((place + 1, Token::Quoted(text))),
                '\n' if quote != '`' => break,
                '\\' if quote != '`' => text.push(self.escape(&mut letters)?),
                _ => text.push(letter),
            }
        }
        Err(Wrong::new(self.at, "this text is not closed"))
    }

    fn escape(&self, letters: &mut impl Iterator<Item = (usize, char)>) -> Result<char, Wrong> {
        let wrong = || Wrong::new(self.at, "this text has an escape that Go does not know");
        let letter = letters.next().ok_or_else(wrong)?.1;
        let digits = match letter {
            'n' => return Ok('\n'),
            't' => return Ok('\t'),
            'r' => return Ok('\r'),
            'a' => return Ok('\u{7}'),
            'b' => return Ok('\u{8}'),
            'f' => return Ok('\u{c}'),
            'v' => return Ok('\u{b}'),
            '\\' | '"' | '\'' => return Ok(letter),
            'x' => 2,
            'u' => 4,
            'U' => 8,
            _ => return Err(wrong()),
        };
        let code: String = letters.take(digits).map(|(_, letter)| letter).collect();
        u32::from_str_radix(&code, 16).ok().and_then(char::from_u32).ok_or_else(wrong)
    }
}

/// Digits, letters of a base or an exponent, and the sign of an exponent.
fn number_length(text: &str) -> usize {
    let mut before = ' ';
    let is_hex = text.trim_start_matches(['+', '-']).to_ascii_lowercase().starts_with("0x");
    let goes_on = |(place, letter): (usize, char)| {
        let sign = matches!(letter, '+' | '-') && (place == 0 || (!is_hex && matches!(before, 'e' | 'E')));
        before = letter;
        (!sign && letter != '.' && !is_letter(letter)).then_some(place)
    };
    text.char_indices().find_map(goes_on).unwrap_or(text.len())
}
