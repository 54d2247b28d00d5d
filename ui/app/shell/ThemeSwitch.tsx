// System, light or dark.
import { useState } from "react";
import { currentTheme, setTheme, type Theme } from "../lib/theme";

export function ThemeSwitch() {
  const [theme, choose] = useState(currentTheme);
  return (
    <select
      className="theme"
      aria-label="Theme"
      value={theme}
      onChange={(event) => {
        const next = event.target.value as Theme;
        setTheme(next);
        choose(next);
      }}
    >
      <option value="system">Auto theme</option>
      <option value="light">Light theme</option>
      <option value="dark">Dark theme</option>
    </select>
  );
}
