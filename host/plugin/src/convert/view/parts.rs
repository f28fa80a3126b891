//! Bars, slices and grids: values by what they belong to.

use vitrine_model::frame::{Frame, Values};
use vitrine_model::view::{Bars, Grid, Group, Slice, Slices};
use vitrine_model::{Fault, Labels};

use super::{threshold, within};
use crate::bindings::exported::rendering;
use crate::convert::{values_in, wrong};

const CATEGORIES: usize = 1_000;
const GROUPS: usize = 100;
const SLICES: usize = 500;
const CELLS: usize = 50_000;

/// The labels of the column that a part came from.
fn labels(origin: Option<rendering::ColumnRef>, frames: &[Frame]) -> Result<Labels, Fault> {
    let Some(place) = origin else { return Ok(Labels::new()) };
    let frame = frames.get(place.frame as usize);
    let column = frame.and_then(|frame| frame.columns.get(place.column as usize));
    let column = column.ok_or_else(|| wrong("a part of the view comes from a frame or column that there is not"))?;
    Ok(column.labels.clone())
}

pub(super) fn bars(bars: rendering::Bars, frames: &[Frame]) -> Result<Bars, Fault> {
    let categories = bars.categories.len();
    within("categories", categories, CATEGORIES)?;
    within("groups", bars.groups.len(), GROUPS)?;
    let group = |group: rendering::Group| {
        if group.values.len() != categories {
            let count = group.values.len();
            return Err(wrong(format!("group `{}` of the view has {count} values for {categories} categories", group.name)));
        }
        Ok(Group { name: group.name, labels: labels(group.origin, frames)?, values: group.values })
    };
    Ok(Bars {
        categories: bars.categories,
        groups: bars.groups.into_iter().map(group).collect::<Result<_, _>>()?,
        unit: bars.unit,
        stacked: bars.stacked,
        horizontal: bars.horizontal,
        touching: bars.touching,
        thresholds: bars.thresholds.into_iter().map(threshold).collect(),
    })
}

pub(super) fn slices(slices: rendering::Slices, frames: &[Frame]) -> Result<Slices, Fault> {
    within("slices", slices.slices.len(), SLICES)?;
    let slice =
        |slice: rendering::Slice| Ok(Slice { name: slice.name, labels: labels(slice.origin, frames)?, value: slice.value });
    let list = slices.slices.into_iter().map(slice).collect::<Result<_, Fault>>()?;
    Ok(Slices { slices: list, unit: slices.unit, hollow: slices.hollow })
}

pub(super) fn grid(grid: rendering::Grid) -> Result<Grid, Fault> {
    let (columns, rows) = (values_in(grid.columns), values_in(grid.rows));
    if !matches!(columns, Values::Times(_) | Values::Texts(_)) {
        return Err(wrong("the columns of the view's grid are neither times nor texts"));
    }
    if !matches!(rows, Values::Numbers(_) | Values::Texts(_)) {
        return Err(wrong("the rows of the view's grid are neither numbers nor texts"));
    }
    within("cells", grid.values.len(), CELLS)?;
    if columns.len().checked_mul(rows.len()) != Some(grid.values.len()) {
        let (values, columns, rows) = (grid.values.len(), columns.len(), rows.len());
        return Err(wrong(format!("the grid of the view has {values} values for {columns} columns of {rows} rows")));
    }
    Ok(Grid { columns, rows, row_unit: grid.row_unit, values: grid.values, unit: grid.unit })
}
