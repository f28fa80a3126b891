//! Operators between vectors: series are matched by their labels.

use vitrine_model::Labels;

use super::combine;
use crate::QueryError;
use crate::evaluate::Run;
use crate::evaluate::group::Groups;
use crate::evaluate::notes::Braced;
use crate::evaluate::value::{Clash, Column, Gather, absent, is_absent};
use crate::syntax::tree::{Binary, Cardinality, Grouping};

/// The series of both sides, by what they match on.
struct Sides<'a> {
    /// The side that may have several series per match is called "many"; one to one, that is the left.
    swapped: bool,
    many: &'a [Column],
    groups: Groups<'a>,
    ones: Vec<Vec<&'a Column>>,
}

impl Run<'_> {
    /// Each pair of series that belong together.
    pub(super) fn matched(&self, binary: &Binary, left: &[Column], right: &[Column]) -> Result<Vec<Column>, QueryError> {
        let swapped = matches!(binary.matching.cardinality, Cardinality::OneToMany(_));
        let (many, one) = if swapped { (right, left) } else { (left, right) };
        let mut sides = Sides { swapped, many, groups: Groups::new(&binary.matching.labels), ones: Vec::new() };
        for column in one {
            let place = sides.groups.place(&column.labels);
            if place == sides.ones.len() {
                sides.ones.push(Vec::new());
            }
            sides.ones[place].push(column);
        }
        let present = sides.present(binary, self.grid.steps);
        for (place, columns) in sides.ones.iter().enumerate() {
            check_single(&sides.groups, place, columns, swapped, &present)?;
        }
        let taken = sides.taken(self.grid.steps);
        if matches!(binary.matching.cardinality, Cardinality::OneToOne) {
            sides.check_pairs()?;
        }
        let mut gather = Gather::default();
        for column in many {
            self.query.watch.check()?;
            self.pair(binary, &sides, column, &mut gather)?;
        }
        self.fill_many(binary, &sides, &taken, &mut gather)?;
        Ok(gather.finish())
    }

    /// One series of the "many" with its partners, or with what stands for one.
    fn pair(&self, binary: &Binary, sides: &Sides<'_>, column: &Column, gather: &mut Gather) -> Result<(), QueryError> {
        let partners: &[&Column] = sides.groups.find(&column.labels).map_or(&[], |place| sides.ones[place].as_slice());
        for partner in partners {
            let result = Column {
                labels: result_labels(binary, &column.labels, Some(&partner.labels)),
                drops_name: drops_name(binary, column),
                values: sides.combined(binary, &column.values, &partner.values),
            };
            add(binary, gather, result)?;
        }
        let fill = if sides.swapped { binary.matching.fill_left } else { binary.matching.fill_right };
        let Some(fill) = fill else { return Ok(()) };
        let lacks = |step: usize| partners.iter().all(|partner| is_absent(partner.values[step]));
        let stand_in: Vec<f64> = (0..self.grid.steps).map(|step| if lacks(step) { fill } else { absent() }).collect();
        let result = Column {
            labels: result_labels(binary, &column.labels, None),
            drops_name: drops_name(binary, column),
            values: sides.combined(binary, &column.values, &stand_in),
        };
        add(binary, gather, result)
    }

    /// What stands for the "many" where only the "one" is there.
    fn fill_many(&self, binary: &Binary, sides: &Sides<'_>, taken: &[Vec<bool>], gather: &mut Gather) -> Result<(), QueryError> {
        let fill = if sides.swapped { binary.matching.fill_right } else { binary.matching.fill_left };
        let Some(fill) = fill else { return Ok(()) };
        for (place, partners) in sides.ones.iter().enumerate() {
            let labels = sides.groups.labels(place);
            for partner in partners {
                let stand_in: Vec<f64> = taken[place].iter().map(|taken| if *taken { absent() } else { fill }).collect();
                let result = Column {
                    labels: result_labels(binary, &labels, Some(&partner.labels)),
                    drops_name: binary.answers_bool,
                    values: sides.combined(binary, &stand_in, &partner.values),
                };
                add(binary, gather, result)?;
            }
        }
        Ok(())
    }
}

