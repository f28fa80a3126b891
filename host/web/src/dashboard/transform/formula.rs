//! Arithmetic over columns: `(size - free) / size`, `"in use" * 100`, `round(load)`.

use std::iter::Peekable;
use std::str::CharIndices;

use vitrine_query::arithmetic;

/// Parts of one formula, and how deep they may lie.
const MOST_PARTS: usize = 200;
const DEEPEST: usize = 30;

const FUNCTIONS: [&str; 8] = ["abs", "ceil", "floor", "round", "sqrt", "ln", "min", "max"];

#[derive(Debug, Clone, PartialEq)]
pub struct Formula(Node);

#[derive(Debug, Clone, PartialEq)]
enum Node {
    Number(f64),
    Column(String),
    Negate(Box<Node>),
    Binary(char, Box<Node>, Box<Node>),
    Call(&'static str, Vec<Node>),
}

impl Formula {
    pub fn parse(text: &str) -> Result<Formula, String> {
        let mut parser = Parser { text, letters: text.char_indices().peekable(), parts: 0 };
        let node = parser.sum(0)?;
        match parser.next_letter() {
            None => Ok(Formula(node)),
            Some((place, letter)) => Err(format!("unexpected `{letter}` at {}", place + 1)),
        }
    }

    /// The columns it reads.
    pub fn columns(&self) -> Vec<&str> {
        let mut columns = Vec::new();
        self.0.columns(&mut columns);
        columns
    }

    pub(super) fn value(&self, column: &dyn Fn(&str) -> f64) -> f64 {
        self.0.value(column)
    }
}

impl Node {
    fn columns<'a>(&'a self, found: &mut Vec<&'a str>) {
        match self {
            Node::Number(_) => {}
            Node::Column(name) => found.push(name),
            Node::Negate(of) => of.columns(found),
            Node::Binary(_, left, right) => {
                left.columns(found);
                right.columns(found);
            }
            Node::Call(_, arguments) => arguments.iter().for_each(|argument| argument.columns(found)),
        }
    }

    fn value(&self, column: &dyn Fn(&str) -> f64) -> f64 {
        match self {
            Node::Number(number) => *number,
            Node::Column(name) => column(name),
            Node::Negate(of) => -of.value(column),
            Node::Binary(sign, left, right) => arithmetic(*sign, left.value(column), right.value(column)),
            Node::Call(name, arguments) => {
                let values: Vec<f64> = arguments.iter().map(|argument| argument.value(column)).collect();
                call(name, &values)
            }
        }
    }
}

fn call(name: &str, values: &[f64]) -> f64 {
    let first = values.first().copied().unwrap_or(f64::NAN);
    match name {
        "abs" => first.abs(),
        "ceil" => first.ceil(),
        "floor" => first.floor(),
        "round" => first.round(),
        "sqrt" => first.sqrt(),
        "ln" => first.ln(),
        "min" => values.iter().copied().fold(first, f64::min),
        _ => values.iter().copied().fold(first, f64::max),
    }
}

struct Parser<'a> {
    text: &'a str,
    letters: Peekable<CharIndices<'a>>,
    parts: usize,
}

