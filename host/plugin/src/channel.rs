//! Channels as the model knows them.

use std::sync::Arc;

use async_trait::async_trait;
use vitrine_model::Fault;
use vitrine_model::notification::{Failure, Notification, Receipt};
use vitrine_model::port::channel::Channel;

use crate::capability::mail::NO_RELAY;
use crate::capability::notice::Notice;
use crate::convert::{notification as convert, weight};
use crate::grant::Right;
use crate::instance::{Instance, there};
use crate::limit::Call;

/// A configured channel.
pub struct PluginChannel(pub Arc<Instance>);

#[async_trait]
impl Channel for PluginChannel {
    async fn deliver(&self, notification: &Notification, key: &str) -> Result<Receipt, Failure> {
        if self.0.plugin.exports.delivery.is_none() {
            let reason = format!("plugin `{}` does not offer deliveries", self.0.plugin.manifest.name);
            return Err(Failure::Permanent(Fault::Invalid(reason)));
        }
        weight::fits(weight::of_notification(notification), &self.0.limits).map_err(Failure::Permanent)?;
        let notice = Notice::new(notification.clone(), key);
        let notification = convert::notification_out(notification);
        let key = key.to_owned();
        // The failure is the channel's answer, not the call's: only a fault of the call counts against the plugin.
        self.0
            .call(Call::Deliver, move |guest| {
                Box::pin(async move {
                    let delivery = there(guest.exports.delivery.as_ref())?;
                    guest.store.data_mut().notice = Some(notice);
                    let answer = delivery.call_deliver(&mut guest.store, &notification, &key).await;
                    guest.store.data_mut().notice = None;
                    let answer = answer?;
                    Ok(Ok(answer.map(convert::receipt_in).map_err(convert::failure_in)))
                })
            })
            .await
            .map_err(convert::failure_of_call)?
    }

    fn waits_for(&self) -> Option<String> {
        let needs_mail = self.0.plugin.manifest.asks_for(Right::Mail);
        (needs_mail && !self.0.runtime.has_mail()).then(|| NO_RELAY.to_owned())
    }
}
