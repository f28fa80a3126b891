// What makes the pages an app: the worker behind them; and the notice that goes away by itself once the host is back.

const RETRY = 5000;

export function runInstall(): void {
  if (document.body.dataset.page === "offline") return awaitHost();
  // Beside the page's own work, never before it.
  addEventListener("load", () => void navigator.serviceWorker?.register("/worker.js").catch(() => undefined));
}

function awaitHost(): void {
  setInterval(() => {
    fetch("/healthz", { cache: "no-store" }).then((answer) => answer.ok && location.reload(), () => undefined);
  }, RETRY);
}
