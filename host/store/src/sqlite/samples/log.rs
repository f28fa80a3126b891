//! The hot log: one row for each commit, read again only when the store opens.
//!
//! A row is a version byte, CRC-32 of the rest, and columns: count, what each series' number adds to the one before, the
//! same of times (variable length, zigzag), how many bytes of each value are not zero at its end (four bits each), and
//! these bytes, most significant first: whole numbers and short fractions have few.

use std::collections::VecDeque;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, Transaction, params};
use vitrine_model::Millis;

use super::SeriesId;
use super::codec::varint::{get, get_signed, put, put_signed};
use crate::sqlite::Trouble;

const VERSION: u8 = 2;
/// A row before there were columns: for each sample series, time and value.
const VERSION_OF_ROWS: u8 = 1;

/// Samples as columns.
#[derive(Debug, Default)]
pub(super) struct Columns {
    pub(super) series: Vec<SeriesId>,
    pub(super) times: Vec<Millis>,
    pub(super) values: Vec<f64>,
}

/// The rows there are, and the newest time in each.
#[derive(Debug, Default)]
pub(super) struct Log {
    rows: VecDeque<(i64, Millis)>,
    pub(super) bytes: usize,
}

impl Log {
    pub(super) fn add(&mut self, row: i64, columns: &Columns, bytes: usize) {
        self.rows.push_back((row, columns.times.iter().copied().max().unwrap_or(Millis::MIN)));
        self.bytes += bytes;
    }

    /// The last of the rows at the front that hold nothing from `before` on.
    pub(super) fn done(&self, before: Millis, last: i64) -> Option<i64> {
        let done = self.rows.iter().take_while(|(row, newest)| *row <= last && *newest < before);
        done.last().map(|(row, _)| *row)
    }

    pub(super) fn last(&self) -> i64 {
        self.rows.back().map_or(0, |(row, _)| *row)
    }

    pub(super) fn drop_through(&mut self, row: i64) {
        let left = self.rows.partition_point(|(other, _)| *other <= row);
        let gone = self.rows.drain(..left).count();
        let share = if gone + self.rows.len() == 0 { 0 } else { self.bytes / (gone + self.rows.len()) };
        self.bytes = if self.rows.is_empty() { 0 } else { self.bytes.saturating_sub(share * gone) };
    }
}

/// A row that cannot be read, and why.
pub(super) struct Unreadable {
    id: i64,
    reason: String,
}

/// Adds one row; its number.
pub(super) fn write(transaction: &Transaction<'_>, bytes: &[u8]) -> Result<i64, Trouble> {
    transaction.prepare_cached("INSERT INTO hot (samples) VALUES (?1)")?.execute([bytes])?;
    Ok(transaction.last_insert_rowid())
}

/// Gives `take` each row of the series that are known; answers those that cannot be read.
pub(super) fn load(
    connection: &Connection,
    known: impl Fn(SeriesId) -> bool,
    mut take: impl FnMut(i64, &Columns, usize),
) -> Result<Vec<Unreadable>, Trouble> {
    let mut unreadable = Vec::new();
    let mut statement = connection.prepare("SELECT id, samples FROM hot ORDER BY id")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let id = row.get(0)?;
        match read(row.get_ref(1)?, &known) {
            Ok((columns, bytes)) => take(id, &columns, bytes),
            Err(reason) => unreadable.push(Unreadable { id, reason }),
        }
    }
    Ok(unreadable)
}

/// Moves rows out of the log's way, so that the rest serves.
pub(super) fn set_aside(transaction: &Transaction<'_>, rows: &[Unreadable]) -> Result<(), Trouble> {
    for Unreadable { id, reason } in rows {
        transaction.execute(
            "INSERT INTO set_aside (place, number, data, reason) SELECT 'hot', id, samples, ?2 FROM hot WHERE id = ?1",
            params![id, reason],
        )?;
        let aside = transaction.last_insert_rowid();
        transaction.execute("DELETE FROM hot WHERE id = ?1", [id])?;
        tracing::warn!(
            row.id = id,
            row.aside = aside,
            "row {id} of the hot log in `samples.db` cannot be read ({reason}): its samples are missing, it is kept as row {aside} of `set_aside`"
        );
    }
    Ok(())
}

fn read(row: ValueRef<'_>, known: impl Fn(SeriesId) -> bool) -> Result<(Columns, usize), String> {
    let ValueRef::Blob(bytes) = row else { return Err(format!("it is {} and not a blob", row.data_type())) };
    let columns = decode(bytes)?;
    match columns.series.iter().find(|id| !known(**id)) {
        Some(id) => Err(format!("it names series {id}, which is not known")),
        None => Ok((columns, bytes.len())),
    }
}

