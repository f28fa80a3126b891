//! Parameters go as text, and the server reads each as the type that the statement wants there: an integer fits a
//! `numeric`, a text an enum or a moment.

use std::error::Error;

use bytes::BytesMut;
use tokio_postgres::Statement;
use tokio_postgres::types::{Format, IsNull, ToSql, Type, to_sql_checked};
use vitrine_model::port::databases::Parameter;

#[derive(Debug)]
pub(super) struct Bound<'a>(&'a Parameter);

/// One for each parameter, if there are as many as the statement uses.
pub(super) fn bind<'a>(statement: &Statement, parameters: &'a [Parameter]) -> Result<Vec<Bound<'a>>, String> {
    let (used, given) = (statement.params().len(), parameters.len());
    if used != given {
        return Err(format!("{given} parameters are given, and it uses {used}"));
    }
    Ok(parameters.iter().map(Bound).collect())
}

impl Bound<'_> {
    pub(super) fn any(&self) -> &(dyn ToSql + Sync) {
        self
    }
}

impl ToSql for Bound<'_> {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        let text = match self.0 {
            Parameter::Null => return Ok(IsNull::Yes),
            Parameter::Number(number) if number.is_infinite() => if *number > 0.0 { "Infinity" } else { "-Infinity" }.to_owned(),
            Parameter::Number(number) => number.to_string(),
            Parameter::Integer(integer) => integer.to_string(),
            Parameter::Text(text) => text.clone(),
            Parameter::Flag(flag) => flag.to_string(),
        };
        out.extend_from_slice(text.as_bytes());
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    fn encode_format(&self, _: &Type) -> Format {
        Format::Text
    }

    to_sql_checked!();
}
