//! OpenTelemetry's metrics, as exporters send them over HTTP: gauges, sums, histograms with explicit bounds, and summaries,
//! under the names that Prometheus's translation gives them.
//!
//! <https://opentelemetry.io/docs/specs/otlp/>, <https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/>.
//! What cannot be one of Prometheus's series (deltas, exponential histograms) is refused with the reason.

mod attribute;
mod name;
mod point;
mod resource;

#[cfg(test)]
mod tests;

use vitrine_model::push::Push;
use vitrine_model::sample::{Family, MetricKind};

use self::resource::Resource;
use super::protobuf::{Field, Message};
use super::{FAMILIES, Refusals, Unreadable};

/// Adds what a request holds to a push. `refused` counts data points.
pub fn decode(body: &[u8], push: &mut Push) -> Result<Refusals, Unreadable> {
    let mut refused = Refusals::default();
    let mut request = Message::new(body);
    while let Some((number, field)) = request.field()? {
        if number == 1 {
            resource_metrics(field.message()?, push, &mut refused)?;
        }
    }
    Ok(refused)
}

/// The answer: empty, or how much was refused and why.
pub fn answer(refused: u64, reason: Option<&str>) -> Vec<u8> {
    let Some(reason) = reason else { return Vec::new() };
    let mut partial = vec![0x08];
    write_varint(&mut partial, refused);
    partial.push(0x12);
    write_varint(&mut partial, reason.len() as u64);
    partial.extend_from_slice(reason.as_bytes());
    let mut response = vec![0x0a];
    write_varint(&mut response, partial.len() as u64);
    response.extend_from_slice(&partial);
    response
}

fn write_varint(bytes: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}

fn resource_metrics(message: Message<'_>, push: &mut Push, refused: &mut Refusals) -> Result<(), Unreadable> {
    let mut resource = Resource::default();
    let mut fields = message;
    while let Some((number, field)) = fields.field()? {
        if number == 1 {
            resource = Resource::read(field.message()?)?;
        }
    }
    let (mut fields, mut newest) = (message, None);
    while let Some((number, field)) = fields.field()? {
        if number == 2 {
            let mut scope = field.message()?;
            while let Some((number, field)) = scope.field()? {
                if number == 2 {
                    let metric = Metric::read(field.message()?)?;
                    newest = newest.max(metric.write(&resource, push, refused)?);
                }
            }
        }
    }
    match newest {
        Some(time) => resource.write(time, push, refused),
        None => Ok(()),
    }
}

/// What of a metric comes with its data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Data {
    Gauge,
    Sum,
    Histogram,
    Exponential,
    Summary,
}

#[derive(Debug)]
struct Metric<'a> {
    name: &'a str,
    description: &'a str,
    unit: &'a str,
    data: Option<(Data, Message<'a>)>,
}

impl<'a> Metric<'a> {
    fn read(mut message: Message<'a>) -> Result<Metric<'a>, Unreadable> {
        let mut metric = Metric { name: "", description: "", unit: "", data: None };
        while let Some((number, field)) = message.field()? {
            let kind = match number {
                1 => {
                    metric.name = field.text()?;
                    continue;
                }
                2 => {
                    metric.description = field.text()?;
                    continue;
                }
                3 => {
                    metric.unit = field.text()?;
                    continue;
                }
                5 => Data::Gauge,
                7 => Data::Sum,
                9 => Data::Histogram,
                10 => Data::Exponential,
                11 => Data::Summary,
                _ => continue,
            };
            metric.data = Some((kind, field.message()?));
        }
        Ok(metric)
    }

    /// Adds its points; the time of the newest.
    fn write(&self, resource: &Resource, push: &mut Push, refused: &mut Refusals) -> Result<Option<i64>, Unreadable> {
        let Some((data, message)) = self.data else { return Ok(None) };
        let (mut points, mut temporality, mut is_monotonic) = (0, None, false);
        let mut fields = message;
        while let Some((number, field)) = fields.field()? {
            match (number, field) {
                (1, Field::Bytes(_)) => points += 1,
                (2, Field::Varint(number)) => temporality = Some(number),
                (3, Field::Varint(number)) => is_monotonic = number != 0,
                _ => {}
            }
        }
        if let Some(reason) = self.hindrance(data, temporality) {
            refused.add(points, || reason);
            return Ok(None);
        }
        let name = name::metric(self.name, self.unit, data == Data::Gauge, data == Data::Sum && is_monotonic);
        self.describe(&name, data, is_monotonic, push);
        let (mut fields, mut newest) = (message, None);
        while let Some((number, field)) = fields.field()? {
            if number == 1 {
                let point = field.message()?;
                let time = match data {
                    Data::Histogram => point::histogram(point, &name, resource, push, refused)?,
                    Data::Summary => point::summary(point, &name, resource, push, refused)?,
                    _ => point::number(point, &name, resource, push, refused)?,
                };
                newest = newest.max(Some(time));
            }
        }
        Ok(newest)
    }

    fn hindrance(&self, data: Data, temporality: Option<u64>) -> Option<String> {
        const CUMULATIVE: u64 = 2;
        let name = self.name;
        match data {
            _ if name.is_empty() => Some("a metric has no name".to_owned()),
            Data::Exponential => {
                Some(format!("`{name}` is an exponential histogram, which is not stored: let the exporter use explicit bounds"))
            }
            Data::Sum | Data::Histogram if temporality != Some(CUMULATIVE) => Some(format!(
                "`{name}` is not cumulative, and only such is stored: set \
                 OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE=cumulative at the exporter"
            )),
            _ => None,
        }
    }

    fn describe(&self, name: &str, data: Data, is_monotonic: bool, push: &mut Push) {
        let kind = match data {
            Data::Sum if is_monotonic => MetricKind::Counter,
            Data::Gauge | Data::Sum => MetricKind::Gauge,
            Data::Histogram | Data::Exponential => MetricKind::Histogram,
            Data::Summary => MetricKind::Summary,
        };
        if push.families.len() < FAMILIES {
            let (help, unit) = (self.description.to_owned(), name::unit(self.unit));
            push.families.push(Family { name: name.to_owned(), kind, help, unit });
        }
    }
}
