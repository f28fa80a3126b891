//! Variables in PromQL. What a viewer chose can only ever be a value: within a string it is escaped, elsewhere it has to be
//! a name, a number or a duration, so that no choice changes what a query asks.

use vitrine_query::Expr;

use crate::dashboard::template::{self, Format, Part, Template, Use};
use crate::dashboard::values::{Value, Values};

/// Variables outside of quotes that are tried in all ways to read them.
const MOST_BARE: usize = 4;

/// Why a query could not be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FillError {
    #[error("there is no variable `{0}`")]
    Unknown(String),
    #[error("`{name}` has several values, which `=` cannot match: write `=~\"${name}\"`")]
    Several { name: String },
    #[error("`{value}` of the variable `{name}` is neither a name nor a number nor a duration, and stands outside of quotes")]
    NotAToken { name: String, value: String },
    #[error("`{value}` of the variable `{name}` cannot stand in backquotes: put the text in double quotes")]
    Backquote { name: String, value: String },
}

/// What is wrong with a query, and the byte of its text where it is, with the reason to give beside that place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    pub reason: String,
    pub spot: Option<(usize, String)>,
}

impl From<FillError> for Wrong {
    fn from(error: FillError) -> Wrong {
        Wrong { reason: error.to_string(), spot: None }
    }
}

/// What surrounds a place in a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Around {
    Plain,
    Comment,
    /// Within quotes of this kind, and whether a pattern is meant.
    Quoted {
        quote: char,
        pattern: bool,
    },
}

/// Walks a query's text and knows what surrounds each place of it.
struct Walk {
    around: Around,
    /// After a backslash.
    escaped: bool,
    /// The last two signs that are not blank, to tell `=~` from `=`.
    signs: [char; 2],
    brackets: usize,
}

/// Whether only a duration makes sense there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct IsSpan(bool);

impl Walk {
    fn new() -> Walk {
        Walk { around: Around::Plain, escaped: false, signs: [' '; 2], brackets: 0 }
    }

    fn text(&mut self, text: &str) {
        for letter in text.chars() {
            self.letter(letter);
        }
    }

    fn letter(&mut self, letter: char) {
        match self.around {
            Around::Comment if letter == '\n' => self.around = Around::Plain,
            Around::Comment => {}
            Around::Quoted { .. } if self.escaped => self.escaped = false,
            Around::Quoted { quote, .. } if letter == '\\' && quote != '`' => self.escaped = true,
            Around::Quoted { quote, .. } if letter == quote => {
                self.around = Around::Plain;
                self.sign(letter);
            }
            Around::Quoted { .. } => {}
            Around::Plain => match letter {
                '"' | '\'' | '`' => {
                    let pattern = matches!(self.signs, ['=' | '!', '~']);
                    self.around = Around::Quoted { quote: letter, pattern };
                }
                '#' => self.around = Around::Comment,
                _ => self.sign(letter),
            },
        }
    }

    fn sign(&mut self, letter: char) {
        match letter {
            '[' => self.brackets += 1,
            ']' => self.brackets = self.brackets.saturating_sub(1),
            _ if letter.is_whitespace() => return,
            _ => {}
        }
        self.signs = [self.signs[1], letter];
    }
}

/// The query with its variables' values.
pub fn fill(query: &Template, values: &Values) -> Result<String, FillError> {
    write(query, &|used, around, _| {
        let value = values.get(&used.name).ok_or_else(|| FillError::Unknown(used.name.clone()))?;
        one(used, value, around)
    })
}

fn write(query: &Template, value: &dyn Fn(&Use, Around, IsSpan) -> Result<String, FillError>) -> Result<String, FillError> {
    let mut walk = Walk::new();
    let mut filled = String::new();
    for part in query.parts() {
        match part {
            Part::Text(range) => {
                let text = &query.text()[range.clone()];
                walk.text(text);
                filled.push_str(text);
            }
            Part::Dollar => {
                walk.letter('$');
                filled.push('$');
            }
            Part::Use(used) => {
                let is_span = walk.brackets > 0 || filled.trim_end_matches([' ', '\n', '\t', '-']).ends_with("offset");
                let text = value(used, walk.around, IsSpan(is_span))?;
                // A value begins and ends nothing.
                if walk.around == Around::Plain {
                    walk.sign('x');
                }
                walk.escaped = false;
                filled.push_str(&text);
            }
        }
    }
    Ok(filled)
}

