// Runs in the head, before anything is painted: the chosen theme, and a mark that scripts run.

import { applyTheme, storedTheme } from "./page/theme.ts";

document.documentElement.classList.add("has-scripts");
applyTheme(storedTheme());
