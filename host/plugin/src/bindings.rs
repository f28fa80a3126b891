//! What wasmtime makes of `wit/`: one world with every import and every export.
//!
//! A component offers only some of the exports; each is looked up by its interface, see [`crate::plugin`].

wasmtime::component::bindgen!({
    path: "../../wit",
    inline: "
        package vitrine:host;

        world everything {
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

            export vitrine:plugin/lifecycle@0.1.0;
            export vitrine:plugin/collector@0.1.0;
            export vitrine:plugin/queryable@0.1.0;
            export vitrine:plugin/actions@0.1.0;
            export vitrine:plugin/logs@0.1.0;
            export vitrine:plugin/delivery@0.1.0;
            export vitrine:plugin/rendering@0.1.0;
        }
    ",
    imports: {
        "vitrine:plugin/http.send": async,
        "vitrine:plugin/http.send-sealed": async,
        "vitrine:plugin/system.read": async,
        "vitrine:plugin/mail.send": async,
        "vitrine:plugin/sql.query": async,
        "vitrine:plugin/files.read": async,
        "vitrine:plugin/files.entries": async,
        "vitrine:plugin/state.get": async,
        "vitrine:plugin/state.set": async,
        "vitrine:plugin/state.delete": async,
        "vitrine:plugin/state.keys": async,
        "vitrine:plugin/notice.picture": async,
        "vitrine:plugin/notice.told": async,
        "vitrine:plugin/notice.reached": async,
    },
    exports: { default: async },
});

pub(crate) use exports::vitrine::plugin as exported;
pub(crate) use vitrine::plugin as imported;
