//! Panels as the model knows them.

use std::sync::Arc;

use async_trait::async_trait;
use vitrine_model::Fault;
use vitrine_model::port::panel::{Panel, RenderRequest, Theme};
use vitrine_model::view::View;

use crate::bindings::exported::rendering;
use crate::convert;
use crate::instance::{Instance, there};
use crate::limit::Call;

/// A panel plugin, ready.
pub struct PluginPanel(pub Arc<Instance>);

#[async_trait]
impl Panel for PluginPanel {
    async fn render(&self, request: RenderRequest) -> Result<View, Fault> {
        if self.0.plugin.exports.rendering.is_none() {
            return Err(Fault::Invalid(format!("plugin `{}` does not render", self.0.plugin.manifest.name)));
        }
        let weight = request.frames.iter().map(convert::weight::of_frame).sum::<usize>() + request.options.len();
        convert::weight::fits(weight, &self.0.limits)?;
        let frames = request.frames;
        let asked = rendering::Request {
            frames: frames.iter().map(convert::frame_out).collect(),
            options: request.options,
            width: request.width,
            height: request.height,
            theme: match request.theme {
                Theme::Light => rendering::Theme::Light,
                Theme::Dark => rendering::Theme::Dark,
            },
            time_zone: request.time_zone,
            range: convert::range_out(request.range),
        };
        self.0
            .call(Call::Render, move |guest| {
                Box::pin(async move {
                    let panel = there(guest.exports.rendering.as_ref())?;
                    let answer = panel.call_render(&mut guest.store, &asked).await?;
                    Ok(answer.map_err(convert::fault).and_then(|view| convert::view::view(view, &frames)))
                })
            })
            .await
    }
}
