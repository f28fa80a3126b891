// One panel over the whole screen: by a class everywhere, by the browser's full screen too where it allows it.

const CLASS = "is-full";

let returnTo: HTMLElement | null = null;

/** The panel that has the focus, else the one under the pointer. */
export function panelAtHand(): HTMLElement | null {
  const focused = document.activeElement?.closest<HTMLElement>(".panel");
  return focused ?? document.querySelector<HTMLElement>(".panel:hover");
}

export function toggleFullScreen(panel: HTMLElement | null): boolean {
  if (leaveFullScreen()) return true;
  if (!panel) return false;
  returnTo = document.activeElement instanceof HTMLElement ? document.activeElement : null;
  panel.classList.add(CLASS);
  // Refused inside frames and on phones: the class alone fills the window.
  panel.requestFullscreen?.().catch(() => undefined);
  return true;
}

export function leaveFullScreen(): boolean {
  const panel = document.querySelector<HTMLElement>(`.panel.${CLASS}`);
  if (!panel) return false;
  panel.classList.remove(CLASS);
  if (document.fullscreenElement) void document.exitFullscreen().catch(() => undefined);
  returnTo?.focus({ preventScroll: true });
  returnTo = null;
  return true;
}

/** The browser may leave full screen by itself; the class follows. */
export function runFullScreen(): void {
  document.addEventListener("fullscreenchange", () => {
    if (!document.fullscreenElement) leaveFullScreen();
  });
}
