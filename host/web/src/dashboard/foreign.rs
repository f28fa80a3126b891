//! Variables in queries of a source's own language, which only the source can read: so a value is never more than a word
//! or a number, or stands between quotes that it cannot leave in any language.

use crate::dashboard::promql::is_token;
use crate::dashboard::template::{Format, Part, Template};
use crate::dashboard::values::Values;

/// Whether quotes in it can be told for sure: comments and escapes differ from language to language.
pub fn check(query: &Template) -> Result<(), String> {
    if query.is_plain() {
        return Ok(());
    }
    let unclear = ["--", "/*", "\\"].into_iter().find(|sign| query.text().contains(sign));
    let dollar = query.parts().contains(&Part::Dollar).then_some("$$");
    match unclear.or(dollar) {
        Some(sign) => Err(format!("a query with variables cannot hold `{sign}`: what is quoted could not be told for sure")),
        None => Ok(()),
    }
}

/// The query with its variables' values, or which of them cannot stand where it does.
pub fn fill(query: &Template, values: &Values) -> Result<String, String> {
    let mut filled = String::new();
    let mut quote = None;
    for part in query.parts() {
        match part {
            Part::Text(range) => {
                let text = &query.text()[range.clone()];
                for letter in text.chars() {
                    match quote {
                        None if matches!(letter, '\'' | '"' | '`') => quote = Some(letter),
                        Some(open) if open == letter => quote = None,
                        _ => {}
                    }
                }
                filled.push_str(text);
            }
            Part::Dollar => filled.push('$'),
            Part::Use(used) => {
                let value = values.get(&used.name).ok_or_else(|| format!("there is no variable `{}`", used.name))?;
                let wrong = |value: &String| match (quote, used.format) {
                    (None, Format::SqlString) => value.contains(['\\', '\0']),
                    (None, _) => !is_token(value),
                    (Some(_), _) => value.contains(['\'', '"', '`', '\\', '\n', '\r', '\0']),
                };
                if let Some(value) = value.values().iter().find(|value| wrong(value)) {
                    let reason = "cannot stand there without changing the query";
                    return Err(format!(
                        "`{value}` of the variable `{}` {reason}: write `${{{}:sqlstring}}` outside of quotes for SQL",
                        used.name, used.name
                    ));
                }
                filled.push_str(&used.format.write(value.values()));
            }
        }
    }
    Ok(filled)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
mod tests {
    use super::*;
    use crate::dashboard::values::Value;

    #[test]
    fn a_value_stays_where_it_stands() {
        let mut values = Values::default();
        values.set("name", Value::of(["O'Brien", "x"]));
        values.set("word", Value::of(["orders"]));
        values.set("evil", Value::of(["x'; DROP TABLE orders; --"]));
        values.set("slash", Value::of(["\\"]));
        let fill = |text: &str| fill(&Template::parse(text).unwrap(), &values);
        assert_eq!(
            fill("SELECT * FROM $word WHERE a IN (${name:sqlstring})").unwrap(),
            "SELECT * FROM orders WHERE a IN ('O''Brien','x')"
        );
        assert_eq!(fill("WHERE a = '$word' LIMIT 5").unwrap(), "WHERE a = 'orders' LIMIT 5");
        assert_eq!(fill("WHERE a = ${evil:sqlstring}").unwrap(), "WHERE a = 'x''; DROP TABLE orders; --'");
        for text in [
            "$evil",
            "'$evil'",
            "\"$evil\"",
            "'$name'",
            "${slash:sqlstring}",
            "'$slash'",
            "${evil:csv}",
            "'${evil:sqlstring}'",
            "$none",
        ] {
            assert!(fill(text).is_err(), "{text}");
        }
        for text in ["a -- it's\n WHERE $word", "/*'*/ $word", "'\\'' $word", "$$a $word"] {
            assert!(check(&Template::parse(text).unwrap()).is_err(), "{text}");
        }
        assert!(check(&Template::parse("SELECT 1 -- it's one").unwrap()).is_ok());
    }
}