fn one(used: &Use, value: &Value, around: Around) -> Result<String, FillError> {
    let name = || used.name.clone();
    match around {
        Around::Comment => Ok(String::new()),
        Around::Plain => {
            let values: Vec<&str> = value.values().iter().map(String::as_str).collect();
            match values.iter().find(|value| !is_token(value)) {
                Some(value) => Err(FillError::NotAToken { name: name(), value: (*value).to_owned() }),
                None => Ok(values.join(", ")),
            }
        }
        Around::Quoted { quote, pattern } => {
            let text = match (used.format, value.pattern()) {
                (Format::Usual | Format::Regex, Some(given)) if pattern || used.format == Format::Regex => given.to_owned(),
                (Format::Usual, _) if pattern => template::pattern(value.values()),
                (Format::Usual, _) => match value.values() {
                    [one] => one.clone(),
                    [] => String::new(),
                    _ => return Err(FillError::Several { name: name() }),
                },
                (format, _) => format.write(value.values()),
            };
            quoted(&text, quote).ok_or_else(|| FillError::Backquote { name: name(), value: text.clone() })
        }
    }
}

/// The text as it stands between these quotes; nothing where it cannot.
fn quoted(text: &str, quote: char) -> Option<String> {
    if quote == '`' {
        return (!text.contains('`')).then(|| text.to_owned());
    }
    let mut written = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\n' => written.push_str("\\n"),
            '\r' => written.push_str("\\r"),
            '\\' => written.push_str("\\\\"),
            _ if letter == quote => written.extend(['\\', letter]),
            _ => written.push(letter),
        }
    }
    Some(written)
}

/// A name, a number or a duration: nothing that could end one thing and begin another.
pub(crate) fn is_token(text: &str) -> bool {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == ':';
    let is_word = !text.is_empty() && text.chars().all(is_part);
    is_word
        || (text.len() <= 40
            && text.starts_with(|first: char| first.is_ascii_digit() || "+-.".contains(first))
            && text.parse::<f64>().is_ok())
}

/// Whether the variable stands in a matcher that takes one value only.
pub fn wants_one(query: &Template, name: &str) -> bool {
    let several = Value::of(["a", "b"]);
    let filled =
        write(query, &|used, around, _| if used.name == name { one(used, &several, around) } else { Ok("a".to_owned()) });
    matches!(filled, Err(FillError::Several { .. }))
}

/// Parses the query with values that are as long as what they stand for, so that places in errors are those of the text.
/// `known` are values that a variable surely has.
pub fn check(query: &Template, known: &dyn Fn(&str) -> Option<Value>) -> Result<(), Wrong> {
    let bare = bare(query);
    let mut first = None;
    // Each may be a name or a number: one way to read them all is enough.
    for numbers in 0..1_usize << bare.len().min(MOST_BARE) {
        let is_number = |name: &str| bare.iter().position(|other| *other == name).is_some_and(|place| numbers >> place & 1 == 1);
        let filled = write(query, &|used, around, is_span| Ok(sample(used.place.len(), around, is_span, is_number(&used.name))));
        match Expr::parse(&filled?) {
            Ok(_) => return given(query, known),
            Err(error) => first = first.or(Some(Wrong { reason: error.to_string(), spot: error.spot() })),
        }
    }
    // A variable may stand for part of a word, which only its values tell.
    match first {
        Some(wrong) if !query.uses().all(|used| known(&used.name).is_some()) => Err(wrong),
        _ => given(query, known),
    }
}

/// Variables outside of quotes, and not where a duration has to be.
fn bare(query: &Template) -> Vec<String> {
    let names = std::cell::RefCell::new(Vec::new());
    // Nothing here is refused: the answer is what was seen.
    let _ = write(query, &|used, around, is_span| {
        let mut names = names.borrow_mut();
        if around == Around::Plain && !is_span.0 && !names.contains(&used.name) {
            names.push(used.name.clone());
        }
        Ok(String::new())
    });
    names.into_inner()
}

/// With the values that are known before anybody chose.
fn given(query: &Template, known: &dyn Fn(&str) -> Option<Value>) -> Result<(), Wrong> {
    let mut values = Values::default();
    for used in query.uses() {
        match known(&used.name) {
            Some(value) => values.set(used.name.clone(), value),
            None => return Ok(()),
        }
    }
    let text = fill(query, &values)?;
    Expr::parse(&text).map(|_| ()).map_err(|error| Wrong { reason: format!("{error}, in `{text}`"), spot: None })
}

