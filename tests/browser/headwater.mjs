// Starts the real binary and a real browser; both are gone when the process is, whatever happens.
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

function needed(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} must be set: scripts/test browser does it`);
  return value;
}

/** Starts `headwater COMMAND --listen 127.0.0.1:0 …` and waits for its address. */
export async function startServer(command, ...args) {
  const child = spawn(needed("HEADWATER_BIN"), [command, "--listen", "127.0.0.1:0", ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));
  let said = "";
  const url = await new Promise((found, failed) => {
    const read = (chunk) => {
      said += chunk;
      const address = / on (http:\/\/[^\s/]+)/.exec(said)?.[1];
      if (address) found(address);
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.once("error", failed);
    child.once("exit", (code) => failed(new Error(`the server ended with ${code}: ${said}`)));
  });
  return {
    url,
    stop: () =>
      new Promise((stopped) => {
        process.removeListener("exit", kill);
        if (child.exitCode !== null) return stopped();
        child.once("exit", () => stopped());
        kill();
      }),
  };
}

/** A server with the demo's data: the one that run.mjs shares, or one of its own. */
export async function startDemo() {
  const url = process.env.HEADWATER_DEMO;
  return url ? { url, stop: async () => {} } : startServer("demo");
}

/** An empty directory of its own, and the way to remove it. */
export async function emptyDirectory() {
  const path = await mkdtemp(join(tmpdir(), "headwater-"));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

export function startBrowser() {
  return chromium.launch({
    executablePath: needed("CHROMIUM"),
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/** A page that keeps everything that went wrong in `page.faults`. */
export async function openPage(browser, url, { width = 1440, height = 900, theme = "light" } = {}) {
  const context = await browser.newContext({
    baseURL: url,
    viewport: { width, height },
    colorScheme: theme,
    reducedMotion: "reduce",
    timezoneId: "UTC",
  });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  page.faults = [];
  page.on("console", (line) => {
    if (line.type() === "error" || line.type() === "warning") page.faults.push(`console: ${line.text()}`);
  });
  page.on("pageerror", (error) => page.faults.push(`exception: ${error.message}`));
  page.on("requestfailed", (request) => {
    const why = request.failure()?.errorText;
    // A page that is left lets go of what it no longer needs.
    if (why !== "net::ERR_ABORTED") page.faults.push(`request: ${request.url()} ${why}`);
  });
  page.on("response", async (response) => {
    if (response.status() >= 400) page.faults.push(`answer: ${response.status()} ${response.url()}`);
  });
  return page;
}

/** The address of a page, from names that may hold anything. */
export function path(kind, ...names) {
  return `/${kind}/${names.map(encodeURIComponent).join("/")}`;
}

/** Waits until nothing on the page is a placeholder any more. */
export async function settled(page) {
  await page.waitForFunction(
    () => !document.querySelector(".skeleton, [aria-busy=true]") && document.querySelector("main h1"),
  );
}
