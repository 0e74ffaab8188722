import { useMatches } from "@tanstack/react-router";
import { useEffect } from "react";

import { useOwnPageTitle } from "@/lib/pageTitle";
import { useTitlePrefix } from "@/lib/titlePrefix";

declare module "@tanstack/react-router" {
  interface StaticDataRouteOption {
    /** What the tab of the browser is called, where the page does not say more. */
    title?: string;
  }
}

const PROGRAM = "stoat-ferret";

/** Keeps the name of the tab of the browser. */
export function PageTitle({ signingIn }: { signingIn: boolean }) {
  const own = useOwnPageTitle();
  const routes = useMatches({
    select: (matches) => matches.map((match) => match.staticData.title).join("\n"),
  });
  const route = routes.split("\n").findLast((title) => title !== "") ?? "";
  const name = signingIn ? "Sign in" : (own ?? route);
  const page = name === "" ? PROGRAM : `${name} – ${PROGRAM}`;
  const prefix = useTitlePrefix();
  const title = prefix === null ? page : `${prefix} · ${page}`;
  useEffect(() => {
    document.title = title;
  }, [title]);
  return null;
}
