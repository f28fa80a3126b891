//! Pictures of panels, for whoever sends them away: a mail tells more with one.

use async_trait::async_trait;

use crate::port::panel::Theme;
use crate::{Fault, Millis};

/// One panel of a dashboard, as it was to be seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PanelPicture {
    pub dashboard: String,
    pub panel: String,
    /// What its variables are, as an address says it: `var-host=web-1`.
    pub query: String,
    pub start: Millis,
    pub end: Millis,
    pub theme: Theme,
    /// CSS pixels.
    pub width: u32,
    pub height: u32,
    /// Points for each of them, in hundredths.
    pub percent: u32,
}

/// Makes them.
#[async_trait]
pub trait Pictures: Send + Sync {
    /// A PNG.
    async fn panel(&self, picture: PanelPicture) -> Result<Vec<u8>, Fault>;
}
