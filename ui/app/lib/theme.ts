// The theme: what the system says, or what the reader chose. theme.js applies the stored choice before the first paint.

export type Theme = "system" | "light" | "dark";
const key = "headwater.theme";

export function currentTheme(): Theme {
  const set = document.documentElement.dataset.theme;
  return set === "light" || set === "dark" ? set : "system";
}

export function setTheme(theme: Theme): void {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  try {
    localStorage.setItem(key, theme);
  } catch {
    // The choice holds until the page is closed.
  }
}
