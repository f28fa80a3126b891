//! `export!`: makes a type the plugin's one export.

/// Exports a type: `export!(source: Weather)`, `export!(channel: Pager)`, `export!(panel: Clock)`.
///
/// Away from WebAssembly it only checks that the type implements the trait.
#[macro_export]
macro_rules! export {
    (source: $plugin:ty) => {
        #[cfg(target_arch = "wasm32")]
        const _: () = {
            type Exported = $crate::source::Export<$plugin>;
    $crate::bindings::lifecycle::export_lifecycle!(Exported with_types_in $crate::bindings::lifecycle);
    $crate::bindings::source::export_source!(Exported with_types_in $crate::bindings::source);
        };
        const _: fn() = || {
            fn implements<T: $crate::Source>() {}
            implements::<$plugin>();
        };
    };
    (channel: $plugin:ty) => {
        #[cfg(target_arch = "wasm32")]
        const _: () = {
            type Exported = $crate::channel::Export<$plugin>;
    $crate::bindings::lifecycle::export_lifecycle!(Exported with_types_in $crate::bindings::lifecycle);
    $crate::bindings::channel::export_channel!(Exported with_types_in $crate::bindings::channel);
        };
        const _: fn() = || {
            fn implements<T: $crate::Channel>() {}
            implements::<$plugin>();
        };
    };
    (panel: $plugin:ty) => {
        #[cfg(target_arch = "wasm32")]
        const _: () = {
            type Exported = $crate::panel::Export<$plugin>;
    $crate::bindings::panel::export_panel!(Exported with_types_in $crate::bindings::panel);
        };
        const _: fn() = || {
            fn implements<T: $crate::Panel>() {}
            implements::<$plugin>();
        };
    };
}
