//! What stands around each message: the head with its sheet, and the table that holds all.

pub(super) const HEAD: &str = r#"<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">
<meta name="x-apple-disable-message-reformatting"><meta name="format-detection" content="telephone=no,date=no,address=no,email=no,url=no">
<title>"#;

pub(super) const SHEET: &str = r#"</title>
<style>
:root { color-scheme: light dark; supported-color-schemes: light dark; }
@media (max-width: 480px) {
  .outer { padding: 12px 8px !important; } .inner { padding: 16px 14px 18px !important; }
  .button { display: block !important; margin: 0 0 10px !important; text-align: center !important; }
}
@media (prefers-color-scheme: dark) {
  body, .ground { background: #131517 !important; color: #e6e8ea !important; }
  .card { background: #1d2023 !important; border-color: #31373d !important; color: #e6e8ea !important; }
  .quiet { color: #a3abb3 !important; } .line { border-color: #31373d !important; } .link { color: #8ab4f8 !important; }
  .button { background: #1d2023 !important; border-color: #4a525a !important; color: #e6e8ea !important; }
  .first { background: #2c68c4 !important; border-color: #2c68c4 !important; color: #ffffff !important; }
  .stripe-alarm { background: #ef5350 !important; } .pill-alarm { background: #40211f !important; color: #ff9d94 !important; } .ink-alarm { color: #ff9d94 !important; }
  .stripe-warning { background: #f0a030 !important; } .pill-warning { background: #3a2b12 !important; color: #ffc875 !important; } .ink-warning { color: #ffc875 !important; }
  .stripe-notice { background: #5b94ea !important; } .pill-notice { background: #1c2c45 !important; color: #9dc0fa !important; } .ink-notice { color: #9dc0fa !important; }
  .stripe-calm { background: #4f9d57 !important; } .pill-calm { background: #1a321d !important; color: #8fd19a !important; } .ink-calm { color: #8fd19a !important; }
  .in-light { display: none !important; } .in-dark { display: block !important; max-height: none !important; overflow: visible !important; }
}
</style></head>
<body class="ground" style="margin:0;padding:0;background:#eef0f2;color:#1c2126;font:15px/22px system-ui,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif">
"#;

pub(super) const BEGIN: &str = r#"<div role="main"><table role="presentation" class="ground" width="100%" cellpadding="0" cellspacing="0" style="background:#eef0f2;color:#1c2126"><tr><td class="outer" align="center" style="padding:24px 12px;font:15px/22px system-ui,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:600px;text-align:left">
"#;

pub(super) const END: &str = "</table></td></tr></table></div></body></html>\n";
