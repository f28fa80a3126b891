//! Raw words → checked manifest; every mistake with its place and a remedy.

use std::collections::BTreeMap;

use serde_json::Value;
use toml::Spanned;

use super::{ANY_HOST, Capability, Kind, Manifest, Offer, OptionSchema, Right, Secret, Test, raw};
use crate::api::{API, APIS, remedy};
use crate::problem::{ManifestError, Problem};

/// Above this a plugin is asking for a server, not for a sandbox.
const LARGEST_MEMORY_MIB: u32 = 1024;

const LONGEST_TEXT: usize = 500;

pub(super) fn check(text: &str, raw: raw::Manifest) -> Result<Manifest, ManifestError> {
    let mut checker = Checker { text, problems: Vec::new() };
    let kind = *raw.kind.get_ref();
    let offers = checker.offers(kind, &raw);
    let asks_http = raw.rights.contains_key(&Capability::Http);
    let manifest = Manifest {
        name: checker.name(raw.name),
        kind,
        version: checker.version(raw.version),
        api: raw.api.map_or_else(|| API.to_owned(), |api| checker.api(api)),
        title: checker.sentence("title", raw.title),
        description: checker.sentence("description", raw.description),
        offers,
        rights: checker.rights(kind, raw.rights),
        secrets: checker.secrets(asks_http, raw.secrets),
        memory_mib: raw.limits.memory_mib.map(|memory| checker.memory(memory)),
        options: checker.options(raw.options),
        test: checker.test(raw.test),
    };
    match checker.problems.is_empty() {
        true => Ok(manifest),
        false => Err(ManifestError { problems: checker.problems }),
    }
}

struct Checker<'a> {
    text: &'a str,
    problems: Vec<Problem>,
}

