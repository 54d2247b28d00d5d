// Runs the tests; those that only read share one server with the demo's data.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { availableParallelism } from "node:os";
import { startServer } from "./headwater.mjs";

const began = Date.now();
const demo = await startServer("demo");
process.removeAllListeners("SIGINT").removeAllListeners("SIGTERM");
const tests = spawn(
  process.execPath,
  [
    "--test",
    "--test-reporter=spec",
    `--test-concurrency=${Math.min(4, availableParallelism())}`,
    ...process.argv.slice(2),
  ],
  {
    stdio: "inherit",
    env: { ...process.env, HEADWATER_DEMO: demo.url },
  },
);
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => tests.kill(signal));
const [code] = await once(tests, "exit");
await demo.stop();
console.log(`${code === 0 ? "passed" : "FAILED"} in ${((Date.now() - began) / 1000).toFixed(1)} s`);
process.exit(code ?? 1);
