//! Panels: whatever turns frames into a view.

use async_trait::async_trait;

use crate::Fault;
use crate::frame::{Frame, TimeRange};
use crate::view::View;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Theme {
    Light,
    Dark,
}

/// What a panel is given. The same request gives the same view.
#[derive(Debug, Clone, PartialEq)]
pub struct RenderRequest {
    pub frames: Vec<Frame>,
    /// JSON.
    pub options: String,
    /// CSS pixels.
    pub width: u32,
    pub height: u32,
    pub theme: Theme,
    /// An IANA name.
    pub time_zone: String,
    pub range: TimeRange,
}

/// One panel plugin.
#[async_trait]
pub trait Panel: Send + Sync {
    async fn render(&self, request: RenderRequest) -> Result<View, Fault>;
}