impl Checker<'_> {
    fn problem<T>(&mut self, place: &Spanned<T>, reason: impl Into<String>, hint: impl Into<String>) {
        self.problems.push(Problem::at(self.text, place.span(), reason).hint(hint));
    }

    fn name(&mut self, name: Spanned<String>) -> String {
        let word = name.get_ref();
        let known = |character: char| character.is_ascii_lowercase() || character.is_ascii_digit() || character == '-';
        if word.is_empty() || word.len() > 64 || !word.chars().all(known) || word.starts_with('-') {
            self.problem(&name, format!("`{word}` is not a plugin's name"), "use a-z, 0-9 and hyphens, at most 64");
        }
        name.into_inner()
    }

    fn version(&mut self, version: Spanned<String>) -> String {
        let parts: Vec<&str> = version.get_ref().splitn(3, '.').collect();
        let number = |part: &&str| !part.is_empty() && part.chars().all(|character| character.is_ascii_digit());
        let patch = parts.get(2).map(|part| part.split(['-', '+']).next().unwrap_or_default());
        if parts.len() != 3 || !parts[..2].iter().all(number) || !patch.as_ref().is_some_and(number) {
            let reason = format!("`{}` is not a version", version.get_ref());
            self.problem(&version, reason, "write it as \"1.2.3\"");
        }
        version.into_inner()
    }

    fn api(&mut self, api: Spanned<String>) -> String {
        if !APIS.contains(&api.get_ref().as_str()) {
            let reason = format!(
                "the plugin asks for version {} of vitrine:plugin, and this host takes {}",
                api.get_ref(),
                APIS.join(", ")
            );
            self.problem(&api, reason, remedy(api.get_ref()));
        }
        api.into_inner()
    }

    fn sentence(&mut self, key: &str, sentence: Spanned<String>) -> String {
        let length = sentence.get_ref().trim().chars().count();
        if length == 0 || length > LONGEST_TEXT {
            let reason = format!("`{key}` holds {length} characters");
            self.problem(&sentence, reason, format!("write one sentence of at most {LONGEST_TEXT}"));
        }
        sentence.into_inner()
    }

    fn offers(&mut self, kind: Kind, raw: &raw::Manifest) -> Vec<Offer> {
        match (&raw.offers, kind) {
            (Some(offers), Kind::DataSource) if offers.get_ref().is_empty() => {
                self.problem(
                    offers,
                    "a data source that offers nothing",
                    "name at least one of collector, queryable, actions, logs",
                );
            }
            (None, Kind::DataSource) => {
                self.problem(&raw.kind, "a data source needs `offers`", "add `offers = [\"collector\"]`");
            }
            (Some(offers), Kind::AlertChannel | Kind::Panel) => {
                self.problem(offers, format!("`offers` is for data sources, this is a {kind}"), "remove the line");
            }
            (Some(_), Kind::DataSource) | (None, _) => {}
        }
        raw.offers.as_ref().map(|offers| offers.get_ref().clone()).unwrap_or_default()
    }

    fn rights(&mut self, kind: Kind, rights: BTreeMap<Capability, Spanned<raw::Right>>) -> BTreeMap<Capability, Right> {
        let mut checked = BTreeMap::new();
        for (capability, right) in rights {
            if !kind.capabilities().contains(&capability) {
                let known: Vec<&str> = kind.capabilities().iter().map(|known| known.word()).collect();
                let hint = match known.is_empty() {
                    true => format!("a {kind} has no rights: remove the table"),
                    false => format!("a {kind} may ask for {}", known.join(", ")),
                };
                self.problem(&right, format!("a {kind} cannot use `{capability}`"), hint);
            }
            if let (Some(hosts), true) = (&right.get_ref().hosts, capability != Capability::Http)
                && let Some(first) = hosts.first()
            {
                self.problem(first, format!("`{capability}` has no hosts"), "only `http` takes `hosts`");
            }
            let right = right.into_inner();
            let hosts = self.hosts(right.hosts.unwrap_or_default());
            checked.insert(capability, Right { reason: right.reason, hosts });
        }
        checked
    }

    fn secrets(&mut self, asks_http: bool, secrets: BTreeMap<String, Spanned<raw::Secret>>) -> BTreeMap<String, Secret> {
        let mut checked = BTreeMap::new();
        for (name, secret) in secrets {
            if secret.get_ref().hosts.is_empty() {
                let hint = "add `hosts = [\"https://…\"]`, or `hosts = [\"*\"]` where only the admin can know";
                self.problem(&secret, format!("secret `{name}` may be sent nowhere"), hint);
            }
            if !asks_http {
                let reason = format!("secret `{name}` is for requests, and the plugin sends none");
                self.problem(&secret, reason, "add `[rights.http]` with a `reason`");
            }
            let secret = secret.into_inner();
            // Whoever cannot know the host leaves it to the admin, who must bind the secret all the same.
            let (anywhere, named): (Vec<_>, Vec<_>) = secret.hosts.into_iter().partition(|host| host.get_ref() == ANY_HOST);
            let mut hosts = self.hosts(named);
            hosts.extend(anywhere.into_iter().map(Spanned::into_inner));
            checked.insert(name, Secret { reason: secret.reason, hosts });
        }
        checked
    }

    fn hosts(&mut self, hosts: Vec<Spanned<String>>) -> Vec<String> {
        for host in &hosts {
            let word = host.get_ref();
            if word.strip_prefix("unix:").is_some_and(|path| path.starts_with('/')) {
                continue;
            }
            let authority = word.strip_prefix("https://").or_else(|| word.strip_prefix("http://")).unwrap_or_default();
            if authority.is_empty() || authority.contains(['/', '?', '#', '@', ' ']) {
                let hint = "write scheme, host and, where it is not the usual one, port: \"https://api.example\"";
                self.problem(host, format!("`{word}` is not a host"), hint);
            }
        }
        hosts.into_iter().map(Spanned::into_inner).collect()
    }

    fn memory(&mut self, memory: Spanned<u32>) -> u32 {
        if !(1..=LARGEST_MEMORY_MIB).contains(memory.get_ref()) {
            let reason = format!("{} MiB is out of range", memory.get_ref());
            self.problem(&memory, reason, format!("ask for 1 to {LARGEST_MEMORY_MIB}"));
        }
        memory.into_inner()
    }

    fn test(&mut self, test: raw::Test) -> Test {
        for answer in &test.http {
            let canned = answer.get_ref();
            if canned.path.as_ref().is_some_and(|path| !path.starts_with('/')) {
                self.problem(answer, "the path of a canned answer begins with no `/`", "write it as `/weather.json`");
            }
            if !(200..=599).contains(&canned.status) {
                self.problem(answer, format!("{} is no status that an answer ends with", canned.status), "use 200 to 599");
            }
        }
        let with = test.with.into_iter().filter_map(|table| serde_json::to_value(table.into_inner()).ok());
        Test { with: with.collect(), queries: test.queries, http: test.http.into_iter().map(Spanned::into_inner).collect() }
    }

    fn options(&mut self, options: BTreeMap<String, Spanned<toml::Value>>) -> BTreeMap<String, OptionSchema> {
        let mut checked = BTreeMap::new();
        for (name, option) in options {
            if let Some(schema) = self.option(&name, &option) {
                checked.insert(name, schema);
            }
        }
        checked
    }

    fn option(&mut self, name: &str, option: &Spanned<toml::Value>) -> Option<OptionSchema> {
        const TYPES: [&str; 7] = ["string", "number", "integer", "boolean", "array", "object", "null"];
        let Ok(Value::Object(mut schema)) = serde_json::to_value(option.get_ref()) else {
            let hint = format!("write [options.{name}] with `type` and `description`");
            self.problem(option, format!("option `{name}` is not a table"), hint);
            return None;
        };
        // On the option itself `required` is ours; as a list, further in, it is JSON Schema's.
        let required = match schema.get("required") {
            Some(Value::Bool(required)) => *required,
            _ => false,
        };
        if schema.get("required").is_some_and(Value::is_boolean) {
            schema.remove("required");
        }
        if let Some(Value::String(word)) = schema.get("type")
            && !TYPES.contains(&word.as_str())
        {
            self.problem(
                option,
                format!("option `{name}` has the unknown type `{word}`"),
                format!("one of {}", TYPES.join(", ")),
            );
        }
        if !schema.get("description").is_some_and(Value::is_string) {
            self.problem(option, format!("option `{name}` has no description"), "add `description = \"…\"`: the admin reads it");
        }
        Some(OptionSchema { required, schema: Value::Object(schema) })
    }
}
