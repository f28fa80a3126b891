//! Samples that came in whatever order, put in order of time; of those of one moment, the last word stays.

use vitrine_model::Millis;

#[derive(Debug, Default)]
pub(super) struct Sorter {
    order: Vec<u32>,
    times: Vec<Millis>,
    values: Vec<f64>,
}

impl Sorter {
    /// Does nothing where times ascend already.
    pub(super) fn sort(&mut self, times: &mut Vec<Millis>, values: &mut Vec<f64>) {
        if times.is_sorted_by(|a, b| a < b) {
            return;
        }
        self.order.clear();
        self.order.extend(0..times.len() as u32);
        // Stable: what came later stays behind what came before it.
        self.order.sort_by_key(|place| times[*place as usize]);
        self.times.clear();
        self.values.clear();
        for place in &self.order {
            let (time, value) = (times[*place as usize], values[*place as usize]);
            match (self.times.last(), self.values.last_mut()) {
                (Some(last), Some(kept)) if *last == time => *kept = value,
                _ => {
                    self.times.push(time);
                    self.values.push(value);
                }
            }
        }
        std::mem::swap(times, &mut self.times);
        std::mem::swap(values, &mut self.values);
    }
}
