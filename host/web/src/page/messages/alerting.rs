//! What the pages about alerts, rules, deliveries and the public status say.

messages! {
    AlertMessages;

    // The list
    find_alerts: "Find alerts", "Buscar alertas";
    find_hint: "Words, or matchers like severity=\"critical\", team=~\"web|shop\"", "Palavras, ou condições como severity=\"critical\", team=~\"web|shop\"";
    group_by: "Group by", "Agrupar por";
    not_grouped: "nothing", "nada";
    by_name: "name", "nome";
    by_severity: "severity", "gravidade";
    by_owner: "owner", "responsável";
    all_states: "All", "Todos";
    firing_many: "Firing", "Disparados";
    pending_many: "Pending", "Pendentes";
    acknowledged_many: "Acknowledged", "Reconhecidos";
    silenced_many: "Silenced", "Silenciados";
    inhibited_many: "Inhibited", "Inibidos";
    acknowledged_word: "acknowledged", "reconhecido";
    snoozed_word: "snoozed", "adiado";
    silenced_word: "silenced", "silenciado";
    inhibited_word: "inhibited", "inibido";
    none_found: "No alert is like that.", "Nenhum alerta é assim.";
    show_all: "Show all", "Mostrar todos";
    bulk_title: "Do something about several", "Fazer algo com vários";
    pick: "Choose {}", "Escolher {}";
    pick_shown: "all shown", "todos os mostrados";
    pick_group: "all of {}", "todos de {}";
    pick_found: "all {} found", "todos os {} encontrados";
    snooze: "Snooze", "Adiar";
    for_span: "for", "por";
    comment: "Comment", "Comentário";
    your_name: "Your name", "Seu nome";
    nothing_chosen: "No alert was chosen: mark some in the list, or all that were found.", "Nenhum alerta foi escolhido: marque alguns na lista, ou todos os encontrados.";
    not_doable: "Nothing was done: {}", "Nada foi feito: {}";
    too_many_silences: "{} alerts would need as many silences: make one by what they have in common on the page of silences.", "{} alertas precisariam de tantos silêncios: crie um pelo que eles têm em comum na página de silêncios.";
    of_group: "{} of {}", "{} de {}";
    all_of_them: "all {}", "todos os {}";
    alerts_counted: "{} alerts", "{} alertas";
    one_alert_counted: "1 alert", "1 alerta";
    without: "without {}", "sem {}";
    more_told: "All deliveries", "Todas as entregas";

    // One alert
    no_such_alert: "This alert is not known", "Este alerta não é conhecido";
    no_such_alert_hint: "No alert of this name is pending or firing, and none was in the last 90 days.", "Nenhum alerta com este nome está pendente ou disparado, e nenhum esteve nos últimos 90 dias.";
    value_now: "Value", "Valor";
    severity: "Severity", "Gravidade";
    owner: "Owner", "Responsável";
    runbook: "Runbook", "Procedimento";
    rule: "Rule", "Regra";
    labels_title: "Labels", "Rótulos";
    annotations_title: "Annotations", "Anotações";
    brought_by: "brought from outside", "trazido de fora";
    read_more: "where it came from", "de onde veio";
    course: "Course of the expression", "Curso da expressão";
    threshold: "threshold", "limite";
    no_course: "The expression has no values in this time.", "A expressão não tem valores neste período.";
    open_explore: "Open in Explore", "Abrir em Explorar";
    open_panel: "Open the panel", "Abrir o quadro";
    told_to: "Told to", "Avisa";
    timeline: "Over time", "Ao longo do tempo";
    last_day: "24 hours", "24 horas";
    last_week: "7 days", "7 dias";
    alert_lane: "alert", "alerta";
    silence_lane: "silence", "silêncio";
    acts_lane: "taken on", "assumido";
    history: "What happened", "O que aconteceu";
    nothing_happened: "Nothing has been written down of it yet.", "Nada foi registrado ainda.";
    event_fired: "began to fire", "disparou";
    event_resolved: "ended", "terminou";
    event_pending: "became true", "tornou-se verdadeiro";
    event_silence: "{} silenced it until {}", "{} silenciou até {}";
    event_acknowledged: "{} took it on", "{} assumiu";
    event_snoozed: "{} snoozed it until {}", "{} adiou até {}";
    event_withdrew: "{} gave it back", "{} devolveu";
    event_commented: "{} said", "{} disse";
    event_told: "{} was told: {}", "{} foi avisado: {}";
    event_telling: "{} is being told: {}", "{} está sendo avisado: {}";
    event_untold: "{} could not be told: {}", "{} não pôde ser avisado: {}";
    say: "Say something", "Dizer algo";
    say_do: "Write it down", "Registrar";
    withdraw: "Give back", "Devolver";
    give_to: "Give it to", "Dar a";
    give_do: "Give", "Dar";
    acts_title: "Do something", "Fazer algo";
    is_over: "It is over.", "Terminou.";

    // Rules
    rules: "Rules", "Regras";
    rules_of: "{} · every {}", "{} · a cada {}";
    no_rules: "There are no rules yet.", "Ainda não há regras.";
    no_rules_hint: "Write some into", "Escreva algumas em";
    no_rules_found: "No rule is like that.", "Nenhuma regra é assim.";
    find_rules: "Find rules", "Buscar regras";
    rules_find_hint: "A name, a file or a part of an expression", "Um nome, um arquivo ou parte de uma expressão";
    rule_ok: "ok", "ok";
    rule_failing: "failing", "com falha";
    rule_unknown: "not yet evaluated", "ainda não avaliada";
    rule_kind_record: "records", "grava";
    evaluated: "Evaluated", "Avaliada";
    rule_took: "Took", "Levou";
    active_alerts: "Active", "Ativos";
    holds_for: "for {}", "por {}";
    only_failing: "only failing ones", "só as com falha";
    group_word: "group", "grupo";

    // Deliveries
    deliveries: "Deliveries", "Entregas";
    all_channels: "all channels", "todos os canais";
    any_state: "any state", "qualquer estado";
    retrying_word: "retrying", "tentando de novo";
    newer: "newer", "mais novas";
    older: "older", "mais antigas";
    no_such_deliveries: "No delivery is like that.", "Nenhuma entrega é assim.";
    alerts_in_it: "Alerts", "Alertas";
    show_them: "Show", "Mostrar";

    // The bell
    newest_alerts: "Newest alerts", "Alertas mais novos";
    all_is_quiet: "Nothing fires that nobody has taken on.", "Nada disparado sem que alguém tenha assumido.";
    all_alerts: "All alerts", "Todos os alertas";
}
