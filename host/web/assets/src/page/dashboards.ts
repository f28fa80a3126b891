// The dashboards the navigation lists, and the letter that goes to each.

export interface Dashboard {
  letter: string;
  title: string;
  link: HTMLAnchorElement;
}

const FIRST_LETTER = 97;
const LETTERS = 26;

export function listDashboards(): Dashboard[] {
  const links = [...document.querySelectorAll<HTMLAnchorElement>("nav a[data-dashboard]")];
  return links.slice(0, LETTERS).map((link, place) => ({
    letter: String.fromCharCode(FIRST_LETTER + place),
    title: link.textContent?.trim() ?? "",
    link,
  }));
}
