// Two pages are built: the app and GraphiQL. Each entry has its own chunks, so the app never loads GraphiQL.
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

/** GraphiQL's style sheet carries fonts as data: addresses, which our content security policy refuses. */
const withoutFonts: Plugin = {
  name: "without-fonts",
  enforce: "pre",
  transform: {
    filter: { id: /graphiql\/dist\/style\.css$/ },
    handler: (code) => code.replace(/@font-face\s*\{[^}]*\}/g, ""),
  },
};

const server = process.env.HEADWATER_URL ?? "http://127.0.0.1:5000";

export default defineConfig({
  base: "/",
  plugins: [react(), withoutFonts],
  build: {
    target: "es2022",
    emptyOutDir: true,
    reportCompressedSize: true,
    chunkSizeWarningLimit: 1500,
    rolldownOptions: { input: ["index.html", "graphiql.html"] },
  },
  server: { proxy: { "/graphql": server, "/api": server, "^/graphiql$": server } },
});
