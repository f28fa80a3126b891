// What the script says, in each language that pages are written in. The host says all else (`page/messages`).

const ENGLISH = {
  now: "now",
  ago: (span: string) => `${span} ago`,
  ahead: (span: string) => `in ${span}`,
  updated: (when: string) => `updated ${when}`,
  sources: (count: number, stale: number) => `${count} ${count === 1 ? "source" : "sources"}, ${stale} stale`,
  live: "live",
  reconnecting: "reconnecting",
  paused: "paused",
  liveTitle: "changes show as they come; press to pause",
  reconnectingTitle: "the host cannot be reached; what is shown stays, its age is in the footer; press to pause",
  pausedTitle: "what is shown stands still; press to go on",
  theme: (theme: string, next: string) => `theme: ${theme}; press for ${next}`,
  auto: "auto",
  light: "light",
  dark: "dark",
  legendHint: "show or hide; with Shift: show this alone",
  chartHint: (title: string) => `${title}: arrow keys move the crosshair`,
  seriesLink: (name: string) => `More about ${name}`,
  smaller: (count: number) => `and ${count} smaller`,
  zoomBack: (span: string) => `${span} · back (Esc)`,
  copied: "Link copied",
  keys: "Keys",
  close: "Close",
  keyList: "this list",
  keyTime: "time range",
  keyFull: "full screen for the panel under the pointer or with the focus",
  keyRefresh: "refresh now",
  keySearch: "search",
  keyShare: "copy a link to exactly this time",
  keyKiosk: "panels only, and back",
  keyExplore: "explore",
  keyArrows: "move the crosshair of the focused chart",
  keyEscape: "close, leave full screen, back from a zoom",
  searchLabel: "Search dashboards and panels",
  nothingFound: "Nothing is called like that.",
  found: (count: number) => `${count} found`,
  suggestions: (count: number) => `${count} suggestions; arrow keys choose, Enter takes`,
  series: "series",
  last: "last",
  before: "before",
  tailPaused: "paused while you read · to the newest",
  picked: (count: number) => `${count} marked`,
  newest: "Newest alerts",
  sound: "Sound for new ones",
  notDone: "The host did not answer: whether it was done, its log says.",
  states: { good: "good", warning: "warning", bad: "bad" } as Record<string, string>,
  months: ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
};

type Words = typeof ENGLISH;

const PORTUGUESE: Words = {
  now: "agora",
  ago: (span) => `há ${span}`,
  ahead: (span) => `em ${span}`,
  updated: (when) => `atualizado ${when}`,
  sources: (count, stale) => `${count} ${count === 1 ? "fonte" : "fontes"}, ${stale} desatualizada(s)`,
  live: "ao vivo",
  reconnecting: "reconectando",
  paused: "em pausa",
  liveTitle: "mudanças aparecem assim que chegam; pressione para pausar",
  reconnectingTitle: "o servidor não pode ser alcançado; o que se vê fica, a idade está no rodapé; pressione para pausar",
  pausedTitle: "o que se vê está parado; pressione para continuar",
  theme: (theme, next) => `tema: ${theme}; pressione para ${next}`,
  auto: "automático",
  light: "claro",
  dark: "escuro",
  legendHint: "mostrar ou esconder; com Shift: mostrar só esta",
  chartHint: (title) => `${title}: as setas movem a mira`,
  seriesLink: (name) => `Mais sobre ${name}`,
  smaller: (count) => `e mais ${count} menores`,
  zoomBack: (span) => `${span} · voltar (Esc)`,
  copied: "Link copiado",
  keys: "Teclas",
  close: "Fechar",
  keyList: "esta lista",
  keyTime: "período",
  keyFull: "tela cheia para o quadro sob o ponteiro ou com o foco",
  keyRefresh: "atualizar agora",
  keySearch: "buscar",
  keyShare: "copiar um link para exatamente este período",
  keyKiosk: "só os quadros, e de volta",
  keyExplore: "explorar",
  keyArrows: "mover a mira do gráfico em foco",
  keyEscape: "fechar, sair da tela cheia, voltar de um zoom",
  searchLabel: "Buscar painéis e quadros",
  nothingFound: "Nada tem esse nome.",
  found: (count) => `${count} encontrados`,
  suggestions: (count) => `${count} sugestões; as setas escolhem, Enter aceita`,
  series: "série",
  last: "último",
  before: "antes",
  tailPaused: "em pausa enquanto você lê · às mais novas",
  picked: (count) => `${count} marcados`,
  newest: "Alertas mais novos",
  sound: "Som para os novos",
  notDone: "O servidor não respondeu: se foi feito, o registro dele diz.",
  states: { good: "bom", warning: "atenção", bad: "ruim" },
  months: ["jan", "fev", "mar", "abr", "mai", "jun", "jul", "ago", "set", "out", "nov", "dez"],
};

export type Language = "en" | "pt";

let chosen: Language = typeof document !== "undefined" && document.documentElement.lang === "pt" ? "pt" : "en";

export function language(): Language {
  return chosen;
}

export function setLanguage(next: Language): void {
  chosen = next;
}

export function words(): Words {
  return chosen === "pt" ? PORTUGUESE : ENGLISH;
}
