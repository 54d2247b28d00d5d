// Sets the stored theme before the first paint. A classic script, so that it runs before the app's module.
try {
  const theme = localStorage.getItem("headwater.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Storage may be blocked: the system's theme is then used.
}
