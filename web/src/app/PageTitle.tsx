import { useMatches } from "@tanstack/react-router";
import { useEffect } from "react";

import { useOwnPageTitle } from "@/lib/pageTitle";
import { useTitlePrefix } from "@/lib/titlePrefix";

declare module "@tanstack/react-router" {
  interface StaticDataRouteOption {
    /** The title of the tab, unless the page sets its own. */
    title?: string;
  }
}

const PROGRAM = "stoat-ferret";

/** Keeps the title of the tab current. */
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
