import { client } from "@/api/client";

/** Exchanges the token for a cookie; throws `ApiError` 401 for a wrong token. */
export async function signIn(token: string): Promise<void> {
  await client.POST("/api/v1/session", { body: { token } });
}

export async function signOut(): Promise<void> {
  await client.DELETE("/api/v1/session");
}
