//! A panel by itself, for those who take it elsewhere: what its plugin is given, and what it answers.

use vitrine_model::frame::Frame;
use vitrine_model::port::panel::{RenderRequest, Theme};
use vitrine_model::{Fault, Millis};

use crate::dashboard::Panel;
use crate::dashboard::evaluate::{Evaluator, Sight, decorate, frame};
use crate::dashboard::layout::Layout;
use crate::draw::Surroundings;
use crate::draw::look::Looked;
use crate::draw::still::Body;

impl Evaluator {
    /// The answers to the panel's queries, transformed as it wants them.
    pub async fn data(&self, layout: &Layout, panel: &Panel, now: Millis) -> Result<Vec<Frame>, Fault> {
        self.evaluations.inc();
        self.looked_at(panel, &sight(layout, panel, now)).await
    }

    /// What the panel's plugin makes of them, for a body of this size in CSS pixels.
    pub async fn view(
        &self,
        layout: &Layout,
        panel: &Panel,
        now: Millis,
        (width, height): (u32, u32),
        dark: bool,
    ) -> Result<Body, Fault> {
        self.evaluations.inc();
        let sight = sight(layout, panel, now);
        let plugin = (self.panels)(&panel.show)
            .ok_or_else(|| Fault::Invalid(format!("the panel plugin `{}` is not loaded: see the plugins page", panel.show)))?;
        let frames = self.looked_at(panel, &sight).await?;
        if panel.source.is_none() && !panel.queries.is_empty() && frames.iter().all(|frame| frame.columns.len() < 2) {
            return Ok(Body::Empty(sight.says().no_match_here.to_owned()));
        }
        let range = sight.window.shown(sight.range);
        let time_zone = sight.zone.iana_name().unwrap_or("UTC").to_owned();
        let options = panel.options.clone();
        let request = RenderRequest {
            frames,
            options,
            width,
            height,
            theme: if dark { Theme::Dark } else { Theme::Light },
            time_zone,
            range,
        };
        let mut view = plugin.render(request).await?;
        decorate::decorate(panel, &mut view);
        let annotations = self.annotations(panel, &sight, &view).await;
        let (title, language, looked) = (panel.title.clone(), sight.language, Looked::default());
        let series_links = decorate::series(panel, &view);
        let surroundings = Surroundings { title, range, zone: sight.zone, height, annotations, language, looked, series_links };
        Ok(Body::View(Box::new((view, surroundings))))
    }

    async fn looked_at(&self, panel: &Panel, sight: &Sight) -> Result<Vec<Frame>, Fault> {
        let (source, queries) = frame::asking(panel, sight)?;
        self.frames(panel, source.as_deref(), &queries, sight).await
    }
}

fn sight(layout: &Layout, panel: &Panel, now: Millis) -> Sight {
    let sight = Sight::new(layout, now);
    if panel.range.is_some() || panel.shift.millis() > 0 || panel.zone.is_some() { sight.of(panel) } else { sight }
}
