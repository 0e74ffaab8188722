import { createContext, useContext } from "react";

/**
 * How the page learns what happens: `live` by server-sent events, `polling` by asking again and
 * again while the events do not come through, `offline` while the server does not answer.
 */
export type Connection = "connecting" | "live" | "polling" | "offline";

export const ConnectionContext = createContext<Connection>("connecting");

export function useConnection(): Connection {
  return useContext(ConnectionContext);
}