impl Parser<'_> {
    fn next_letter(&mut self) -> Option<(usize, char)> {
        while self.letters.next_if(|(_, letter)| letter.is_whitespace()).is_some() {}
        self.letters.peek().copied()
    }

    fn take(&mut self, signs: &str) -> Option<char> {
        let (_, letter) = self.next_letter().filter(|(_, letter)| signs.contains(*letter))?;
        self.letters.next();
        Some(letter)
    }

    fn sum(&mut self, depth: usize) -> Result<Node, String> {
        let mut left = self.product(depth)?;
        while let Some(sign) = self.take("+-") {
            left = Node::Binary(sign, Box::new(left), Box::new(self.product(depth)?));
        }
        Ok(left)
    }

    fn product(&mut self, depth: usize) -> Result<Node, String> {
        let mut left = self.power(depth)?;
        while let Some(sign) = self.take("*/%") {
            left = Node::Binary(sign, Box::new(left), Box::new(self.power(depth)?));
        }
        Ok(left)
    }

    fn power(&mut self, depth: usize) -> Result<Node, String> {
        if self.take("-").is_some() {
            return self.deeper(depth).and_then(|depth| self.power(depth)).map(|of| Node::Negate(Box::new(of)));
        }
        let base = self.part(depth)?;
        match self.take("^") {
            Some(sign) => {
                let depth = self.deeper(depth)?;
                Ok(Node::Binary(sign, Box::new(base), Box::new(self.power(depth)?)))
            }
            None => Ok(base),
        }
    }

    fn deeper(&self, depth: usize) -> Result<usize, String> {
        if depth < DEEPEST { Ok(depth + 1) } else { Err("the formula is nested too deep".to_owned()) }
    }

    fn part(&mut self, depth: usize) -> Result<Node, String> {
        self.parts += 1;
        if self.parts > MOST_PARTS {
            return Err("the formula is too long".to_owned());
        }
        let Some((place, letter)) = self.next_letter() else {
            return Err("the formula ends where a column or a number should stand".to_owned());
        };
        match letter {
            '(' => {
                self.letters.next();
                let depth = self.deeper(depth)?;
                let inner = self.sum(depth)?;
                self.take(")").map(|_| inner).ok_or_else(|| format!("the `(` at {} is not closed", place + 1))
            }
            '"' => {
                self.letters.next();
                let name: String =
                    std::iter::from_fn(|| self.letters.next_if(|(_, letter)| *letter != '"')).map(|(_, letter)| letter).collect();
                self.letters.next().map(|_| Node::Column(name)).ok_or_else(|| format!("the quote at {} is not closed", place + 1))
            }
            _ if letter.is_ascii_digit() || letter == '.' => {
                let word = self.word(|letter| letter.is_ascii_digit() || letter == '.' || letter == 'e');
                word.parse().map(Node::Number).map_err(|_| format!("`{word}` is not a number"))
            }
            _ if letter.is_alphabetic() || letter == '_' => {
                let word = self.word(|letter| letter.is_alphanumeric() || letter == '_' || letter == ':').to_owned();
                if self.take("(").is_some() { self.call(&word, depth) } else { Ok(Node::Column(word)) }
            }
            _ => Err(format!("unexpected `{letter}` at {}", place + 1)),
        }
    }

    fn word(&mut self, is_part: impl Fn(char) -> bool) -> &str {
        let Some((start, _)) = self.letters.peek().copied() else { return "" };
        while self.letters.next_if(|(_, letter)| is_part(*letter)).is_some() {}
        let end = self.letters.peek().map_or(self.text.len(), |(place, _)| *place);
        &self.text[start..end]
    }

    fn call(&mut self, name: &str, depth: usize) -> Result<Node, String> {
        let Some(known) = FUNCTIONS.into_iter().find(|function| *function == name) else {
            return Err(format!("there is no function `{name}`: there are {}", vitrine_config::guess::listed(FUNCTIONS)));
        };
        let depth = self.deeper(depth)?;
        let mut arguments = vec![self.sum(depth)?];
        while self.take(",").is_some() {
            arguments.push(self.sum(depth)?);
        }
        let takes_many = matches!(known, "min" | "max");
        if arguments.len() > 1 && !takes_many {
            return Err(format!("`{name}` takes one argument"));
        }
        self.take(")").map(|_| Node::Call(known, arguments)).ok_or_else(|| format!("the `(` of `{name}` is not closed"))
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
mod tests {
    use super::*;

    #[test]
    fn arithmetic_is_as_in_school() {
        let check = |text: &str, expected: f64| {
            let formula = Formula::parse(text).unwrap();
            let value = formula.value(&|name| if name == "a" { 4.0 } else { 10.0 });
            assert!((value - expected).abs() < 1e-9, "{text}: {value}");
        };
        check("1 + 2 * 3", 7.0);
        check("(1 + 2) * 3 - 1", 8.0);
        check("2 ^ 3 ^ 2", 512.0);
        check("-a + \"in use\" % 3", -3.0);
        check("max(a, b, 3) / min(a, 5)", 2.5);
        check("round(sqrt(a) * 1.26)", 3.0);
        assert_eq!(Formula::parse("a / \"b c\" + a").unwrap().columns(), ["a", "b c", "a"]);
    }

    #[test]
    fn mistakes_say_where() {
        let check = |text: &str, part: &str| {
            let reason = Formula::parse(text).unwrap_err();
            assert!(reason.contains(part), "{text}: {reason}");
        };
        check("a +", "ends where");
        check("a b", "unexpected `b` at 3");
        check("(a", "not closed");
        check("\"a", "quote at 1");
        check("sin(a)", "no function `sin`");
        check("round(a, b)", "one argument");
        check("1.2.3", "not a number");
        check(&"(".repeat(100), "too deep");
        check(&"-".repeat(100), "too deep");
        check(&vec!["1"; 300].join("+"), "too long");
    }
}
