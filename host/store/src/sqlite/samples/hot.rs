//! The hot log: one row for each append, read again only when the store opens.
//!
//! A row is a version byte, then for each sample what its series' number and its time add to those of the sample before
//! it (variable-length integers, zigzag and LEB128) and the 64 bits of its value, least significant byte first.

use rusqlite::types::ValueRef;
use rusqlite::{Connection, Transaction, params};
use vitrine_model::sample::Sample;

use super::heads::Heads;
use crate::sqlite::Trouble;
use crate::sqlite::dictionary::{Dictionary, SeriesId};

const VERSION: u8 = 1;

/// A row that cannot be read, and why.
pub(super) struct Unreadable {
    id: i64,
    reason: String,
}

/// Adds one row to the log.
pub(super) fn write(transaction: &Transaction<'_>, samples: &[(SeriesId, Sample)]) -> Result<(), Trouble> {
    if !samples.is_empty() {
        transaction.prepare_cached("INSERT INTO hot (samples) VALUES (?1)")?.execute([encode(samples)])?;
    }
    Ok(())
}

/// What the log holds of the series that are known, and the rows that cannot be read.
pub(super) fn load(connection: &Connection, dictionary: &Dictionary) -> Result<(Heads, Vec<Unreadable>), Trouble> {
    let mut heads = Heads::default();
    let mut unreadable = Vec::new();
    let mut statement = connection.prepare("SELECT id, samples FROM hot ORDER BY id")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        match read(row.get_ref(1)?, dictionary) {
            Ok(samples) => heads.add(&samples),
            Err(reason) => unreadable.push(Unreadable { id: row.get(0)?, reason }),
        }
    }
    Ok((heads, unreadable))
}

/// Moves rows out of the log's way, so that the rest serves.
pub(super) fn set_aside(transaction: &Transaction<'_>, rows: &[Unreadable]) -> Result<(), Trouble> {
    for Unreadable { id, reason } in rows {
        transaction.execute(
            "INSERT INTO hot_unreadable (samples, reason) SELECT samples, ?2 FROM hot WHERE id = ?1",
            params![id, reason],
        )?;
        let aside = transaction.last_insert_rowid();
        transaction.execute("DELETE FROM hot WHERE id = ?1", [id])?;
        tracing::warn!(
            row.id = id,
            row.aside = aside,
            "row {id} of the hot log in `samples.db` cannot be read ({reason}): its samples are missing, it is kept as row {aside} of `hot_unreadable`"
        );
    }
    Ok(())
}

fn read(row: ValueRef<'_>, dictionary: &Dictionary) -> Result<Vec<(SeriesId, Sample)>, String> {
    let ValueRef::Blob(bytes) = row else { return Err(format!("it is {} and not a blob", row.data_type())) };
    let samples = decode(bytes)?;
    match samples.iter().find(|(id, _)| !dictionary.knows(*id)) {
        Some((id, _)) => Err(format!("it names series {id}, which is not known")),
        None => Ok(samples),
    }
}

fn encode(samples: &[(SeriesId, Sample)]) -> Vec<u8> {
    // Most differences fit one or two bytes.
    let mut bytes = Vec::with_capacity(1 + samples.len() * 12);
    bytes.push(VERSION);
    let (mut id_before, mut time_before) = (0_i64, 0_i64);
    for (id, sample) in samples {
        write_integer(&mut bytes, id.wrapping_sub(id_before));
        write_integer(&mut bytes, sample.time.wrapping_sub(time_before));
        bytes.extend_from_slice(&sample.value.to_bits().to_le_bytes());
        (id_before, time_before) = (*id, sample.time);
    }
    bytes
}

fn decode(bytes: &[u8]) -> Result<Vec<(SeriesId, Sample)>, String> {
    let mut rest = match bytes.split_first() {
        Some((&VERSION, rest)) => rest,
        Some((version, _)) => return Err(format!("it is of version {version}")),
        None => return Err("it is empty".to_owned()),
    };
    let mut samples = Vec::with_capacity(rest.len() / 10);
    let (mut id, mut time) = (0_i64, 0_i64);
    while !rest.is_empty() {
        let sample = read_integer(&mut rest).zip(read_integer(&mut rest)).zip(read_value(&mut rest));
        let ((more_id, more_time), value) = sample.ok_or_else(|| format!("sample {} is cut short", samples.len() + 1))?;
        id = id.wrapping_add(more_id);
        time = time.wrapping_add(more_time);
        samples.push((id, Sample { time, value }));
    }
    Ok(samples)
}

fn write_integer(bytes: &mut Vec<u8>, number: i64) {
    // Zigzag: small negative numbers are small too.
    let mut left = ((number << 1) ^ (number >> 63)).cast_unsigned();
    while left >= 0x80 {
        bytes.push((left & 0x7f) as u8 | 0x80);
        left >>= 7;
    }
    bytes.push(left as u8);
}

fn read_integer(bytes: &mut &[u8]) -> Option<i64> {
    let mut number = 0_u64;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some((number >> 1).cast_signed() ^ -((number & 1).cast_signed()));
        }
    }
    None
}

fn read_value(bytes: &mut &[u8]) -> Option<f64> {
    let (value, rest) = bytes.split_first_chunk::<8>()?;
    *bytes = rest;
    Some(f64::from_bits(u64::from_le_bytes(*value)))
}

#[cfg(test)]
mod tests {
    use vitrine_model::sample::stale;

    use super::*;

    /// Samples with their values as bits: a NaN equals itself.
    fn plain(samples: &[(SeriesId, Sample)]) -> Vec<(SeriesId, i64, u64)> {
        samples.iter().map(|(id, sample)| (*id, sample.time, sample.value.to_bits())).collect()
    }

    #[test]
    fn a_row_returns_as_it_was_and_none_of_its_beginnings_does() {
        let rows = [
            (1, 0, 0.0),
            (2, 1_700_000_000_000, stale()),
            (i64::MAX, i64::MIN, f64::NAN),
            (1, i64::MAX, -0.0),
            (70, -1, f64::MIN_POSITIVE / 2.0),
        ];
        let samples: Vec<_> = rows.into_iter().map(|(id, time, value)| (id, Sample { time, value })).collect();
        let bytes = encode(&samples);
        assert_eq!(decode(&bytes).map(|decoded| plain(&decoded)), Ok(plain(&samples)));
        for length in 0..bytes.len() {
            let decoded = decode(&bytes[..length]).map(|decoded| plain(&decoded));
            assert!(decoded.is_err() || decoded.is_ok_and(|decoded| plain(&samples).starts_with(&decoded)), "{length}");
        }
    }

    #[test]
    fn what_is_no_row_says_why() {
        let check =
            |bytes: &[u8], expected: &str| assert_eq!(decode(bytes).map(|samples| plain(&samples)), Err(expected.to_owned()));
        check(&[], "it is empty");
        check(&[9, 1, 1], "it is of version 9");
        check(&[1, 2, 2, 0, 0], "sample 1 is cut short");
        check(&[[1].as_slice(), &[0xff; 40]].concat(), "sample 1 is cut short");
    }
}
