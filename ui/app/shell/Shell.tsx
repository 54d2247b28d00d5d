// What every page has: the header, the place of the page, the palette and the keys.
import { Outlet } from "@tanstack/react-router";
import { useState } from "react";
import { Boundary } from "../ui/Boundary";
import { CatchingUp } from "./CatchingUp";
import { Header } from "./Header";
import { KeysHelp } from "./KeysHelp";
import { useGlobalKeys } from "./keys";
import { Palette } from "./Palette";

type Open = "palette" | "keys";

export function Shell() {
  const [dialog, setDialog] = useState<Open | null>(null);
  // The browser tells of a closed box a moment after it closed: by then the other one may be open.
  const closed = (box: Open) => () => setDialog((open) => (open === box ? null : open));
  useGlobalKeys({ palette: () => setDialog("palette"), help: () => setDialog("keys") });
  return (
    <>
      <a className="skip" href="#main">
        Skip to content
      </a>
      <Header onPalette={() => setDialog("palette")} onKeys={() => setDialog("keys")} />
      <CatchingUp />
      <main id="main" tabIndex={-1}>
        <Boundary lines={6}>
          <Outlet />
        </Boundary>
      </main>
      {dialog === "palette" ? <Palette onClose={closed("palette")} /> : null}
      {dialog === "keys" ? <KeysHelp onClose={closed("keys")} /> : null}
    </>
  );
}
