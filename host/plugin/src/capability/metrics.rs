//! `metrics`: the plugin's own counters and gauges on the host's page, under names that are the host's to give.

use crate::bindings::imported::metrics::{Fault, Host, Label};
use crate::context::Context;
use crate::grant::Right;
use crate::metrics::custom::{Labels, Refused};

impl Host for Context {
    fn count(&mut self, name: String, labels: Vec<Label>, by: f64) -> Result<(), Fault> {
        self.granted()?;
        let taken = self.own.series.count(&name, pairs(labels), by);
        taken.map_err(|refused| self.sorted(refused))
    }

    fn gauge(&mut self, name: String, labels: Vec<Label>, value: f64) -> Result<(), Fault> {
        self.granted()?;
        let taken = self.own.series.gauge(&name, pairs(labels), value);
        taken.map_err(|refused| self.sorted(refused))
    }
}

impl Context {
    fn granted(&mut self) -> Result<(), Fault> {
        self.require(Right::Metrics).map_err(Fault::Denied)
    }

    fn sorted(&mut self, refused: Refused) -> Fault {
        match refused {
            Refused::Wrong(reason) => Fault::Internal(reason),
            Refused::Full(reason) => {
                self.refuse("metrics", &reason);
                Fault::Denied(reason)
            }
        }
    }
}

fn pairs(labels: Vec<Label>) -> Labels {
    labels.into_iter().map(|label| (label.name, label.value)).collect()
}