pub(super) fn encode(columns: &Columns, bytes: &mut Vec<u8>) {
    bytes.clear();
    bytes.extend_from_slice(&[VERSION, 0, 0, 0, 0]);
    put(bytes, columns.series.len() as u64);
    let mut before = 0;
    for id in &columns.series {
        put_signed(bytes, i64::from(*id) - before);
        before = i64::from(*id);
    }
    let mut before = 0_i64;
    for time in &columns.times {
        put_signed(bytes, time.wrapping_sub(before));
        before = *time;
    }
    let lengths = bytes.len();
    bytes.resize(lengths + columns.values.len().div_ceil(2), 0);
    let mut end = bytes.len();
    bytes.resize(end + columns.values.len() * 8, 0);
    for (place, value) in columns.values.iter().enumerate() {
        let bits = value.to_bits();
        let length = 8 - (bits.trailing_zeros() / 8).min(8) as usize;
        bytes[end..end + 8].copy_from_slice(&bits.to_be_bytes());
        bytes[lengths + place / 2] |= (length as u8) << (place % 2 * 4);
        end += length;
    }
    bytes.truncate(end);
    let checksum = crc32fast::hash(&bytes[5..]).to_le_bytes();
    bytes[1..5].copy_from_slice(&checksum);
}

pub(super) fn decode(bytes: &[u8]) -> Result<Columns, String> {
    match bytes.split_first() {
        Some((&VERSION, rest)) => decode_columns(rest),
        Some((&VERSION_OF_ROWS, rest)) => decode_rows(rest),
        Some((version, _)) => Err(format!("it is of version {version}")),
        None => Err("it is empty".to_owned()),
    }
}

fn decode_columns(bytes: &[u8]) -> Result<Columns, String> {
    let Some((checksum, mut rest)) = bytes.split_first_chunk::<4>() else { return Err("it is cut short".to_owned()) };
    if crc32fast::hash(rest) != u32::from_le_bytes(*checksum) {
        return Err("its checksum is wrong".to_owned());
    }
    columns(&mut rest).ok_or_else(|| "it is cut short".to_owned())
}

fn columns(rest: &mut &[u8]) -> Option<Columns> {
    let count = usize::try_from(get(rest)?).ok().filter(|count| *count <= rest.len())?;
    let mut columns = Columns::default();
    let mut id = 0_i64;
    for _ in 0..count {
        id += get_signed(rest)?;
        columns.series.push(SeriesId::try_from(id).ok()?);
    }
    let mut time = 0_i64;
    for _ in 0..count {
        time = time.wrapping_add(get_signed(rest)?);
        columns.times.push(time);
    }
    let (lengths, mut values) = rest.split_at_checked(count.div_ceil(2))?;
    for place in 0..count {
        let length = usize::from(lengths[place / 2] >> (place % 2 * 4) & 15);
        let (value, left) = values.split_at_checked(length)?;
        values = left;
        let mut eight = [0; 8];
        eight.get_mut(..length)?.copy_from_slice(value);
        columns.values.push(f64::from_bits(u64::from_be_bytes(eight)));
    }
    Some(columns)
}

fn decode_rows(mut rest: &[u8]) -> Result<Columns, String> {
    let mut columns = Columns::default();
    let (mut id, mut time) = (0_i64, 0_i64);
    while !rest.is_empty() {
        let sample = get_signed(&mut rest).zip(get_signed(&mut rest)).zip(rest.split_first_chunk::<8>());
        let cut = || format!("sample {} is cut short", columns.times.len() + 1);
        let ((more_id, more_time), (value, left)) = sample.ok_or_else(cut)?;
        rest = left;
        id = id.wrapping_add(more_id);
        time = time.wrapping_add(more_time);
        columns.series.push(SeriesId::try_from(id).map_err(|_| format!("it names series {id}, which is not known"))?);
        columns.times.push(time);
        columns.values.push(f64::from_bits(u64::from_le_bytes(*value)));
    }
    Ok(columns)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn plain(columns: &Columns) -> Vec<(SeriesId, Millis, u64)> {
        let rows = columns.series.iter().zip(&columns.times).zip(&columns.values);
        rows.map(|((id, time), value)| (*id, *time, value.to_bits())).collect()
    }

    proptest! {
        #[test]
        fn a_row_returns_as_it_was_and_a_changed_one_is_found(
            samples in prop::collection::vec((any::<u32>(), any::<i64>(), any::<u64>(), any::<bool>()), 0..60),
            place in any::<prop::sample::Index>(),
        ) {
            let mut columns = Columns::default();
            for (id, time, bits, short) in samples {
                columns.series.push(id);
                columns.times.push(time);
                columns.values.push(f64::from_bits(if short { bits << 48 } else { bits }));
            }
            let mut bytes = Vec::new();
            encode(&columns, &mut bytes);
            prop_assert_eq!(decode(&bytes).map(|decoded| plain(&decoded)), Ok(plain(&columns)));
            let place = place.index(bytes.len());
            bytes[place] ^= 0x40;
            prop_assert!(decode(&bytes).is_err());
            prop_assert!(decode(&bytes[..place]).is_err());
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..100)) {
            let _ = decode(&bytes);
            let _ = columns(&mut bytes.as_slice());
        }
    }
}
