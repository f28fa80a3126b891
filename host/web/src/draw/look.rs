//! How somebody looks at a long panel: which page of it, sorted how, of which rows. The links and forms for it stand in the
//! panel itself, so that they work without a script.

use url::form_urlencoded::Serializer;

use crate::draw::html::Html;

/// Rows of a page, where the file does not say.
pub const USUAL_ROWS: usize = 50;

/// What an address says of one panel.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Look {
    /// The first is 0.
    pub page: usize,
    /// A column by its title.
    pub sort: Option<Sort>,
    /// A text that each row says.
    pub filter: String,
    /// The least weight of a log's line.
    pub level: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Sort {
    pub by: String,
    pub descending: bool,
}

impl Look {
    /// As an address says it, for a panel of this id.
    pub fn pairs(&self, id: &str) -> Vec<(String, String)> {
        let mut pairs = Vec::new();
        let mut add = |key: &str, value: String| pairs.push((format!("{id}.{key}"), value));
        if self.page > 0 {
            add("page", (self.page + 1).to_string());
        }
        if let Some(Sort { by, descending }) = &self.sort {
            add("sort", if *descending { format!("-{by}") } else { by.clone() });
        }
        if !self.filter.is_empty() {
            add("filter", self.filter.clone());
        }
        if !self.level.is_empty() {
            add("level", self.level.clone());
        }
        pairs
    }
}

/// A panel that can be looked at in several ways, and how it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Looked {
    /// The panel's; where it is empty, nobody can choose.
    pub id: String,
    /// What an address says of all else.
    pub scope: Vec<(String, String)>,
    pub look: Look,
    /// Rows of a page.
    pub rows: usize,
}

/// What stands in a form where a page adds what else its address says.
pub(crate) const REST: &str = "<i hidden class=\"rest\"></i>";

impl Looked {
    pub(crate) fn can_choose(&self) -> bool {
        !self.id.is_empty()
    }

    /// What follows an address's path to look at it in another way.
    fn query(&self, look: &Look) -> String {
        let pairs = look.pairs(&self.id);
        // Without any of its own, the first page must still be asked for.
        let first = pairs.is_empty().then(|| (format!("{}.page", self.id), "1".to_owned()));
        Serializer::new(String::new()).extend_pairs(&self.scope).extend_pairs(pairs.into_iter().chain(first)).finish()
    }

    /// How each of these links begins, as it stands in a page.
    pub(crate) fn beginning(scope: &[(String, String)]) -> String {
        let mut html = Html::new();
        html.raw("href=\"?").text(&Serializer::new(String::new()).extend_pairs(scope).finish());
        html.finish()
    }

    pub(crate) fn link(&self, html: &mut Html, look: &Look, rel: &'static str, title: &str) {
        html.raw("<a class=\"look\" rel=\"")
            .raw(rel)
            .raw("\" href=\"?")
            .text(&self.query(look))
            .raw("\">")
            .text(title)
            .raw("</a>");
    }

    /// The start of a form that asks for the first page of what its fields say, sorted as before; and the field for a text.
    pub(crate) fn form(&self, html: &mut Html, label: &str, word: &str) {
        html.raw("<form class=\"look\" method=\"get\" role=\"search\" aria-label=\"").text(label).raw("\">").raw(REST);
        let sort = Look { sort: self.look.sort.clone(), ..Look::default() };
        for (name, value) in self.scope.iter().cloned().chain(sort.pairs(&self.id)) {
            input(html, &name, &value);
        }
        html.raw("<input type=\"search\" autocomplete=\"off\" spellcheck=\"false\" maxlength=\"200\" aria-label=\"").text(label);
        html.raw("\" placeholder=\"").text(word).raw("\" name=\"").text(&self.id).raw(".filter\" value=\"");
        html.text(&self.look.filter).raw("\">");
    }
}

/// A field that nobody sees.
pub(crate) fn input(html: &mut Html, name: &str, value: &str) {
    html.raw("<input type=\"hidden\" name=\"").text(name).raw("\" value=\"").text(value).raw("\">");
}
