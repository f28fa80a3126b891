//! What a rollup says of its samples, and that it is not believed once it is damaged.

use super::*;

const STEP: Millis = 300_000;

fn columns(samples: &[(Millis, f64)]) -> Vec<u8> {
    let (times, values): (Vec<Millis>, Vec<f64>) = samples.iter().copied().unzip();
    let (mut columns, mut bytes) = (Columns::default(), Vec::new());
    columns.fill(STEP, &times, &values);
    columns.encode(&mut Coder::default(), &mut bytes);
    bytes
}

fn read(bytes: &[u8], column: usize) -> Result<(Vec<Millis>, Vec<f64>), &'static str> {
    let (mut times, mut values) = (vec![-1], vec![-1.0]);
    let outcome = decode(bytes, column, (&mut Coder::default(), &mut Vec::new()), &mut times, &mut values);
    assert!(outcome.is_ok() || (times.len(), values.len()) == (1, 1), "a part of it stayed");
    outcome.map(|()| (times.split_off(1), values.split_off(1)))
}

#[test]
fn each_span_is_open_on_the_left_and_has_five_figures() {
    let bytes = columns(&[(0, 9.0), (1, 4.0), (7, 2.0), (STEP, 3.5), (STEP + 1, -1.0), (3 * STEP, 8.0)]);
    let times = vec![0, STEP, STEP + 1, 3 * STEP];
    for (column, figures) in [
        (LAST, [9.0, 3.5, -1.0, 8.0]),
        (LEAST, [9.0, 2.0, -1.0, 8.0]),
        (GREATEST, [9.0, 4.0, -1.0, 8.0]),
        (COUNT, [1.0, 3.0, 1.0, 1.0]),
        (SUM, [9.0, 9.5, -1.0, 8.0]),
    ] {
        assert_eq!(read(&bytes, column), Ok((times.clone(), figures.to_vec())), "column {column}");
    }
}

#[test]
fn stale_markers_are_last_and_nothing_else() {
    let bytes = columns(&[(1, 4.0), (2, f64::NAN), (3, stale()), (STEP + 1, stale()), (2 * STEP + 1, f64::NAN)]);
    let bits = |column: usize| -> Vec<u64> {
        let (_, values) = read(&bytes, column).unwrap_or_default();
        values.into_iter().map(f64::to_bits).collect()
    };
    let (stale, nan) = (stale().to_bits(), f64::NAN.to_bits());
    assert_eq!(bits(LAST), [stale, stale, nan]);
    assert_eq!(bits(LEAST), [4.0_f64.to_bits(), stale, nan]);
    assert_eq!(bits(GREATEST), [4.0_f64.to_bits(), stale, nan]);
    assert_eq!(bits(COUNT), [2, 0, 1].map(|count| f64::from(count).to_bits()));
}

#[test]
fn what_is_damaged_is_not_believed() {
    let samples: Vec<(Millis, f64)> = (0..900).map(|minute| (minute * 60_000, (minute % 17) as f64)).collect();
    let bytes = columns(&samples);
    assert!(read(&bytes, GREATEST).is_ok());
    assert!(read(&bytes[..9], LAST).is_err() && read(&[], LEAST).is_err());
    for place in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[place] ^= 0x10;
        assert!((0..=SUM).any(|column| read(&damaged, column).is_err()), "byte {place}");
    }
}
