//! The one configured instance that lives in a store.

use std::any::Any;
use std::cell::RefCell;

use crate::Fault;

thread_local! {
    static INSTANCE: RefCell<Option<Box<dyn Any>>> = const { RefCell::new(None) };
}

pub(crate) fn set<T: 'static>(instance: T) {
    INSTANCE.with(|slot| *slot.borrow_mut() = Some(Box::new(instance)));
}

/// Lets a function use the instance; a fault where `configure` has not made one.
pub(crate) fn with<T: 'static, Answer>(act: impl FnOnce(&mut T) -> Result<Answer, Fault>) -> Result<Answer, Fault> {
    INSTANCE.with(|slot| match slot.borrow_mut().as_mut().and_then(|instance| instance.downcast_mut()) {
        Some(instance) => act(instance),
        None => Err(Fault::Internal("called before it was configured".to_owned())),
    })
}
