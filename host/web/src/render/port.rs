//! Pictures for those who know neither pages nor plugins: a mail shows the panel that it is about.

use async_trait::async_trait;
use url::form_urlencoded;
use vitrine_model::Fault;
use vitrine_model::port::panel::Theme;
use vitrine_model::port::pictures::{PanelPicture, Pictures};

use crate::dashboard::scope::{Asked, Moment, Time};
use crate::render::{Format, Look, Problem, Wanted};
use crate::web::Web;

#[async_trait]
impl Pictures for Web {
    async fn panel(&self, picture: PanelPicture) -> Result<Vec<u8>, Fault> {
        let time = Time { from: Moment::At(picture.start), to: Moment::At(picture.end) };
        let look = Look {
            format: Format::Png,
            dark: picture.theme == Theme::Dark,
            width: Some(picture.width),
            height: Some(picture.height),
            percent: Some(picture.percent),
        };
        // The same bounds as for an address.
        let look = Look::parse(Format::Png, &look.pairs()).map_err(Fault::Invalid)?;
        let pairs: Vec<(String, String)> = form_urlencoded::parse(picture.query.as_bytes()).into_owned().collect();
        let asked = Asked { time: Some(time), ..Asked::parse(&pairs).map_err(Fault::Invalid)? };
        let wanted = Wanted { dashboard: picture.dashboard, panel: Some(picture.panel), asked, look };
        match self.picture(&wanted).await {
            Ok(made) => Ok(made.bytes.to_vec()),
            Err(Problem::Busy(reason)) => Err(Fault::Busy(reason)),
            Err(Problem::Broken(reason)) => Err(Fault::Internal(reason)),
            Err(Problem::Missing(reason) | Problem::TooLarge(reason)) => Err(Fault::Invalid(reason)),
        }
    }
}
