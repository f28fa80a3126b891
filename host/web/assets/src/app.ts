// Starts what the page has: a dashboard comes alive, any page gets its theme, ages and keys.

import { Board } from "./board.ts";
import { type Message, parseMessage } from "./contract.ts";
import { runExplore } from "./explore/complete.ts";
import { Connection } from "./live/connection.ts";
import { Indicator } from "./live/indicator.ts";
import { runActions } from "./page/act.ts";
import { Ages } from "./page/ages.ts";
import { Bell } from "./page/bell.ts";
import { Follower } from "./page/follow.ts";
import { runFullScreen } from "./page/full_screen.ts";
import { runInstall } from "./page/install.ts";
import { runKeyboard } from "./page/keyboard.ts";
import { runKiosk } from "./page/kiosk.ts";
import { runLooks } from "./page/looks.ts";
import { runPicks } from "./page/picks.ts";
import { runScope } from "./page/scope.ts";
import { openSearch } from "./page/search.ts";
import { runTheme } from "./page/theme.ts";
import { Visits } from "./page/visit.ts";

const SCROLL_KEY = "vitrine-scroll";
const REFRESH_PAUSE = 5000;

function start(): void {
  const ages = new Ages();
  const root = document.getElementById("dashboard");
  const bell = new Bell();
  const dashboard = root ? startDashboard(root, ages, bell) : null;
  if (!root?.dataset.live && document.getElementById("bell")) startPage(ages, bell);
  runTheme(() => dashboard?.board.recolor());
  ages.start();
  runFullScreen();
  runKeyboard({
    refresh: () => (dashboard ? dashboard.refresh() : location.reload()),
    resetZoom: () => dashboard?.board.zoom.reset() ?? false,
  });
  runExplore();
  runActions();
  runKiosk();
  runInstall();
  runPicks();
  document.getElementById("search")?.addEventListener("click", (event) => {
    if (!event.ctrlKey && !event.metaKey && openSearch()) event.preventDefault();
  });
  restoreScroll();
}

function startDashboard(root: HTMLElement, ages: Ages, bell: Bell): { board: Board; refresh: () => void } {
  let connection: Connection | null = null;
  let askedAt = -Infinity;
  const { live: socket, events } = root.dataset;
  const refresh = (): void => (connection ? connection.reopen() : reloadInPlace());
  const visit = (address: URL): void => void visits.visit(address);
  const lost = (): void => {
    // A host that keeps sending what does not fit must not be asked without end.
    if (performance.now() - askedAt < REFRESH_PAUSE) return;
    askedAt = performance.now();
    refresh();
  };
  const board = new Board(root, lost, socket ? visit : null);
  const visits = new Visits(root, board, (addresses) => connection?.move(addresses));
  const hold = (): void => board.hold(indicator.paused || document.hidden);
  const indicator = new Indicator(hold);
  document.addEventListener("visibilitychange", hold);
  hold();
  if (socket && events) {
    runScope(visit);
    runLooks(visit);
    const said = (text: string): void => {
      const message = parseMessage(text);
      if (message) receive(message, board, ages, bell);
    };
    connection = new Connection({ socket, events }, said, (line) => indicator.tell(line));
  }
  return { board, refresh };
}

/** A page without panels: the bell, and what it shows if that follows. */
function startPage(ages: Ages, bell: Bell): void {
  const main = document.querySelector<HTMLElement>("main[data-follows]");
  const follower = main ? new Follower(main) : null;
  const hold = (): void => follower?.hold(indicator.paused || document.hidden);
  const indicator = new Indicator(hold);
  document.addEventListener("visibilitychange", hold);
  let wasLost = false;
  const said = (text: string): void => {
    const message = parseMessage(text);
    if (message?.type === "changed") void follower?.look();
    if (message?.type === "status") hearStatus(message, ages, bell);
  };
  new Connection({ socket: "/pulse", events: "/pulse/events" }, said, (line) => {
    indicator.tell(line);
    // What was told meanwhile is not told again.
    if (line === "live" && wasLost) void follower?.look();
    wasLost = line !== "live";
  });
}

function receive(message: Message, board: Board, ages: Ages, bell: Bell): void {
  if (message.type === "settings") return reloadInPlace();
  if (message.type === "status") return hearStatus(message, ages, bell);
  ages.hear();
  if (message.type !== "changed") board.receive(message);
}

function hearStatus(message: Message & { type: "status" }, ages: Ages, bell: Bell): void {
  ages.hear(message);
  bell.hear(message.alerts, message.newest ?? 0);
  ages.tick();
}

function reloadInPlace(): void {
  try {
    sessionStorage.setItem(SCROLL_KEY, String(scrollY));
  } catch {
    // The browser's own memory of the scroll must do.
  }
  location.reload();
}

function restoreScroll(): void {
  try {
    const top = sessionStorage.getItem(SCROLL_KEY);
    sessionStorage.removeItem(SCROLL_KEY);
    if (top !== null) scrollTo({ top: Number(top), behavior: "instant" });
  } catch {
    // As above.
  }
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
else start();
