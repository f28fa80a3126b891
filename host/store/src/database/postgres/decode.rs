//! Values as PostgreSQL sends them in binary: <https://www.postgresql.org/docs/current/datatype.html>; the layouts are those
//! of each type's `send` function.

use std::error::Error;

use tokio_postgres::types::{FromSql, Kind, Type as Sql};
use vitrine_model::Millis;

use crate::database::table::{Cell, Type, hexadecimal};

/// 2000-01-01, from which moments are counted.
const EPOCH: Millis = 946_684_800_000;
const DAY: Millis = 86_400_000;
const DAY_SECONDS: f64 = 86_400.0;
/// As `extract(epoch from interval …)` has it.
const MONTH_SECONDS: f64 = 30.0 * DAY_SECONDS;
const YEAR_SECONDS: f64 = 365.25 * DAY_SECONDS;

/// What a column of this type becomes; nothing where it has no place in a frame.
pub(super) fn type_of(sql: &Sql) -> Option<Type> {
    if *sql == Sql::VOID {
        return Some(Type::Texts);
    }
    match sql.kind() {
        Kind::Domain(inner) => return type_of(inner),
        Kind::Enum(_) => return Some(Type::Texts),
        Kind::Simple => {}
        _ => return None,
    }
    Some(match *sql {
        Sql::INT2 | Sql::INT4 | Sql::INT8 | Sql::OID | Sql::FLOAT4 | Sql::FLOAT8 | Sql::NUMERIC | Sql::INTERVAL => Type::Numbers,
        Sql::TIMESTAMP | Sql::TIMESTAMPTZ | Sql::DATE => Type::Times,
        Sql::BOOL => Type::Flags,
        Sql::TEXT | Sql::VARCHAR | Sql::BPCHAR | Sql::NAME | Sql::CHAR | Sql::UNKNOWN | Sql::JSON | Sql::JSONB | Sql::XML => {
            Type::Texts
        }
        Sql::UUID | Sql::BYTEA | Sql::TIME => Type::Texts,
        _ if sql.name() == "citext" => Type::Texts,
        _ => return None,
    })
}

impl<'a> FromSql<'a> for Cell {
    fn from_sql(sql: &Sql, raw: &'a [u8]) -> Result<Cell, Box<dyn Error + Sync + Send>> {
        if let Kind::Domain(inner) = sql.kind() {
            return Cell::from_sql(inner, raw);
        }
        Ok(match *sql {
            Sql::BOOL => Cell::Flag(bytes::<1>(raw)? != [0]),
            Sql::INT2 => Cell::Number(i16::from_be_bytes(bytes(raw)?).into()),
            Sql::INT4 => Cell::Number(i32::from_be_bytes(bytes(raw)?).into()),
            Sql::INT8 => Cell::Number(float(i64::from_be_bytes(bytes(raw)?))),
            Sql::OID => Cell::Number(u32::from_be_bytes(bytes(raw)?).into()),
            Sql::FLOAT4 => Cell::Number(f32::from_be_bytes(bytes(raw)?).into()),
            Sql::FLOAT8 => Cell::Number(f64::from_be_bytes(bytes(raw)?)),
            Sql::NUMERIC => Cell::Number(numeric(raw)?),
            Sql::INTERVAL => Cell::Number(interval(raw)?),
            Sql::TIMESTAMP | Sql::TIMESTAMPTZ => match i64::from_be_bytes(bytes(raw)?) {
                // `infinity` and `-infinity` are no moments.
                i64::MIN | i64::MAX => Cell::Null,
                micros => Cell::Time(EPOCH + micros.div_euclid(1_000)),
            },
            Sql::DATE => match i32::from_be_bytes(bytes(raw)?) {
                i32::MIN | i32::MAX => Cell::Null,
                days => Cell::Time(EPOCH + i64::from(days) * DAY),
            },
            Sql::TIME => Cell::Text(time(i64::from_be_bytes(bytes(raw)?))),
            Sql::UUID => Cell::Text(uuid(bytes(raw)?)),
            Sql::BYTEA => Cell::Text(hexadecimal(raw)),
            Sql::VOID => Cell::Null,
            // The first byte is the version of the layout.
            Sql::JSONB => Cell::Text(str::from_utf8(raw.get(1..).unwrap_or_default())?.to_owned()),
            _ => Cell::Text(str::from_utf8(raw)?.to_owned()),
        })
    }

    fn from_sql_null(_: &Sql) -> Result<Cell, Box<dyn Error + Sync + Send>> {
        Ok(Cell::Null)
    }

    fn accepts(sql: &Sql) -> bool {
        type_of(sql).is_some()
    }
}

fn bytes<const N: usize>(raw: &[u8]) -> Result<[u8; N], Box<dyn Error + Sync + Send>> {
    raw.get(..N).and_then(|part| part.try_into().ok()).ok_or_else(|| "it is too short".into())
}

#[expect(clippy::cast_precision_loss, reason = "frames hold doubles; whoever needs each digit asks for a text")]
fn float(integer: i64) -> f64 {
    integer as f64
}

/// Digits of base 10,000, the first with the weight that the head says. Put together as text, so that the nearest double
/// is found and not one beside it.
fn numeric(raw: &[u8]) -> Result<f64, Box<dyn Error + Sync + Send>> {
    let word = |place: usize| -> Result<i16, Box<dyn Error + Sync + Send>> {
        Ok(i16::from_be_bytes(bytes(raw.get(2 * place..).unwrap_or_default())?))
    };
    let (count, weight, sign) = (word(0)?, word(1)?, word(2)?.cast_unsigned());
    match sign {
        0xC000 => return Ok(f64::NAN),
        0xD000 => return Ok(f64::INFINITY),
        0xF000 => return Ok(f64::NEG_INFINITY),
        _ => {}
    }
    let mut text = String::with_capacity(8 + 4 * usize::from(count.unsigned_abs()));
    text.push_str(if sign == 0x4000 { "-0" } else { "0" });
    for place in 0..count {
        let digit = word(4 + usize::from(place.unsigned_abs()))?;
        text.push_str(&format!("{digit:04}"));
    }
    let exponent = 4 * (i32::from(weight) + 1 - i32::from(count));
    Ok(format!("{text}e{exponent}").parse()?)
}

/// Seconds.
fn interval(raw: &[u8]) -> Result<f64, Box<dyn Error + Sync + Send>> {
    let micros = i64::from_be_bytes(bytes(raw)?);
    let days = i32::from_be_bytes(bytes(raw.get(8..).unwrap_or_default())?);
    let months = i32::from_be_bytes(bytes(raw.get(12..).unwrap_or_default())?);
    let years = f64::from(months / 12) * YEAR_SECONDS + f64::from(months % 12) * MONTH_SECONDS;
    Ok(float(micros) / 1e6 + f64::from(days) * DAY_SECONDS + years)
}

fn time(micros: i64) -> String {
    let (seconds, rest) = (micros / 1_000_000, micros % 1_000_000);
    let clock = format!("{:02}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60);
    if rest == 0 { clock } else { format!("{clock}.{rest:06}") }
}

fn uuid(bytes: [u8; 16]) -> String {
    let digits = format!("{:032x}", u128::from_be_bytes(bytes));
    [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]].join("-")
}
