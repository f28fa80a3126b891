//! Reads tokens into a tree. Unknown functions and variables are mistakes here, not later at night.

use std::collections::BTreeMap;

use super::lexer::{Placed, Token, tokens};
use super::tree::{Command, Kind, Node, Pipe, Tree, Word, Wrong};

/// Blocks and parentheses within each other.
const DEPTH: usize = 64;

/// The variables that every text has.
pub(super) const GIVEN: [&str; 5] = ["$", "$labels", "$externalLabels", "$externalURL", "$value"];

pub(super) fn parse(text: &str, is_function: fn(&str) -> bool) -> Result<Tree, Wrong> {
    let tokens = tokens(text)?;
    let variables = GIVEN.map(str::to_owned).to_vec();
    let mut parser = Parser {
        tokens,
        next: 0,
        end: text.len(),
        is_function,
        variables,
        loops: 0,
        depth: 0,
        defined: BTreeMap::new(),
        is_marked: false,
    };
    let (nodes, ended) = parser.list()?;
    if let Some((at, word)) = ended {
        return Err(Wrong::new(at, format!("this `{word}` ends nothing")));
    }
    Ok(Tree { nodes, defined: parser.defined, is_marked: parser.is_marked })
}

struct Parser {
    tokens: Vec<Placed>,
    next: usize,
    end: usize,
    is_function: fn(&str) -> bool,
    /// Those that may be spoken of here.
    variables: Vec<String>,
    loops: usize,
    depth: usize,
    defined: BTreeMap<String, Vec<Node>>,
    is_marked: bool,
}