impl Sides<'_> {
    fn combined(&self, binary: &Binary, many: &[f64], one: &[f64]) -> Vec<f64> {
        let (left, right) = if self.swapped { (one, many) } else { (many, one) };
        left.iter().zip(right).map(|(left, right)| combine(binary, *left, *right, *left)).collect()
    }

    /// At which steps there is anything to match: with nothing on one side, nothing is ambiguous.
    fn present(&self, binary: &Binary, steps: usize) -> Vec<bool> {
        let fills = binary.matching.fill_left.is_some() || binary.matching.fill_right.is_some();
        let mut present = vec![fills; steps];
        for column in self.many {
            for (present, value) in present.iter_mut().zip(&column.values) {
                *present |= !is_absent(*value);
            }
        }
        present
    }

    /// At which steps the "many" have a series for each match.
    fn taken(&self, steps: usize) -> Vec<Vec<bool>> {
        let mut taken = vec![vec![false; steps]; self.ones.len()];
        for column in self.many {
            let Some(place) = self.groups.find(&column.labels) else { continue };
            for (taken, value) in taken[place].iter_mut().zip(&column.values) {
                *taken |= !is_absent(*value);
            }
        }
        taken
    }

    /// One to one, a series has at most one partner per step, also where a comparison would let nothing through.
    fn check_pairs(&self) -> Result<(), QueryError> {
        let mut taken: Vec<Vec<bool>> = vec![Vec::new(); self.ones.len()];
        for column in self.many {
            let Some(place) = self.groups.find(&column.labels) else { continue };
            let taken = &mut taken[place];
            taken.resize(column.values.len(), false);
            for (step, _) in column.values.iter().enumerate().filter(|(_, value)| !is_absent(**value)) {
                if self.ones[place].iter().all(|partner| is_absent(partner.values[step])) {
                    continue;
                }
                if std::mem::replace(&mut taken[step], true) {
                    return Err(QueryError::Invalid(format!(
                        "multiple matches for labels: many-to-one matching must be explicit (group_left/group_right): \
                         several series on the left side match {}, so add `group_left` if that is meant, or match on more labels",
                        self.groups.labels(place)
                    )));
                }
            }
        }
        Ok(())
    }
}

fn add(binary: &Binary, gather: &mut Gather, result: Column) -> Result<(), QueryError> {
    if result.is_empty() {
        return Ok(());
    }
    gather.add(result).map_err(|Clash(labels)| {
        QueryError::Invalid(match binary.matching.cardinality {
            Cardinality::OneToOne => format!("multiple matches for labels: several results would be {labels}"),
            _ => format!(
                "multiple matches for labels: grouping labels must ensure unique matches: \
                 several results would be {labels}, the labels of the grouped side must tell them apart"
            ),
        })
    })
}

/// The side of "one" must have at most one series per match and step.
fn check_single(
    groups: &Groups<'_>,
    place: usize,
    columns: &[&Column],
    is_left: bool,
    present: &[bool],
) -> Result<(), QueryError> {
    if columns.len() < 2 {
        return Ok(());
    }
    let mut taken: Vec<Option<&Column>> = vec![None; present.len()];
    for column in columns {
        for (step, _) in column.values.iter().enumerate().filter(|(step, value)| present[*step] && !is_absent(**value)) {
            let Some(first) = taken[step].replace(column) else { continue };
            let side = if is_left { "left" } else { "right" };
            return Err(QueryError::Invalid(format!(
                "found duplicate series for the match group {} on the {side} hand-side of the operation: [{}, {}];\
                 many-to-many matching not allowed: matching labels must be unique on one side: \
                 match on more labels, or aggregate that side",
                Braced(&groups.labels(place)),
                Braced(&column.labels),
                Braced(&first.labels)
            )));
        }
    }
    Ok(())
}

/// A filter leaves the metric what it was.
fn drops_name(binary: &Binary, many: &Column) -> bool {
    binary.answers_bool || (binary.operator.is_comparison() && many.drops_name)
}

fn result_labels(binary: &Binary, many: &Labels, one: Option<&Labels>) -> Labels {
    let many = if binary.operator.is_comparison() { many.clone() } else { many.without_name() };
    match (&binary.matching.cardinality, &binary.matching.labels) {
        (Cardinality::OneToOne, Grouping::Only(names)) => many.filter(|name| names.iter().any(|wanted| wanted == name)),
        (Cardinality::OneToOne, Grouping::AllBut(names)) => many.filter(|name| !names.iter().any(|unwanted| unwanted == name)),
        // An empty value takes the label away, as it should where the side of one has none.
        (Cardinality::ManyToOne(taken) | Cardinality::OneToMany(taken), _) => {
            many.with(taken.iter().map(|name| (name.as_str(), one.and_then(|one| one.get(name)).unwrap_or(""))))
        }
    }
}
