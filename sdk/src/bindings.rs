//! What `wit/` says, as Rust. Generated: the rest of the crate gives it a friendlier face.
//!
//! Types and imports are generated once, in `shared`; each kind's world only adds its own exports, so that a label
//! or a fault is the same type everywhere.

#![allow(missing_debug_implementations, clippy::all, clippy::allow_attributes, reason = "generated")]

pub mod shared {
    wit_bindgen::generate!({
        inline: "
            package vitrine:sdk;
            world capabilities {
                import vitrine:plugin/types@0.1.0;
                import vitrine:plugin/log@0.1.0;
                import vitrine:plugin/clock@0.1.0;
                import vitrine:plugin/http@0.1.0;
                import vitrine:plugin/system@0.1.0;
                import vitrine:plugin/sql@0.1.0;
                import vitrine:plugin/files@0.1.0;
                import vitrine:plugin/mail@0.1.0;
                import vitrine:plugin/state@0.1.0;
                import vitrine:plugin/metrics@0.1.0;
                import vitrine:plugin/notice@0.1.0;
            }
        ",
        path: "wit",
        generate_all,
        generate_unused_types: true,
        pub_export_macro: true,
        export_macro_name: "export_nothing",
        additional_derives: [PartialEq],
    });
}

/// Of sources and channels alike: generated once, because its macro lands at the crate's root. `wit-component` unites
/// the worlds that one plugin exports.
pub mod lifecycle {
    wit_bindgen::generate!({
        inline: "
            package vitrine:sdk;
            world configured { export vitrine:plugin/lifecycle@0.1.0; }
        ",
        path: "wit",
        pub_export_macro: true,
        export_macro_name: "export_lifecycle",
        generate_all,
        with: { "vitrine:plugin/types@0.1.0": super::shared::vitrine::plugin::types },
    });
}

pub mod source {
    wit_bindgen::generate!({
        inline: "
            package vitrine:sdk;
            world source {
                export vitrine:plugin/collector@0.1.0;
                export vitrine:plugin/queryable@0.1.0;
                export vitrine:plugin/actions@0.1.0;
                export vitrine:plugin/logs@0.1.0;
            }
        ",
        path: "wit",
        pub_export_macro: true,
        export_macro_name: "export_source",
        additional_derives: [PartialEq],
        generate_all,
        with: { "vitrine:plugin/types@0.1.0": super::shared::vitrine::plugin::types },
    });
}

pub mod channel {
    wit_bindgen::generate!({
        inline: "
            package vitrine:sdk;
            world channel { export vitrine:plugin/delivery@0.1.0; }
        ",
        path: "wit",
        pub_export_macro: true,
        export_macro_name: "export_channel",
        additional_derives: [PartialEq],
        generate_all,
        with: { "vitrine:plugin/types@0.1.0": super::shared::vitrine::plugin::types },
    });
}

pub mod panel {
    wit_bindgen::generate!({
        inline: "
            package vitrine:sdk;
            world panel { export vitrine:plugin/rendering@0.1.0; }
        ",
        path: "wit",
        pub_export_macro: true,
        export_macro_name: "export_panel",
        additional_derives: [PartialEq],
        generate_all,
        with: { "vitrine:plugin/types@0.1.0": super::shared::vitrine::plugin::types },
    });
}
