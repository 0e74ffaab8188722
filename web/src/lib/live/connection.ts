import { createContext, useContext } from "react";

/**
 * How the page receives changes: `live` by server-sent events, `polling` while the events do not
 * arrive, `offline` while the server cannot be reached.
 */
export type Connection = "connecting" | "live" | "polling" | "offline";

export const ConnectionContext = createContext<Connection>("connecting");

export function useConnection(): Connection {
  return useContext(ConnectionContext);
}
