// The button that says whether the page is live, and pauses it.

import { setText } from "../chart/legend.ts";
import { words } from "../words.ts";
import type { Line } from "./connection.ts";

const TITLES = { live: "liveTitle", reconnecting: "reconnectingTitle", paused: "pausedTitle" } as const;

export class Indicator {
  paused = false;
  private line: Line = "reconnecting";
  private readonly button = document.getElementById("live");

  constructor(changed: () => void) {
    this.button?.addEventListener("click", () => {
      this.paused = !this.paused;
      this.show();
      changed();
    });
  }

  tell(line: Line): void {
    this.line = line;
    this.show();
  }

  private show(): void {
    const word = this.paused ? "paused" : this.line;
    document.body.dataset.live = word;
    if (!this.button) return;
    this.button.dataset.state = word;
    this.button.title = words()[TITLES[word]];
    this.button.setAttribute("aria-pressed", String(this.paused));
    setText(this.button.querySelector(".live-text") ?? this.button, words()[word]);
  }
}
