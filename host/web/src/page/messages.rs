//! What pages say, in each language that they are written in: one line for each sentence, so that none is forgotten.
//!
//! `{}` stands for what differs. What plugins, files and systems watched say is shown as they said it.

mod asked;

macro_rules! messages {
    ($name:ident; $($key:ident: $english:literal, $portuguese:literal;)*) => {
        /// Every sentence of these pages.
        #[derive(Debug)]
        pub(crate) struct $name { $(pub(crate) $key: &'static str,)* }

        impl $name {
            pub(super) fn pairs(&self) -> Vec<(&'static str, &'static str)> {
                vec![$((stringify!($key), self.$key),)*]
            }
        }

        pub(super) static ENGLISH: $name = $name { $($key: $english,)* };
        pub(super) static PORTUGUESE: $name = $name { $($key: $portuguese,)* };
    };
}

mod alerting;
mod replying;

pub(crate) use {alerting::AlertMessages, asked::filled, replying::ReplyMessages};

messages! {
    Messages;

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

    // A panel
    data: "data", "dados";
    as_table: "{}, as a table", "{}, como tabela";
    good_word: "good", "bom";
    warning_word: "warning", "atenção";
    bad_word: "bad", "ruim";
    and_more: ", and {} more", ", e mais {}";
    highest: "; highest {} at {}", "; maior {} às {}";
    counted: "{} of {} series", "{} de {} séries";
    rows_counted: "{} of {} rows", "{} de {} linhas";
    rest_series: "and {} more series", "e mais {} séries";
    rest_alerts: "and {} more alerts", "e mais {} alertas";
    rest_figures: "and {} more figures", "e mais {} números";
    rest_lines: "and {} more lines", "e mais {} linhas";
    rest_fields: "and {} more fields", "e mais {} campos";
    rest_lanes: "and {} more lanes", "e mais {} faixas";
    rest_stretches: "and {} more stretches", "e mais {} trechos";
    rest_nodes: "and {} more nodes", "e mais {} nós";
    rest_categories: "and {} more categories", "e mais {} categorias";
    rest_parts: "and {} more parts", "e mais {} partes";
    no_data: "no data", "sem dados";
    rest_groups: "and {} more groups", "e mais {} grupos";
    rest_columns: "and {} more columns", "e mais {} colunas";
    head_time: "time", "hora";
    head_series: "series", "série";
    head_last: "last", "último";
    head_min: "min", "mín";
    head_max: "max", "máx";
    head_mean: "mean", "média";
    head_total: "total", "total";
    head_lane: "lane", "faixa";
    head_was: "was", "estava";
    head_from: "from", "de";
    head_until: "until", "até";
    head_node: "node", "nó";
    head_value: "value", "valor";
    head_state: "state", "estado";
    head_leads_to: "leads to", "leva a";
    head_category: "category", "categoria";
    head_bar: "bar", "barra";
    head_part: "part", "parte";
    head_share: "share", "proporção";
    head_row: "row", "linha";
    from_to: "{} to {}", "{} a {}";
    up_by: "up by ", "subiu ";
    down_by: "down by ", "desceu ";
    unchanged: "unchanged, ", "igual, ";
    all_others: "all others", "todos os outros";
    none_above_zero: "nothing is above zero", "nada está acima de zero";
    none_now: "none just now", "nenhum agora";
    none_in_range: "none in this range", "nenhum neste período";
    open: "open", "abrir";
    graph_counts: ": {} nodes, {} edges", ": {} nós, {} ligações";
    grid_counts: ": {} columns of {} rows, from {} to {}", ": {} colunas de {} linhas, de {} a {}";
    not_shown: "This picture is not shown", "Esta imagem não é mostrada";
    not_shown_why: "A picture is a path on this host, such as {}, or {}", "Uma imagem é um caminho neste servidor, como {}, ou {}";
    head_annotation: "annotation", "anotação";
    rest_annotations: "and {} more annotations", "e mais {} anotações";
    annotations_counted: "{} of {} annotations", "{} de {} anotações";
    annotations_broken: "annotations: {}", "anotações: {}";
    annotations_newest: "; {} annotations, the newest {}{}", "; {} anotações, a mais nova {}{}";
    annotated: "; annotated: {}{}", "; anotado: {}{}";
    at: " at {}", " às {}";
    before: "before", "antes";
    no_data_for: "no data for {}", "sem dados há {}";
    no_match: "No series match", "Nenhuma série corresponde";
    no_match_here: "No series match in this range", "Nenhuma série corresponde neste período";
    no_rows: "The answer has no rows", "A resposta não tem linhas";
    in_this_range: "in this range. Is its {} well?", "neste período. A {} dela está bem?";
    source_word: "source", "fonte";
    the_nearest_is: "the nearest is", "a mais próxima é";
    the_nearest_are: "the nearest are", "as mais próximas são";
    since_because: "{} since {}: {}", "{} desde {}: {}";
    shown_by: "shown by {}", "mostrado por {}";
    stale_word: "stale", "desatualizado";
    error_word: "error", "erro";
    denied_word: "denied", "negado";
    blame_invalid: "The query or a setting is wrong", "A consulta ou uma configuração está errada";
    blame_upstream: "The system watched does not answer", "O sistema observado não responde";
    blame_denied: "This is not granted", "Isto não é permitido";
    blame_internal: "The panel failed", "O quadro falhou";
    blame_busy: "The host has no room just now", "O servidor está sem espaço agora";
    no_values: "nothing in this range has such a value", "nada neste período tem um valor assim";
    first_values: "only the first {} of {} values of `{}` are repeated: choose fewer", "só os primeiros {} de {} valores de `{}` são repetidos: escolha menos";
    first_panels: "only the first {} panels are shown: choose fewer values", "só os primeiros {} quadros são mostrados: escolha menos valores";

    // Pictures, exports and links
    export: "Export and share", "Exportar e compartilhar";
    export_of: "Export {}", "Exportar {}";
    picture: "Picture (PNG)", "Imagem (PNG)";
    drawing: "Drawing (SVG)", "Desenho (SVG)";
    paper: "Paper (PDF)", "Papel (PDF)";
    data_csv: "Data (CSV)", "Dados (CSV)";
    data_json: "Data (JSON)", "Dados (JSON)";
    share: "Share", "Compartilhar";
    share_hint: "Whoever has the link sees this and nothing else.", "Quem tiver o link vê isto e nada mais.";
    share_for: "The link holds for", "O link vale por";
    one_hour: "1 hour", "1 hora";
    one_day: "1 day", "1 dia";
    one_week: "7 days", "7 dias";
    one_month: "30 days", "30 dias";
    share_follow: "Show what is new, not this very time", "Mostrar o que há de novo, não exatamente este período";
    make_link: "Make a link", "Criar link";
    link: "Link", "Link";
    open_link: "Open", "Abrir";
    shared_until: "{} can be seen by this link until {}.", "{} pode ser visto por este link até {}.";
    link_expired: "This link has expired", "Este link expirou";
    link_expired_hint: "It was made for a while, and that is over. Ask whoever gave it to you for a new one.", "Ele foi criado por um tempo, que acabou. Peça um novo a quem o deu.";
    link_gone_hint: "What it showed is no longer there. Ask whoever gave it to you.", "O que ele mostrava não existe mais. Pergunte a quem o deu.";
    link_unknown: "This link shows nothing", "Este link não mostra nada";
    link_unknown_hint: "It is not complete, or all links were revoked. Ask whoever gave it to you for a new one.", "Está incompleto, ou todos os links foram revogados. Peça um novo a quem o deu.";

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

    series_link: "More about {}", "Mais sobre {}";

    // Long panels
    filter: "Filter", "Filtrar";
    filter_of: "Filter {}", "Filtrar {}";
    search_of: "Search {}", "Buscar em {}";
    rows_shown: "{}–{} of {}", "{}–{} de {}";
    found_in: "found in {}", "encontradas entre {}";
    first_page: "first", "primeira";
    previous_page: "previous", "anterior";
    next_page: "next", "próxima";
    last_page: "last", "última";
    line_by_line: "{}, line by line", "{}, linha por linha";
    least_level: "Least level of {}", "Nível mínimo de {}";
    all_levels: "all levels", "todos os níveis";
    and_worse: "{} and worse", "{} e pior";
    lines_of: "{} of {} lines", "{} de {} linhas";
    none_say: "none that say this", "nenhuma diz isso";

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
    firing_word: "firing", "disparado";
    pending_word: "pending", "pendente";
    resolved_word: "resolved", "resolvido";
    claimed_word: "claimed", "em envio";
    delivered_word: "delivered", "entregue";
    dead_word: "dead", "abandonado";
    no_deliveries: "Nobody had to be told anything yet.", "Ninguém precisou ser avisado ainda.";
    acknowledge: "Acknowledge", "Reconhecer";
    acknowledged_by: "acknowledged by {}", "reconhecido por {}";
    silenced_by: "silenced by {}: {}", "silenciado por {}: {}";
    inhibited: "kept quiet by another alert", "calado por outro alerta";
    send_again: "Send again", "Enviar de novo";

    // Silences
    silences: "Silences", "Silêncios";
    no_silences: "No silence holds, and none is to come.", "Nenhum silêncio em vigor nem previsto.";
    silence_active: "active", "ativo";
    silence_pending: "to come", "previsto";
    silence_ended: "ended", "encerrado";
    silence_author: "Who", "Quem";
    silence_comment: "Why", "Por quê";
    silence_starts: "Starts", "Começa";
    silence_ends: "Ends", "Termina";
    silence_end: "End", "Encerrar";
    silence_new: "New silence", "Novo silêncio";
    silence_matchers: "Alerts with", "Alertas com";
    silence_span: "For", "Por";
    silence_do: "Silence", "Silenciar";
    silence_remind: "Remind before its end", "Lembrar antes do fim";

    // On call
    oncall: "On call", "Plantão";
    oncall_until: "until", "até";
    oncall_then: "then", "depois";
    oncall_nobody: "nobody", "ninguém";
    oncall_gap: "nobody is on call", "ninguém está de plantão";
    oncall_final: "On call", "De plantão";
    oncall_override: "override", "substituição";
    oncall_overrides: "Overrides", "Substituições";
    oncall_no_overrides: "No override holds, and none is to come.", "Nenhuma substituição em vigor nem prevista.";
    oncall_new: "Put somebody on call", "Colocar alguém de plantão";
    oncall_do: "Put on call", "Colocar de plantão";
    oncall_schedule: "Schedule", "Escala";
    oncall_person: "Person", "Pessoa";
    oncall_by: "Put in by", "Registrado por";
    oncall_from_hint: "from now on, where it is empty; by the schedule's wall clock", "a partir de agora, se vazio; pelo relógio da escala";
    oncall_because: "Because of", "Por causa de";
    oncall_strip: "Two weeks of {}; the table says the same.", "Duas semanas de {}; a tabela diz o mesmo.";
    oncall_table: "As a table", "Como tabela";
    oncall_none: "There are no schedules. The key schedules in config/routes.yaml makes some.", "Não há escalas. A chave schedules em config/routes.yaml cria algumas.";
    weekdays: "Sun Mon Tue Wed Thu Fri Sat", "dom seg ter qua qui sex sáb";

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
    builds_them: "{} builds those that come with Vitrine.", "{} constrói os que vêm com o Vitrine.";
    running: "running", "rodando";
    backing_off: "backing off", "em recuo";
    quarantined: "quarantined", "em quarentena";
    disabled: "disabled", "desativado";
    needs_grant: "needs a grant", "precisa de permissão";
    failed: "failed", "falhou";
    a_call: "1 call", "1 chamada";
    calls: "{} calls", "{} chamadas";
    a_fault: "1 fault", "1 falha";
    faults: "{} faults", "{} falhas";
    asks_for_more: "asks for more than was granted", "pede mais do que foi permitido";
    is_another: "is not the one that the grant names", "não é a que a permissão nomeia";
    runs_on: "runs on", "continua rodando";
    nothing_runs: "Nothing runs meanwhile.", "Nada roda por enquanto.";
    not_taken: "not taken", "não aceito";
    a_refusal: "1 refusal", "1 recusa";
    refusals: "{} different refusals", "{} recusas diferentes";
    last_time: "last", "última";
    reached: "reached", "atingido";
    of: "of", "de";
    kind_source: "source", "fonte";
    kind_channel: "channel", "canal";
    kind_panel: "panel", "quadro";
}

#[cfg(test)]
mod tests;