/// What stands for a variable while nobody has chosen, as long as the variable is written.
fn sample(length: usize, around: Around, is_span: IsSpan, is_number: bool) -> String {
    match around {
        Around::Plain if is_span.0 => format!("{}1m", "0".repeat(length.saturating_sub(2))),
        Around::Plain if is_number => "1".repeat(length.min(15)) + &" ".repeat(length.saturating_sub(15)),
        Around::Plain | Around::Comment | Around::Quoted { .. } => "v".repeat(length),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
mod tests {
    use super::*;

    fn values() -> Values {
        let mut values = Values::default();
        values.set("one", Value::of(["a"]));
        values.set("two", Value::of(["a.b", "c\"d\\"]));
        values.set("evil", Value::of([r#"x"} or on() secret{a=""#]));
        values.set("tick", Value::of(["`"]));
        values.set("metric", Value::of(["up"]));
        values.set("step", Value::of(["5m"]));
        values.set("number", Value::of(["-0.5"]));
        values.set("any", Value::matching(vec!["a".to_owned()], ".*".to_owned()));
        values
    }

    fn filled(text: &str) -> Result<String, FillError> {
        fill(&Template::parse(text).unwrap(), &values())
    }

    #[test]
    fn values_are_written_as_their_place_wants() {
        let check = |text: &str, expected: &str| {
            let filled = filled(text).unwrap();
            assert_eq!(filled, expected, "{text}");
            Expr::parse(&filled).unwrap();
        };
        check(r#"up{host="$one"}"#, r#"up{host="a"}"#);
        check(r#"up{host=~"$two"}"#, r#"up{host=~"(a\\.b|c\"d\\\\)"}"#);
        check(r#"up{host!~'^$two$'}"#, r#"up{host!~'^(a\\.b|c"d\\\\)$'}"#);
        check(r#"up{host=~"$any", x="$any"}"#, r#"up{host=~".*", x="a"}"#);
        check("up{host=~`$one|b`}", "up{host=~`a|b`}");
        check("rate($metric[$step]) > $number # $two", "rate(up[5m]) > -0.5 # ");
        check(r#"label_replace(up, "a", "$1", "b", "${two:regex}")"#, r#"label_replace(up, "a", "$1", "b", "(a\\.b|c\"d\\\\)")"#);
        check("sum by (${one:csv}) (node_${one}_x:${one})", "sum by (a) (node_a_x:a)");
    }

    #[test]
    fn no_value_leaves_its_place() {
        let evil = filled(r#"up{host="$evil"}"#).unwrap();
        assert_eq!(Expr::parse(&evil).unwrap().metric_names(), ["up"]);
        let evil = filled(r#"up{host=~"a|$evil"}"#).unwrap();
        assert_eq!(Expr::parse(&evil).unwrap().metric_names(), ["up"]);
        assert!(matches!(filled("up + $evil"), Err(FillError::NotAToken { .. })));
        assert!(matches!(filled("up{a=~`$tick`}"), Err(FillError::Backquote { .. })));
        assert!(matches!(filled(r#"up{a="$two"}"#), Err(FillError::Several { .. })));
        assert!(matches!(filled("up{a=\"$none\"}"), Err(FillError::Unknown(_))));
        for text in ["", "a b", "a)", "1 or x", "a-b", "nan(", "{", "a,b"] {
            assert!(!is_token(text), "{text}");
        }
    }

    #[test]
    fn every_short_value_stays_a_value() {
        let letters: Vec<char> = "\"'`\\\n}{=~,()[$#a1 é".chars().collect();
        let templates = [
            r#"up{host="$x"}"#,
            r#"up{host=~"a$x|b"}"#,
            "up{host!='$x', more=~'${x:regex}'}",
            "up{host=~`$x`} # $x",
            "sum by ($x) (up)",
            "up * $x",
        ];
        let templates = templates.map(|text| Template::parse(text).unwrap());
        let mut values = Values::default();
        let count = letters.len();
        for number in 0..count.pow(3) {
            let places = [number % count, number / count % count, number / count / count];
            let value: String = places.into_iter().map(|place| letters[place]).collect();
            values.set("x", Value::of([value.clone()]));
            for (place, template) in templates.iter().enumerate() {
                let Ok(text) = fill(template, &values) else { continue };
                match Expr::parse(&text) {
                    Ok(expr) => {
                        let others: Vec<&str> = expr.metric_names().into_iter().filter(|name| *name != "up").collect();
                        // Where a name may stand, the value is that name as a whole.
                        assert!(others.is_empty() || others == [value.as_str()], "{text}");
                    }
                    Err(error) => assert!(place > 3, "{text}: {error}"),
                }
            }
        }
    }

    #[test]
    fn mistakes_are_told_at_their_place_whatever_the_values() {
        let check = |text: &str| check(&Template::parse(text).unwrap(), &|_| None);
        for text in [
            r#"sum(rate(x{host=~"$host"}[$__rate_interval])) by ($label)"#,
            "$metric offset ${span}",
            "quantile_over_time($q, x[1h:$__interval])",
            "topk($n, $metric)",
        ] {
            assert_eq!(check(text), Ok(()), "{text}");
        }
        let wrong = check(r#"sum(rate(x{host=~"$host"}[$__rate_interval]) by (a)"#).unwrap_err();
        assert!(wrong.reason.contains("1:46:"), "{wrong:?}");
        assert_eq!(wrong.spot.map(|(byte, _)| byte), Some(45));
        assert!(wants_one(&Template::parse("x{a=\"$host\"}").unwrap(), "host"));
        assert!(!wants_one(&Template::parse("x{a=~\"$host\"} > $host").unwrap(), "host"));
    }
}