/// `end` or `else`, which closed a list of nodes.
type Ended = Option<(usize, &'static str)>;

impl Parser {
    fn at(&self) -> usize {
        self.tokens.get(self.next).map_or(self.end, |token| token.0)
    }

    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.next).map(|token| &token.1)
    }

    fn take(&mut self, wanted: &Token) -> bool {
        let is_there = self.peek() == Some(wanted);
        self.next += usize::from(is_there);
        is_there
    }

    fn skip_space(&mut self) {
        self.take(&Token::Space);
    }

    fn wrong<T>(&self, reason: impl Into<String>) -> Result<T, Wrong> {
        Err(Wrong::new(self.at(), reason))
    }

    fn close(&mut self) -> Result<(), Wrong> {
        self.skip_space();
        if self.take(&Token::Close) { Ok(()) } else { self.wrong("here `}}` is missing") }
    }

    /// Nodes up to `end`, `else` or the end of the text. After `else`, the block is still open.
    fn list(&mut self) -> Result<(Vec<Node>, Ended), Wrong> {
        self.depth += 1;
        if self.depth > DEPTH {
            return self.wrong(format!("more than {DEPTH} blocks stand within each other"));
        }
        let (mut nodes, mut ended) = (Vec::new(), None);
        while let Some((at, token)) = self.tokens.get(self.next).cloned() {
            self.next += 1;
            if let Token::Text(text) = token {
                nodes.push(Node::Text(text));
                continue;
            }
            self.skip_space();
            let word = if let Some(Token::Word(word)) = self.peek() { word.clone() } else { String::new() };
            ended = match word.as_str() {
                "end" => Some((at, "end")),
                "else" => Some((at, "else")),
                _ => None,
            };
            if ended.is_some() {
                self.next += 1;
                break;
            }
            nodes.extend(self.action(&word)?);
        }
        self.depth -= 1;
        Ok((nodes, ended))
    }

    fn action(&mut self, word: &str) -> Result<Option<Node>, Wrong> {
        let at = self.at();
        let is_keyword = ["if", "with", "range", "template", "block", "define", "break", "continue"].contains(&word);
        if is_keyword {
            self.next += 1;
            self.is_marked = true;
        }
        let known = self.variables.len();
        let node = match word {
            "if" => self.branch(word, |when, then, otherwise| Node::If { when, then, otherwise })?,
            "with" => self.branch(word, |value, then, otherwise| Node::With { value, then, otherwise })?,
            "range" => self.branch(word, |over, body, otherwise| Node::Range { over, body, otherwise })?,
            "break" | "continue" if self.loops == 0 => return Err(Wrong::new(at, format!("`{word}` stands in no `range`"))),
            "break" | "continue" => {
                self.close()?;
                if word == "break" { Node::Break } else { Node::Continue }
            }
            "define" => return self.define(at).map(|()| None),
            "template" | "block" => self.template(at, word == "block")?,
            _ => {
                let pipe = self.pipe(false)?;
                self.close()?;
                // What is declared here lives to the end of the block around it.
                return Ok(Some(Node::Action(pipe)));
            }
        };
        self.variables.truncate(known);
        Ok(Some(node))
    }

    fn branch(&mut self, word: &str, make: fn(Pipe, Vec<Node>, Vec<Node>) -> Node) -> Result<Node, Wrong> {
        let at = self.at();
        let pipe = self.pipe(word == "range")?;
        self.close()?;
        let known = self.variables.len();
        self.loops += usize::from(word == "range");
        let (then, ended) = self.list()?;
        self.loops -= usize::from(word == "range");
        self.variables.truncate(known);
        let mut otherwise = Vec::new();
        match ended {
            Some((_, "end")) => self.close()?,
            Some(_) => {
                self.skip_space();
                let chained = matches!(self.peek(), Some(Token::Word(next)) if next == word && word != "range");
                if chained {
                    self.next += 1;
                    otherwise.push(self.branch(word, make)?);
                } else {
                    self.close()?;
                    let (nodes, ended) = self.list()?;
                    match ended {
                        Some((_, "end")) => self.close()?,
                        Some((at, _)) => return Err(Wrong::new(at, "a second `else`")),
                        None => return Err(Wrong::new(at, format!("this `{word}` has no `end`"))),
                    }
                    otherwise = nodes;
                }
            }
            None => return Err(Wrong::new(at, format!("this `{word}` has no `end`"))),
        }
        Ok(make(pipe, then, otherwise))
    }

    fn name(&mut self) -> Result<String, Wrong> {
        self.skip_space();
        let Some(Token::Quoted(name)) = self.peek().cloned() else { return self.wrong("here a name in quotes is missing") };
        self.next += 1;
        Ok(name)
    }

    /// The body of a `define` or a `block`: it has no variables but its own, and `$`, which is what it is given.
    fn body(&mut self, at: usize, name: &str) -> Result<(), Wrong> {
        self.close()?;
        let outer = std::mem::replace(&mut self.variables, vec!["$".to_owned()]);
        let loops = std::mem::take(&mut self.loops);
        let (nodes, ended) = self.list()?;
        (self.variables, self.loops) = (outer, loops);
        match ended {
            Some((_, "end")) => self.close()?,
            _ => return Err(Wrong::new(at, format!("the template `{name}` has no `end`"))),
        }
        self.defined.insert(name.to_owned(), nodes);
        Ok(())
    }

    fn define(&mut self, at: usize) -> Result<(), Wrong> {
        let name = self.name()?;
        if self.depth > 1 {
            return Err(Wrong::new(at, "`define` stands in no other block"));
        }
        self.body(at, &name)
    }

    fn template(&mut self, at: usize, is_block: bool) -> Result<Node, Wrong> {
        let name = self.name()?;
        self.skip_space();
        let with = if self.peek() == Some(&Token::Close) { None } else { Some(self.pipe(false)?) };
        if is_block {
            self.body(at, &name)?;
        } else {
            self.close()?;
        }
        Ok(Node::Template { at, name, with })
    }

    /// `$x := `, `$x = `, and in a range `$k, $v := `.
    fn declarations(&mut self, of_range: bool) -> Result<(Vec<String>, bool), Wrong> {
        let from = self.next;
        let mut names = Vec::new();
        while let Some(Token::Variable(name)) = self.peek().cloned() {
            names.push(name);
            self.next += 1;
            self.skip_space();
            let is_list = of_range && names.len() == 1 && self.take(&Token::Sign(','));
            if !is_list {
                break;
            }
            self.skip_space();
        }
        let declares = self.take(&Token::Declare);
        if names.is_empty() || (!declares && !self.take(&Token::Sign('='))) {
            self.next = from;
            return Ok((Vec::new(), false));
        }
        self.is_marked = true;
        if !declares && let Some(name) = names.iter().find(|name| !self.variables.contains(name)) {
            return self.wrong(format!("undefined variable \"{name}\""));
        }
        Ok((names, !declares))
    }

    fn pipe(&mut self, of_range: bool) -> Result<Pipe, Wrong> {
        self.depth += 1;
        if self.depth > DEPTH {
            return self.wrong(format!("more than {DEPTH} blocks stand within each other"));
        }
        self.skip_space();
        let (variables, assigns) = self.declarations(of_range)?;
        let mut commands = Vec::new();
        loop {
            self.skip_space();
            let command = self.command(commands.is_empty())?;
            commands.push(command);
            self.skip_space();
            if !self.take(&Token::Sign('|')) {
                break;
            }
        }
        if !assigns {
            self.variables.extend(variables.iter().cloned());
        }
        self.depth -= 1;
        Ok(Pipe { variables, assigns, commands })
    }

    fn command(&mut self, is_first: bool) -> Result<Command, Wrong> {
        let at = self.at();
        let mut words = Vec::new();
        loop {
            match self.peek() {
                None | Some(Token::Close | Token::Sign('|' | ')')) => break,
                _ => words.push(self.operand()?),
            }
            if !self.take(&Token::Space) {
                break;
            }
        }
        let is_call = matches!(words.first(), Some(Word { kind: Kind::Function(_), .. }));
        self.is_marked |= words.len() > 1 || (is_first && is_call);
        match words.first() {
            None => self.wrong("here a value is missing"),
            Some(word)
                if !is_first && !matches!(word.kind, Kind::Function(_) | Kind::Variable(_) | Kind::Dot | Kind::Pipe(_)) =>
            {
                Err(Wrong::new(word.at, "what comes after `|` is a function"))
            }
            Some(_) if is_call || words.len() == 1 => Ok(Command { at, words }),
            Some(word) => Err(Wrong::new(word.at, "a value takes no arguments: only a function does")),
        }
    }

    fn operand(&mut self) -> Result<Word, Wrong> {
        let at = self.at();
        let Some(token) = self.peek().cloned() else { return self.wrong("here a value is missing") };
        self.next += 1;
        let mut fields = Vec::new();
        let kind = match token {
            Token::Dot => Kind::Dot,
            Token::Field(name) => {
                fields.push(name);
                Kind::Dot
            }
            Token::Variable(name) if self.variables.contains(&name) => Kind::Variable(name),
            Token::Variable(name) => return Err(Wrong::new(at, format!("undefined variable \"{name}\""))),
            Token::Number(text) => number(&text).ok_or_else(|| Wrong::new(at, format!("`{text}` is not a number")))?,
            Token::Letter(letter) => Kind::Int(i64::from(u32::from(letter))),
            Token::Quoted(text) => Kind::Text(text),
            Token::Word(word) => self.named(at, word)?,
            Token::Sign('(') => {
                let pipe = self.pipe(false)?;
                self.skip_space();
                if !self.take(&Token::Sign(')')) {
                    return self.wrong("here `)` is missing");
                }
                Kind::Pipe(Box::new(pipe))
            }
            _ => return Err(Wrong::new(at, "this stands where a value should")),
        };
        self.is_marked |= matches!(kind, Kind::Dot | Kind::Variable(_));
        while let Some(Token::Field(name)) = self.peek().cloned() {
            self.next += 1;
            fields.push(name);
        }
        Ok(Word { at, kind, fields })
    }

    fn named(&self, at: usize, word: String) -> Result<Kind, Wrong> {
        match word.as_str() {
            "true" | "false" => Ok(Kind::Bool(word == "true")),
            "nil" => Ok(Kind::Nil),
            _ if (self.is_function)(&word) => Ok(Kind::Function(word)),
            _ => Err(Wrong::new(at, format!("function \"{word}\" not defined"))),
        }
    }
}

fn number(text: &str) -> Option<Kind> {
    let plain = text.replace('_', "");
    let (sign, digits) = plain.strip_prefix('-').map_or((1, plain.trim_start_matches('+')), |digits| (-1, digits));
    let lower = digits.to_ascii_lowercase();
    let based = [("0x", 16), ("0o", 8), ("0b", 2)].iter().find_map(|(prefix, base)| Some((lower.strip_prefix(prefix)?, *base)));
    if let Some((digits, base)) = based {
        return i64::from_str_radix(digits, base).ok().map(|number| Kind::Int(sign * number));
    }
    if lower.contains(['.', 'e', 'p']) {
        return plain.parse().ok().map(Kind::Float);
    }
    plain.parse().ok().map(Kind::Int)
}
