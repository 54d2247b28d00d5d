// What every page has: the header, the place of the page, the palette and the keys.
import { Outlet } from "@tanstack/react-router";
import { useState } from "react";
import { Boundary } from "../ui/Boundary";
import { Header } from "./Header";
import { KeysHelp } from "./KeysHelp";
import { useGlobalKeys } from "./keys";
import { Palette } from "./Palette";

export function Shell() {
  const [dialog, setDialog] = useState<"palette" | "keys" | null>(null);
  const close = () => setDialog(null);
  useGlobalKeys({ palette: () => setDialog("palette"), help: () => setDialog("keys") });
  return (
    <>
      <a className="skip" href="#main">
        Skip to content
      </a>
      <Header onPalette={() => setDialog("palette")} onKeys={() => setDialog("keys")} />
      <main id="main" tabIndex={-1}>
        <Boundary lines={6}>
          <Outlet />
        </Boundary>
      </main>
      {dialog === "palette" ? <Palette onClose={close} /> : null}
      {dialog === "keys" ? <KeysHelp onClose={close} /> : null}
    </>
  );
}
