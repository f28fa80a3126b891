//! What a page adds to the markup of its panels, which is the same for all who look at the same thing: what else its address
//! says, in links and forms; and that buttons cannot be used from where it is asked for.
//!
//! Nobody's text holds a tag or a quote, so what is replaced here is the program's own.

use std::borrow::Cow;

use url::form_urlencoded::Serializer;

use crate::draw::html::Html;
use crate::draw::look::{Looked, REST, input};
use crate::draw::table::ACTION;

pub(crate) type Pairs = Vec<(String, String)>;

/// Around all panels of a page.
pub(crate) struct Around<'a> {
    /// What the panels' own links say already.
    pub(crate) scope: &'a Pairs,
    /// What the address says besides.
    pub(crate) besides: &'a Pairs,
    pub(crate) refused: bool,
}

impl Around<'_> {
    /// A panel's markup as this page has it; `others` is how other panels are looked at.
    pub(crate) fn put(&self, html: &str, others: Pairs) -> String {
        let rest: Pairs = others.into_iter().chain(self.besides.iter().cloned()).collect();
        let mut whole = Cow::Borrowed(html);
        if !rest.is_empty() && html.contains("class=\"look\"") {
            whole = Cow::Owned(whole.replace(REST, &inputs(&rest)));
            let beginning = Looked::beginning(self.scope);
            let mut more = Html::new();
            more.text(&Serializer::new(String::new()).extend_pairs(&rest).finish());
            let more = format!("{beginning}&amp;{}&amp;", more.finish());
            whole = Cow::Owned(whole.replace(&format!("{beginning}&amp;"), &more));
        }
        if self.refused {
            let refused = "<a class=\"action\" aria-disabled=\"true\" aria-describedby=\"refusal\" ";
            whole = Cow::Owned(whole.replace(ACTION, refused));
        }
        whole.into_owned()
    }
}

fn inputs(pairs: &Pairs) -> String {
    let mut html = Html::new();
    for (name, value) in pairs {
        input(&mut html, name, value);
    }
    html.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_and_forms_keep_what_else_the_address_says() {
        let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        let (scope, besides) = (vec![pair("range", "1h"), pair("var-a", "b&c")], vec![pair("kiosk", "tv")]);
        let html = format!(
            "<form class=\"look\">{REST}</form><a class=\"look\" href=\"?range=1h&amp;var-a=b%26c&amp;p0.page=2\">next</a>{ACTION}>"
        );
        let around = Around { scope: &scope, besides: &besides, refused: true };
        let page = around.put(&html, vec![pair("p1.filter", "\">")]);
        assert_eq!(
            page,
            "<form class=\"look\"><input type=\"hidden\" name=\"p1.filter\" value=\"&quot;&gt;\">\
             <input type=\"hidden\" name=\"kiosk\" value=\"tv\"></form>\
             <a class=\"look\" href=\"?range=1h&amp;var-a=b%26c&amp;p1.filter=%22%3E&amp;kiosk=tv&amp;p0.page=2\">next</a>\
             <a class=\"action\" aria-disabled=\"true\" aria-describedby=\"refusal\" >"
        );
        let plain = Around { scope: &scope, besides: &Vec::new(), refused: false };
        assert_eq!(plain.put(&html, Vec::new()), html);
    }
}
