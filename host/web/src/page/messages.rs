//! What pages say, in each language that they are written in: one line for each sentence, so that none is forgotten.
//!
//! `{}` stands for what differs. What plugins, files and systems watched say is shown as they said it.

use std::sync::LazyLock;

use minijinja::Value;

use crate::page::reader::Language;

macro_rules! messages {
    ($($key:ident: $english:literal, $portuguese:literal;)*) => {
        /// Every sentence of the pages.
        #[derive(Debug)]
        pub(crate) struct Messages { $(pub(crate) $key: &'static str,)* }

        impl Messages {
            fn pairs(&self) -> Vec<(&'static str, &'static str)> {
                vec![$((stringify!($key), self.$key),)*]
            }
        }

        static ENGLISH: Messages = Messages { $($key: $english,)* };
        static PORTUGUESE: Messages = Messages { $($key: $portuguese,)* };
    };
}

messages! {
    // The frame
    skip: "Skip to the content", "Ir para o conteúdo";
    menu: "Menu", "Menu";
    all_pages: "All pages", "Todas as páginas";
    dashboards: "Dashboards", "Painéis";
    alerts: "Alerts", "Alertas";
    sources: "Sources", "Fontes";
    plugins: "Plugins", "Plugins";
    explore: "Explore", "Explorar";
    search: "Search", "Buscar";
    theme: "Theme", "Tema";
    language: "Language", "Idioma";
    alerts_firing: "Alerts firing", "Alertas disparados";
    a_mistake: "The files have a mistake; what was good before stays in use.", "Os arquivos têm um erro; o que estava bom continua em uso.";
    mistakes: "The files have {} mistakes; what was good before stays in use.", "Os arquivos têm {} erros; o que estava bom continua em uso.";
    updated: "updated", "atualizado";
    one_source: "1 source, {} stale", "1 fonte, {} desatualizada(s)";
    many_sources: "{} sources, {} stale", "{} fontes, {} desatualizada(s)";
    now: "now", "agora";
    ago: "{} ago", "há {}";
    ahead: "in {}", "em {}";
    error: "Error", "Erro";
    all_dashboards: "All dashboards", "Todos os painéis";
    nothing_here: "Nothing here", "Nada aqui";
    no_page: "There is no page at this address.", "Não há página neste endereço.";
    no_dashboard: "No such dashboard", "Painel inexistente";
    no_dashboard_named: "There is no dashboard named “{}”. A file dashboards/{}.yaml would make one.", "Não há painel com o nome “{}”. Um arquivo dashboards/{}.yaml criaria um.";
    not_a_range: "Not a time range", "Período inválido";
    offline: "Offline", "Sem conexão";
    offline_text: "This host cannot be reached just now. The page comes back by itself once it can.", "Este servidor não pode ser alcançado agora. A página volta sozinha assim que puder.";
    try_again: "Try again", "Tentar de novo";

    // A dashboard
    live: "live", "ao vivo";
    show: "Show", "Mostrar";
    time_range: "Time range", "Período";
    quick_ranges: "Quick ranges", "Períodos rápidos";
    from: "From", "De";
    to: "To", "Até";
    time_hint: "A moment like 2026-11-20 14:00, or now-6h", "Um momento como 2026-11-20 14:00, ou now-6h";
    zone: "in the zone {}", "no fuso {}";
    link_to_this_time: "Link to exactly this time", "Link para exatamente este período";
    kiosk: "Kiosk: panels only", "Quiosque: só os painéis";
    variables: "Variables", "Variáveis";
    all: "all", "todos";
    none_chosen: "none", "nenhum";
    only_panel: "Alone on the page", "Sozinho na página";
    back_to: "Back to {}", "Voltar a {}";
    no_panels: "This dashboard has no panels yet.", "Este painel ainda não tem quadros.";
    no_panels_hint: "Add some to its file; the page follows by itself.", "Adicione alguns ao arquivo; a página acompanha sozinha.";
    last: "last {}", "últimos {}";
    five_minutes: "last 5 minutes", "últimos 5 minutos";
    fifteen_minutes: "last 15 minutes", "últimos 15 minutos";
    hour: "last hour", "última hora";
    three_hours: "last 3 hours", "últimas 3 horas";
    six_hours: "last 6 hours", "últimas 6 horas";
    twelve_hours: "last 12 hours", "últimas 12 horas";
    day: "last day", "último dia";
    seven_days: "last 7 days", "últimos 7 dias";
    thirty_days: "last 30 days", "últimos 30 dias";

    // Home and search
    one_panel: "1 panel", "1 quadro";
    panels: "{} panels", "{} quadros";
    alerts_unread: "The alerts could not be read", "Os alertas não puderam ser lidos";
    failing_sources: "Sources that fail", "Fontes com falha";
    no_dashboards: "There are no dashboards yet.", "Ainda não há painéis.";
    no_dashboards_hint: "Write one: ten lines in", "Escreva um: dez linhas em";
    follows: "This page follows by itself.", "Esta página acompanha sozinha.";
    search_label: "Search dashboards and panels", "Buscar painéis e quadros";
    found_nothing: "Nothing is called like that.", "Nada tem esse nome.";
    results: "Results", "Resultados";

    // Explore
    query: "Query", "Consulta";
    query_hint: "PromQL; Ctrl+Enter runs it", "PromQL; Ctrl+Enter executa";
    run: "Run", "Executar";
    chart: "Chart", "Gráfico";
    table: "Table", "Tabela";
    series: "Series", "Série";
    value: "Value", "Valor";
    no_series: "No series match in this range.", "Nenhuma série corresponde neste período.";
    nearest: "The nearest are", "As mais próximas são";
    more_series: "and {} more", "e mais {}";
    took: "{} series in {} ms", "{} séries em {} ms";
    explore_start: "Ask anything in PromQL.", "Pergunte qualquer coisa em PromQL.";
    explore_hint: "Start with a metric:", "Comece com uma métrica:";

    // Having something done
    act_question: "Shall the source “{}” do this?", "A fonte “{}” deve fazer isto?";
    act_destructive: "It cannot be undone.", "Não pode ser desfeito.";
    act_do: "Do it", "Fazer";
    act_done: "done", "feito";
    act_back: "Back", "Voltar";

    // Alerts
    not_all_read: "Not all could be read", "Nem tudo pôde ser lido";
    now_title: "Now", "Agora";
    lately: "Lately", "Recentemente";
    who_was_told: "Who was told", "Quem foi avisado";
    state: "State", "Estado";
    alert: "Alert", "Alerta";
    which: "Which", "Qual";
    since: "Since", "Desde";
    what: "What", "O quê";
    when: "When", "Quando";
    channel: "Channel", "Canal";
    message: "Message", "Mensagem";
    tries: "Tries", "Tentativas";
    answer: "Answer", "Resposta";
    next_try: "next try", "próxima tentativa";
    no_alerts: "No alert is pending or firing.", "Nenhum alerta pendente ou disparado.";
    no_events: "Nothing has happened yet.", "Nada aconteceu ainda.";
    no_deliveries: "Nobody had to be told anything yet.", "Ninguém precisou ser avisado ainda.";

    // Sources
    source: "Source", "Fonte";
    channels: "Channels", "Canais";
    plugin: "Plugin", "Plugin";
    schedule: "Schedule", "Agenda";
    last_run: "Last", "Última";
    next_run: "Next", "Próxima";
    samples: "Samples", "Amostras";
    missed: "Missed", "Perdidas";
    failing: "failing", "com falha";
    good: "good", "bem";
    not_yet_run: "not yet run", "ainda não rodou";
    waiting: "waiting", "aguardando";
    ready: "ready", "pronto";
    last_told: "Last told", "Último aviso";
    at_fault: "at fault", "causa";
    since_word: "since", "desde";
    no_sources: "There are no sources yet.", "Ainda não há fontes.";
    no_channels: "There are no channels yet: nobody will be told of alerts.", "Ainda não há canais: ninguém será avisado dos alertas.";
    add_one: "Add one to", "Adicione um em";
    its_settings: "its settings", "sua configuração";
    the_system: "the system watched", "o sistema observado";
    a_grant: "a missing grant", "uma permissão que falta";
    the_plugin: "the plugin", "o plugin";
    this_host: "this host", "este servidor";

    // Plugins
    right: "Right", "Direito";
    asked: "Asked", "Pedido";
    granted: "Granted", "Concedido";
    used: "Used", "Usado";
    refused: "Refused", "Recusado";
    not_asked_for: "not asked for", "não pedido";
    yes: "yes", "sim";
    no: "no", "não";
    limits: "Limits", "Limites";
    not_in_use: "Not in use", "Sem uso";
    kind: "Kind", "Tipo";
    asks_for: "Asks for", "Pede";
    build: "Build", "Versão";
    nothing: "nothing", "nada";
    came_with: "came with Vitrine", "veio com o Vitrine";
    no_plugins: "No plugins are loaded.", "Nenhum plugin carregado.";
}

static VALUES: LazyLock<[Value; 2]> =
    LazyLock::new(|| Language::ALL.map(|language| Value::from_pairs(Messages::of(language).pairs())));

impl Messages {
    pub(crate) fn of(language: Language) -> &'static Messages {
        match language {
            Language::English => &ENGLISH,
            Language::Portuguese => &PORTUGUESE,
        }
    }

    /// For templates.
    pub(crate) fn value(language: Language) -> Value {
        match language {
            Language::English => VALUES[0].clone(),
            Language::Portuguese => VALUES[1].clone(),
        }
    }
}

/// Puts what differs where a sentence has room for it, from left to right.
pub(crate) fn filled(sentence: &str, parts: &[&str]) -> String {
    let mut text = String::with_capacity(sentence.len() + 16);
    let mut parts = parts.iter();
    for (place, piece) in sentence.split("{}").enumerate() {
        if place > 0 {
            text.push_str(parts.next().unwrap_or(&""));
        }
        text.push_str(piece);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_leave_the_same_room() {
        let rooms = |text: &str| text.matches("{}").count();
        for ((key, english), (_, portuguese)) in ENGLISH.pairs().into_iter().zip(PORTUGUESE.pairs()) {
            assert_eq!(rooms(english), rooms(portuguese), "{key}");
            assert!(!english.is_empty() && !portuguese.is_empty(), "{key}");
        }
        assert_eq!(filled("{} of {}", &["1", "2"]), "1 of 2");
        assert_eq!(filled("{} of {}", &["1"]), "1 of ");
    }
}
